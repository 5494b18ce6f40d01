/** Markets and tickers of a venue as many callers share them: kept for a while, loaded once at a time, with their age. */
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { SpotQuote, Ticker } from '../../exchanges/venue-data-port.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { type Aged, type AgedCache, createAgedCache } from './aged-cache.ts';
import { createMarketListing, findSymbols, type MarketListing } from './listing.ts';

/** `isCached`: it was there before the request came, or another request loaded it. */
export type Shared<T> = Aged<T> & { readonly isCached: boolean };

export type Quotes = ReadonlyMap<string, SpotQuote>;

export interface VenueMarketService {
  /** All markets, halted ones and contracts included. The value is one object for as long as it is kept. */
  listing(venueId: string, requestId: string): Promise<Shared<MarketListing>>;
  /** By any clear spelling of the symbol. Throws not_found. */
  ticker(venueId: string, spelled: string, requestId: string): Promise<Shared<Ticker>>;
  /** To compare venues by: what is known at once of each, also that it does not answer. */
  readonly now: {
    /** The venue's usual list, which holds every spot market. */
    spotListing(venueId: string, requestId: string): Promise<Aged<MarketListing>>;
    /** The best of the book by symbol, of all spot markets. */
    spotQuotes(venueId: string, requestId: string): Promise<Aged<Quotes>>;
    /** The best of one market's book, where the list above leaves it out. */
    quote(venueId: string, symbol: string, requestId: string): Promise<Aged<SpotQuote>>;
  };
}

export interface VenueMarketServiceDeps {
  readonly exchanges: Pick<ExchangePort, 'fetchListing' | 'fetchTicker' | 'fetchSpotQuotes'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const MINUTE_MS = 60_000;
// A venue that does not answer is left alone for so long, whoever asks.
const FAILURE_MS = 2_000;
const LISTINGS = {
  freshMs: 5 * MINUTE_MS,
  usableMs: 24 * 60 * MINUTE_MS,
  failureMs: FAILURE_MS,
  capacity: 100,
};
const TICKERS = { freshMs: 5_000, usableMs: 10 * MINUTE_MS, failureMs: FAILURE_MS, capacity: 5_000 };
// Venues are compared by prices of nearly the same moment.
const QUOTES = { freshMs: 10_000, usableMs: 20_000, failureMs: FAILURE_MS, capacity: 1_000 };

export const createVenueMarketService = (deps: VenueMarketServiceDeps): VenueMarketService => {
  const { exchanges, clock, logger } = deps;
  const onStale = (key: string, error: unknown): void =>
    logger.warn('venue data is not current', { key, ...errorFields(error) });
  const spot = createAgedCache<MarketListing>({ ...LISTINGS, clock, onStale });
  const all = createAgedCache<MarketListing>({ ...LISTINGS, clock, onStale });
  const tickers = createAgedCache<Ticker>({ ...TICKERS, clock, onStale });
  const allQuotes = createAgedCache<Quotes>({ ...QUOTES, clock, onStale });
  const quotes = createAgedCache<SpotQuote>({ ...QUOTES, clock, onStale });

  const loadSpot = async (venueId: string, requestId: string): Promise<Aged<MarketListing>> => {
    const { markets, asOf } = await exchanges.fetchListing(reading(requestId), venueId, 'spot');
    return { value: createMarketListing(markets), asOfMs: Date.parse(asOf) };
  };

  const loadTicker = async (venueId: string, symbol: string, requestId: string): Promise<Aged<Ticker>> => {
    const ticker = await exchanges.fetchTicker(reading(requestId), venueId, symbol);
    return { value: ticker, asOfMs: Date.parse(ticker.asOf) };
  };

  const spotListing = (venueId: string, requestId: string): Promise<Aged<MarketListing>> =>
    spot.get(venueId, () => loadSpot(venueId, requestId));

  const listing = (venueId: string, requestId: string): Promise<Shared<MarketListing>> =>
    getShared(all, venueId, async () => {
      const [usual, contracts] = await Promise.all([
        spotListing(venueId, requestId),
        exchanges.fetchListing(reading(requestId), venueId, 'contracts').catch(nothingWhereForbidden),
      ]);
      if (contracts === undefined || contracts.markets.length === 0) return usual;
      const markets = [...usual.value.markets, ...contracts.markets];
      return {
        value: createMarketListing(markets.sort((a, b) => (a.symbol < b.symbol ? -1 : 1))),
        asOfMs: Math.min(usual.asOfMs, Date.parse(contracts.asOf)),
      };
    });

  const resolve = async (venueId: string, spelled: string, requestId: string): Promise<string> => {
    const named = spelled.includes(':') ? listing : spotListing;
    const symbols = findSymbols((await named(venueId, requestId)).value, spelled);
    const [symbol, ...others] = symbols;
    if (symbol === undefined) throw new AppError('not_found', `The exchange has no market ${spelled}`);
    if (others.length > 0)
      throw new AppError('not_found', `Several markets are spelled so: ${symbols.join(', ')}`);
    return symbol;
  };

  return {
    listing,

    async ticker(venueId, spelled, requestId) {
      const symbol = await resolve(venueId, spelled, requestId);
      return await getShared(tickers, `${venueId} ${symbol}`, () => loadTicker(venueId, symbol, requestId));
    },

    now: {
      spotListing: (venueId, requestId) => spot.latest(venueId, () => loadSpot(venueId, requestId)),
      spotQuotes: (venueId, requestId) =>
        allQuotes.latest(venueId, async () => {
          const told = await exchanges.fetchSpotQuotes(reading(requestId), venueId);
          const bySymbol = new Map(told.quotes.map((quote) => [quote.symbol, quote]));
          return { value: bySymbol, asOfMs: Date.parse(told.asOf) };
        }),
      quote: (venueId, symbol, requestId) =>
        quotes.latest(`${venueId} ${symbol}`, () => loadTicker(venueId, symbol, requestId)),
    },
  };
};

const reading = (requestId: string) => ({ requestId, purpose: 'read' }) as const;

const getShared = async <T>(
  cache: AgedCache<T>,
  key: string,
  load: () => Promise<Aged<T>>,
): Promise<Shared<T>> => {
  let isCached = true;
  const { value, asOfMs } = await cache.get(key, async () => {
    const loaded = await load();
    isCached = false;
    return loaded;
  });
  return { value, asOfMs, isCached };
};

/** Some venues trade contracts, and tell of them, in some countries only. */
const nothingWhereForbidden = (error: unknown): undefined => {
  const code = error instanceof AppError ? error.code : undefined;
  if (code !== 'restricted_location' && code !== 'not_supported') throw error;
  return undefined;
};
