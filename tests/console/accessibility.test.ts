/** Every page in both colour schemes, on a desk and on a phone: no barrier, nothing that the page's policy forbids. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from '../../src/sdk/client.ts';
import { type BrowserPage, startTestBrowser, type TestBrowser } from '../support/browser.ts';
import { newConsoleLink, openConsole } from '../support/console.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let browser: TestBrowser;
let paths: readonly (readonly [string, string])[];
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway(), startTestBrowser()]);
  const { tenantId, apiKey: id, apiSecret: secret } = await gateway.newCaller();
  const client = createClient({ baseUrl: gateway.baseUrl, key: { id, secret } });
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '0.5', USD: '100' } });
  const account = await client.accounts.connect({ type: 'kraken', name: 'Main account', ...keys });
  paths = [
    ['tenants', 'Tenants'],
    [`tenants/${tenantId}`, 'Test tenant'],
    ['accounts', 'Accounts'],
    [`tenants/${tenantId}/accounts/${account.id}`, 'Main account'],
    ['venues', 'Venues'],
    ['jobs', 'Jobs'],
    ['webhooks', 'Webhooks'],
    ['audit', 'Audit'],
    ['sealing-keys', 'Sealing keys'],
    ['freeze', 'Freeze'],
    ['credentials', 'Credentials'],
    ['admin-keys', 'Admin keys'],
    ['nowhere', 'There is no such page'],
    ['', 'Overview'],
  ];
}, 60_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

const visit = async ({ page }: BrowserPage, path: string, title: string): Promise<void> => {
  await page.goto(`${gateway.adminUrl}/console/#/${path}`);
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  // What is asked for is there.
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
};

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1_280, height: 800 };

describe.each([
  ['light', DESK],
  ['dark', PHONE],
] as const)('in %s colours at %j', (colorScheme, viewport) => {
  test('no page has a barrier, breaks its policy, fails to load or is wider than the screen', async () => {
    const opened = await openConsole(gateway, browser, { colorScheme, viewport });
    const { page } = opened;
    for (const [path, title] of paths) {
      await visit(opened, path, title);
      expect({ title, barriers: await opened.findBarriers() }).toEqual({ title, barriers: [] });
      expect({ title, alerts: await page.getByRole('alert').allInnerTexts() }).toEqual({ title, alerts: [] });
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect({ title, fits: width <= viewport.width }).toEqual({ title, fits: true });
    }
    expect(opened.complaints).toEqual([]);
  }, 60_000);
});

test('the page has the focus after navigation, and the skip link leads into it', async () => {
  const { page } = await openConsole(gateway, browser);
  await page.getByRole('link', { name: 'Venues', exact: true }).click();
  await page.locator('h1:focus', { hasText: 'Venues' }).waitFor();
  expect(await page.title()).toBe('Venues · Countersign');
  await page.getByRole('link', { name: 'Skip to the page' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('#main:focus').waitFor();
});

test('on a phone the menu opens by its button and closes when one has gone somewhere', async () => {
  const { page } = await openConsole(gateway, browser, { viewport: PHONE });
  const menu = page.getByRole('button', { name: 'Menu' });
  const link = page.getByRole('link', { name: 'Jobs', exact: true });
  expect(await link.isVisible()).toBe(false);
  await menu.click();
  expect(await menu.getAttribute('aria-expanded')).toBe('true');
  await link.click();
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  await link.waitFor({ state: 'hidden' });
});

test('the colours that an operator chose stay, whatever the system has', async () => {
  const { page } = await openConsole(gateway, browser, { colorScheme: 'light' });
  await page.getByLabel('Colours').selectOption({ label: 'Dark' });
  const scheme = () => page.evaluate('document.documentElement.dataset.mantineColorScheme');
  expect(await scheme()).toBe('dark');
  await page.reload();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  expect(await scheme()).toBe('dark');
});

test('a hidden tab asks for nothing', async () => {
  const { page } = await browser.newPage();
  await page.clock.install();
  await page.goto(await newConsoleLink(gateway));
  await page.getByRole('link', { name: 'Venues', exact: true }).click();
  await page.getByRole('table').waitFor();
  await page.evaluate('Object.defineProperty(document, "hidden", { configurable: true, get: () => true })');
  let asked = 0;
  page.on('request', () => (asked += 1));
  await page.clock.runFor(60_000);
  expect(asked).toBe(0);
  const next = page.waitForRequest(/\/api\/admin\/venues$/);
  await page.evaluate('Object.defineProperty(document, "hidden", { configurable: true, get: () => false })');
  await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
  await next;
});
