/** Where to trade two assets, over all exchanges, through the whole gateway. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import { useExchanges } from './exchange-fixture.ts';

const exchanges = useExchanges({ callDeadlineMs: 6_000 });

interface Route {
  readonly exchange: string;
  readonly symbol: string;
  readonly type: string;
  readonly inverted: boolean;
  readonly legs: readonly { symbol: string; side: string }[];
  readonly effective_buy_price: number;
  readonly has_credentials: boolean;
  readonly health: string;
  readonly min_amount: number | null;
}

interface Comparison {
  readonly best_route: Route | null;
  readonly routes: readonly Route[];
  readonly dropped: readonly { exchange: string; symbol: string; reason: string }[];
  readonly total_count: number;
}

const compare = async (query: string): Promise<Comparison> => {
  const { status, body, text } = await exchanges.caller.get(`/api/exchange/route?${query}`);
  if (status !== 200) throw new Error(`the comparison answered ${status}: ${text}`);
  return body as Comparison;
};

const venuesOf = (rows: readonly { exchange: string }[]): string[] =>
  rows.map(({ exchange }) => exchange).sort();

/** Exchanges that the sandbox does not simulate: they are down here. */
const DOWN = ['gemini', 'poloniex', 'deribit', 'bitget', 'huobi', 'crypto_com'];

// Loads every venue's markets, which later comparisons find.
beforeAll(async () => {
  for (const venue of EXCHANGE_IDS) await exchanges.caller.get(`/api/exchange/markets?exchange=${venue}`);
}, 60_000);

