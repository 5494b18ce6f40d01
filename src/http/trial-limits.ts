/** The limits of trying exchange keys, by tenant; shared with other gateways as those of callers are. */
import type { Clock } from '../shared/clock.ts';
import { LIMIT_WINDOW_MS, rateLimited } from './caller-limits.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createRecentNumbers } from './recent-numbers.ts';
import type { TakeExchange } from './take-exchange.ts';

export interface TrialLimits {
  /** Exchange keys that a tenant has tried in a minute. */
  readonly keyTrialsPerMinute: number;
  /** Those of them that the exchange may refuse before the tenant has to wait a minute. */
  readonly refusedKeysPerMinute: number;
}

const TRACKED_TENANTS = 100_000;

/** `exchange` shares what tenants take with other gateways; undefined: there is no other. */
export const createTrialLimits = (limits: TrialLimits, clock: Clock, exchange: TakeExchange | undefined) => {
  const perMinute = (name: string, limit: number): RateLimiter => {
    const local = createRateLimiter({ limit, windowMs: LIMIT_WINDOW_MS, capacity: TRACKED_TENANTS, clock });
    return exchange === undefined ? local : exchange.join(name, local);
  };
  const trials = perMinute('key-trial', limits.keyTrialsPerMinute);
  const refusals = perMinute('key-refusal', limits.refusedKeysPerMinute);
  const pauses = createRecentNumbers(LIMIT_WINDOW_MS, TRACKED_TENANTS);

  return {
    /** Throws `rate_limited`. */
    admit: async (tenantId: string): Promise<void> => {
      const leftMs = (pauses.get(tenantId, clock.now()) ?? 0) - clock.now();
      if (leftMs > 0) throw rateLimited(leftMs);
      const { allowed, retryAfterMs } = await trials.take(tenantId);
      if (!allowed) throw rateLimited(retryAfterMs);
    },
    noteRefusal: async (tenantId: string): Promise<void> => {
      const { remaining } = await refusals.take(tenantId);
      const now = clock.now();
      if (remaining === 0) pauses.set(tenantId, now + LIMIT_WINDOW_MS, now);
    },
  };
};
