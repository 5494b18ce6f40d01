/** SQL of what background syncs must know of an account: with what it is read, and whether it may be. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { AccountOrigin } from '../accounts/account.ts';
import { type OriginRow, toOrigin } from '../accounts/account-store.ts';

export interface SyncTarget {
  readonly origin: AccountOrigin;
  /** When its balances were last read; null: never. */
  readonly syncedAt: Date | null;
}

// Keys that nobody stored and nobody uses are traps, and must not be opened by chance. The moment to read transfers from
// is that of account-store.ts.
const FIND = {
  name: 'sync-targets.find',
  text: `
    select a.id, a.market_code as "marketCode", a.address, a.credential_id as "credentialId", c.generation,
           c.is_active as "isActive", a.balances_synced_at as "syncedAt",
           greatest(a.created_at - interval '1 minute', a.transfers_read_until - interval '7 days')
             as "transfersSince"
      from accounts a
      join tenants t on t.id = $1 and t.status = 'active'
      left join credentials c on c.tenant_id = $1 and c.id = a.credential_id
     where a.tenant_id = $1 and a.id = $2 and a.removed_at is null and not a.is_locked
       and (a.is_connected or c.is_kept)
       and (a.credential_id is null or (c.is_active and c.shredded_at is null))`,
};

export const createSyncTargetStore = (session: TenantSession) => ({
  /** undefined: it is gone or locked, its keys are switched off, or the tenant is suspended. */
  async find(accountId: number): Promise<SyncTarget | undefined> {
    const [row] = await session.query<OriginRow & { readonly syncedAt: Date | null }>(FIND, [
      session.tenantId,
      accountId,
    ]);
    return row === undefined ? undefined : { origin: toOrigin(row), syncedAt: row.syncedAt };
  },
});
