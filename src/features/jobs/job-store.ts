/** SQL of jobs as their tenant and operators see them. The table has no row security: every statement says whose rows. */
import type { Session, TenantSession } from '../../db/tenant-database.ts';
import type { Job, JobKind, JobState } from './job.ts';

export interface JobFilter {
  readonly kind: JobKind | undefined;
  readonly state: JobState | undefined;
  readonly limit: number;
}

/** Where the page before ended: jobs are in the order of their keys. */
export interface JobPlace {
  readonly kind: string;
  readonly subject: string;
}

/** As operators see it. */
export interface TenantJob extends Job {
  readonly tenantId: string;
}

const STATE = `
  case when j.lease_until > now() then 'running' when j.is_held or j.is_suspended then 'paused'
       when j.failures > 0 then 'failing' else 'waiting' end`;

const COLUMNS = `
  j.id, j.kind, j.subject, j.credential_id as "credentialId", j.lane, ${STATE} as state, j.due_at as "dueAt",
  j.failures, j.last_started_at as "lastStartedAt", j.last_finished_at as "lastFinishedAt",
  j.last_outcome as "lastOutcome", j.last_error as "lastError", j.progress`;

// What belongs to no account or keys is no caller's. Row security of those two holds limited keys to their own; the row
// of an account that nobody connected is told to nobody.
const OF_TENANT = `
  select ${COLUMNS}, case when a.is_connected then a.id end as "accountId"
    from jobs j
    left join accounts a on a.tenant_id = $1 and a.id = j.account_id
    left join credentials c on c.tenant_id = $1 and c.id = j.credential_id
   where j.tenant_id = $1 and (a.id is not null or (j.account_id is null and c.id is not null))`;

const FILTERED = `
     and ($2::text is null or j.kind = $2) and ($3::text is null or ${STATE} = $3)
     and (j.kind, j.subject) > ($4, $5)
   order by j.kind, j.subject limit $6`;

const LIST = { name: 'jobs.list', text: `${OF_TENANT} ${FILTERED}` };

const LIST_OF_ACCOUNT = {
  name: 'jobs.list-of-account',
  text: `${OF_TENANT} and j.account_id = $7 ${FILTERED}`,
};

const FIND = { name: 'jobs.find', text: `${OF_TENANT} and j.id = $2` };

const MAKE_DUE = {
  name: 'jobs.make-due',
  text: 'update jobs set due_at = least(due_at, now()), asked_at = now() where tenant_id = $1 and id = $2',
};

const HAS_ACCOUNT = {
  name: 'jobs.has-account',
  text: 'select id from accounts where tenant_id = $1 and id = $2 and removed_at is null and is_connected',
};

const BEGINNING: JobPlace = { kind: '', subject: '' };

export const createJobStore = (session: TenantSession) => ({
  /** Of this account alone, or of all. */
  async list(filter: JobFilter, accountId: number | undefined, after: JobPlace | undefined): Promise<Job[]> {
    const { kind, subject } = after ?? BEGINNING;
    const values = [session.tenantId, filter.kind ?? null, filter.state ?? null, kind, subject, filter.limit];
    return accountId === undefined
      ? session.query<Job>(LIST, values)
      : session.query<Job>(LIST_OF_ACCOUNT, [...values, accountId]);
  },

  async find(id: string): Promise<Job | undefined> {
    const [row] = await session.query<Job>(FIND, [session.tenantId, id]);
    return row;
  },

  /** Of one that `find` has found: says nothing of who may. */
  async makeDue(id: string): Promise<void> {
    await session.query(MAKE_DUE, [session.tenantId, id]);
  },

  async hasAccount(id: number): Promise<boolean> {
    return (await session.query(HAS_ACCOUNT, [session.tenantId, id])).length > 0;
  },
});

const LIST_ALL = {
  name: 'jobs.list-all',
  text: `
    select ${COLUMNS}, j.tenant_id as "tenantId", j.account_id as "accountId"
      from jobs j
     where (j.tenant_id, j.kind, j.subject) > ($1::uuid, $4, $5)
       and ($2::text is null or j.kind = $2) and ($3::text is null or ${STATE} = $3)
     order by j.tenant_id, j.kind, j.subject limit $6`,
};

const LIST_OF_TENANT = {
  name: 'jobs.list-of-tenant',
  text: `
    select ${COLUMNS}, j.tenant_id as "tenantId", j.account_id as "accountId"
      from jobs j
     where j.tenant_id = $1 ${FILTERED}`,
};

const FIND_ANY = {
  name: 'jobs.find-any',
  text: `
    select ${COLUMNS}, j.tenant_id as "tenantId", j.account_id as "accountId" from jobs j where j.id = $1`,
};

const FIRST_TENANT = '00000000-0000-0000-0000-000000000000';

/** Across tenants, for operators. */
export const createAllJobsStore = (session: Session) => ({
  async list(
    filter: JobFilter,
    tenantId: string | undefined,
    after: (JobPlace & { readonly tenantId: string }) | undefined,
  ): Promise<TenantJob[]> {
    const { kind, subject } = after ?? BEGINNING;
    const asked = [filter.kind ?? null, filter.state ?? null, kind, subject, filter.limit];
    return tenantId === undefined
      ? session.query<TenantJob>(LIST_ALL, [after?.tenantId ?? FIRST_TENANT, ...asked])
      : session.query<TenantJob>(LIST_OF_TENANT, [tenantId, ...asked]);
  },

  async find(id: string): Promise<TenantJob | undefined> {
    const [row] = await session.query<TenantJob>(FIND_ANY, [id]);
    return row;
  },
});
