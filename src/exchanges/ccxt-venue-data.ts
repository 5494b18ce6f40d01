/** The adapter's calls about venues themselves: all their markets, prices, and whether they work. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Catalog } from './catalog.ts';
import type { CcxtContracts, MarketBook } from './ccxt-contracts.ts';
import type { VenueDesk } from './ccxt-desks.ts';
import type { CcxtExchange } from './ccxt-exchange.ts';
import { bySymbol, toListing, toSpotQuotes, toTicker } from './ccxt-listing.ts';
import { positive, toBestOfBook } from './ccxt-market-list.ts';
import { type CcxtMarketsDeps, callUnified, noMarket } from './ccxt-markets.ts';
import type { ProbeVenue } from './ccxt-probes.ts';
import type { LoadTickers } from './ccxt-tickers.ts';
import type { VenueState } from './venue-state.ts';
import type { Listing, ListingPart, SpotQuotes, Ticker, VenueCheck } from './venue-data-port.ts';
import type { Venue } from './venue.ts';

export interface CcxtVenueData {
  fetchListing(venueId: string, part: ListingPart, deadlineMs: number): Promise<Listing>;
  fetchTicker(venueId: string, symbol: string, deadlineMs: number): Promise<Ticker>;
  fetchSpotQuotes(venueId: string, deadlineMs: number): Promise<SpotQuotes>;
  checkVenue(venueId: string, maxAgeMs: number): Promise<VenueCheck>;
}

export interface CcxtVenueDataDeps {
  readonly catalog: Catalog;
  readonly contracts: CcxtContracts;
  readonly clock: Clock;
  readonly withoutKeys: CcxtMarketsDeps['withoutKeys'];
  readonly loadTickers: LoadTickers;
  readonly probe: ProbeVenue;
  readonly states: () => readonly VenueState[];
  /** Stops waiting for shared work at the deadline, without ending it. */
  readonly within: <T>(deadlineMs: number, work: () => Promise<T>) => Promise<T>;
}

export const createCcxtVenueData = (deps: CcxtVenueDataDeps): CcxtVenueData => {
  const { catalog, contracts, clock, withoutKeys, within } = deps;
  const iso = (ms: number): string => new Date(ms).toISOString();

  /** The lists that the venue has beside its usual one, each once. */
  const openContracts = async (desk: VenueDesk, venue: Venue): Promise<MarketBook[]> => {
    const usual = await desk.seed.ready();
    const books: MarketBook[] = [];
    for (const { code } of venue.markets) {
      const book = await contracts.open(desk, code);
      if (book.exchange !== usual && !books.some(({ exchange }) => exchange === book.exchange))
        books.push(book);
    }
    return books;
  };

  const listContracts = async (desk: VenueDesk, venue: Venue): Promise<Listing> => {
    const books = await openContracts(desk, venue);
    const bySymbols = new Map(
      books.flatMap(({ exchange }) => toListing(exchange)).map((market) => [market.symbol, market]),
    );
    return {
      markets: [...bySymbols.values()].sort(bySymbol),
      asOf: iso(Math.min(clock.now(), ...books.map(({ loadedMs }) => loadedMs))),
    };
  };

  /** Contracts are loaded only for a symbol that names one. */
  const findExchange = async (desk: VenueDesk, venue: Venue, symbol: string): Promise<CcxtExchange> => {
    const usual = await desk.seed.ready();
    const lists = (exchange: CcxtExchange): boolean => Object.hasOwn(exchange.markets ?? {}, symbol);
    if (lists(usual)) return usual;
    const books = symbol.includes(':') ? await openContracts(desk, venue) : [];
    const found = books.find(({ exchange }) => lists(exchange));
    if (found === undefined) throw noMarket();
    return found.exchange;
  };

  return {
    fetchListing: async (venueId, part, deadlineMs) => {
      const venue = catalog.getVenue(venueId);
      return await withoutKeys(venue, deadlineMs, async (_ask, desk) => {
        if (part === 'contracts') return await listContracts(desk, venue);
        const exchange = await desk.seed.ready();
        return { markets: toListing(exchange), asOf: iso(desk.seed.marketsState?.loadedMs ?? clock.now()) };
      });
    },

    fetchTicker: async (venueId, symbol, deadlineMs) => {
      const venue = catalog.getVenue(venueId);
      return await withoutKeys(venue, deadlineMs, async (ask, desk) => {
        const exchange = await findExchange(desk, venue, symbol);
        const ticker = await ask(() => callUnified(exchange, 'fetchTicker', symbol));
        const isWhole = ['bid', 'ask'].every((side) => positive(Reflect.get(Object(ticker), side)) !== null);
        const best = isWhole
          ? {}
          : toBestOfBook(await ask(() => callUnified(exchange, 'fetchOrderBook', symbol)));
        return { ...toTicker(symbol, ticker, best), asOf: iso(clock.now()) };
      });
    },

    fetchSpotQuotes: async (venueId, deadlineMs) => {
      const venue = catalog.getVenue(venueId);
      const { tickers, markets, asOf } = await within(deadlineMs, () => deps.loadTickers(venue));
      return { quotes: toSpotQuotes(tickers, markets), asOf };
    },

    // A probe ends by itself, and what it then says of a silent venue is worth the last of the caller's time.
    checkVenue: async (venueId, maxAgeMs) => {
      const venue = catalog.getVenue(venueId);
      const probe = await deps.probe(venue, maxAgeMs);
      const state = deps.states().find((each) => each.venueId === venue.id);
      if (state === undefined)
        throw new AppError('exchange_unavailable', 'The exchange cannot be reached from here');
      return { probe, state };
    },
  };
};
