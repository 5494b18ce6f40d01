/** Market data for anybody, through the whole gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestAnswer } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let aheadMs = 0;

beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => Date.now() + aheadMs } });
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

const MINUTE_MS = 60_000;

/** As anybody: without a signature. */
const ask = async (path: string): Promise<TestAnswer> => {
  const response = await fetch(`${gateway.baseUrl}/ver1/accounts/${path}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as unknown };
};

/** Requests that a sandbox venue got, by endpoint. */
const requestsTo = async (venue: string): Promise<Record<string, number>> => {
  const response = await fetch(`${gateway.sandbox.url}/_sandbox/requests`);
  return ((await response.json()) as Record<string, Record<string, number>>)[venue] ?? {};
};

const DECIMAL = expect.stringMatching(/^\d+(\.\d+)?$/);

const SPOT = [
  ['binance', 'binance', 'USDT_BTC'],
  ['binance_us', 'binance_us', 'USDT_BTC'],
  ['kraken', 'kraken', 'USD_BTC'],
  ['okx', 'okex', 'USDT_BTC'],
  ['bybit', 'bybit', 'USDT_BTC'],
  ['kucoin', 'kucoin', 'USDT_BTC'],
  ['gate_io', 'gate_io', 'USDT_BTC'],
  ['coinbase', 'coinbase', 'USD_BTC'],
  ['coinbase_advanced', 'coinbase_advanced', 'USD_BTC'],
  ['bitfinex', 'bitfinex', 'USD_BTC'],
  ['bitstamp', 'bitstamp', 'USD_BTC'],
  ['paper_trading', 'paper_trading', 'USDT_BTC'],
] as const;

const CONTRACTS = [
  ['binance', 'binance_futures', 'USDT_BTCUSDT'],
  ['binance', 'binance_futures_coin', 'USD_BTCUSD_PERP'],
  ['okx', 'okex_futures', 'USDT_BTC-USDT-SWAP'],
  ['bybit', 'bybit_usdt_perpetual', 'USDT_BTCUSDT'],
  ['gate_io', 'gate_io_usdt_perpetual', 'USDT_BTC_USDT'],
  ['gate_io', 'gate_io_btc_perpetual', 'USD_BTC_USD'],
] as const;

test('market_list names every account type with the fields that connecting it needs', async () => {
  const { status, body } = await ask('market_list');
  expect(status).toBe(200);
  const list = body as { market_code: string; form_fields: { required: { field: string }[] } }[];
  const fieldsOf = (code: string) =>
    list.find((row) => row.market_code === code)?.form_fields.required.map(({ field }) => field);
  expect(fieldsOf('okex')).toEqual(['api_key', 'secret', 'passphrase']);
  expect(fieldsOf('bitstamp')).toEqual(['api_key', 'secret', 'customer_id']);
  expect(fieldsOf('trx')).toEqual(['address']);
  expect(fieldsOf('paper_trading')).toEqual([]);
  for (const row of list) expect(row).toMatchObject({ available_connection_flows: ['form'] });
});

describe.each([...SPOT, ...CONTRACTS])('%s, %s', (_venue, code, pair) => {
  test('lists its pairs, and tells prices and limits of one', async () => {
    const pairs = await ask(`market_pairs?market_code=${code}`);
    expect(pairs.status).toBe(200);
    expect(pairs.headers.get('age')).toMatch(/^\d+$/);
    expect(pairs.body).toContain(pair);
    const rates = await ask(`currency_rates?market_code=${code}&pair=${pair}`);
    expect({ status: rates.status, body: rates.body }).toEqual({
      status: 200,
      body: expect.objectContaining({ last: DECIMAL, bid: DECIMAL, ask: DECIMAL, lotStep: DECIMAL }),
    });
    expect(rates.headers.get('age')).toMatch(/^\d+$/);
    const { last, bid, ask: offer, priceStep } = rates.body as Record<string, string>;
    expect(Number(bid)).toBeLessThan(Number(offer));
    expect(Number(last)).toBeGreaterThan(0);
    expect(priceStep).toEqual(DECIMAL);
  });
});

test('limits are the digits of the venue', async () => {
  const { body } = await ask('currency_rates?market_code=binance&pair=USDT_BTC&limit_type=market');
  expect(body).toMatchObject({
    priceStep: '0.01',
    minPrice: '0.01',
    maxPrice: '1000000',
    lotStep: '0.00001',
    minLotSize: '0.00001',
    maxLotSize: '9000000',
    maxMarketBuyAmount: '100000',
    maxMarketSellAmount: '100000',
    minTotal: '5',
  });
});

test('without a market code the reference exchange is asked, and aliases are known', async () => {
  expect((await ask('market_pairs')).body).toEqual((await ask('market_pairs?market_code=kraken')).body);
  expect((await ask('market_pairs?market_code=okx')).body).toEqual(
    (await ask('market_pairs?market_code=okex')).body,
  );
});

test.each([
  ['market_pairs?market_code=nowhere', { market_code: ['does not have a valid value'] }],
  ['market_pairs?market_code=ethereumwallet', { market_code: ['does not have a valid value'] }],
  ['market_pairs?market_code=a&market_code=b', { market_code: ['is invalid'] }],
  ['currency_rates?market_code=kraken', { pair: ['is missing'] }],
  ['currency_rates?market_code=kraken&pair=', { pair: ['is empty'] }],
  ['currency_rates?market_code=kraken&pair=BTC_USD', { pair: ['does not have a valid value'] }],
  ['currency_rates?market_code=kraken&pair=__proto___constructor', { pair: ['does not have a valid value'] }],
  ['currency_rates?market_code=nowhere&pair=USD_BTC', { market_code: ['does not have a valid value'] }],
  [`currency_rates?pair=${'x'.repeat(129)}`, { pair: ['is invalid'] }],
  ['currency_rates_with_leverage_data?pair=USD_BTC', { market_code: ['is missing'] }],
])('%s is refused by name', async (path, attributes) => {
  const { status, body } = await ask(path);
  expect({ status, body }).toMatchObject({
    status: 400,
    body: { error: 'record_invalid', error_attributes: attributes },
  });
});

test('many callers at once cost the venue one request', async () => {
  await ask('market_pairs?market_code=okex');
  aheadMs += MINUTE_MS;
  const before = (await requestsTo('okx'))['GET /api/v5/market/ticker'] ?? 0;
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => ask('currency_rates?market_code=okex&pair=USDT_ETH')),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await requestsTo('okx'))['GET /api/v5/market/ticker']).toBe(before + 1);
});

test('while the venue is down, what is known is served with its age, and what is not answers 503 or 504', async () => {
  const known = 'currency_rates?market_code=bybit&pair=USDT_ETH';
  const { body } = await ask(known);
  aheadMs += 10 * MINUTE_MS;
  await gateway.sandbox.addFault({ venue: 'bybit', kind: 'maintenance' });
  const stale = await ask(known);
  expect({ status: stale.status, body: stale.body }).toEqual({ status: 200, body });
  expect(Number(stale.headers.get('age'))).toBeGreaterThanOrEqual(600);
  expect((await ask('market_pairs?market_code=bybit')).status).toBe(200);
  expect([503, 504]).toContain((await ask('currency_rates?market_code=bybit&pair=USDT_SOL')).status);
  aheadMs += 60 * MINUTE_MS;
  expect([503, 504]).toContain((await ask(known)).status);
});
