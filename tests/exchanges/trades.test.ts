// Real ccxt over HTTP against the sandbox venues: all of an account's trades, page by page, each once.
import { describe, expect, test } from '@jest/globals';
import type { CcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import type { TradePage, VenueTrade } from '../../src/exchanges/trade-port.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, countRequests, openAccount } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });

const VENUES = [
  { venue: 'binance', code: 'binance' },
  { venue: 'binance_us', code: 'binance_us' },
  { venue: 'kraken', code: 'kraken' },
  { venue: 'okx', code: 'okex' },
  { venue: 'bybit', code: 'bybit' },
  { venue: 'kucoin', code: 'kucoin' },
  { venue: 'gate_io', code: 'gate_io' },
  { venue: 'coinbase', code: 'coinbase' },
  { venue: 'coinbase_advanced', code: 'coinbase_advanced' },
  { venue: 'bitfinex', code: 'bitfinex' },
  { venue: 'bitstamp', code: 'bitstamp' },
];

const TRADES = 70;
/** Somewhat after the last of so many trades of the sandbox's past, which begins on 2025-06-02. */
const SHORTLY_AFTER = Date.parse('2025-06-05T12:00:00Z');

const FORGETFUL = new Set(['okex', 'bybit', 'kucoin', 'gate_io']);

/** Where a venue forgets trades, our clock stands shortly after them. */
const anAdapter = (code: string): Promise<CcxtAdapter> =>
  fixture.anAdapter(FORGETFUL.has(code) ? { skewMs: SHORTLY_AFTER - Date.now() } : {});

interface Walked {
  readonly trades: readonly VenueTrade[];
  readonly pages: readonly TradePage[];
}

const walk = async (
  adapter: CcxtAdapter,
  keys: ExchangeKeys,
  code: string,
  symbol: string | null,
  {
    limit = 1_000,
    since = null,
    cursor = null,
  }: { limit?: number; since?: string | null; cursor?: string | null } = {},
): Promise<Walked> => {
  const pages: TradePage[] = [];
  for (let last = { cursor, isLast: false } as { cursor: string | null; isLast: boolean }; !last.isLast; ) {
    const page = await adapter.fetchTrades(aCall(keys), code, { symbol, cursor: last.cursor, since, limit });
    pages.push(page);
    last = page;
    if (pages.length > 2_000) throw new Error('the walk does not end');
  }
  return { trades: pages.flatMap(({ trades }) => trades), pages };
};

const symbolsOf = async (adapter: CcxtAdapter, code: string): Promise<(string | null)[]> => {
  const { markets } = await adapter.fetchMarkets(code, 20_000);
  return markets.map(({ symbol }) => symbol);
};

const keyOf = ({ symbol, id, side }: VenueTrade): string => `${symbol} ${id} ${side}`;

describe.each(VENUES)('$venue', ({ venue, code }) => {
  test('small pages over several spans bring what one great page brings, each trade once', async () => {
    const adapter = await anAdapter(code);
    const keys = await openAccount(fixture.sandbox, { venue, trades: TRADES });
    const { needsSymbol } = await adapter.fetchTradeListing(aCall(keys), code);
    const symbols = needsSymbol ? await symbolsOf(adapter, code) : [null];
    const small: VenueTrade[] = [];
    const great: VenueTrade[] = [];
    for (const symbol of symbols) {
      great.push(...(await walk(adapter, keys, code, symbol, { since: '2025-06-01T00:00:00.000Z' })).trades);
      if (great.length === small.length) continue;
      small.push(
        ...(await walk(adapter, keys, code, symbol, { limit: 2, since: '2025-06-01T00:00:00.000Z' })).trades,
      );
    }
    expect(great).toHaveLength(TRADES);
    expect(new Set(small.map(keyOf)).size).toBe(small.length);
    const sorted = (trades: readonly VenueTrade[]) =>
      trades.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    expect(sorted(small)).toEqual(sorted(great));
    // Pieces of one order share their moment, and pages of two cannot hold three of them.
    const moments = new Map<string, number>();
    for (const { at } of great) moments.set(at, (moments.get(at) ?? 0) + 1);
    expect(Math.max(...moments.values())).toBeGreaterThan(2);
    for (const trade of great) {
      expect(trade).toMatchObject({
        price: expect.stringMatching(/^\d/),
        fee: { amount: expect.stringMatching(/^\d/) },
      });
      expect(trade.symbol.endsWith(`/${trade.totalAsset}`)).toBe(true);
    }
  });

  test('what is read again from the end of a walk holds nothing new', async () => {
    const adapter = await anAdapter(code);
    const keys = await openAccount(fixture.sandbox, { venue, trades: 20 });
    const { needsSymbol } = await adapter.fetchTradeListing(aCall(keys), code);
    const all = needsSymbol ? await symbolsOf(adapter, code) : [null];
    let found = false;
    for (const symbol of all) {
      const first = await walk(adapter, keys, code, symbol);
      const again = await walk(adapter, keys, code, symbol, { cursor: first.pages.at(-1)?.cursor ?? null });
      expect(again.trades).toEqual([]);
      expect(again.pages).toHaveLength(1);
      found ||= first.trades.length > 0;
      if (found) break;
    }
    expect(found).toBe(true);
  });

  test('one symbol alone is read where all could be, and a start leaves out what was before', async () => {
    const adapter = await anAdapter(code);
    const keys = await openAccount(fixture.sandbox, { venue, trades: TRADES });
    const { needsSymbol } = await adapter.fetchTradeListing(aCall(keys), code);
    const symbols = needsSymbol ? await symbolsOf(adapter, code) : [null];
    let all: readonly VenueTrade[] = [];
    for (const symbol of symbols) {
      all = (await walk(adapter, keys, code, symbol)).trades;
      if (all.length > 3) break;
    }
    const [first] = all;
    const symbol = first?.symbol ?? '';
    const own = all.filter((trade) => trade.symbol === symbol);
    expect((await walk(adapter, keys, code, symbol, { limit: 3 })).trades.map(keyOf).toSorted()).toEqual(
      own.map(keyOf).toSorted(),
    );
    const since = own[Math.floor(own.length / 2)]?.at ?? '';
    const late = await walk(adapter, keys, code, symbol, { since });
    expect(late.trades.map(keyOf).toSorted()).toEqual(
      own
        .filter(({ at }) => at >= since)
        .map(keyOf)
        .toSorted(),
    );
  });

  test.each([
    ['server_error', /^exchange_unavailable$/],
    ['html_200', /^bad_response$/],
    ['wrong_types', /^(?:bad_response|exchange_error)$/],
  ])('%s is an error, never "no trades"', async (kind, error) => {
    const adapter = await fixture.anAdapter();
    const keys = await openAccount(fixture.sandbox, { venue, trades: 5 });
    const [symbol = null] = await symbolsOf(adapter, code);
    await addFault(fixture.sandbox, { venue, kind, api_key: keys.apiKey });
    const call = adapter.fetchTrades(aCall(keys), code, { symbol, cursor: null, since: null, limit: 10 });
    await expect(call).rejects.toMatchObject({ code: expect.stringMatching(error) });
  });
});

test('spans without trades are skipped within one call, but not without end', async () => {
  const adapter = await fixture.anAdapter();
  const keys = await openAccount(fixture.sandbox, { venue: 'bybit' });
  const asked = (): Promise<number> => countRequests(fixture.sandbox, 'bybit', 'execution/list');
  const before = await asked();
  const page = await adapter.fetchTrades(aCall(keys), 'bybit', {
    symbol: null,
    cursor: null,
    since: null,
    limit: 100,
  });
  expect(page).toMatchObject({ trades: [], isLast: false });
  expect((await asked()) - before).toBe(20);
  expect((await walk(adapter, keys, 'bybit', null, { cursor: page.cursor })).trades).toEqual([]);
});

test('a market that is not the account type’s own is refused, and so is none where one is needed', async () => {
  const adapter = await fixture.anAdapter();
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  for (const symbol of ['NO/SUCH', 'BTC/USDT:USDT', null])
    await expect(
      adapter.fetchTrades(aCall(keys), 'binance', { symbol, cursor: null, since: null, limit: 10 }),
    ).rejects.toMatchObject({ code: 'exchange_refused' });
});
