/**
 * Looks whether a venue works, with a single unsigned request. Anybody may have that done, so there is one probe at a
 * time per venue, none sooner than a few seconds after the last, and none at all while the venue wants no requests.
 */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { PerVenue } from './catalog.ts';
import { badResponse, type CcxtExchange, isObject } from './ccxt-exchange.ts';
import type { CcxtMarketsDeps } from './ccxt-markets.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import type { VenueProbe } from './venue-data-port.ts';
import type { Venue, VenueId } from './venue.ts';

export interface CcxtProbesDeps {
  readonly venues: PerVenue<CcxtVenue>;
  readonly clock: Clock;
  readonly withoutKeys: CcxtMarketsDeps['withoutKeys'];
}

/** The newest probe if it is at most so old, else a new one. Never throws for what the venue does. */
export type ProbeVenue = (venue: Venue, maxAgeMs: number) => Promise<VenueProbe>;

const LEAST_INTERVAL_MS = 5_000;
// Whoever asks waits for it; a venue that is slower than this does not work well enough.
const PATIENCE_MS = 6_000;

interface Entry {
  probe: VenueProbe | undefined;
  probedMs: number;
  running: Promise<VenueProbe> | undefined;
}

export const createCcxtProbes = ({ venues, clock, withoutKeys }: CcxtProbesDeps): ProbeVenue => {
  const entries = new Map<VenueId, Entry>();

  const probe = async (venue: Venue): Promise<VenueProbe> => {
    const started = clock.now();
    const outcome = await withoutKeys(venue, PATIENCE_MS, (_ask, { seed }) =>
      // Not by `ask`: what it tries again would be a second request.
      askCondition(venues[venue.id], seed.instance),
    ).then(
      (condition) => ({ condition, latencyMs: Math.max(0, clock.now() - started), error: null }),
      (thrown: unknown) => {
        if (!(thrown instanceof AppError)) throw thrown;
        return { condition: null, latencyMs: null, error: { code: thrown.code, message: thrown.message } };
      },
    );
    return { at: new Date(clock.now()).toISOString(), ...outcome };
  };

  return async (venue, maxAgeMs) => {
    const entry = entries.get(venue.id) ?? { probe: undefined, probedMs: 0, running: undefined };
    entries.set(venue.id, entry);
    const isRecent = clock.now() - entry.probedMs < Math.max(maxAgeMs, LEAST_INTERVAL_MS);
    if (entry.probe !== undefined && isRecent) return entry.probe;
    entry.running ??= probe(venue)
      .then((done) => (entry.probe = done))
      .finally(() => {
        entry.probedMs = clock.now();
        entry.running = undefined;
      });
    return await entry.running;
  };
};

/** What the venue says of itself; null where its cheapest answer says nothing of the kind. */
const askCondition = async (part: CcxtVenue, exchange: CcxtExchange): Promise<string | null> => {
  if (part.ping !== undefined) {
    await part.ping(exchange);
    return null;
  }
  if (exchange.has['fetchStatus'] === true) {
    const status = await exchange.fetchStatus();
    const condition = isObject(status) ? status['status'] : undefined;
    if (typeof condition !== 'string' || condition === '') throw badResponse();
    return condition.slice(0, LONGEST_CONDITION);
  }
  const time = await exchange.fetchTime();
  if (typeof time !== 'number' || !(time > 0)) throw badResponse();
  return null;
};

const LONGEST_CONDITION = 64;
