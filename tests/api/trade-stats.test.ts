// Statistics of trades: whole days come added up, and agree with the trades themselves for any span.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TenantSession } from '../../src/db/tenant-database.ts';
import type { NewTrade } from '../../src/features/trades/trade.ts';
import { createTradeStore } from '../../src/features/trades/trade-store.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { list } from './trades-fixture.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const aTrade = (change: Partial<NewTrade> = {}): NewTrade => ({
  id: randomUUID(),
  symbol: 'BTC/USDT',
  side: 'buy',
  price: '1',
  amount: '1',
  total: '1',
  totalAsset: 'USDT',
  fee: { amount: '0.001', asset: 'USDT' },
  at: '2026-01-01T00:00:00.000Z',
  btcValue: '0.00001',
  usdValue: '1',
  ...change,
});

const owner = { credentialId: randomUUID(), venueId: 'kraken', marketCode: 'kraken' };

const store = (
  { tenantId }: TestCaller,
  trades: readonly NewTrade[],
  whose: Partial<typeof owner> = {},
): Promise<number> =>
  gateway.owner.transact(tenantId, async (session: TenantSession) => {
    const trade = createTradeStore(session);
    const into = { ...owner, ...whose };
    await trade.takeTurn(into.marketCode);
    return trade.insert(into, trades);
  });

const statsText = async (who: TestCaller, query = ''): Promise<string> => {
  const { status, text } = await who.get(`/api/exchange/trades/stats${query}`);
  expect({ status, text }).toMatchObject({ status: 200 });
  return text;
};

test('none: zeros and nulls, every key', async () => {
  expect(JSON.parse(await statsText(caller))).toEqual({
    total_trades: 0,
    buy_count: 0,
    sell_count: 0,
    total_volume: 0,
    total_fees: 0,
    synced_count: 0,
    failed_count: 0,
    first_trade: null,
    last_trade: null,
    exchange: null,
    start_date: null,
    end_date: null,
  });
});

test('digits are those that were stored: no amount, sum or fee goes through a float', async () => {
  const who = await gateway.newCaller();
  const great = '123456789012.123456789012345678';
  await store(who, [
    aTrade({
      price: great,
      amount: great,
      total: great,
      fee: { amount: '-0.000000000000000001', asset: 'BTC' },
    }),
    aTrade({ total: '0.000000000000000001', side: 'sell', fee: null }),
  ]);
  const { text } = await who.get('/api/exchange/trades?exchange=kraken');
  expect(text).toContain(`"price":${great},"amount":${great},"total":${great},"fee":-0.000000000000000001`);
  expect(text).toContain('"fee":null,"fee_currency":null');
  const stats = await statsText(who, '?exchange=kraken');
  expect(stats).toContain(
    '"total_volume":123456789012.123456789012345679,"total_fees":-0.000000000000000001',
  );
  expect(JSON.parse(stats)).toMatchObject({
    total_trades: 2,
    buy_count: 1,
    sell_count: 1,
    synced_count: 2,
    failed_count: 0,
  });
});

test('the same id on another market, or on the other side, is another trade; the same trade is stored once', async () => {
  const who = await gateway.newCaller();
  const trade = aTrade();
  expect(await store(who, [trade, trade])).toBe(1);
  expect(await store(who, [trade], { credentialId: randomUUID() })).toBe(0);
  expect(
    await store(who, [
      { ...trade, side: 'sell' },
      { ...trade, symbol: 'ETH/USDT' },
    ]),
  ).toBe(2);
  expect(await store(who, [trade], { marketCode: 'binance', venueId: 'binance' })).toBe(1);
  expect(JSON.parse(await statsText(who))).toMatchObject({ total_trades: 4 });
  expect(JSON.parse(await statsText(who, '?exchange=kraken'))).toMatchObject({
    total_trades: 3,
    exchange: 'kraken',
  });
});

test('one exchange or all of them, one tenant and never another', async () => {
  const [one, two] = [await gateway.newCaller(), await gateway.newCaller()];
  await store(one, [aTrade(), aTrade()]);
  await store(one, [aTrade()], { marketCode: 'okex', venueId: 'okx' });
  await store(two, [aTrade()]);
  expect(JSON.parse(await statsText(one))).toMatchObject({ total_trades: 3, total_volume: 3 });
  expect(JSON.parse(await statsText(one, '?exchange=okx'))).toMatchObject({ total_trades: 1 });
  expect(JSON.parse(await statsText(two))).toMatchObject({ total_trades: 1 });
});

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
const moment = fc
  .tuple(fc.integer({ min: -1, max: 4 }), fc.constantFrom(0, 1, DAY_MS / 2, DAY_MS - 1))
  .map(([day, ms]) => new Date(START_MS + day * DAY_MS + ms).toISOString());

