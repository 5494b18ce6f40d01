/** SQL of tenants as operators see and change them; the operators' own row is none. */
import { OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { TenantRecord, TenantStatus, WithdrawalPolicy } from './tenant-record.ts';

const COLUMNS = `t.id, t.name, t.status, t.withdrawal_policy as "withdrawalPolicy",
  t.requests_per_minute as "requestsPerMinute", t.openings_per_minute as "openingsPerMinute",
  (select count(*) from accounts a
    where a.tenant_id = t.id and a.removed_at is null and a.is_connected) as accounts,
  (select count(*) from caller_keys k where k.tenant_id = t.id and k.revoked_at is null) as "callerKeys",
  t.created_at as "createdAt"`;

const IS_TENANT = `t.id <> '${OPERATOR_TENANT_ID}'`;

const FIND = {
  name: 'tenant-records.find',
  text: `select ${COLUMNS} from tenants t where t.id = $1 and ${IS_TENANT}`,
};

// To the millisecond, as the place in the list is kept by whoever turns the page.
const CREATED = "date_trunc('milliseconds', t.created_at)";

const LIST = {
  name: 'tenant-records.list',
  text: `
    select ${COLUMNS} from tenants t
     where ${IS_TENANT} and t.status = any ($1)
       and ($2::timestamptz is null or (${CREATED}, t.id) > ($2, $3::uuid))
     order by ${CREATED}, t.id limit $4`,
};

// Rows that refer to the tenant may be written meanwhile; whoever writes one and an audit row would else wait crosswise.
const LOCK = {
  name: 'tenant-records.lock',
  text: `
    select t.name, t.status, t.withdrawal_policy as "withdrawalPolicy",
           t.requests_per_minute as "requestsPerMinute", t.openings_per_minute as "openingsPerMinute"
      from tenants t where t.id = $1 and ${IS_TENANT} and t.status <> 'deleted' for no key update of t`,
};

const INSERT = {
  name: 'tenant-records.insert',
  text: `
    insert into tenants (id, name, withdrawal_policy, created_at, updated_at) values ($1, $2, $3, $4, $4)`,
};

const UPDATE = {
  name: 'tenant-records.update',
  text: `
    update tenants set name = $2, status = $3, withdrawal_policy = $4, requests_per_minute = $5,
           openings_per_minute = $6, updated_at = $7
     where id = $1`,
};

const DELETE = { name: 'tenant-records.delete', text: 'select tenant_delete($1) as "wasThere"' };

export type TenantSettings = Pick<
  TenantRecord,
  'name' | 'status' | 'withdrawalPolicy' | 'requestsPerMinute' | 'openingsPerMinute'
>;

export interface TenantPage {
  readonly statuses: readonly TenantStatus[];
  /** The last tenant of the page before. */
  readonly after: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Of the session's tenant; listing takes a session that sees all of them. */
export const createTenantRecordStore = (session: TenantSession) => ({
  /** Also one that is deleted. */
  async find(id: string = session.tenantId): Promise<TenantRecord | undefined> {
    const [row] = await session.query<TenantRecord>(FIND, [id]);
    return row;
  },

  /** Oldest first. */
  list: ({ statuses, after, limit }: TenantPage): Promise<TenantRecord[]> =>
    session.query<TenantRecord>(LIST, [statuses, after?.createdAt ?? null, after?.id ?? null, limit]),

  /** Holds the row of a tenant that is not deleted. */
  async lock(): Promise<TenantSettings | undefined> {
    const [row] = await session.query<TenantSettings>(LOCK, [session.tenantId]);
    return row;
  },

  async insert(name: string, withdrawalPolicy: WithdrawalPolicy, at: Date): Promise<void> {
    await session.query(INSERT, [session.tenantId, name, withdrawalPolicy, at]);
  },

  async update(settings: TenantSettings, at: Date): Promise<void> {
    const { name, status, withdrawalPolicy, requestsPerMinute, openingsPerMinute } = settings;
    const values = [name, status, withdrawalPolicy, requestsPerMinute, openingsPerMinute, at];
    await session.query(UPDATE, [session.tenantId, ...values]);
  },

  /** Destroys all that is the tenant's but its audit chain. Answers false when it is not there, or no more. */
  async delete(): Promise<boolean> {
    const [row] = await session.query<{ wasThere: boolean }>(DELETE, [session.tenantId]);
    return row?.wasThere === true;
  },
});
