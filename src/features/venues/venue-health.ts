/** What the calls to a venue, and the newest probe of it, say of its health. Pure. */
import type { VenueState } from '../../exchanges/venue-state.ts';
import type { VenueProbe } from '../../exchanges/venue-data-port.ts';

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

export interface HealthFacts {
  /** undefined: nothing was asked of the venue since custody started. */
  readonly state: VenueState | undefined;
  /** undefined: it was never probed. */
  readonly probe: VenueProbe | undefined;
}

/** An answer that takes longer spoils what is built on it. */
const SLOW_MS = 3_000;

/**
 * Unhealthy: it cannot be used now. Degraded: it works, but limits us, is slow or left something unanswered.
 * Newer evidence counts more: an answer after a failed probe shows that the venue is back.
 */
export const judgeHealth = ({ state, probe }: HealthFacts, nowMs: number): HealthStatus => {
  if (state?.circuit === 'open') return 'unhealthy';
  if (probe?.condition != null && probe.condition !== 'ok') return 'unhealthy';
  const answeredMs = Math.max(msOf(state?.lastSuccessAt), probe?.error === null ? msOf(probe.at) : 0);
  if (probe?.error != null && msOf(probe.at) >= answeredMs)
    return probe.error.code === 'exchange_rate_limited' ? 'degraded' : 'unhealthy';
  if (msOf(state?.stoppedUntil) > nowMs) return 'degraded';
  if (answeredMs === 0) return state === undefined || state.lastFailureAt === null ? 'unknown' : 'unhealthy';
  if (state?.circuit === 'half_open' || (state?.consecutiveFailures ?? 0) > 0) return 'degraded';
  const latencyMs = probe?.latencyMs ?? state?.latencyMs ?? 0;
  return latencyMs >= SLOW_MS ? 'degraded' : 'healthy';
};

const msOf = (instant: string | null | undefined): number => (instant == null ? 0 : Date.parse(instant));

export interface HealthSummary {
  readonly status: HealthStatus;
  readonly counts: Readonly<Record<HealthStatus, number>>;
}

/** Of several venues: as healthy as all are, unhealthy when none is of use. */
export const summarizeHealth = (statuses: readonly HealthStatus[]): HealthSummary => {
  const count = (status: HealthStatus): number => statuses.filter((each) => each === status).length;
  const counts = {
    healthy: count('healthy'),
    degraded: count('degraded'),
    unhealthy: count('unhealthy'),
    unknown: count('unknown'),
  };
  const known = statuses.length - counts.unknown;
  if (known === 0) return { status: 'unknown', counts };
  if (counts.unhealthy === known) return { status: 'unhealthy', counts };
  return { status: counts.healthy === statuses.length ? 'healthy' : 'degraded', counts };
};
