/** The limits that count callers: by address, by key, on public routes, and for failed authentications. */
import type { Actor } from '../auth/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { ClientAddress } from './client-address.ts';
import type { HttpLimits } from './limits.ts';
import { createRateLimiter, type RateLimiter, type Verdict } from './rate-limiter.ts';
import { createRecentNumbers } from './recent-numbers.ts';
import type { NamedVerdict, RequestContext } from './request-context.ts';

export const LIMIT_WINDOW_MS = 60_000;

export interface CallerLimits {
  /** Every request of an address. */
  readonly ip: RateLimiter;
  /** Counts a request to a public route. Throws `rate_limited`. */
  admitPublic(context: RequestContext): void;
  /** Counts a request of an authenticated caller. Throws `rate_limited`. */
  admitActor(context: RequestContext, actor: Actor): void;
  /** Turns away, before any work, an address that keeps failing. Throws `rate_limited`. */
  admitAttempt(context: RequestContext, keyId: string | undefined): void;
  attemptSucceeded(context: RequestContext, keyId: string): void;
  /** Throws `rate_limited` when the failure is one too many, else returns. */
  attemptFailed(context: RequestContext, keyId: string | undefined): void;
}

export const createCallerLimits = (limits: HttpLimits, clock: Clock): CallerLimits => {
  const perMinute = (limit: number): RateLimiter =>
    createRateLimiter({ limit, windowMs: LIMIT_WINDOW_MS, capacity: limits.trackedCallers, clock });
  const ip = perMinute(limits.ipPerMinute);
  const byKey = perMinute(limits.keyPerMinute);
  const onPublic = perMinute(limits.publicPerMinute);
  const failuresOfAddress = perMinute(limits.failedAuthPerMinute);
  const failuresOfKey = perMinute(limits.failedAuthPerMinute);
  const proven = createRecentNumbers(LIMIT_WINDOW_MS, limits.trackedCallers);

  return {
    ip,
    admitPublic: (context) => admit(context, 'public', onPublic.take(context.address.limitKey)),
    admitActor: (context, actor) => admit(context, 'key', byKey.take(actor.callerKeyId)),
    admitAttempt: (context, keyId) => {
      const verdict = failuresOfAddress.peek(context.address.limitKey);
      if (verdict.allowed) return;
      // Behind one address may sit others: a key that signed well from here a moment ago is let through.
      if (keyId !== undefined && proven.get(pairKey(context.address, keyId), clock.now()) !== undefined)
        return;
      admit(context, 'auth', verdict);
    },
    attemptSucceeded: (context, keyId) => {
      const now = clock.now();
      proven.set(pairKey(context.address, keyId), now, now);
    },
    // A key that strangers fail with stays usable for its owner: only failures are turned into 429.
    attemptFailed: (context, keyId) => {
      const ofAddress = failuresOfAddress.take(context.address.limitKey);
      const ofKey = keyId === undefined ? ofAddress : failuresOfKey.take(keyId);
      admit(context, 'auth', ofAddress.allowed ? ofKey : ofAddress);
    },
  };
};

/** Notes the verdict for the answer's headers, and throws when it is a refusal. */
export const admit = (context: RequestContext, policy: string, verdict: Verdict): void => {
  context.verdict = named(policy, verdict);
  if (!verdict.allowed) throw rateLimited(verdict.retryAfterMs);
};

const named = (policy: string, verdict: Verdict): NamedVerdict => ({ policy, ...verdict });

const rateLimited = (retryAfterMs: number): AppError =>
  new AppError('rate_limited', 'You have exceeded the rate limit. Please try again later.', {
    details: { retryAfterMs },
  });

// Neither part contains a space.
const pairKey = (address: ClientAddress, keyId: string): string => `${address.limitKey} ${keyId}`;
