/** SQL of tenants. */
import type { TenantSession } from '../../db/tenant-database.ts';

const ENSURE = {
  name: 'tenants.ensure',
  text: 'insert into tenants (id, name) values ($1, $2) on conflict do nothing',
};

export const createTenantStore = (session: TenantSession) => ({
  /** Creates the session's tenant when it is missing. */
  async ensure(name: string): Promise<void> {
    await session.query(ENSURE, [session.tenantId, name]);
  },
});
