// Trading volumes of accounts: by UTC day, by month, of all time, under both prefixes.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTradeStore } from '../../src/features/trades/trade-store.ts';
import type { NewTrade } from '../../src/features/trades/trade.ts';
import { add, sum } from '../../src/shared/money.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { connectTrader, syncAll } from '../api/trades-fixture.ts';

let gateway: TestGateway;
let caller: TestCaller;
let accountId: number;
let credentialId: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
  ({ accountId } = await connectTrader(gateway, caller, { trades: 0 }));
  credentialId = await credentialOf(caller);
  await store([
    aTrade('2026-01-31T23:59:59.999Z', '0.1', '1000000000000.000000000001'),
    aTrade('2026-02-01T00:00:00.000Z', '0.02', '2'),
    aTrade('2026-02-01T12:00:00.000Z', '0.003', '30'),
    aTrade('2026-02-28T23:59:59.999Z', '0.0004', '400'),
    // Of an asset that nothing was known to be worth.
    aTrade('2026-02-28T13:00:00.000Z', null, null),
    aTrade('2026-03-03T13:00:00.000Z', null, null),
  ]);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const credentialOf = async ({ tenantId }: TestCaller): Promise<string> => {
  const statement = { name: 'test.credential', text: 'select id from credentials where tenant_id = $1' };
  const [row] = await gateway.owner.session(tenantId).query<{ id: string }>(statement, [tenantId]);
  return row?.id ?? '';
};

const aTrade = (at: string, btcValue: string | null, usdValue: string | null): NewTrade => ({
  id: randomUUID(),
  symbol: 'BTC/USD',
  side: 'buy',
  price: '1',
  amount: '1',
  total: '1',
  totalAsset: 'USD',
  fee: null,
  at,
  btcValue,
  usdValue,
});

const store = (trades: readonly NewTrade[]): Promise<number> =>
  gateway.owner.transact(caller.tenantId, (session) =>
    createTradeStore(session).insert({ credentialId, venueId: 'kraken', marketCode: 'kraken' }, trades),
  );

const read = async (path: string, who = caller): Promise<{ status: number; body: unknown }> => {
  const { status, body } = await who.get(`/ver1/accounts/${path}`);
  const other = await who.get(`/public/api/ver1/accounts/${path}`);
  expect(other).toMatchObject({ status });
  return { status, body };
};

test.each([
  ['2026-01-31', '0.1', '1000000000000.000000000001'],
  ['2026-02-01', '0.023', '32'],
  ['2026-02-28', '0.0004', '400'],
  ['2026-03-03', '0', '0'],
])('the day %s', async (date, btc, usd) => {
  expect(await read(`${accountId}/volume/daily?date=${date}`)).toEqual({
    status: 200,
    body: { utc_date: date, volume_btc: btc, volume_usd: usd },
  });
});

test.each([
  ['2026-01', '0.1', '1000000000000.000000000001'],
  ['2026-02', '0.0234', '432'],
])('the month %s', async (month, btc, usd) => {
  expect(await read(`${accountId}/volume/monthly?month=${month}`)).toEqual({
    status: 200,
    body: { utc_month: month, volume_btc: btc, volume_usd: usd },
  });
});

test('all time', async () => {
  expect(await read(`${accountId}/volume/total`)).toEqual({
    status: 200,
    body: { volume_btc: '0.1234', volume_usd: add('1000000000000.000000000001', '432') },
  });
});

test.each([
  'volume/daily?date=2026-02-02',
  'volume/daily',
  'volume/monthly?month=2026-04',
  'volume/monthly',
  'volume/daily?date=0001-01-01',
  'volume/daily?date=9999-12-31',
  'volume/monthly?month=9999-12',
])('%s has none', async (path) => {
  expect(await read(`${accountId}/${path}`)).toEqual({
    status: 404,
    body: { error: 'not_found', error_description: 'Volume data not found' },
  });
});

test.each([
  ['daily?date=', 'date', 'is empty'],
  ['daily?date=2026-02-30', 'date', 'is invalid'],
  ['daily?date=yesterday', 'date', 'is invalid'],
  ['daily?date=2026-02-01T00:00:00Z', 'date', 'is invalid'],
  ['daily?date[]=2026-02-01', 'date', 'is invalid'],
  ['monthly?month=2026-13', 'month', 'is invalid'],
  ['monthly?month=2026', 'month', 'is invalid'],
  ['monthly?month=2026-02-01', 'month', 'is invalid'],
  ['monthly?month=', 'month', 'is empty'],
])('%s is refused', async (path, field, message) => {
  expect(await read(`${accountId}/volume/${path}`)).toEqual({
    status: 400,
    body: {
      error: 'record_invalid',
      error_description: 'Invalid parameters',
      error_attributes: { [field]: [message] },
    },
  });
});

test('another tenant’s account, and none, are not there', async () => {
  const other = await gateway.newCaller();
  for (const [who, id] of [
    [other, accountId],
    [caller, 999_999_999],
    [caller, 'summary'],
    [caller, 'abc'],
  ] as const)
    for (const part of ['daily', 'monthly', 'total'])
      expect(await read(`${id}/volume/${part}`, who)).toEqual({
        status: 404,
        body: { error: 'not_found', error_description: 'Not Found' },
      });
});

test('a key without the scope may not', async () => {
  const writer = await gateway.newCaller({ tenantId: caller.tenantId, scopes: ['ACCOUNTS_WRITE'] });
  expect((await read(`${accountId}/volume/total`, writer)).status).toBe(403);
});

test('an address has no volume', async () => {
  const keys = await gateway.sandbox.openAccount({ venue: 'ethereumwallet', balances: { ETH: '1' } });
  const { body } = await caller.post('/ver1/accounts/new', {
    type: 'ethereumwallet',
    name: 'Wallet',
    address: keys.address,
  });
  expect(await read(`${(body as { id: number }).id}/volume/total`)).toMatchObject({
    status: 404,
    body: { error_description: 'Volume data not found' },
  });
});

test('what is read from a venue is worth its total at the price of its quote asset', async () => {
  const who = await gateway.newCaller();
  const trader = await connectTrader(gateway, who, { code: 'binance', trades: 20 });
  expect(await syncAll(who, 'exchange=binance')).toBe(20);
  const statement = {
    name: 'test.values',
    text: `select total, btc_value as btc, usd_value as usd, symbol from trades where tenant_id = $1`,
  };
  const rows = await gateway.owner
    .session(who.tenantId)
    .query<{ total: string; btc: string; usd: string; symbol: string }>(statement, [who.tenantId]);
  for (const { total, usd, btc, symbol } of rows) {
    if (symbol.endsWith('/USDT')) expect(Number(usd) / Number(total)).toBeCloseTo(1, 1);
    if (symbol.endsWith('/BTC')) expect(Number(btc)).toBeCloseTo(Number(total), 9);
  }
  expect(await read(`${trader.accountId}/volume/total`, who)).toEqual({
    status: 200,
    body: { volume_btc: sum(rows.map(({ btc }) => btc)), volume_usd: sum(rows.map(({ usd }) => usd)) },
  });
});