describe('a comparison', () => {
  test('ranks what every exchange offers by what a buyer pays, and drops those that are down', async () => {
    const compared = await compare('base=BTC&quote=USDT');
    expect(compared.total_count).toBe(compared.routes.length);
    expect(compared.best_route).toEqual(compared.routes[0]);
    const prices = compared.routes.map(({ effective_buy_price }) => effective_buy_price);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    const direct = compared.routes.filter(({ type }) => type === 'direct').map(({ exchange }) => exchange);
    expect(direct).toEqual(expect.arrayContaining(['binance', 'okx', 'bybit', 'kucoin', 'gate_io']));
    expect(venuesOf(compared.dropped)).toEqual(expect.arrayContaining(DOWN));
    for (const { reason } of compared.dropped) expect(['unhealthy', 'no_price']).toContain(reason);
    expect(compared.routes[0]).toMatchObject({
      symbol: 'BTC/USDT',
      inverted: false,
      legs: [{ symbol: 'BTC/USDT', side: 'buy' }],
      has_credentials: false,
      health: 'healthy',
      price_timestamp: expect.stringMatching(/Z$/),
      taker_fee: expect.any(Number),
      spread_pct: expect.any(Number),
    });
  });

  test('asks alone for the books that an exchange leaves out of its list', async () => {
    const { routes } = await compare('base=BTC&quote=USD');
    expect(venuesOf(routes)).toEqual(expect.arrayContaining(['coinbase', 'coinbase_advanced', 'kraken']));
  });

  test('turns a market round where the exchange has it the other way', async () => {
    const { routes, dropped } = await compare('base=USDT&quote=BTC&size=1000');
    const binance = routes.find(({ exchange }) => exchange === 'binance');
    expect(binance).toMatchObject({
      symbol: 'BTC/USDT',
      type: 'direct',
      inverted: true,
      legs: [{ symbol: 'BTC/USDT', side: 'sell' }],
      // The least cost of BTC/USDT, in USDT.
      min_amount: 5,
    });
    expect(venuesOf(dropped)).toEqual(expect.arrayContaining(DOWN));
  });

  test('crosses a bridge only where an exchange has no market of the pair', async () => {
    const { routes } = await compare('base=SOL&quote=LTC');
    expect(routes.length).toBeGreaterThan(0);
    for (const route of routes) {
      expect(route).toMatchObject({ type: 'bridged', symbol: 'SOL/LTC', inverted: false });
      expect(route.legs).toHaveLength(2);
    }
  });

  test('drops what an order is too small for, and keeps it without a size', async () => {
    const small = await compare('base=BTC&quote=USDT&size=0.000001');
    expect(small.dropped).toContainEqual({
      exchange: 'binance',
      symbol: 'BTC/USDT',
      reason: 'min_amount',
      min_amount: 0.00001,
      min_cost: 5,
    });
    const cheap = await compare('base=BTC&quote=USDT&quote_size=4.99');
    expect(cheap.dropped).toContainEqual(
      expect.objectContaining({ exchange: 'binance', reason: 'min_cost' }),
    );
    expect(venuesOf((await compare('base=BTC&quote=USDT&quote_size=5')).routes)).toContain('binance');
  });

  test('drops a halted market as inactive', async () => {
    const { body } = await exchanges.caller.get('/api/exchange/markets?exchange=binance');
    const halted = (
      body as { markets: { base: string; quote: string; active: boolean; type: string }[] }
    ).markets.find(({ active, type }) => !active && type === 'spot');
    const { dropped, routes } = await compare(`base=${halted?.base}&quote=${halted?.quote}`);
    expect(dropped).toContainEqual(expect.objectContaining({ exchange: 'binance', reason: 'inactive' }));
    expect(venuesOf(routes)).not.toContain('binance');
  });

  test('knows of which exchanges the tenant has keys', async () => {
    const keys = await exchanges.gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
    const connected = await exchanges.caller.post('/ver1/accounts/new', {
      type: 'kraken',
      name: 'With keys',
      ...keys,
    });
    expect(connected.status).toBe(201);
    const { routes } = await compare('base=BTC&quote=USD');
    expect(routes.filter(({ has_credentials }) => has_credentials).map(({ exchange }) => exchange)).toEqual([
      'kraken',
    ]);
    const stranger = await exchanges.gateway.newCaller();
    const { body } = await stranger.get('/api/exchange/route?base=BTC&quote=USD');
    expect((body as Comparison).routes.some(({ has_credentials }) => has_credentials)).toBe(false);
  });

  test('of an exchange that hangs, or answers with a page, goes on without it', async () => {
    // No other test asks for these two.
    const faulty = ['bitfinex', 'bitstamp'];
    expect(venuesOf((await compare('base=ETH&quote=USD')).routes)).toEqual(expect.arrayContaining(faulty));
    exchanges.advance(60_000);
    await exchanges.gateway.sandbox.addFault({ venue: 'bitfinex', kind: 'hang' });
    await exchanges.gateway.sandbox.addFault({ venue: 'bitstamp', kind: 'html_200' });
    const { routes, dropped } = await compare('base=ETH&quote=USD');
    expect(venuesOf(routes)).toEqual(expect.arrayContaining(['kraken', 'coinbase']));
    for (const exchange of faulty) {
      expect(venuesOf(routes)).not.toContain(exchange);
      const reasons = dropped.filter((row) => row.exchange === exchange).map(({ reason }) => reason);
      expect(reasons).toHaveLength(1);
      expect(['unhealthy', 'no_price']).toContain(reasons[0]);
    }
  });

  test('of assets that nobody trades is empty', async () => {
    expect(await compare('base=NOTHING&quote=NEVER')).toMatchObject({
      base: 'NOTHING',
      best_route: null,
      routes: [],
      total_count: 0,
    });
  });

  test('takes assets in any case, and echoes sizes digit for digit', async () => {
    const { text } = await exchanges.caller.get(
      '/api/exchange/route?base=btc&quote=usdt&size=0.123456789012345678&quote_size=123456789012345.125',
    );
    expect(text).toContain(
      '{"base":"BTC","quote":"USDT","size":0.123456789012345678,"quote_size":123456789012345.125,',
    );
  });
});

test.each([
  ['', ['base missing', 'quote missing']],
  ['base=&quote=', ['base string_too_short', 'quote string_too_short']],
  ['base=BTC&quote=btc', ['quote value_error']],
  ['base=BTC&quote=USDT&size=0&quote_size=-1', ['size greater_than', 'quote_size greater_than']],
  ['base=BTC&quote=USDT&size=abc&quote_size=', ['size decimal_parsing', 'quote_size decimal_parsing']],
  ['base=BTC&quote=USDT&size=1e300', ['size decimal_parsing']],
  ['base=BTC&quote=USDT&size=1e16', ['size less_than_equal']],
  ['base=BTC&quote=USDT&size=NaN', ['size decimal_parsing']],
])('%j is refused, every problem at once', async (query, problems) => {
  const { status, body } = await exchanges.caller.get(`/api/exchange/route?${query}`);
  expect(status).toBe(422);
  const { detail } = body as { detail: { loc: string[]; type: string }[] };
  expect(detail.map(({ loc, type }) => `${loc[1]} ${type}`)).toEqual(problems);
  for (const { loc } of detail) expect(loc[0]).toBe('query');
});
