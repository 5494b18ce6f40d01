// Trades over /api/exchange: synced from the simulated venues, stored once each, listed and added up.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { connectTrader, everyAsset, keyOf, list, listAll, sync, syncAll } from './trades-fixture.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  // Each is read on its own at some venues, and one of them allows few requests a minute.
  gateway = await startTestGateway({ markets: 60 });
});
afterAll(() => gateway[Symbol.asyncDispose]());
beforeEach(async () => {
  await gateway.sandbox.clearFaults();
  caller = await gateway.newCaller();
});

const VENUES = [
  { venue: 'binance', code: 'binance' },
  { venue: 'binance_us', code: 'binance_us' },
  { venue: 'kraken', code: 'kraken' },
  { venue: 'coinbase', code: 'coinbase' },
  { venue: 'coinbase_advanced', code: 'coinbase_advanced' },
  { venue: 'bitfinex', code: 'bitfinex' },
  { venue: 'bitstamp', code: 'bitstamp' },
];

test.each(VENUES)(
  '$venue: exactly its trades are stored, and a second sync finds nothing new',
  async ({ venue, code }) => {
    await connectTrader(gateway, caller, { venue, code, trades: 30 });
    expect(await syncAll(caller, `exchange=${code}`)).toBe(30);
    const trades = await listAll(caller, `exchange=${code}`);
    expect(new Set(trades.map(keyOf)).size).toBe(30);
    expect(trades.map(({ id }) => Number(id))).toEqual(
      trades.map(({ id }) => Number(id)).toSorted((a, b) => a - b),
    );
    expect(await syncAll(caller, `exchange=${code}`)).toBe(0);
    expect((await list(caller, `exchange=${code}`)).total_records).toBe(30);
  },
);

test('the answer of a sync has every key of the contract, and tells what was covered', async () => {
  await connectTrader(gateway, caller, { trades: 10 });
  const { status, body } = await caller.post('/api/exchange/trades/sync?exchange=Kraken&limit=3');
  expect(status).toBe(200);
  expect(body).toEqual({
    success: true,
    user_id: caller.tenantId,
    exchange: 'Kraken',
    symbol: null,
    trades_synced: 10,
    trades_duplicate: 0,
    symbols_synced: 1,
    symbols_total: 1,
    is_complete: true,
    timestamp: expect.stringMatching(/Z$/),
    error: null,
    error_type: null,
  });
});

test('a trade is answered with every key of the contract', async () => {
  await connectTrader(gateway, caller, { trades: 5 });
  await syncAll(caller, 'exchange=kraken');
  const { trades } = await list(caller, 'exchange=kraken&limit=1');
  expect(trades).toEqual([
    {
      id: expect.stringMatching(/^\d+$/),
      exchange_trade_id: expect.any(String),
      exchange: 'kraken',
      symbol: expect.stringMatching(/^[A-Z0-9]+\/[A-Z0-9]+$/),
      side: expect.stringMatching(/^(buy|sell)$/),
      price: expect.any(Number),
      amount: expect.any(Number),
      total: expect.any(Number),
      fee: expect.any(Number),
      fee_currency: expect.any(String),
      trade_timestamp: expect.stringMatching(/Z$/),
      sync_status: 'synced',
      created_at: expect.stringMatching(/Z$/),
    },
  ]);
});

