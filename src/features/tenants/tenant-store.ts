/** SQL of tenants. */
import { OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';

const ENSURE = {
  name: 'tenants.ensure',
  text: 'insert into tenants (id, name) values ($1, $2) on conflict do nothing',
};

const EXISTS = {
  name: 'tenants.exists',
  text: `select id from tenants where id = $1 and id <> '${OPERATOR_TENANT_ID}' and status <> 'deleted'`,
};

const LIST = {
  name: 'tenants.list',
  text: `
    select id, name, status, created_at as "createdAt" from tenants
     where id <> '${OPERATOR_TENANT_ID}' and status <> 'deleted' order by created_at, id`,
};

const LIST_ALL_IDS = { name: 'tenants.list-all-ids', text: 'select id from tenants order by id' };

const SEES_ALL = {
  name: 'tenants.sees-all',
  text: 'select rolsuper or rolbypassrls as "seesAll" from pg_roles where rolname = current_user',
};

const LIFT = { name: 'tenants.lift', text: 'alter table tenants no force row level security' };
const LOWER = { name: 'tenants.lower', text: 'alter table tenants force row level security' };

interface TenantRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: Date;
}

/** Every tenant that is not deleted, oldest first; for the owner of the table alone. */
export const listTenants = (database: TenantDatabase): Promise<TenantRow[]> => seeAll(database, LIST);

/** The ids of all that ever were, deleted ones and the operators' own too: each has an audit chain. For the owner alone. */
export const listAllTenantIds = async (database: TenantDatabase): Promise<string[]> =>
  (await seeAll<{ id: string }>(database, LIST_ALL_IDS)).map(({ id }) => id);

const seeAll = async <Row extends object>(
  database: TenantDatabase,
  statement: { readonly name: string; readonly text: string },
): Promise<Row[]> => {
  const [role] = await database.shared.query<{ seesAll: boolean }>(SEES_ALL, []);
  if (role?.seesAll === true) return await database.shared.query<Row>(statement, []);
  // An owner that is no superuser is held to row security too, unless it lifts it: within this transaction alone.
  return await database.transact(OPERATOR_TENANT_ID, async (session) => {
    await session.query(LIFT, []);
    const rows = await session.query<Row>(statement, []);
    await session.query(LOWER, []);
    return rows;
  });
};

export const createTenantStore = (session: TenantSession) => ({
  /** Whether it is there, and not deleted. */
  async exists(): Promise<boolean> {
    return (await session.query(EXISTS, [session.tenantId])).length > 0;
  },

  /** Creates the session's tenant when it is missing. */
  async ensure(name: string): Promise<void> {
    await session.query(ENSURE, [session.tenantId, name]);
  },
});
