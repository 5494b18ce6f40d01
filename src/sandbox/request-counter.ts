/** Counts requests per endpoint, so that a test can tell how often something was downloaded. Holds no key or query. */
import type { VenueId } from './venue-keys.ts';

export interface RequestCounter {
  /** `endpoint` is a declared route, so the number of counters is bounded; undefined: no such route. */
  count(venue: VenueId, endpoint: string | undefined, label?: string): void;
  /** By venue, then by `METHOD /path`. */
  totals(venue?: VenueId): Record<string, Record<string, number>>;
  reset(): void;
}

const UNKNOWN = 'unknown endpoint';

export const createRequestCounter = (): RequestCounter => {
  const counters = new Map<VenueId, Map<string, number>>();
  return {
    count: (venue, endpoint = UNKNOWN, label = '') => {
      const ofVenue = counters.get(venue) ?? new Map<string, number>();
      const name = label + endpoint;
      ofVenue.set(name, (ofVenue.get(name) ?? 0) + 1);
      counters.set(venue, ofVenue);
    },
    totals: (venue) =>
      Object.fromEntries(
        [...counters]
          .filter(([id]) => venue === undefined || id === venue)
          .map(([id, ofVenue]) => [id, Object.fromEntries(ofVenue)]),
      ),
    reset: () => counters.clear(),
  };
};
