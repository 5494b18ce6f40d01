/** The limits that count callers: by address, key and tenant, on public routes, and for failed authentications. */
import type { Actor } from '../auth/actor.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { ClientAddress } from './client-address.ts';
import type { HttpLimits } from './limits.ts';
import { createRateLimiter, type RateLimiter, type Verdict } from './rate-limiter.ts';
import { createRecentNumbers } from './recent-numbers.ts';
import { createRefusalDelay } from './refusal-delay.ts';
import type { RequestContext } from './request-context.ts';
import type { TakeExchange } from './take-exchange.ts';

export const LIMIT_WINDOW_MS = 60_000;

// No honest caller notices it; a flood on a few connections shrinks to a few requests a second on each.
const REFUSAL_DELAY_MS = 250;
// Of the requests that may be in flight.
const WAITING_SHARE = 0.25;

export interface CallerLimits {
  /** Every request of an address. */
  readonly ip: RateLimiter;
  /** Counts a request to a public route. Throws `rate_limited`. */
  admitPublic(context: RequestContext): Promise<void>;
  /** Counts a request of an authenticated caller. Throws `rate_limited`. */
  admitActor(context: RequestContext, actor: Actor): Promise<void>;
  /** Turns away, before any work and after a moment, an address that keeps failing. Throws `rate_limited`. */
  admitAttempt(context: RequestContext, keyId: string | undefined): Promise<void>;
  attemptSucceeded(context: RequestContext, keyId: string): void;
  /** Throws `rate_limited` when the failure is one too many, else returns. */
  attemptFailed(context: RequestContext, keyId: string | undefined): Promise<void>;
}

/** Told of each failure with a key's id that is one too many; it must return at once. */
export type NoteFailures = (keyId: string, failures: number, requestId: string) => void;

/** `exchange` shares what callers take with other gateways; undefined: there is no other. */
export const createCallerLimits = (
  limits: HttpLimits,
  clock: Clock,
  exchange: TakeExchange | undefined,
  onKeyFailing: NoteFailures = () => undefined,
): CallerLimits => {
  const perMinute = (name: string, limit: number): RateLimiter => {
    const windowMs = LIMIT_WINDOW_MS;
    const local = createRateLimiter({ limit, windowMs, capacity: limits.trackedCallers, clock });
    return exchange === undefined ? local : exchange.join(name, local);
  };
  const ip = perMinute('ip', limits.ipPerMinute);
  const byKey = perMinute('key', limits.keyPerMinute);
  const byTenant = createTenantLimits(limits.tenantPerMinute, perMinute);
  const onPublic = perMinute('public', limits.publicPerMinute);
  const failuresOfAddress = perMinute('auth-ip', limits.failedAuthPerMinute);
  const failuresOfKey = perMinute('auth-key', limits.failedAuthPerMinute);
  const delayRefusal = createRefusalDelay(REFUSAL_DELAY_MS, limits.inFlight * WAITING_SHARE);
  const proven = createRecentNumbers(LIMIT_WINDOW_MS, limits.trackedCallers);

  /** Throws for a refusal. The answer reports this limit, unless that of the address has less left. */
  const admitCounted = (context: RequestContext, policy: string, verdict: Verdict): void => {
    if (verdict.allowed) noteNearest(context, 'ip', ip.peek(context.address.limitKey));
    admit(context, policy, verdict);
  };

  return {
    ip,
    admitPublic: async (context) =>
      admitCounted(context, 'public', await onPublic.take(context.address.limitKey)),
    // What one limit refuses is not taken from the other: a key that goes too far costs its tenant's other keys nothing.
    admitActor: async (context, { callerKeyId, tenantId, tenantPerMinute }) => {
      const ofTenant = byTenant(tenantPerMinute);
      const isOver = !ofTenant.peek(tenantId).allowed;
      admitCounted(context, 'key', isOver ? byKey.peek(callerKeyId) : await byKey.take(callerKeyId));
      admit(context, 'tenant', await ofTenant.take(tenantId));
    },
    admitAttempt: async (context, keyId) => {
      const verdict = failuresOfAddress.peek(context.address.limitKey);
      if (verdict.allowed) return;
      // Behind one address may sit others: a key that signed well from here a moment ago is let through.
      if (keyId !== undefined && proven.get(pairKey(context.address, keyId), clock.now()) !== undefined)
        return;
      await delayRefusal();
      admit(context, 'auth', verdict);
    },
    attemptSucceeded: (context, keyId) => {
      const now = clock.now();
      proven.set(pairKey(context.address, keyId), now, now);
    },
    // A key that strangers fail with stays usable for its owner: only failures are turned into 429.
    attemptFailed: async (context, keyId) => {
      const ofAddress = await failuresOfAddress.take(context.address.limitKey);
      const ofKey = keyId === undefined ? ofAddress : await failuresOfKey.take(keyId);
      if (keyId !== undefined && !ofKey.allowed)
        onKeyFailing(keyId, limits.failedAuthPerMinute, context.requestId);
      const verdict = isNearer(ofAddress, ofKey) ? ofAddress : ofKey;
      if (!verdict.allowed) await delayRefusal();
      admitCounted(context, 'auth', verdict);
    },
  };
};

// More than operators make up; who comes after them is counted by the configured limit.
const MOST_LIMITS = 1_000;

/** A limiter for each limit that some tenant has of its own. */
const createTenantLimits = (
  usual: number,
  perMinute: (name: string, limit: number) => RateLimiter,
): ((own: number | null) => RateLimiter) => {
  const ofAll = perMinute('tenant', usual);
  const known = new Map<number, RateLimiter>();
  return (own) => {
    if (own === null) return ofAll;
    let limiter = known.get(own);
    if (limiter === undefined && known.size < MOST_LIMITS)
      known.set(own, (limiter = perMinute(`tenant-${own}`, own)));
    return limiter ?? ofAll;
  };
};

/** Notes the verdict for the answer's headers, and throws when it is a refusal. */
export const admit = (context: RequestContext, policy: string, verdict: Verdict): void => {
  noteNearest(context, policy, verdict);
  if (!verdict.allowed) throw rateLimited(verdict.retryAfterMs);
};

/** Of several limits the answer reports the one that is nearest to its end, or that refused it. */
const noteNearest = (context: RequestContext, policy: string, verdict: Verdict): void => {
  if (context.verdict === undefined || isNearer(verdict, context.verdict)) {
    context.verdict = { policy, ...verdict };
  }
};

const isNearer = (verdict: Verdict, other: Verdict): boolean =>
  verdict.allowed === other.allowed ? verdict.remaining < other.remaining : !verdict.allowed;

export const rateLimited = (
  retryAfterMs: number,
  message = 'You have exceeded the rate limit. Please try again later.',
): AppError => new AppError('rate_limited', message, { details: { retryAfterMs } });

// Neither part contains a space.
const pairKey = (address: ClientAddress, keyId: string): string => `${address.limitKey} ${keyId}`;
