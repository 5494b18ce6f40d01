/** SQL of how much there is, over all tenants; in a session that sees them all. */
import { OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { Session } from '../../db/tenant-database.ts';

export interface Holdings {
  readonly tenants: number;
  /** Connected ones. */
  readonly accounts: number;
  readonly credentials: number;
  /** Those that are not revoked. */
  readonly callerKeys: number;
}

const COUNT = {
  name: 'admin-overview.count',
  text: `
    select (select count(*) from tenants where status <> 'deleted' and id <> '${OPERATOR_TENANT_ID}') as tenants,
           (select count(*) from accounts where removed_at is null and is_connected) as accounts,
           (select count(*) from credentials where shredded_at is null) as credentials,
           (select count(*) from caller_keys where revoked_at is null) as "callerKeys"`,
};

export const createOverviewStore = (session: Session) => ({
  async count(): Promise<Holdings> {
    const [row] = await session.query<Holdings>(COUNT, []);
    if (row === undefined) throw new Error('nothing was counted');
    return row;
  },
});
