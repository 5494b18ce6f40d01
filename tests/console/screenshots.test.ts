/**
 * The pictures of the README, of sandbox data alone. Each run looks whether they can be taken and stay small;
 * `npm run screenshots` puts them where the README shows them.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { BrowserContextOptions } from 'playwright-core';
import { createClient } from '../../src/sdk/client.ts';
import { startTestBrowser, type TestBrowser } from '../support/browser.ts';
import { openConsole } from '../support/console.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const FOLDER = process.env['COUNTERSIGN_SCREENSHOTS'];
const MOST_BYTES = 150_000;

let gateway: TestGateway;
let browser: TestBrowser;
let accountPath = '';
beforeAll(async () => {
  [gateway, browser] = await Promise.all([startTestGateway(), startTestBrowser()]);
  const admin = await gateway.newAdmin();
  for (const name of ['Northwind Bots', 'Meridian Quant', 'Harbour Trading']) {
    const { body } = await admin.post('/api/admin/tenants', { name });
    const tenantId = (body as { id: string }).id;
    const { apiKey: id, apiSecret: secret } = await gateway.newCaller({ tenantId });
    const client = createClient({ baseUrl: gateway.baseUrl, key: { id, secret } });
    for (const [type, balances] of [
      ['kraken', { BTC: '1.25', ETH: '14', USD: '25000' }],
      ['okx', { BTC: '0.4', USDT: '18000' }],
    ] as const) {
      const keys = await gateway.sandbox.openAccount({ venue: type, balances });
      const account = await client.accounts.connect({ type, name: `${name} on ${type}`, ...keys });
      await addHistory(tenantId, account.id);
      if (accountPath === '') accountPath = `tenants/${tenantId}/accounts/${account.id}`;
    }
  }
}, 60_000);
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});

/** What it was worth on the 30 days before it was connected: a calm wave that ends where it is now. */
const addHistory = async (tenantId: string, accountId: number): Promise<void> => {
  const client = new pg.Client({ connectionString: gateway.database.ownerUrl });
  await client.connect();
  try {
    await client.query(
      `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value, unpriced_assets)
       select e.tenant_id, e.account_id, e.taken_at - hours * interval '1 hour', e.btc_value * factor,
              e.usd_value * factor, e.unpriced_assets
         from equity_snapshots e, generate_series(6, 700, 6) as hours,
              lateral (select (1 - hours / 6000.0 + 0.04 * sin(hours / 40.0))::numeric as factor) as wave
        where e.tenant_id = $1 and e.account_id = $2`,
      [tenantId, accountId],
    );
  } finally {
    await client.end();
  }
};

const DESK = { width: 1_200, height: 600 };
const PHONE = { width: 390, height: 780 };

test.each<[string, () => string, BrowserContextOptions, string]>([
  ['overview', () => '', { colorScheme: 'light', viewport: DESK }, 'What there is'],
  ['account', () => accountPath, { colorScheme: 'dark', viewport: { ...DESK, height: 1_000 } }, 'Equity'],
  [
    'phone',
    () => 'accounts',
    { colorScheme: 'light', viewport: PHONE, deviceScaleFactor: 2 },
    'Connected accounts',
  ],
])('a picture of the %s', async (name, pathOf, options, section) => {
  const { page, complaints } = await openConsole(gateway, browser, options);
  await page.goto(`${gateway.adminUrl}/console/#/${pathOf()}`);
  const shown = page.getByRole('region', { name: section });
  await shown.waitFor();
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  if (section === 'Equity') await shown.getByRole('img').locator('path.recharts-area-area').waitFor();
  const picture = await page.screenshot({ animations: 'disabled' });
  expect(picture.length).toBeLessThan(MOST_BYTES);
  expect(complaints).toEqual([]);
  if (FOLDER !== undefined) await writeFile(path.join(FOLDER, `${name}.png`), picture);
});
