/** What venues tell without a key: all their markets, prices and whether they work; through real ccxt over HTTP. */
import { describe, expect, test } from '@jest/globals';
import { AppError } from '../../src/shared/errors.ts';
import { useAdapters } from './adapter-fixture.ts';
import { addFault, countRequests } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 300 });

const WAIT_MS = 10_000;
const DECIMAL = expect.stringMatching(/^\d+(\.\d+)?$/);

const TWINS = [
  ['binance', 'BTC/USDT', 'ok'],
  ['binance_us', 'BTC/USDT', 'ok'],
  ['kraken', 'BTC/USD', 'ok'],
  ['okx', 'BTC/USDT', 'ok'],
  ['coinbase_advanced', 'BTC/USD', null],
  ['coinbase', 'BTC/USD', null],
  ['bitfinex', 'BTC/USD', 'ok'],
  ['bitstamp', 'BTC/USD', null],
  ['bybit', 'BTC/USDT', 'ok'],
  ['kucoin', 'BTC/USDT', 'ok'],
  ['gate_io', 'BTC/USDT', null],
] as const;

describe.each(TWINS)('%s', (venue, symbol, condition) => {
  test('lists its markets with steps, limits and fees as exact decimals', async () => {
    const adapter = await fixture.anAdapter();
    const { markets, asOf } = await adapter.fetchListing(venue, 'spot', WAIT_MS);
    expect(Date.parse(asOf)).toBeGreaterThan(0);
    const symbols = markets.map((market) => market.symbol);
    expect(symbols).toEqual([...symbols].sort());
    expect(new Set(symbols).size).toBe(symbols.length);
    expect(markets.find((market) => market.symbol === symbol)).toMatchObject({
      base: 'BTC',
      settle: null,
      type: 'spot',
      isActive: true,
      // Bitfinex counts the significant digits of a price.
      priceStep: venue === 'bitfinex' ? null : DECIMAL,
      amountStep: DECIMAL,
      takerFee: DECIMAL,
      makerFee: DECIMAL,
    });
  });

  test('tells a ticker, and the best of the book of its spot markets', async () => {
    const adapter = await fixture.anAdapter();
    const ticker = await adapter.fetchTicker(venue, symbol, WAIT_MS);
    expect(ticker).toMatchObject({ symbol, last: DECIMAL, bid: DECIMAL, ask: DECIMAL });
    expect(Number(ticker.bid)).toBeLessThan(Number(ticker.ask));
    const { quotes } = await adapter.fetchSpotQuotes(venue, WAIT_MS);
    expect(quotes.map((quote) => quote.symbol)).toContain(symbol);
    await expect(adapter.fetchTicker(venue, 'NO/SUCH', WAIT_MS)).rejects.toMatchObject({
      code: 'exchange_refused',
    });
  });

  test('is probed with one unsigned request, and not again within seconds', async () => {
    const adapter = await fixture.anAdapter();
    const before = await countRequests(fixture.sandbox, venue, '');
    const checks = await Promise.all(Array.from({ length: 20 }, () => adapter.checkVenue(venue, 0)));
    expect((await countRequests(fixture.sandbox, venue, '')) - before).toBe(1);
    for (const { probe, state } of checks) {
      expect(probe).toMatchObject({ condition, error: null, latencyMs: expect.any(Number) });
      expect(state).toMatchObject({ venueId: venue, circuit: 'closed', marketsCount: null });
    }
    await adapter.checkVenue(venue, 0);
    fixture.advance(3_000);
    await adapter.checkVenue(venue, 0);
    expect((await countRequests(fixture.sandbox, venue, '')) - before).toBe(1);
    fixture.advance(2_100);
    await adapter.checkVenue(venue, 60_000);
    expect((await countRequests(fixture.sandbox, venue, '')) - before).toBe(1);
    await adapter.checkVenue(venue, 0);
    expect((await countRequests(fixture.sandbox, venue, '')) - before).toBe(2);
  });

  test('a page in place of an answer is an error of the probe, not a venue that works', async () => {
    const adapter = await fixture.anAdapter();
    await addFault(fixture.sandbox, { venue, kind: 'html_200' });
    const { probe } = await adapter.checkVenue(venue, 0);
    expect(probe).toMatchObject({ condition: null, latencyMs: null, error: { code: 'bad_response' } });
    await expect(adapter.fetchListing(venue, 'spot', WAIT_MS)).rejects.toBeInstanceOf(AppError);
  });
});

