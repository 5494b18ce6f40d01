/** What this process knows of the exchanges that an operator has paused, and how it keeps calls from them. */
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { interceptVenueCalls } from '../../exchanges/call-venue.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import { AppError } from '../../shared/errors.ts';
import { createVenuePauseStore, type VenuePause } from './venue-pause-store.ts';

export interface VenuePauses {
  find(venueId: string): VenuePause | undefined;
  /** Ids of those that are paused. */
  list(): readonly string[];
  /** Reads them anew: at the start, and whenever the database told of a change or could not be heard. */
  refresh(): Promise<void>;
}

/** NOTIFY of the database for every change. */
export const VENUE_PAUSE_CHANNEL = 'venue_pause_changed';

// Nobody knows how long it lasts.
const LOOK_AGAIN_MS = 60_000;

/** Knows of none before the first refresh. While the database is away, what was paused stays paused. */
export const createVenuePauses = (database: Pick<TenantDatabase, 'shared'>): VenuePauses => {
  const store = createVenuePauseStore(database.shared);
  let known: ReadonlyMap<string, VenuePause> = new Map();
  let reading = Promise.resolve();

  const read = async (): Promise<void> => {
    known = new Map((await store.list()).map((pause) => [pause.venueId, pause]));
  };
  return {
    find: (venueId) => known.get(venueId),
    list: () => [...known.keys()],
    refresh: () => {
      // One after the other: an older answer must not come last.
      reading = reading.then(read, read);
      return reading;
    },
  };
};

export const describePause = (displayName: string, { reason }: VenuePause): string =>
  `The operator of this gateway has paused ${displayName}: ${reason}`;

/** The same port, which refuses calls to paused venues with `exchange_unavailable`. What is under way goes on. */
export const refusePaused = <Port extends ExchangePort>(
  exchanges: Port,
  pauses: Pick<VenuePauses, 'find'>,
  catalog: Pick<Catalog, 'findMarket' | 'markets'>,
): Port =>
  interceptVenueCalls(exchanges, catalog, async (venueId, call) => {
    const pause = pauses.find(venueId);
    if (pause === undefined) return await call();
    throw new AppError('exchange_unavailable', describePause(nameOf(catalog, venueId), pause), {
      details: { retryAfterMs: LOOK_AGAIN_MS },
    });
  });

const nameOf = (catalog: Pick<Catalog, 'markets'>, venueId: string): string =>
  catalog.markets.find(({ venue }) => venue.id === venueId)?.venue.displayName ?? venueId;
