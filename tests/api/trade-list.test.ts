// Stored trades over /api/exchange: pages of any size and filter, which stay put.
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { connectTrader, list, listAll, syncAll } from './trades-fixture.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(async () => {
  caller = await gateway.newCaller();
  await connectTrader(gateway, caller, { trades: 25 });
  await syncAll(caller, 'exchange=kraken');
});

test('pages of any size make up the whole, and only the last has no more', async () => {
  const whole = (await listAll(caller, 'exchange=kraken')).map(({ id }) => id);
  expect(whole).toHaveLength(25);
  for (const limit of [1, 5, 7, 25, 26])
    expect((await listAll(caller, 'exchange=kraken', limit)).map(({ id }) => id)).toEqual(whole);
  expect(await list(caller, 'exchange=kraken&limit=5&offset=20')).toMatchObject({
    has_more: false,
    total_records: 25,
  });
  expect(await list(caller, 'exchange=kraken&limit=5&offset=19')).toMatchObject({ has_more: true });
  for (const offset of ['25', '1000000000000'])
    expect(await list(caller, `exchange=kraken&offset=${offset}`)).toMatchObject({
      trades: [],
      has_more: false,
      total_records: 25,
    });
});

test('pages stay put while more come in', async () => {
  const before = await list(caller, 'exchange=kraken&limit=10&offset=10');
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', trades: 30 });
  await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Second', ...keys });
  const rows = await gateway.owner.session(caller.tenantId).query<{ id: string }>(
    {
      name: 'test.newest',
      text: 'select id from credentials where tenant_id = $1 order by created_at desc',
    },
    [caller.tenantId],
  );
  await syncAll(caller, `exchange=kraken&credential_id=${rows[0]?.id ?? ''}`);
  const after = await list(caller, 'exchange=kraken&limit=10&offset=10');
  expect(after.trades).toEqual(before.trades);
  expect(after.total_records).toBe(55);
});

test('of a symbol, and of a span of time with both its ends', async () => {
  const all = await listAll(caller, 'exchange=kraken');
  const { symbol = '' } = all[0] ?? {};
  const own = all.filter((trade) => trade.symbol === symbol);
  const ofSymbol = await list(caller, `exchange=kraken&symbol=${encodeURIComponent(symbol)}`);
  expect(ofSymbol).toMatchObject({ symbol, total_records: own.length });
  expect(ofSymbol.trades).toEqual(own);
  expect((await list(caller, `exchange=kraken&symbol=${symbol.replace('/', '-')}`)).total_records).toBe(
    own.length,
  );
  const times = all.map((trade) => trade.trade_timestamp).toSorted();
  const [from = '', until = ''] = [times[5], times[15]];
  const between = all.filter(({ trade_timestamp: at }) => at >= from && at <= until);
  const page = await list(caller, `exchange=kraken&start_date=${from}&end_date=${until}`);
  expect(page.trades).toEqual(between);
  expect(page.total_records).toBe(between.length);
  const both = await list(
    caller,
    `exchange=kraken&symbol=${encodeURIComponent(symbol)}&start_date=${from}&end_date=${until}&limit=1`,
  );
  const ofBoth = between.filter((trade) => trade.symbol === symbol);
  expect(both).toMatchObject({ total_records: ofBoth.length, has_more: ofBoth.length > 1 });
});

test('an exchange without trades, and another tenant, have none', async () => {
  const none = { trades: [], total_records: 0, has_more: false, symbol: null };
  expect(await list(caller, 'exchange=okx')).toEqual({ ...none, exchange: 'okx' });
  expect(await list(await gateway.newCaller(), 'exchange=kraken')).toEqual({ ...none, exchange: 'kraken' });
});

test.each([
  ['', 'exchange'],
  ['exchange=', 'exchange'],
  ['exchange=mtgox', 'exchange'],
  ['exchange=kraken&limit=0', 'limit'],
  ['exchange=kraken&limit=1001', 'limit'],
  ['exchange=kraken&limit=1.5', 'limit'],
  ['exchange=kraken&offset=-1', 'offset'],
  ['exchange=kraken&offset=99999999999999999999', 'offset'],
  ['exchange=kraken&start_date=never', 'start_date'],
  ['exchange=kraken&start_date=2026-02-01&end_date=2026-01-01', 'end_date'],
  ['exchange=kraken&symbol=', 'symbol'],
  ['exchange=kraken&symbol=BTCUSDT', 'symbol'],
])('%s is refused for %s', async (query, field) => {
  const { status, body } = await caller.get(`/api/exchange/trades?${query}`);
  expect(status).toBe(422);
  expect((body as { detail: { loc: unknown }[] }).detail.map(({ loc }) => loc)).toEqual([['query', field]]);
});
