/** Freezing and the audit log, from the console alone. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createClient } from '../../src/sdk/client.ts';
import { startTestBrowser, type TestBrowser } from '../support/browser.ts';
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

/** Its chain has one row. */
const createTenant = async (): Promise<string> => {
  const { body } = await (await gateway.newAdmin()).post('/api/admin/tenants', { name: 'Audited tenant' });
  return (body as { id: string }).id;
};

/** As somebody who has the whole database. */
const tamper = async (ownerUrl: string, tenantId: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query('update audit_log set outcome = $2 where tenant_id = $1 and seq = 1', [
      tenantId,
      'failure',
    ]);
  } finally {
    await client.end();
  }
};

test('an operator freezes everything with a reason, sees it on every page, and unfreezes', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const { apiKey: id, apiSecret: secret } = await gateway.newCaller();
  const client = createClient({ baseUrl: gateway.baseUrl, key: { id, secret }, retries: 0 });
  const connect = async (): Promise<unknown> =>
    client.accounts.connect({
      type: 'kraken',
      name: 'Main account',
      ...(await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } })),
    });

  await goToPage(opened, 'Freeze');
  await page.getByRole('button', { name: 'Freeze everything' }).click();
  const dialog = page.getByRole('dialog', { name: 'Freeze everything?' });
  await dialog.getByLabel('Reason').fill('Keys may have leaked');
  await dialog.getByLabel(/^Type/).fill('freeze');
  await dialog.getByRole('button', { name: 'Freeze' }).click();
  const banner = page.getByText('Frozen since');
  await banner.waitFor();
  await goToPage(opened, 'Overview');
  expect(await banner.innerText()).toContain('Keys may have leaked');
  expect(await opened.findBarriers()).toEqual([]);
  await expect(connect()).rejects.toMatchObject({ status: 503 });

  await page.getByRole('link', { name: 'Unfreeze' }).click();
  await page.getByRole('button', { name: 'Unfreeze' }).click();
  const question = page.getByRole('dialog', { name: 'Unfreeze?' });
  await question.getByRole('button', { name: 'Unfreeze' }).click();
  await banner.waitFor({ state: 'detached' });
  await connect();
  expect(opened.complaints).toEqual([]);
});

test('the audit log is read with filters, exported, and found whole', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const tenantId = await createTenant();
  await page.goto(`${gateway.adminUrl}/console/#/audit?tenant_id=${tenantId}`);
  await page.getByRole('row').filter({ hasText: 'tenant.created' }).first().waitFor();
  await page.getByLabel('Action').fill('no.such.action');
  await page.getByLabel('Action').press('Enter');
  await page.getByText('No row matches').waitFor();

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export as NDJSON' }).click(),
  ]);
  expect(await download.failure()).toBeNull();

  await page.goto(`${gateway.adminUrl}/console/#/audit?tenant_id=${tenantId}`);
  await page.getByRole('button', { name: 'Verify this chain' }).click();
  const result = page.getByRole('region', { name: 'Verification' });
  await result.getByText('The audit log is whole').waitFor();
  await result.getByRole('row').filter({ hasText: 'Audited tenant' }).getByText('Whole').waitFor();
});

test('a tampered row is named', async () => {
  const opened = await openConsole(gateway, browser);
  const { page } = opened;
  const tenantId = await createTenant();
  await tamper(gateway.database.ownerUrl, tenantId);
  await page.goto(`${gateway.adminUrl}/console/#/audit?tenant_id=${tenantId}`);
  await page.getByRole('button', { name: 'Verify this chain' }).click();
  const row = page
    .getByRole('region', { name: 'Verification' })
    .getByRole('row')
    .filter({ hasText: 'Audited tenant' });
  expect(await row.innerText()).toMatch(/Tampered[^]*Row 1\b/);
});
