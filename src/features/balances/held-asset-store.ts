/** SQL of what the newest sync found, of one asset or of all. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';

export interface Held {
  readonly free: DecimalString;
  readonly locked: DecimalString;
  readonly total: DecimalString;
}

export interface HeldAsset extends Held {
  readonly asset: string;
  readonly syncedAt: Date;
}

const FIND = {
  name: 'balances.find-asset',
  text: `
    select free, locked, total from balances
     where tenant_id = $1 and account_id = $2 and asset = $3`,
};

const LIST = {
  name: 'balances.list-assets',
  text: `
    select asset, free, locked, total, synced_at as "syncedAt" from balances
     where tenant_id = $1 and account_id = $2 and ($3::text is null or asset = $3)
     order by asset`,
};

const NOTHING: Held = { free: '0', locked: '0', total: '0' };

export const createHeldAssetStore = (session: TenantSession) => ({
  /** Nothing for an asset that was not there. */
  async find(accountId: number, asset: string): Promise<Held> {
    const [row] = await session.query<Held>(FIND, [session.tenantId, accountId, asset]);
    return row ?? NOTHING;
  },

  /** Ordered by asset; undefined: of all assets. */
  async list(accountId: number, asset: string | undefined): Promise<HeldAsset[]> {
    return session.query<HeldAsset>(LIST, [session.tenantId, accountId, asset ?? null]);
  },
});
