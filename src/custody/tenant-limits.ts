/** How many keys operators let custody open for each tenant, remembered until the database tells of a change. */
import { startNotificationListener } from '../db/notification-listener.ts';
import { type BoundedCache, createBoundedCache } from '../shared/bounded-cache.ts';
import type { Logger } from '../shared/logger.ts';
import type { CustodyStore } from './custody-store.ts';

export interface TenantLimits extends AsyncDisposable {
  /** Openings a minute; null: as configured. */
  openingsPerMinute(tenantId: string): Promise<number | null>;
}

const CHANNEL = 'tenant_changed';
const KNOWN_TENANTS = 10_000;

export const startTenantLimits = (options: {
  readonly store: Pick<CustodyStore, 'findOpeningLimit'>;
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** An operator changed the tenant's limit, suspended it, or deleted it. */
  readonly onChanged: (tenantId: string) => void;
}): TenantLimits => {
  const known: BoundedCache<number | null> = createBoundedCache(KNOWN_TENANTS);
  // Grows with every change: a limit that was read before one must not be kept after it.
  let changes = 0;
  const listener = startNotificationListener({
    url: options.databaseUrl,
    channel: CHANNEL,
    logger: options.logger,
    onPayload: (tenantId) => {
      changes += 1;
      known.delete(tenantId);
      options.onChanged(tenantId);
    },
    onLost: () => {
      changes += 1;
      known.clear();
    },
  });

  return {
    openingsPerMinute: async (tenantId) => {
      const kept = known.get(tenantId);
      if (kept !== undefined) return kept;
      const before = changes;
      const limit = await options.store.findOpeningLimit(tenantId);
      if (listener.isListening() && before === changes) known.set(tenantId, limit);
      return limit;
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
};
