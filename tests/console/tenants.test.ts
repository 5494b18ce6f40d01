/** What operators do with tenants from the console alone, against the whole gateway. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Client, createClient } from '../../src/sdk/client.ts';
import { type BrowserPage, startTestBrowser, type TestBrowser } from '../support/browser.ts';
import { goToPage, openConsole } from '../support/console.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let browser: TestBrowser;
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway(), startTestBrowser()]);
}, 60_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

/** By the console; the page of the tenant is open afterwards. */
const createTenant = async (opened: BrowserPage): Promise<string> => {
  const { page } = opened;
  const name = `Tenant ${randomUUID().slice(0, 8)}`;
  await goToPage(opened, 'Tenants');
  await page.getByRole('button', { name: 'Create tenant' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create tenant' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create tenant' }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  return name;
};

/** By the console, on the page of the tenant; a client that signs with the key. */
const createKey = async (page: Page, name: string): Promise<Client> => {
  await page.getByRole('button', { name: 'Create caller key' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create caller key' });
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByRole('button', { name: 'Create caller key' }).click();
  return clientOf(page);
};

/** Reads what is shown once. */
const clientOf = async (page: Page): Promise<Client> => {
  const shown = page.getByRole('dialog', { name: 'The caller key' });
  const id = await shown.getByTestId('API key').innerText();
  const secret = await shown.getByTestId('API secret').innerText();
  await shown.getByRole('button', { name: 'I have stored it' }).click();
  await shown.waitFor({ state: 'detached' });
  return createClient({ baseUrl: gateway.baseUrl, key: { id, secret }, retries: 0 });
};

/** Gateways hear from the database what becomes of a tenant. */
const untilListed = async (client: Client, status: number): Promise<void> => {
  const answered = (): Promise<number> =>
    client.accounts.list().then(
      () => 200,
      (error: unknown) => (error as { status: number }).status,
    );
  while ((await answered()) !== status);
};

test('an operator creates a tenant and a key, and sees its first account come, with balances and chart', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const tenant = await createTenant(opened);
  await page.getByText('No caller key yet').waitFor();
  const client = await createKey(page, 'Bot');
  await page.getByRole('row').filter({ hasText: 'Bot' }).getByText('Active').waitFor();

  // The page stands on the list of accounts while the tenant's program connects its first one.
  await goToPage(opened, 'Accounts');
  await page.getByLabel('Tenant').selectOption({ label: tenant });
  await page.getByText('No account matches').waitFor();
  const keys = await gateway.sandbox.openAccount({
    venue: 'kraken',
    balances: { BTC: '0.25', USD: '1500.5' },
  });
  await client.accounts.connect({ type: 'kraken', name: 'Main account', ...keys });
  await page.getByRole('link', { name: 'Main account' }).click();

  await page.getByRole('heading', { level: 1, name: 'Main account' }).waitFor();
  const balances = page.getByRole('region', { name: 'Balances' });
  await balances.getByRole('row').filter({ hasText: 'BTC' }).getByText('0.25', { exact: true }).waitFor();
  await balances.getByRole('row').filter({ hasText: 'USD' }).getByText('1,500.5', { exact: true }).waitFor();
  await page
    .getByRole('img', { name: /^Equity from / })
    .locator('svg')
    .first()
    .waitFor();
  expect(opened.complaints).toEqual([]);
});

test('the secret of a key is shown once, and a rotated key has another', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  await createTenant(opened);
  const first = await createKey(page, 'Bot');
  expect(await first.accounts.list()).toEqual([]);
  expect(await page.getByTestId('API secret').count()).toBe(0);

  await page.getByRole('button', { name: 'Rotate Bot' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate Bot' });
  await dialog
    .getByLabel('How long the old one works on')
    .selectOption({ label: 'Not at all: it has leaked' });
  await dialog.getByRole('button', { name: 'Rotate' }).click();
  const second = await clientOf(page);
  expect(await second.accounts.list()).toEqual([]);
  await expect(first.accounts.list()).rejects.toMatchObject({ status: 401 });

  await page.getByRole('button', { name: 'Revoke Bot' }).click();
  await page.getByRole('dialog', { name: 'Revoke Bot?' }).getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No caller key yet').waitFor();
  await expect(second.accounts.list()).rejects.toMatchObject({ status: 401 });
});

test('a suspended tenant is refused until it is resumed', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const tenant = await createTenant(opened);
  const client = await createKey(page, 'Bot');
  await page.getByRole('button', { name: 'Suspend' }).click();
  const dialog = page.getByRole('dialog', { name: `Suspend ${tenant}?` });
  await dialog.getByRole('button', { name: 'Suspend' }).click();
  await page.getByText('Suspended', { exact: true }).waitFor();
  await untilListed(client, 401);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Suspend' }).waitFor();
  await untilListed(client, 200);
});

test('limits and policy are saved, and what the API says against them is shown', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  await createTenant(opened);
  const settings = page.getByRole('region', { name: 'Settings' });
  await settings.getByLabel('Requests per minute').fill('90');
  await settings.getByLabel('Keys that can withdraw').selectOption({ label: 'Take them, with a warning' });
  await settings.getByRole('button', { name: 'Save settings' }).click();
  await page.getByText('Settings saved').waitFor();
  await page.reload();
  expect(await settings.getByLabel('Requests per minute').inputValue()).toBe('90');
  expect(await settings.getByLabel('Keys that can withdraw').inputValue()).toBe('warn');

  await settings.getByLabel('Requests per minute').fill('99999999999');
  await settings.getByRole('button', { name: 'Save settings' }).click();
  expect(await settings.getByRole('alert').innerText()).toContain('requests_per_minute');
});

test('a tenant is deleted only when its name has been typed', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const tenant = await createTenant(opened);
  const client = await createKey(page, 'Bot');
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: `Delete ${tenant}?` });
  const confirm = dialog.getByRole('button', { name: 'Delete for ever' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type/).fill(tenant.toLowerCase());
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel(/^Type/).fill(tenant);
  await confirm.click();
  await page.getByRole('heading', { level: 1, name: 'Tenants' }).waitFor();
  await untilListed(client, 401);
});

test('dialogs take the focus, close by Escape, and give the focus back', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  await goToPage(opened, 'Tenants');
  const button = page.getByRole('button', { name: 'Create tenant' });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Create tenant' });
  await dialog.waitFor();
  await dialog.locator(':focus').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('button:focus', { hasText: 'Create tenant' }).waitFor();
});
