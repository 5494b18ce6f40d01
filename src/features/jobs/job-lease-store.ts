/** SQL of leasing jobs, across tenants: what workers do with the table. All times are those of the database. */
import type { Session } from '../../db/tenant-database.ts';
import type { JobKind, JobProgress } from './job.ts';

/** A job that this process has leased. */
export interface JobLease {
  readonly tenantId: string;
  readonly kind: JobKind;
  readonly subject: string;
  readonly accountId: number | null;
  readonly credentialId: string | null;
  readonly lane: string;
  readonly leaseId: string;
  /** Attempts in a row before this one that failed, or whose process died. */
  readonly failures: number;
  readonly progress: JobProgress | null;
  /** When somebody last asked that it be done at once; null: never. */
  readonly askedAt: Date | null;
}

/** What may be leased. */
export interface LeaseRoom {
  /** Jobs at once in each lane, by kind; other kinds are left alone. */
  readonly perLane: ReadonlyMap<JobKind, number>;
  /** Jobs that already run. */
  readonly running: readonly { readonly kind: JobKind; readonly lane: string; readonly count: number }[];
  /** Lanes that are left alone, whatever the kind. */
  readonly restingLanes: readonly string[];
  readonly limit: number;
}

/** How a job ended, and when it is to be done again. */
export interface Settlement {
  readonly nextMs: number;
  readonly failures: number;
  readonly outcome: string;
  /** null: none. */
  readonly error: string | null;
  /** null: as it was. */
  readonly progress: JobProgress | null;
}

// The words of the index that the walk goes by.
const ELIGIBLE = 'not j.is_held and not j.is_suspended';

const firstLane = (after: string): string => `
      (select j.lane from jobs j where j.kind = k.kind ${after} and ${ELIGIBLE} order by j.lane limit 1)`;

/**
 * From lane to lane instead of down the list of what is due: a lane that is full costs one step, however long its queue
 * (100,000 due jobs of a lane that is full: half a millisecond). Lanes come in random order, so that none is always the
 * last. A lease that ran out was of a process that died; one that kills its process each time waits longer each time.
 */
const CLAIM = {
  name: 'jobs.claim',
  text: `
    with recursive kinds as (
      select * from unnest($1::text[], $2::integer[]) as k (kind, per_lane)
    ), walk as (
      select k.kind, k.per_lane, ${firstLane('')} as lane from kinds k
      union all
      select k.kind, k.per_lane, ${firstLane('and j.lane > k.lane')} from walk k where k.lane is not null
    ), lanes as materialized (
      select w.kind, w.lane, w.per_lane - coalesce(taken.count, 0) as room
        from walk w
        left join unnest($3::text[], $4::text[], $5::integer[]) as taken (kind, lane, count)
          on taken.kind = w.kind and taken.lane = w.lane
       where w.lane is not null and w.lane <> all ($6::text[]) and w.per_lane > coalesce(taken.count, 0)
       order by random()
    ), picked as materialized (
      select due.* from lanes l
       cross join lateral (
         select j.tenant_id, j.kind, j.subject from jobs j
          where j.kind = l.kind and j.lane = l.lane and ${ELIGIBLE} and j.due_at <= now()
            and (j.lease_until is null
                 or j.lease_until <= now() - (2 ^ least(j.failures, 10) - 1) * interval '10 seconds')
          order by j.due_at limit l.room
            for update skip locked) due
       limit $7
    )
    update jobs j
       set failures = j.failures + (j.lease_id is not null)::integer, last_started_at = now(),
           lease_id = gen_random_uuid(), lease_until = now() + $8::integer * interval '1 millisecond'
      from picked
     where j.tenant_id = picked.tenant_id and j.kind = picked.kind and j.subject = picked.subject
    returning j.tenant_id as "tenantId", j.kind, j.subject, j.account_id as "accountId",
              j.credential_id as "credentialId", j.lane, j.lease_id as "leaseId", j.failures, j.progress,
              j.asked_at as "askedAt"`,
};

const OURS = `from unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) as ours (tenant_id, kind, subject, lease_id)
     where j.tenant_id = ours.tenant_id and j.kind = ours.kind and j.subject = ours.subject
       and j.lease_id = ours.lease_id`;

