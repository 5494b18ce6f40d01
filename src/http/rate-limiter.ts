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
  /** Takes one request out of the key's allowance, if one is left. A promise only where another gateway has to be asked. */
  take(key: string): Verdict | Promise<Verdict>;
  /** The same answer without taking. */
  peek(key: string): Verdict;
}

export interface LocalRateLimiter extends RateLimiter {
  take(key: string): Verdict;
  readonly limit: number;
  /** What one request takes, in microseconds of the window. */
  readonly spacingMicros: number;
  /** Says that, all gateways together, the key has taken at least that much, in microseconds ahead of now. */
  learn(key: string, aheadMicros: number): void;
}

const US_PER_MS = 1_000;

export const createRateLimiter = ({
  limit,
  windowMs,
  capacity,
  clock,
}: RateLimiterOptions): LocalRateLimiter => {
  // Whole microseconds: sums stay exact, where fractions of a millisecond since 1970 lose whole requests.
  const spacing = Math.max(1, Math.floor((windowMs * US_PER_MS) / limit));
  const window = spacing * limit;
  const arrivals = createRecentNumbers(windowMs, capacity);

  /** How far ahead of now the key has taken, in microseconds. */
  const aheadOf = (key: string, nowMs: number): number => {
    const ahead = Math.max(0, (arrivals.get(key, nowMs) ?? 0) - nowMs * US_PER_MS);
    // Several gateways let a little too much pass, which is paid back. More than that is no debt but a clock that was
    // set back, and would turn callers away until the clock caught up.
    return ahead > 2 * window - spacing ? window : ahead;
  };

  const toVerdict = (allowed: boolean, ahead: number): Verdict => ({
    allowed,
    limit,
    remaining: Math.max(0, Math.floor((window - ahead) / spacing)),
    retryAfterMs: allowed ? 0 : Math.ceil((ahead + spacing - window) / US_PER_MS),
    resetMs: Math.ceil(ahead / US_PER_MS),
  });

  return {
    limit,
    spacingMicros: spacing,
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
    learn: (key, aheadMicros) => {
      const nowMs = clock.now();
      if (aheadMicros > aheadOf(key, nowMs)) arrivals.set(key, nowMs * US_PER_MS + aheadMicros, nowMs);
    },
  };
};
