/** Loads the tickers of all spot markets of a venue: callers at the same time share one request. */
import type { Clock } from '../shared/clock.ts';
import type { PerVenue } from './catalog.ts';
import type { JsonObject } from './ccxt-exchange.ts';
import type { CcxtMarketsDeps } from './ccxt-markets.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import type { Venue, VenueId } from './venue.ts';

export interface AllTickers {
  /** As ccxt gives them; not checked yet. */
  readonly tickers: unknown;
  /** The markets that they belong to. */
  readonly markets: Readonly<Record<string, JsonObject>>;
  /** When the venue answered, ISO 8601. */
  readonly asOf: string;
}

export interface CcxtTickersDeps {
  readonly venues: PerVenue<CcxtVenue>;
  readonly clock: Clock;
  readonly withoutKeys: CcxtMarketsDeps['withoutKeys'];
  readonly callDeadlineMs: number;
}

/** The load that is under way, or a new one; it goes on when a caller stops waiting. */
export type LoadTickers = (venue: Venue) => Promise<AllTickers>;

export const createCcxtTickers = (deps: CcxtTickersDeps): LoadTickers => {
  const loading = new Map<VenueId, Promise<AllTickers>>();

  const load = (venue: Venue): Promise<AllTickers> =>
    deps.withoutKeys(venue, deps.callDeadlineMs, async (ask, { seed }) => {
      const exchange = await seed.ready();
      const part = deps.venues[venue.id];
      const tickers = await ask(
        () => part.fetchTickers?.(exchange) ?? exchange.fetchTickers(undefined, { type: 'spot' }),
      );
      const asOf = new Date(deps.clock.now()).toISOString();
      return { tickers, markets: exchange.markets ?? {}, asOf };
    });

  return (venue) => {
    let shared = loading.get(venue.id);
    if (shared === undefined) {
      shared = load(venue).finally(() => loading.delete(venue.id));
      loading.set(venue.id, shared);
    }
    return shared;
  };
};
