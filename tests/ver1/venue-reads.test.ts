/** What venues tell of an account besides balances, through the whole gateway. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { connect as connectCcxt } from '../sandbox/ccxt-client.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

/** As anybody: without a signature. */
const ask = async (path: string): Promise<TestAnswer> => {
  const response = await fetch(`${gateway.baseUrl}/ver1/accounts/${path}`);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as unknown };
};

const connect = async (venue: string, type: string, options: object = {}) => {
  const keys = await gateway.sandbox.openAccount({
    venue,
    wallets: {
      spot: { BTC: '1.5', ETH: '2', USDT: '5000', USD: '5000' },
      linear: { USDT: '900' },
      inverse: { BTC: '1' },
    },
    ...options,
  });
  const answer = await caller.post('/ver1/accounts/new', { type, name: `My ${type}`, ...keys });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return { id: (answer.body as { id: number }).id, keys };
};

const DECIMAL = expect.stringMatching(/^\d+(\.\d+)?$/);

const CONTRACTS = [
  ['binance', 'binance_futures', 'USDT_BTCUSDT'],
  ['binance', 'binance_futures_coin', 'USD_BTCUSD_PERP'],
  ['okx', 'okex_futures', 'USDT_BTC-USDT-SWAP'],
  ['bybit', 'bybit_usdt_perpetual', 'USDT_BTCUSDT'],
  ['gate_io', 'gate_io_usdt_perpetual', 'USDT_BTC_USDT'],
  ['gate_io', 'gate_io_btc_perpetual', 'USD_BTC_USD'],
] as const;

describe('leverage', () => {
  test.each(CONTRACTS)('%s, %s: an account is told it', async (venue, code, pair) => {
    const { id } = await connect(venue, code);
    for (const answer of [
      await caller.get(`/ver1/accounts/${id}/leverage_data?pair=${pair}`),
      await caller.post(`/ver1/accounts/${id}/leverage_data`, { pair }),
    ]) {
      expect(answer.status).toBe(200);
      const kinds = answer.body as {
        code: string;
        max_leverage: string | null;
        available_leverage_values: number[];
      }[];
      expect(kinds.map((kind) => kind.code)).toEqual(['none', 'cross', 'isolated']);
      expect(kinds[0]).toMatchObject({ max_leverage: null, valid: { min: null, max: null } });
      const cross = kinds[1];
      expect(Number(cross?.max_leverage)).toBeGreaterThan(1);
      expect(String(cross?.available_leverage_values.at(-1))).toBe(cross?.max_leverage);
    }
  });

  test('a spot market has none', async () => {
    const { id } = await connect('kraken', 'kraken');
    expect((await caller.get(`/ver1/accounts/${id}/leverage_data?pair=USD_BTC`)).body).toEqual([]);
    const rates = await ask('currency_rates_with_leverage_data?market_code=kraken&pair=USD_BTC');
    expect(rates.body).toMatchObject({ last: DECIMAL, leverage_data: [] });
  });

  test('public rates carry it where the venue tells it to anybody', async () => {
    const path = 'currency_rates_with_leverage_data?market_code=okex_futures&pair=USDT_BTC-USDT-SWAP';
    const { leverage_data: kinds } = (await ask(path)).body as { leverage_data: { code: string }[] };
    expect(kinds.map(({ code }) => code)).toEqual(['none', 'cross', 'isolated']);
  });
});

describe('active_trading_entities', () => {
  test.each([
    ['binance', 'binance', 'binance', 'BTC/USDT'],
    ['binance_us', 'binance_us', 'binanceus', 'BTC/USDT'],
    ['kraken', 'kraken', 'kraken', 'BTC/USD'],
    ['okx', 'okex', 'okx', 'BTC/USDT'],
    ['bybit', 'bybit', 'bybit', 'BTC/USDT'],
    ['gate_io', 'gate_io', 'gate', 'BTC/USDT'],
    ['coinbase', 'coinbase', 'coinbaseexchange', 'BTC/USD'],
    ['coinbase_advanced', 'coinbase_advanced', 'coinbase', 'BTC/USD'],
    ['bitfinex', 'bitfinex', 'bitfinex', 'BTC/USD'],
  ] as const)('%s, %s: counts the orders that are open at the venue', async (venue, code, ccxtId, symbol) => {
    const { id, keys } = await connect(venue, code);
    const path = `/ver1/accounts/${id}/active_trading_entities`;
    const counts = (orders: number) => ({
      data: {
        active_bots_count: 0,
        active_deals_count: 0,
        active_smart_trades_count: 0,
        active_orders_count: orders,
        active_grid_bots_count: 0,
      },
    });
    expect(await caller.get(path)).toMatchObject({ status: 200, body: counts(0) });
    const exchange = await connectCcxt(gateway.sandbox, ccxtId, keys, {
      options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
    });
    for (const price of [20_000, 21_000]) await exchange.createOrder(symbol, 'limit', 'buy', 0.001, price);
    expect(await caller.get(path)).toMatchObject({ status: 200, body: counts(2) });
  });

  test('a venue that lists no orders without a market says so', async () => {
    const { id } = await connect('kucoin', 'kucoin');
    expect((await caller.get(`/ver1/accounts/${id}/active_trading_entities`)).status).toBe(501);
  });
});