test('for any span the sums are those of the trades in it, its ends included', async () => {
  const who = await gateway.newCaller();
  const times = [0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1, 2 * DAY_MS - 1, 2 * DAY_MS, 3 * DAY_MS + 5];
  const trades = times.map((ms, index) =>
    aTrade({
      at: new Date(START_MS + ms).toISOString(),
      total: `${2 ** index}`,
      side: index % 3 === 0 ? 'sell' : 'buy',
      fee: { amount: `${3 ** index}`, asset: 'USDT' },
    }),
  );
  // In several pages, as they come in: the days are added to.
  for (const trade of trades) await store(who, [trade]);
  await fc.assert(
    fc.asyncProperty(fc.option(moment), fc.option(moment), fc.boolean(), async (from, until, ofExchange) => {
      fc.pre(from === null || until === null || from <= until);
      const own = trades.filter(({ at }) => (from === null || at >= from) && (until === null || at <= until));
      const query = [
        ...(from === null ? [] : [`start_date=${from}`]),
        ...(until === null ? [] : [`end_date=${until}`]),
        ...(ofExchange ? ['exchange=kraken'] : []),
      ].join('&');
      const sums = JSON.parse(await statsText(who, `?${query}`)) as object;
      expect(sums).toMatchObject({
        total_trades: own.length,
        buy_count: own.filter(({ side }) => side === 'buy').length,
        total_volume: own.reduce((sum, { total }) => sum + Number(total), 0),
        total_fees: own.reduce((sum, { fee }) => sum + Number(fee?.amount), 0),
        first_trade: own[0]?.at ?? null,
        last_trade: own.at(-1)?.at ?? null,
        start_date: from,
        end_date: until,
      });
      const listed = await list(who, `exchange=kraken&${query.replace('exchange=kraken', '')}`);
      expect(listed.total_records).toBe(own.length);
    }),
    { numRuns: 60 },
  );
});

test('pages far in are found across blocks of ids', async () => {
  const who = await gateway.newCaller();
  const ids: string[] = [];
  for (let page = 0; page < 20; page += 1) {
    const trades = Array.from({ length: 1_000 }, (_, index) => aTrade({ id: `${page}-${index}` }));
    ids.push(...trades.map(({ id }) => id));
    await store(who, trades, { credentialId: page % 2 === 0 ? owner.credentialId : randomUUID() });
  }
  for (const offset of [0, 999, 8_191, 8_192, 12_345, 19_999, 20_000]) {
    const page = await list(who, `exchange=kraken&limit=3&offset=${offset}`);
    expect(page.trades.map((trade) => trade.exchange_trade_id)).toEqual(ids.slice(offset, offset + 3));
    expect(page).toMatchObject({ total_records: 20_000, has_more: offset + 3 < 20_000 });
  }
});

test('removing what was read with a credential leaves no trade of it, and sums without it', async () => {
  const who = await gateway.newCaller();
  const gone = randomUUID();
  await store(who, [aTrade(), aTrade()]);
  await store(who, [aTrade(), aTrade(), aTrade()], { credentialId: gone });
  await gateway.owner.transact(who.tenantId, (session) => createTradeStore(session).removeTrades(gone));
  expect(JSON.parse(await statsText(who))).toMatchObject({ total_trades: 2, total_volume: 2 });
  const page = await list(who, 'exchange=kraken&offset=1');
  expect(page).toMatchObject({ total_records: 2, has_more: false });
  expect(page.trades).toHaveLength(1);
});

test.each([
  ['?exchange=mtgox', 'exchange'],
  ['?start_date=soon', 'start_date'],
  ['?start_date=2026-02-01&end_date=2026-01-31', 'end_date'],
])('%s is refused for %s', async (query, field) => {
  const { status, body } = await caller.get(`/api/exchange/trades/stats${query}`);
  expect(status).toBe(422);
  expect((body as { detail: { loc: unknown }[] }).detail.map(({ loc }) => loc)).toEqual([['query', field]]);
});

test.each([
  '?start_date=0001-01-01',
  '?end_date=9999-12-31T23:59:59Z',
  '?start_date=9999-01-01&end_date=9999-12-31',
])('%s is far, and fine', async (query) => {
  await statsText(caller, query);
  expect((await list(caller, `exchange=kraken&${query.slice(1)}`)).trades).toEqual([]);
});
