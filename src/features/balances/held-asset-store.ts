/** SQL of what the newest sync found of one asset. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';

export interface Held {
  readonly free: DecimalString;
  readonly locked: DecimalString;
  readonly total: DecimalString;
}

const FIND = {
  name: 'balances.find-asset',
  text: `
    select free, locked, total from balances
     where tenant_id = $1 and account_id = $2 and asset = $3`,
};

const NOTHING: Held = { free: '0', locked: '0', total: '0' };

export const createHeldAssetStore = (session: TenantSession) => ({
  /** Nothing for an asset that was not there. */
  async find(accountId: number, asset: string): Promise<Held> {
    const [row] = await session.query<Held>(FIND, [session.tenantId, accountId, asset]);
    return row ?? NOTHING;
  },
});
