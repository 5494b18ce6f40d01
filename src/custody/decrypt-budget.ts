/** How many exchange keys may be opened in a minute: what bounds the harm of a gateway that asks for all of them. */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { createRateWindow, type RateWindow } from '../shared/rate-window.ts';
import { type BoundedCache, createBoundedCache } from '../shared/bounded-cache.ts';

export interface DecryptBudget {
  /**
   * Takes one opening of the tenant's, whose own limit is `perMinute`; null: as configured. Throws OverBudget when that
   * would be one too many.
   */
  take(tenantId: string, perMinute?: number | null): void;
  /** Openings that are left at this moment, of all tenants together. */
  left(): number;
}

export interface DecryptLimits {
  readonly tenantPerMinute: number;
  readonly totalPerMinute: number;
}

export class OverBudget extends AppError {
  /** Whose budget is used up. */
  readonly whose: 'tenant' | 'total';
  /** The first refusal of the tenant in a minute: the others need not be recorded. */
  readonly isFirst: boolean;

  constructor(whose: 'tenant' | 'total', isFirst: boolean, retryAfterMs: number) {
    super('custody_unavailable', 'More exchange keys are asked for than may be opened in a minute', {
      details: { retryAfterMs },
    });
    this.whose = whose;
    this.isFirst = isFirst;
  }
}

interface TenantBudget {
  readonly perMinute: number;
  readonly window: RateWindow;
  refusalNotedMs: number;
}

const MINUTE_MS = 60_000;
// A tenant that is forgotten has a whole budget again; the total holds all the same.
const KNOWN_TENANTS = 10_000;

export const createDecryptBudget = (limits: DecryptLimits, clock: Clock): DecryptBudget => {
  const now = (): number => clock.now();
  const createWindow = (capacity: number): RateWindow =>
    createRateWindow({ windowMs: MINUTE_MS, capacity, now });
  const total = createWindow(limits.totalPerMinute);
  const tenants: BoundedCache<TenantBudget> = createBoundedCache(KNOWN_TENANTS);

  return {
    left: () => total.left(),
    take: (tenantId, ownLimit) => {
      const perMinute = ownLimit ?? limits.tenantPerMinute;
      const known = tenants.get(tenantId);
      const tenant =
        known?.perMinute === perMinute
          ? known
          : tenants.set(tenantId, {
              perMinute,
              window: createWindow(perMinute),
              refusalNotedMs: Number.NEGATIVE_INFINITY,
            });
      const ofTenant = tenant.window.reserve(1, 0);
      const refused = ofTenant.booked ? total.reserve(1, 0) : ofTenant;
      if (refused.booked) return;
      const isFirst = now() - tenant.refusalNotedMs >= MINUTE_MS;
      if (isFirst) tenant.refusalNotedMs = now();
      throw new OverBudget(ofTenant.booked ? 'total' : 'tenant', isFirst, refused.waitMs);
    },
  };
};
