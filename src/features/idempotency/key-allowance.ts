/** Bounds how many answers are kept for one tenant: whoever sends ever new Idempotency-Keys would else fill the disk. */
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { createBoundedCache } from '../../shared/bounded-cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createIdempotencyStore } from './idempotency-store.ts';

export interface KeyAllowance {
  /** Counts a key that was just stored. Throws `rate_limited` when it is one too many. */
  admit(tenantId: string): Promise<void>;
}

export interface KeyAllowanceDeps {
  readonly database: Pick<TenantDatabase, 'session'>;
  readonly clock: Clock;
  /** Keys that one tenant may have alive. */
  readonly perTenant: number;
}

interface Known {
  /** As of `countedMs`, by the database. */
  readonly counted: number;
  readonly countedMs: number;
  /** What came here since. */
  since: number;
}

const KNOWN_TENANTS = 10_000;
// Other gateways store keys too, and keys end.
const FRESH_MS = 600_000;
// A tenant that is over it is counted again so soon.
const LOOK_AGAIN_MS = 10_000;
const RETRY_MS = 60_000;

/**
 * The database is asked seldom: below the bound, once in ten minutes and gateway. Several gateways may let that much
 * more pass as they store meanwhile.
 */
export const createKeyAllowance = ({ database, clock, perTenant }: KeyAllowanceDeps): KeyAllowance => {
  const tenants = createBoundedCache<Known>(KNOWN_TENANTS);

  const isUsable = ({ counted, countedMs, since }: Known): boolean => {
    const ageMs = clock.now() - countedMs;
    return ageMs < (counted + since > perTenant ? LOOK_AGAIN_MS : FRESH_MS);
  };

  return {
    admit: async (tenantId) => {
      let known = tenants.get(tenantId);
      if (known !== undefined) known.since += 1;
      if (known === undefined || !isUsable(known)) {
        const now = clock.now();
        const store = createIdempotencyStore(database.session(tenantId));
        const counted = await store.countAlive(new Date(now), perTenant + 1);
        known = tenants.set(tenantId, { counted, countedMs: now, since: 0 });
      }
      if (known.counted + known.since <= perTenant) return;
      known.since -= 1;
      throw new AppError(
        'rate_limited',
        `${perTenant} requests of the last 24 hours had an Idempotency-Key, as many as are kept for one tenant; ` +
          'send fewer of them, or leave the header out',
        { details: { retryAfterMs: RETRY_MS } },
      );
    },
  };
};
