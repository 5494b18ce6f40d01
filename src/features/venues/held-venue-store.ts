/** SQL of the venues that a tenant has keys of. */
import type { TenantSession } from '../../db/tenant-database.ts';

const LIST = {
  name: 'held-venues.list',
  text: `
    select distinct venue from credentials
     where tenant_id = $1 and is_active and shredded_at is null`,
};

export const createHeldVenueStore = (session: TenantSession) => ({
  async list(): Promise<Set<string>> {
    const rows = await session.query<{ venue: string }>(LIST, [session.tenantId]);
    return new Set(rows.map(({ venue }) => venue));
  },
});
