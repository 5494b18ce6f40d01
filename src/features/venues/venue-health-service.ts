/**
 * Health of venues for anybody who asks. Custody alone decides when a venue may be probed; here callers at the same time
 * share one question, and the answer is kept for as long as it is said to be.
 */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { VenueProbe } from '../../exchanges/venue-data-port.ts';
import type { VenueState } from '../../exchanges/venue-state.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { type AgedCache, createAgedCache } from '../markets/aged-cache.ts';
import { type HealthStatus, judgeHealth } from './venue-health.ts';
import { describePause, type VenuePauses } from './venue-pauses.ts';

export interface VenueHealth {
  readonly status: HealthStatus;
  readonly state: VenueState | undefined;
  readonly probe: VenueProbe | undefined;
  /** Why it is not known better, or what the newest probe met. */
  readonly error: { readonly code: ErrorCode; readonly message: string } | null;
  /** The probe was there before the request came. */
  readonly isCached: boolean;
}

export interface VenueHealthService {
  /** Probes a venue that was not probed for a while; `refresh`: as soon as it may be probed again. */
  check(venueId: string, refresh: boolean, requestId: string): Promise<VenueHealth>;
  /** What is known without asking the venue. */
  known(venueId: string): Promise<VenueHealth>;
}

export interface VenueHealthServiceDeps {
  readonly exchanges: Pick<ExchangePort, 'checkVenue' | 'venueStates'>;
  readonly pauses: Pick<VenuePauses, 'find'>;
  readonly catalog: Pick<Catalog, 'findVenue'>;
  readonly clock: Clock;
}

export const HEALTH_TTL_SECONDS = 30;

const TTL_MS = HEALTH_TTL_SECONDS * 1_000;
// As custody has it: sooner it would answer the same again.
const LEAST_INTERVAL_MS = 5_000;
const STATES_FRESH_MS = 1_000;

interface Entry {
  probe: VenueProbe | undefined;
  /** By our own clock: custody's may differ. */
  askedMs: number;
  asking: Promise<VenueState> | undefined;
}

type States = readonly VenueState[];

export const createVenueHealthService = ({
  exchanges,
  pauses,
  catalog,
  clock,
}: VenueHealthServiceDeps): VenueHealthService => {
  const entries = new Map<string, Entry>();
  const states: AgedCache<States> = createAgedCache<States>({
    freshMs: STATES_FRESH_MS,
    usableMs: STATES_FRESH_MS,
    failureMs: STATES_FRESH_MS,
    capacity: 1,
    clock,
    onStale: () => undefined,
  });

  const entryOf = (venueId: string): Entry => {
    const entry = entries.get(venueId) ?? { probe: undefined, askedMs: 0, asking: undefined };
    entries.set(venueId, entry);
    return entry;
  };

  const stateOf = async (venueId: string): Promise<VenueState | undefined> => {
    const { value } = await states.get('all', async () => ({
      value: await exchanges.venueStates(),
      asOfMs: clock.now(),
    }));
    return value.find((state) => state.venueId === venueId);
  };

  const ask = async (
    venueId: string,
    entry: Entry,
    requestId: string,
    maxAgeMs: number,
  ): Promise<VenueState> => {
    try {
      const context = { requestId, purpose: 'check' as const };
      const { probe, state } = await exchanges.checkVenue(context, venueId, maxAgeMs);
      entry.probe = probe;
      entry.askedMs = clock.now();
      return state;
    } finally {
      entry.asking = undefined;
    }
  };

  const describe = (venueId: string, state: VenueState | undefined, isCached: boolean): VenueHealth => {
    const { probe } = entryOf(venueId);
    const pause = pauses.find(venueId);
    if (pause !== undefined) {
      const message = describePause(catalog.findVenue(venueId)?.displayName ?? venueId, pause);
      return {
        status: 'unhealthy',
        state,
        probe,
        error: { code: 'exchange_unavailable', message },
        isCached: true,
      };
    }
    const status = judgeHealth({ state, probe }, clock.now());
    // What the newest probe met is over when the venue has answered since.
    const error = status === 'healthy' ? null : (probe?.error ?? null);
    return { status, state, probe, error, isCached };
  };

  const known: VenueHealthService['known'] = async (venueId) => {
    const state = await stateOf(venueId).catch(nothingWhenAway);
    return describe(venueId, state, true);
  };

  return {
    known,

    async check(venueId, refresh, requestId) {
      const entry = entryOf(venueId);
      const maxAgeMs = refresh ? LEAST_INTERVAL_MS : TTL_MS;
      if (pauses.find(venueId) !== undefined) return await known(venueId);
      if (entry.probe !== undefined && clock.now() - entry.askedMs < maxAgeMs) return await known(venueId);
      const before = entry.probe?.at;
      try {
        entry.asking ??= ask(venueId, entry, requestId, maxAgeMs);
        const state = await entry.asking;
        return describe(venueId, state, entry.probe?.at === before);
      } catch (error) {
        // While custody is away nothing is known of any venue, and that is no venue's fault.
        return { ...(await known(venueId)), status: 'unknown', error: asAway(error) };
      }
    },
  };
};

const asAway = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  throw error;
};

const nothingWhenAway = (error: unknown): undefined => {
  asAway(error);
  return undefined;
};
