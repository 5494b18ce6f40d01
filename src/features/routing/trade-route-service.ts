/** Asks every venue for its way to trade two assets, side by side, and ranks what comes back in time. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Venue } from '../../exchanges/venue.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { BRIDGES } from '../markets/price-book.ts';
import type { Quotes, VenueMarketService } from '../markets/venue-market-service.ts';
import type { MarketListing } from '../markets/listing.ts';
import { createHeldVenueStore } from '../venues/held-venue-store.ts';
import type { HealthStatus } from '../venues/venue-health.ts';
import type { VenueHealthService } from '../venues/venue-health-service.ts';
import {
  type DroppedRoute,
  findRoutes,
  rankRoutes,
  type RouteRequest,
  type TradeRoute,
} from './trade-route.ts';
import { type PricedMarket, symbolOf, symbolsBetween } from './trade-way.ts';

export interface RankedRoute extends TradeRoute {
  readonly venueId: string;
  /** The tenant has keys of the venue. */
  readonly hasCredentials: boolean;
  readonly health: HealthStatus;
  /** When the venue told the oldest price of it, in milliseconds. */
  readonly pricedMs: number;
}

export interface RouteComparison {
  /** Best first. */
  readonly routes: readonly RankedRoute[];
  readonly dropped: readonly (DroppedRoute & { readonly venueId: string })[];
}

export interface TradeRouteService {
  compare(actor: Actor, request: RouteRequest): Promise<RouteComparison>;
}

export interface TradeRouteServiceDeps {
  readonly markets: VenueMarketService;
  readonly health: Pick<VenueHealthService, 'known'>;
  /** Paper trading is none of them: its prices are made up. */
  readonly venues: Catalog['venues'];
  readonly database: TenantDatabase;
  readonly clock: Clock;
}

// A venue that takes longer is left out; what it answers then is there for the next caller.
const PATIENCE_MS = 4_000;
// Where the venue's list of tickers leaves out the book, each market is asked for alone: no more than these.
const MOST_ASKED_ALONE = 6;

interface VenueFound {
  readonly routes: readonly (TradeRoute & { readonly pricedMs: number; readonly health: HealthStatus })[];
  readonly dropped: readonly DroppedRoute[];
}

const NOTHING: VenueFound = { routes: [], dropped: [] };

export const createTradeRouteService = (deps: TradeRouteServiceDeps): TradeRouteService => {
  const { markets, health, database } = deps;

  const look = async (venue: Venue, request: RouteRequest, requestId: string): Promise<VenueFound> => {
    const { value: listing } = await markets.now.spotListing(venue.id, requestId);
    const symbols = symbolsToPrice(listing, request);
    if (symbols.length === 0) return NOTHING;
    const { value: quotes, asOfMs } = await markets.now.spotQuotes(venue.id, requestId);
    const priced = await priceAll(venue.id, listing, quotes, symbols, requestId);
    const found = findRoutes(request, (symbol) => priced.markets.get(symbol), BRIDGES);
    const { status } = await health.known(venue.id);
    const pricedMs = Math.min(asOfMs, priced.oldestMs);
    if (status === 'unhealthy')
      return { routes: [], dropped: [...found.routes, ...found.dropped].map(asUnhealthy) };
    return {
      routes: found.routes.map((route) => ({ ...route, pricedMs, health: status })),
      dropped: found.dropped,
    };
  };

  /** The markets with the best of their books, asked for one by one where the venue's list has none. */
  const priceAll = async (
    venueId: string,
    listing: MarketListing,
    quotes: Quotes,
    symbols: readonly string[],
    requestId: string,
  ): Promise<{ markets: Map<string, PricedMarket>; oldestMs: number }> => {
    let oldestMs = Infinity;
    const isWithoutBook = (symbol: string): boolean => {
      const quote = quotes.get(symbol);
      const isActive = listing.bySymbol.get(symbol)?.isActive === true;
      return isActive && quote !== undefined && (quote.bid === null || quote.ask === null);
    };
    const alone = new Set(symbols.filter(isWithoutBook).slice(0, MOST_ASKED_ALONE));
    const priced = await Promise.all(
      symbols.map(async (symbol): Promise<[string, PricedMarket][]> => {
        const market = listing.bySymbol.get(symbol);
        if (market === undefined) return [];
        let best: { bid: string | null; ask: string | null } | undefined = quotes.get(symbol);
        if (alone.has(symbol)) {
          const told = await markets.now.quote(venueId, symbol, requestId).catch(nothingWhenRefused);
          if (told !== undefined) oldestMs = Math.min(oldestMs, told.asOfMs);
          best = told?.value;
        }
        return [[symbol, { ...market, bid: best?.bid ?? null, ask: best?.ask ?? null }]];
      }),
    );
    return { markets: new Map(priced.flat()), oldestMs };
  };

  /** A venue that is late, or fails, is dropped with the reason; it costs the others nothing. */
  const lookInTime = async (
    venue: Venue,
    request: RouteRequest,
    late: Promise<undefined>,
    requestId: string,
  ): Promise<VenueFound> => {
    try {
      const found = await Promise.race([look(venue, request, requestId), late]);
      if (found !== undefined) return found;
      const { status } = await health.known(venue.id);
      return missing(request, status === 'unhealthy' ? 'unhealthy' : 'no_price');
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      return error.code === 'not_supported' ? NOTHING : missing(request, 'unhealthy');
    }
  };

  const lookEverywhere = async (request: RouteRequest, requestId: string) => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, undefined);
    });
    try {
      return await Promise.all(
        deps.venues.map(async (venue) => ({
          venueId: venue.id,
          ...(await lookInTime(venue, request, late, requestId)),
        })),
      );
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    async compare(actor, request) {
      const [held, found] = await Promise.all([
        createHeldVenueStore(database.session(actor.tenantId)).list(),
        lookEverywhere(request, actor.requestId),
      ]);
      return {
        routes: rankRoutes(
          found.flatMap(({ venueId, routes }) =>
            routes.map((route) => ({ ...route, venueId, hasCredentials: held.has(venueId) })),
          ),
        ),
        dropped: found.flatMap(({ venueId, dropped }) => dropped.map((route) => ({ ...route, venueId }))),
      };
    },
  };
};

/** Listed markets that a route may lead over: the direct ones, or else those of the bridges. */
const symbolsToPrice = (listing: MarketListing, { base, quote }: RouteRequest): string[] => {
  const listed = (one: string, other: string): string[] =>
    symbolsBetween(one, other).filter((symbol) => listing.bySymbol.get(symbol)?.type === 'spot');
  const direct = listed(base, quote);
  if (direct.length > 0) return direct;
  return BRIDGES.flatMap((bridge) => {
    const [first, second] = [listed(base, bridge), listed(bridge, quote)];
    return first.length > 0 && second.length > 0 ? [...first, ...second] : [];
  });
};

const asUnhealthy = ({ symbol, minAmount, minCost }: TradeRoute | DroppedRoute): DroppedRoute => ({
  symbol,
  reason: 'unhealthy',
  minAmount,
  minCost,
});

/** What is said of a venue that could not be asked. */
const missing = ({ base, quote }: RouteRequest, reason: DroppedRoute['reason']): VenueFound => ({
  routes: [],
  dropped: [{ symbol: symbolOf(base, quote), reason, minAmount: null, minCost: null }],
});

/** A market that cannot be asked for alone has no price. */
const nothingWhenRefused = (error: unknown): undefined => {
  if (!(error instanceof AppError)) throw error;
  return undefined;
};