const RENEW = {
  name: 'jobs.renew',
  text: `
    update jobs j set lease_until = now() + $5::integer * interval '1 millisecond'
     ${OURS}
    returning j.lease_id as "leaseId"`,
};

const RELEASE = {
  name: 'jobs.release',
  text: `
    update jobs j set lease_id = null, lease_until = null, last_outcome = coalesce($5, last_outcome)
     ${OURS}`,
};

// Who asked for it while it was being done may have meant what changed meanwhile: it is done once more.
const SETTLE = {
  name: 'jobs.settle',
  text: `
    update jobs
       set due_at = case when asked_at > last_started_at then now()
                         else now() + $5::float8 * interval '1 millisecond' end, failures = $6, lease_id = null, lease_until = null,
           last_finished_at = now(), last_outcome = $7, last_error = $8, progress = coalesce($9::jsonb, progress)
     where tenant_id = $1 and kind = $2 and subject = $3 and lease_id = $4`,
};

const REPORT = {
  name: 'jobs.report',
  text: `
    update jobs set progress = $5
     where tenant_id = $1 and kind = $2 and subject = $3 and lease_id = $4
    returning lease_id`,
};

// What was put off by failures keeps its time.
const PULL_FORWARD = {
  name: 'jobs.pull-forward',
  text: `
    update jobs j set due_at = now() + random() * $2::float8 * interval '1 millisecond'
     where j.kind = $1 and ${ELIGIBLE} and j.failures = 0 and j.lease_id is null
       and j.due_at > now() + 1.2 * $2::float8 * interval '1 millisecond'`,
};

const of = ({ tenantId, kind, subject, leaseId }: JobLease) => [tenantId, kind, subject, leaseId];

const ofAll = (leases: readonly JobLease[]) => [
  leases.map(({ tenantId }) => tenantId),
  leases.map(({ kind }) => kind),
  leases.map(({ subject }) => subject),
  leases.map(({ leaseId }) => leaseId),
];

/** `session` is TenantDatabase.shared; for `report` it may be one of the tenant. */
export const createJobLeaseStore = (session: Session) => ({
  /** What is due and has room; of each lane what has waited longest. */
  async claim({ perLane, running, restingLanes, limit }: LeaseRoom, leaseMs: number): Promise<JobLease[]> {
    return session.query<JobLease>(CLAIM, [
      [...perLane.keys()],
      [...perLane.values()],
      running.map(({ kind }) => kind),
      running.map(({ lane }) => lane),
      running.map(({ count }) => count),
      restingLanes,
      limit,
      leaseMs,
    ]);
  },

  /** Answers the ids of those that were not lost meanwhile. */
  async renew(leases: readonly JobLease[], leaseMs: number): Promise<string[]> {
    const rows = await session.query<{ leaseId: string }>(RENEW, [...ofAll(leases), leaseMs]);
    return rows.map(({ leaseId }) => leaseId);
  },

  /** Gives them back undone: whoever looks next takes them. `outcome` null: they were not begun. */
  async release(leases: readonly JobLease[], outcome: string | null): Promise<void> {
    if (leases.length > 0) await session.query(RELEASE, [...ofAll(leases), outcome]);
  },

  /** Ends the lease, unless it was lost meanwhile. */
  async settle(lease: JobLease, { nextMs, failures, outcome, error, progress }: Settlement): Promise<void> {
    const told = progress === null ? null : JSON.stringify(progress);
    await session.query(SETTLE, [...of(lease), nextMs, failures, outcome, error, told]);
  },

  /** Says how far a job is. Holds the lease until the transaction ends; false: it was lost. */
  async report(lease: JobLease, progress: JobProgress): Promise<boolean> {
    return (await session.query(REPORT, [...of(lease), JSON.stringify(progress)])).length > 0;
  },

  /** After an interval was shortened: what is due later than that comes within it, spread. */
  async pullForward(kind: JobKind, intervalMs: number): Promise<void> {
    await session.query(PULL_FORWARD, [kind, intervalMs]);
  },
});
