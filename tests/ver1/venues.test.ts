/** Every market code that has a sandbox twin, through the whole gateway: connect, list, sync, and what is refused. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { VENUE_IDS } from '../../src/sandbox/venue-keys.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const catalog = createCatalog();
const WITH_TWIN: readonly string[] = VENUE_IDS;

/** [market code, venue id] of every exchange account type; chains have no keys and a test of their own. */
const CODES = catalog.markets
  .filter(({ venue }) => WITH_TWIN.includes(venue.id) && venue.requiredFields.includes('apiKey'))
  .map(({ venue, market }) => [market.code, venue.id] as const);

/** Venues of the contract that are played by no twin: only what is sent can be checked. */
const WITHOUT_TWIN = ['gemini', 'poloniex', 'deribit', 'bitget', 'huobi', 'crypto_com'];

// These tell nobody what a key may do.
const CANNOT_TELL_RIGHTS = ['binance_us', 'bitstamp', 'coinbase'];

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

const HOLDINGS = { BTC: '0.5', ETH: '2' };
const WALLETS = {
  spot: HOLDINGS,
  margin: HOLDINGS,
  linear: { USDT: '900' },
  inverse: { BTC: '0.25' },
};

const openAccount = (venue: string, options: Readonly<Record<string, unknown>> = {}) =>
  gateway.sandbox.openAccount({ venue, wallets: WALLETS, ...options });

const connect = (type: string, keys: object): Promise<TestAnswer> =>
  caller.post('/ver1/accounts/new', { type, name: `My ${type}`, ...keys });

test('every market code of the contract is in the catalog', () => {
  const contract =
    `binance binance_margin binance_futures binance_futures_coin binance_us coinbase coinbase_advanced
    kraken bitfinex gemini poloniex deribit crypto_com bitstamp bybit bybit_spot bybit_usdt_perpetual kucoin okex
    okex_futures gate_io gate_io_usdt_perpetual gate_io_btc_perpetual huobi bitget bitget_usdt_futures ethereumwallet
    trx paper_trading`.split(/\s+/);
  expect(catalog.markets.map(({ market }) => market.code).sort()).toEqual(contract.sort());
  const aliases = 'binanceus gdax cryptocom okx gateio gate htx'.split(' ');
  for (const alias of aliases) expect(catalog.findMarket(alias)).toBeDefined();
  const played = catalog.venues.map(({ id }) => id).filter((id) => !WITH_TWIN.includes(id));
  expect(played.filter((id) => id !== 'paper_trading').sort()).toEqual([...WITHOUT_TWIN].sort());
});

describe.each(CODES)('%s', (type, venue) => {
  test('connects, lists and syncs', async () => {
    const keys = await openAccount(venue);
    const connected = await connect(type, keys);
    expect({ status: connected.status, body: connected.body }).toMatchObject({
      status: 201,
      body: { market_code: type, is_locked: false, api_key_invalid: false },
    });
    const { id, btc_amount: btc, usd_amount: usd } = connected.body as Record<string, string>;
    expect(Number(btc)).toBeGreaterThan(0);
    expect(Number(usd)).toBeGreaterThan(100);
    const listed = await caller.get(`/ver1/accounts?api_key=${encodeURIComponent(keys.api_key)}`);
    expect(listed.body).toEqual([connected.body]);
    const synced = await caller.post(`/ver1/accounts/${id ?? ''}/load_balances`);
    expect(synced.status).toBe(201);
  });

  test('refuses a secret that is not the one of the key', async () => {
    const [keys, other] = [await openAccount(venue), await openAccount(venue)];
    const answer = await connect(type, { ...keys, secret: other.secret });
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 422,
      body: { error: 'invalid_api_key' },
    });
  });

  test('refuses a key that can withdraw, where the venue can tell', async () => {
    const keys = await openAccount(venue, { permissions: ['read', 'trade', 'withdraw'] });
    const answer = await connect(type, keys);
    if (CANNOT_TELL_RIGHTS.includes(venue)) expect(answer.status).toBe(201);
    else
      expect({ status: answer.status, body: answer.body }).toMatchObject({
        body: { error: 'withdrawals_enabled' },
      });
  });

  test('a page of HTML with status 200 is an error, never an empty account', async () => {
    const keys = await openAccount(venue);
    const connected = await connect(type, keys);
    const { id, usd_amount: before } = connected.body as { id: number; usd_amount: string };
    await gateway.sandbox.addFault({ venue, kind: 'html_200' });
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(502);
    await gateway.sandbox.clearFaults();
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toMatchObject({ usd_amount: before });
  });
});
