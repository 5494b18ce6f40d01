/** When a venue counts as degraded, and when it has recovered: what single checks say, and how many it takes. Pure. */
import type { VenueHealth } from './venue-health-service.ts';

/** What one check says. `unclear`: slow, limited or half way back; it changes nothing. */
export type Verdict =
  | { readonly word: 'works' | 'unclear' }
  | { readonly word: 'fails'; readonly reason: DegradedReason };

export type DegradedReason = 'circuit_open' | 'banned' | 'maintenance' | 'unreachable';

export interface WatchedVenue {
  readonly venueId: string;
  readonly state: 'healthy' | 'degraded';
  /** When it came to that state. */
  readonly since: Date;
  /** null: nothing is wrong. */
  readonly reason: string | null;
  /** Checks in a row that failed. */
  readonly failures: number;
  /** First of the checks in a row that went well; null: the newest one failed. */
  readonly worksSince: Date | null;
  readonly recoveredAt: Date | null;
}

// Being limited for less is part of everyday life.
const BAN_MS = 60_000;
const FAILURES = 3;
// One that comes back for a moment again and again is told of a few times an hour, and not with every check.
const SOON_MS = 600_000;
const STEADY_MS = 300_000;

export const judgeCheck = ({ status, state, probe }: VenueHealth, nowMs: number): Verdict => {
  if (state?.circuit === 'open') return { word: 'fails', reason: 'circuit_open' };
  if (state?.stoppedUntil != null && Date.parse(state.stoppedUntil) - nowMs > BAN_MS)
    return { word: 'fails', reason: 'banned' };
  if (probe?.condition != null && probe.condition !== 'ok') return { word: 'fails', reason: 'maintenance' };
  if (status === 'unhealthy') return { word: 'fails', reason: 'unreachable' };
  const isHalfway = state?.circuit === 'half_open' || (state?.consecutiveFailures ?? 0) > 0;
  if (status === 'unknown' || state?.stoppedUntil != null || isHalfway) return { word: 'unclear' };
  // Slow, perhaps; but it answers.
  return { word: 'works' };
};

/** The state after a check; another word for `state` is a transition. */
export const afterCheck = (venue: WatchedVenue, verdict: Verdict, now: Date): WatchedVenue => {
  if (verdict.word === 'unclear') return venue;
  if (verdict.word === 'fails') {
    const failing = { ...venue, failures: venue.failures + 1, worksSince: null };
    if (venue.state === 'degraded') return { ...failing, reason: verdict.reason };
    if (failing.failures < FAILURES) return failing;
    return { ...failing, state: 'degraded', since: now, reason: verdict.reason };
  }
  const working = { ...venue, failures: 0, worksSince: venue.worksSince ?? now };
  if (venue.state === 'healthy' || now.getTime() - working.worksSince.getTime() < steadyMs(venue))
    return working;
  return { ...working, state: 'healthy', since: now, reason: null, recoveredAt: now };
};

/** How long a degraded venue has to work until it counts as recovered. */
const steadyMs = ({ since, recoveredAt }: WatchedVenue): number =>
  recoveredAt !== null && since.getTime() - recoveredAt.getTime() < SOON_MS ? STEADY_MS : 0;
