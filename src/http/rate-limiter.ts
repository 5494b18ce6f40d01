/**
 * Counts what each address or key takes: the generic cell rate algorithm, one number per key.
 * A caller may spend a whole minute's allowance at once; it comes back evenly, so there is no edge of a window to double it at.
 */
import type { Clock } from '../shared/clock.ts';
import { createRecentNumbers } from './recent-numbers.ts';

export interface RateLimiterOptions {
  /** Requests per window, and the size of a burst. */
  readonly limit: number;
  readonly windowMs: number;
  /** Keys remembered at once. */
  readonly capacity: number;
  readonly clock: Clock;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  /** Whole requests left at this moment. */
  readonly remaining: number;
  /** Until the next request is allowed; 0 when one is allowed now. */
  readonly retryAfterMs: number;
  /** Until the whole allowance is back. */
  readonly resetMs: number;
}

export interface RateLimiter {
  /** Takes one request out of the key's allowance, if one is left. */
  take(key: string): Verdict;
  /** The same answer without taking. */
  peek(key: string): Verdict;
}

export const createRateLimiter = (options: RateLimiterOptions): RateLimiter => {
  const { limit, windowMs, clock } = options;
  const spacingMs = windowMs / limit;
  const arrivals = createRecentNumbers(windowMs, options.capacity);

  // No further ahead than a window, or a clock that was set back would turn callers away until it caught up.
  const arrivalOf = (key: string, now: number): number =>
    Math.min(Math.max(now, arrivals.get(key, now) ?? now), now + windowMs);

  const judge = (arrival: number, now: number, cost: number): Verdict => {
    const ahead = arrival - now;
    const allowed = ahead + spacingMs <= windowMs + ROUNDING_MS;
    const after = allowed ? ahead + cost * spacingMs : ahead;
    return {
      allowed,
      limit,
      remaining: Math.max(0, Math.floor((windowMs - after) / spacingMs + ROUNDING_MS)),
      retryAfterMs: allowed ? 0 : ahead + spacingMs - windowMs,
      resetMs: after,
    };
  };

  return {
    take: (key) => {
      const now = clock.now();
      const arrival = arrivalOf(key, now);
      const verdict = judge(arrival, now, 1);
      if (verdict.allowed) arrivals.set(key, arrival + spacingMs, now);
      return verdict;
    },
    peek: (key) => {
      const now = clock.now();
      return judge(arrivalOf(key, now), now, 0);
    },
  };
};

// Sums of a fraction such as 60000/1200 must not turn the last request of an allowance away.
const ROUNDING_MS = 1e-6;