const DEPOSITS = [
  ['binance', 'binance', 'BSC'],
  ['binance_us', 'binance_us', 'BSC'],
  ['kraken', 'kraken', 'ETH - Arbitrum One (Unified)'],
  ['okx', 'okex', 'ETH-Arbitrum One'],
  ['bybit', 'bybit', 'ARBI'],
  ['kucoin', 'kucoin', 'arbitrum'],
  ['gate_io', 'gate_io', 'ARBEVM'],
  ['bitstamp', 'bitstamp', 'arbitrum'],
] as const;

describe('networks and deposits', () => {
  test.each(DEPOSITS)(
    '%s, %s: an asset arrives over the network that was asked for',
    async (venue, code, network) => {
      const { id } = await connect(venue, code);
      const info = await caller.get(`/ver1/accounts/${id}/networks_info?currency=ETH&purpose=deposit`);
      expect(info.status).toBe(200);
      const { currency, network_list: list } = info.body as {
        currency: string;
        network_list: { network: string }[];
      };
      expect(currency).toBe('ETH');
      expect(list.map((row) => row.network)).toContain(network);
      const query = `currency=ETH&network=${encodeURIComponent(network)}`;
      const deposit = await caller.get(`/ver1/accounts/${id}/deposit_data?${query}`);
      expect({ status: deposit.status, body: deposit.body }).toEqual({
        status: 200,
        body: {
          address: expect.stringMatching(/^0x[0-9a-f]{40}$/),
          address_tag: '',
          available_balance: '2',
          in_orders: '0',
          total_balance: '2',
        },
      });
    },
  );

  test('a tag that must go with a deposit is told', async () => {
    const { id } = await connect('binance', 'binance');
    const deposit = await caller.get(`/ver1/accounts/${id}/deposit_data?currency=XRP&network=XRP`);
    expect(deposit.body).toMatchObject({
      address: expect.stringMatching(/^r/),
      address_tag: expect.stringMatching(/^\d+$/),
      total_balance: '0',
    });
  });

  test.each([
    ['networks_info', { currency: ['is missing'] }],
    ['networks_info?currency=NOSUCHCOIN', { currency: ['does not have a valid value'] }],
    ['networks_info?currency=__proto__', { currency: ['does not have a valid value'] }],
    ['networks_info?currency=ETH&purpose=fun', { purpose: ['does not have a valid value'] }],
    ['deposit_data?currency=ETH', { network: ['is missing'] }],
    ['deposit_data?currency=ETH&network=LIGHTNING', { network: ['does not have a valid value'] }],
    ['deposit_data?currency=NOSUCHCOIN&network=ETH', { currency: ['does not have a valid value'] }],
    ['leverage_data', { pair: ['is missing'] }],
    ['leverage_data?pair=NO_SUCH', { pair: ['does not have a valid value'] }],
  ])('%s is refused by name', async (path, attributes) => {
    for (const [venue, code] of [
      ['binance', 'binance'],
      ['kraken', 'kraken'],
      ['okx', 'okex'],
    ] as const) {
      const { id } = await connect(venue, code);
      const { status, body } = await caller.get(`/ver1/accounts/${id}/${path}`);
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { error: 'record_invalid', error_attributes: attributes },
      });
    }
  });

  test('futures wallets and addresses take no deposits', async () => {
    const { id } = await connect('binance', 'binance_futures');
    const answer = await caller.get(`/ver1/accounts/${id}/deposit_data?currency=USDT&network=ETH`);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 501,
      body: { error: 'exchange_error' },
    });
  });

  test('a key that the venue refuses locks the account, and a venue that is down answers 503 or 504', async () => {
    const { id } = await connect('kraken', 'kraken');
    await gateway.sandbox.addFault({ venue: 'kraken', kind: 'invalid_key' });
    const refused = await caller.get(`/ver1/accounts/${id}/active_trading_entities`);
    expect(refused.body).toMatchObject({ error: 'invalid_api_key' });
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toMatchObject({ is_locked: true });
    await gateway.sandbox.clearFaults();
    await gateway.sandbox.addFault({ venue: 'kraken', kind: 'maintenance' });
    const down = await caller.get(`/ver1/accounts/${id}/networks_info?currency=ETH`);
    expect([503, 504]).toContain(down.status);
  });
});

test("another tenant's account is not there", async () => {
  const { id } = await connect('okx', 'okex');
  const stranger = await gateway.newCaller();
  for (const path of [
    'leverage_data?pair=USDT_BTC',
    'active_trading_entities',
    'deposit_data?currency=ETH&network=ETH-ERC20',
    'networks_info?currency=ETH',
  ]) {
    const { status, body } = await stranger.get(`/ver1/accounts/${id}/${path}`);
    expect({ path, status, body }).toEqual({
      path,
      status: 404,
      body: { error: 'not_found', error_description: 'Not Found' },
    });
  }
});
