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

const US_PER_MS = 1_000;

export const createRateLimiter = ({ limit, windowMs, capacity, clock }: RateLimiterOptions): RateLimiter => {
  // Whole microseconds: sums stay exact, where fractions of a millisecond since 1970 lose whole requests.
  const spacing = Math.max(1, Math.floor((windowMs * US_PER_MS) / limit));
  const window = spacing * limit;
  const arrivals = createRecentNumbers(windowMs, capacity);

  /** How far ahead of now the key has taken, in microseconds. */
  const aheadOf = (key: string, nowMs: number): number => {
    const ahead = (arrivals.get(key, nowMs) ?? 0) - nowMs * US_PER_MS;
    // No further than a window, or a clock that was set back would turn callers away until it caught up.
    return Math.min(Math.max(0, ahead), window);
  };

  const toVerdict = (allowed: boolean, ahead: number): Verdict => ({
    allowed,
    limit,
    remaining: Math.floor((window - ahead) / spacing),
    retryAfterMs: allowed ? 0 : Math.ceil((ahead + spacing - window) / US_PER_MS),
    resetMs: Math.ceil(ahead / US_PER_MS),
  });

  return {
    take: (key) => {
      const nowMs = clock.now();
      const ahead = aheadOf(key, nowMs);
      if (ahead + spacing > window) return toVerdict(false, ahead);
      arrivals.set(key, nowMs * US_PER_MS + ahead + spacing, nowMs);
      return toVerdict(true, ahead + spacing);
    },
    peek: (key) => {
      const ahead = aheadOf(key, clock.now());
      return toVerdict(ahead + spacing <= window, ahead);
    },
  };
};
