/** Plain numbers of the calls that this process made of each venue: how many, how they ended, how long they took. */
import { interceptVenueCalls } from '../../exchanges/call-venue.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { createDurationCounts, type DurationCounts } from '../../shared/duration-counts.ts';
import { AppError } from '../../shared/errors.ts';

export interface VenueCallCounts {
  readonly venueId: string;
  /** By `ok` or the code of the error. */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly durations: DurationCounts;
}

export interface VenueCalls {
  /** Venues that were called. */
  counts(): Iterable<VenueCallCounts>;
  /** The same port, whose calls are counted. */
  counting<Port extends ExchangePort>(exchanges: Port): Port;
}

export const createVenueCalls = (catalog: Pick<Catalog, 'findMarket'>, clock: Clock): VenueCalls => {
  const byVenue = new Map<string, VenueCallCounts & { readonly outcomes: Map<string, number> }>();

  const note = (venueId: string, outcome: string, ms: number): void => {
    const counts = byVenue.get(venueId) ?? {
      venueId,
      outcomes: new Map<string, number>(),
      durations: createDurationCounts(),
    };
    byVenue.set(venueId, counts);
    counts.outcomes.set(outcome, (counts.outcomes.get(outcome) ?? 0) + 1);
    counts.durations.note(ms);
  };

  return {
    counts: () => byVenue.values(),
    counting: (exchanges) =>
      interceptVenueCalls(exchanges, catalog, async (venueId, call) => {
        const startedMs = clock.now();
        try {
          const answer = await call();
          note(venueId, 'ok', clock.now() - startedMs);
          return answer;
        } catch (error) {
          const outcome = error instanceof AppError ? error.code : 'unknown_error';
          note(venueId, outcome, clock.now() - startedMs);
          throw error;
        }
      }),
  };
};