test.each([
  // Binance's figures as numbers in place of texts are still figures.
  ['binance', 'wrong_amounts'],
  ['kraken', 'wrong_types'],
  ['kraken', 'wrong_amounts'],
] as const)('a ticker of %s with %s is an error, not a market without prices', async (venue, kind) => {
  const adapter = await fixture.anAdapter();
  const symbol = venue === 'kraken' ? 'BTC/USD' : 'BTC/USDT';
  await adapter.fetchTicker(venue, symbol, WAIT_MS);
  await addFault(fixture.sandbox, { venue, kind });
  await expect(adapter.fetchTicker(venue, symbol, WAIT_MS)).rejects.toBeInstanceOf(AppError);
});

describe('contracts', () => {
  test.each([
    ['binance', 'BTC/USDT:USDT', 'USDT'],
    ['binance', 'BTC/USD:BTC', 'BTC'],
    ['okx', 'BTC/USDT:USDT', 'USDT'],
    ['bybit', 'BTC/USDT:USDT', 'USDT'],
    ['gate_io', 'BTC/USDT:USDT', 'USDT'],
  ])('of %s are listed apart, %s among them', async (venue, symbol, settle) => {
    const adapter = await fixture.anAdapter();
    const { markets } = await adapter.fetchListing(venue, 'contracts', WAIT_MS);
    expect(markets.find((market) => market.symbol === symbol)).toMatchObject({ type: 'swap', settle });
    expect(markets.every((market) => market.type !== 'spot')).toBe(true);
    expect(await adapter.fetchTicker(venue, symbol, WAIT_MS)).toMatchObject({ symbol, last: DECIMAL });
  });

  test('are an empty list where the venue has none beside its usual one', async () => {
    const adapter = await fixture.anAdapter();
    expect((await adapter.fetchListing('kraken', 'contracts', WAIT_MS)).markets).toEqual([]);
  });
});

test('halted markets are listed as such', async () => {
  const adapter = await fixture.anAdapter();
  const { markets } = await adapter.fetchListing('binance', 'spot', WAIT_MS);
  expect(markets.filter((market) => !market.isActive).length).toBeGreaterThan(0);
});

test('a venue that has banned us is not probed', async () => {
  const adapter = await fixture.anAdapter();
  await addFault(fixture.sandbox, { venue: 'binance', kind: 'banned', retry_after_s: 120, times: 1 });
  await expect(adapter.fetchListing('binance', 'spot', WAIT_MS)).rejects.toMatchObject({
    code: 'exchange_rate_limited',
  });
  const before = await countRequests(fixture.sandbox, 'binance', '');
  const { probe, state } = await adapter.checkVenue('binance', 0);
  expect(probe.error).toMatchObject({ code: 'exchange_rate_limited' });
  expect(state.stoppedUntil).not.toBeNull();
  expect(await countRequests(fixture.sandbox, 'binance', '')).toBe(before);
});

test('a venue whose circuit is open is not probed', async () => {
  const adapter = await fixture.anAdapter({
    egress: { maxCalls: 250, circuitFailures: 1, circuitOpenMs: 60_000 },
  });
  await addFault(fixture.sandbox, { venue: 'kraken', kind: 'maintenance' });
  await adapter.checkVenue('kraken', 0);
  const before = await countRequests(fixture.sandbox, 'kraken', '');
  fixture.advance(6_000);
  const { probe, state } = await adapter.checkVenue('kraken', 0);
  expect(state.circuit).toBe('open');
  expect(probe.error).toMatchObject({ code: 'exchange_unavailable' });
  expect(await countRequests(fixture.sandbox, 'kraken', '')).toBe(before);
});