describe('syncing', () => {
  test('one symbol alone, in whatever spelling; then all, where that one’s trades count as duplicates', async () => {
    await connectTrader(gateway, caller, { code: 'binance', trades: 40 });
    await syncAll(caller, 'exchange=binance');
    const own = (await listAll(caller, 'exchange=binance')).map(({ symbol }) => symbol);
    const [symbol = ''] = own;
    const count = own.filter((each) => each === symbol).length;

    const other = await gateway.newCaller();
    await connectTrader(gateway, other, { code: 'kraken', trades: 40 });
    await syncAll(other, 'exchange=kraken');
    const krakens = (await listAll(other, 'exchange=kraken')).map((trade) => trade.symbol);
    const [first = ''] = krakens;
    const third = await gateway.newCaller();
    const keys = await gateway.sandbox.openAccount({ venue: 'kraken', trades: 40 });
    await third.post('/ver1/accounts/new', { type: 'kraken', name: 'Third', ...keys });
    const one = await sync(third, `exchange=kraken&symbol=${first.replace('/', '-').toLowerCase()}`);
    expect(one).toMatchObject({ success: true, symbol: first, is_complete: true });
    const rest = await sync(third, 'exchange=kraken');
    expect(rest).toMatchObject({
      trades_synced: 40 - one.trades_synced,
      trades_duplicate: one.trades_synced,
    });
    expect(count).toBeGreaterThan(0);
  });

  test('keys whose balances nobody asked for yet: what they hold is looked up, and again for every sync', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', trades: 30, balances: { USDT: '1' } });
    const { api_key, secret } = keys;
    const stored = { exchange_name: 'binance', api_key, api_secret: secret };
    expect((await caller.post('/api/exchange/credentials', stored)).status).toBe(200);
    const first = await syncAll(caller, 'exchange=binance');
    const balances = await everyAsset(gateway, 'binance');
    await gateway.sandbox.changeAccount(api_key, { balances });
    expect(first + (await syncAll(caller, 'exchange=binance'))).toBe(30);
    expect(first).toBeLessThan(30);
  });

  test('from a moment on, and then from there again: nothing older, and duplicates are told', async () => {
    await connectTrader(gateway, caller, { trades: 40 });
    const other = await gateway.newCaller();
    const { apiKey } = await connectTrader(gateway, other, { trades: 40 });
    expect(apiKey).not.toBe('');
    await syncAll(other, 'exchange=kraken');
    const since = '2025-06-02T15:00:00Z';
    const first = await sync(caller, `exchange=kraken&since=${since}`);
    expect(first.trades_synced).toBeGreaterThan(0);
    expect(first.trades_synced).toBeLessThan(40);
    for (const { trade_timestamp: at } of await listAll(caller, 'exchange=kraken'))
      expect(Date.parse(at)).toBeGreaterThanOrEqual(Date.parse(since));
    expect(await sync(caller, `exchange=kraken&since=${since}`)).toMatchObject({
      trades_synced: 0,
      trades_duplicate: first.trades_synced,
      is_complete: true,
    });
    expect(await sync(caller, 'exchange=kraken')).toMatchObject({
      trades_synced: 40 - first.trades_synced,
      trades_duplicate: first.trades_synced,
    });
  });

  test('two at once: one does all the work, the other hears that it is at work', async () => {
    await connectTrader(gateway, caller, { code: 'binance', trades: 60 });
    await gateway.sandbox.addFault({ venue: 'binance', kind: 'latency', ms: 30, path: 'myTrades' });
    const path = '/api/exchange/trades/sync?exchange=binance';
    const answers = await Promise.all([caller.post(path), caller.post(path), caller.post(path)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toEqual({ detail: expect.stringContaining('being read already') });
    await gateway.sandbox.clearFaults();
    await syncAll(caller, 'exchange=binance');
    expect((await list(caller, 'exchange=binance')).total_records).toBe(60);
  });

  test('two tenants with one venue account each have its trades', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'kraken', trades: 8 });
    const other = await gateway.newCaller();
    for (const tenant of [caller, other]) {
      await tenant.post('/ver1/accounts/new', { type: 'kraken', name: 'Shared', ...keys });
      expect(await syncAll(tenant, 'exchange=kraken')).toBe(8);
      expect((await list(tenant, 'exchange=kraken')).total_records).toBe(8);
    }
  });

  test('a venue that dies half way: what came before is stored and told, and the next sync ends with all', async () => {
    await connectTrader(gateway, caller, { code: 'coinbase_advanced', trades: 60 });
    await gateway.sandbox.addFault({
      venue: 'coinbase_advanced',
      kind: 'html_200',
      path: 'historical/fills',
      times: 1_000,
    });
    const dead = await sync(caller, 'exchange=coinbase_advanced&limit=7');
    expect(dead).toMatchObject({
      success: false,
      trades_synced: 0,
      is_complete: false,
      error_type: 'bad_response',
    });
    await gateway.sandbox.clearFaults();
    const broken = sync(caller, 'exchange=coinbase_advanced&limit=1');
    while ((await list(caller, 'exchange=coinbase_advanced')).total_records < 5)
      await new Promise(setImmediate);
    await gateway.sandbox.addFault({
      venue: 'coinbase_advanced',
      kind: 'server_error',
      path: 'historical/fills',
    });
    const half = await broken;
    expect(half).toMatchObject({ success: false, is_complete: false, error_type: 'exchange_unavailable' });
    expect(half.trades_synced).toBeGreaterThan(4);
    expect((await list(caller, 'exchange=coinbase_advanced')).total_records).toBe(half.trades_synced);
    await gateway.sandbox.clearFaults();
    // The next request may be turned away by the circuit of the venue, which was just seen failing.
    let synced = half.trades_synced;
    for (
      let next = await sync(caller, 'exchange=coinbase_advanced');
      ;
      next = await sync(caller, 'exchange=coinbase_advanced')
    ) {
      synced += next.trades_synced;
      if (next.is_complete) break;
    }
    expect(synced).toBe(60);
  });

  test('keys that the venue refuses are told as such, and lock the account', async () => {
    const { accountId, apiKey } = await connectTrader(gateway, caller, { code: 'binance', trades: 3 });
    await gateway.sandbox.changeAccount(apiKey, { faults: ['invalid_key'] });
    const refused = await sync(caller, 'exchange=binance');
    expect(refused).toMatchObject({ success: false, error_type: 'invalid_credentials', trades_synced: 0 });
    const { body } = await caller.get(`/ver1/accounts/${accountId}`);
    expect(body).toMatchObject({ is_locked: true, lock_reason: 'invalid_api_key' });
  });

  test('an exchange whose trades are not read says so', async () => {
    const answer = await caller.post('/api/exchange/trades/sync?exchange=gemini');
    expect(answer).toMatchObject({ status: 400, body: { detail: 'Trades of Gemini cannot be read yet' } });
  });

  test.each([
    ['no keys', 'exchange=binance', 404],
    ['an unknown exchange', 'exchange=mtgox', 422],
    ['no exchange', '', 422],
    ['limit 0', 'exchange=kraken&limit=0', 422],
    ['a negative limit', 'exchange=kraken&limit=-1', 422],
    ['a huge limit', 'exchange=kraken&limit=1001', 422],
    ['no number', 'exchange=kraken&limit=many', 422],
    ['no moment', 'exchange=kraken&since=yesterday', 422],
    ['an empty symbol', 'exchange=kraken&symbol=', 422],
    ['an unknown symbol', 'exchange=kraken&symbol=NO/SUCH', 404],
    ['an unknown credential', 'exchange=kraken&credential_id=1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', 404],
    ['what is no id', 'exchange=kraken&credential_id=abc', 404],
  ])('%s is refused', async (_, query, status) => {
    if (status === 404 && query.startsWith('exchange=kraken'))
      await connectTrader(gateway, caller, { trades: 1 });
    const answer = await caller.post(`/api/exchange/trades/sync?${query}`);
    expect({ status: answer.status, text: answer.text }).toMatchObject({ status });
    expect(answer.body).toMatchObject({ detail: expect.anything() });
  });

  test('another tenant’s credential is not there', async () => {
    const other = await gateway.newCaller();
    await connectTrader(gateway, other, { trades: 1 });
    const rows = await gateway.owner
      .session(other.tenantId)
      .query<{ id: string }>(
        { name: 'test.credential', text: 'select id from credentials where tenant_id = $1' },
        [other.tenantId],
      );
    const path = `/api/exchange/trades/sync?exchange=kraken&credential_id=${rows[0]?.id ?? ''}`;
    expect((await other.post(path)).status).toBe(200);
    expect((await caller.post(path)).status).toBe(404);
    expect((await list(caller, 'exchange=kraken')).total_records).toBe(0);
  });
});

test('history outlives the account, and the same keys, connected again, add nothing to it', async () => {
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', trades: 12 });
  const connect = async (): Promise<number> => {
    const { body } = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Again', ...keys });
    return (body as { id: number }).id;
  };
  const first = await connect();
  await syncAll(caller, 'exchange=kraken');
  expect((await caller.post(`/ver1/accounts/${first}/remove`)).status).toBe(201);
  expect((await list(caller, 'exchange=kraken')).total_records).toBe(12);
  const second = await connect();
  expect(await sync(caller, 'exchange=kraken')).toMatchObject({ trades_synced: 0, trades_duplicate: 12 });
  expect((await caller.get(`/ver1/accounts/${second}/volume/total`)).status).toBe(200);
});
