/** SQL of what goes by its age, a few rows at a time: no statement takes long, and none holds a lock that others wait for. */
import type { TenantSession } from '../../db/tenant-database.ts';

const MOST_ACCOUNTS = 500;

const ACCOUNTS = {
  name: 'retention.accounts',
  text: `select id from accounts where tenant_id = $1 and id > $2 order by id limit ${MOST_ACCOUNTS}`,
};

// Of each hour or day the last snapshot stays. Hours and days end with their last moment and do not begin with it: the
// profit of a day is counted from the newest snapshot at or before 00:00, which must be there. The first snapshot of the
// account, from which the whole profit is counted, is before all that is looked at.
const inSpan = (column: string): string =>
  `date_bin($5::interval, ${column} - interval '1 microsecond', timestamptz 'epoch')`;

const ofAccount = (alias: string): string => `${alias}.tenant_id = $1 and ${alias}.account_id = $2`;

// 50 snapshots of the largest wallets are 25,000 rows.
const THIN = {
  name: 'retention.thin',
  text: `
    with followed as (
      select s.taken_at, lead(s.taken_at) over (order by s.taken_at) as next
        from equity_snapshots s
       where ${ofAccount('s')} and s.taken_at > $3::timestamptz and s.taken_at <= $4
         and s.taken_at > (
               select f.taken_at from equity_snapshots f where ${ofAccount('f')} order by f.taken_at limit 1)
    ), doomed as (
      select taken_at from followed where ${inSpan('taken_at')} = ${inSpan('next')} order by taken_at limit 50
    ), equity as (
      delete from equity_snapshots s
       where ${ofAccount('s')} and s.taken_at = any (array(select taken_at from doomed))
    ), holdings as (
      delete from balance_snapshots s
       where ${ofAccount('s')} and s.taken_at = any (array(select taken_at from doomed))
    )
    select count(*)::int as removed, max(taken_at)::text as until from doomed`,
};

// What lies in no partition of its own; a week at a time.
const REMOVE_HOLDINGS = {
  name: 'retention.remove-holdings',
  text: `
    with oldest as (
      select s.taken_at from balance_snapshots s
       where ${ofAccount('s')} and s.taken_at < $3 order by s.taken_at limit 1
    ), gone as (
      delete from balance_snapshots s using oldest
       where ${ofAccount('s')} and s.taken_at < least(oldest.taken_at + interval '7 days', $3)
      returning 1
    )
    select count(*)::int as removed from gone`,
};

const aged = (name: string, text: string) => ({
  name: `retention.remove-${name}`,
  text: `with gone as (${text} returning 1) select count(*)::int as removed from gone`,
});

// One that waits for a receiver that is switched off waits for as long as there is something to deliver.
const REMOVE_DELIVERIES = aged(
  'deliveries',
  `delete from deliveries d
    using (select id from deliveries
            where tenant_id = $1 and created_at < $2 and (state <> 'pending' or created_at < $3)
            order by created_at limit 1000) as old
    where d.tenant_id = $1 and d.id = old.id`,
);

const REMOVE_EVENTS = aged(
  'events',
  `delete from events e
    using (select seq from events where tenant_id = $1 and at < $2 order by at limit 1000) as old
    where e.tenant_id = $1 and e.seq = old.seq`,
);

const REMOVE_ANSWERS = aged(
  'answers',
  `delete from idempotency_keys k
    using (select caller_key_id, key from idempotency_keys
            where tenant_id = $1 and expires_at <= $2
            order by tenant_id, expires_at limit 1000 for update skip locked) as old
    where k.tenant_id = $1 and k.caller_key_id = old.caller_key_id and k.key = old.key`,
);

export interface Thinning {
  /** Of each such span the last snapshot stays. */
  readonly span: 'hour' | 'day';
  /** Where the last batch ended, as the database wrote it; undefined: from the first snapshot on. */
  readonly from: string | undefined;
  /** Inclusive; the end of a span. */
  readonly to: Date;
}

export interface Thinned {
  readonly removed: number;
  /** Where the next batch begins; null: there is nothing left. */
  readonly until: string | null;
}

export const createRetentionStore = (session: TenantSession) => {
  const { tenantId } = session;
  const remove = async (statement: typeof REMOVE_EVENTS, values: readonly unknown[]): Promise<number> => {
    const [row] = await session.query<{ removed: number }>(statement, [tenantId, ...values]);
    return row?.removed ?? 0;
  };
  return {
    /** Ids in order, removed accounts too; empty at the end. */
    async accounts(after: number): Promise<number[]> {
      const rows = await session.query<{ id: number }>(ACCOUNTS, [tenantId, after]);
      return rows.map(({ id }) => id);
    },

    async thin(accountId: number, { span, from, to }: Thinning): Promise<Thinned> {
      const values = [tenantId, accountId, from ?? '-infinity', to, `1 ${span}`];
      const [row] = await session.query<Thinned>(THIN, values);
      return row ?? { removed: 0, until: null };
    },

    /** These answer how many rows went; 0: none are left. */
    removeHoldings: (accountId: number, before: Date) => remove(REMOVE_HOLDINGS, [accountId, before]),
    removeDeliveries: (endedBefore: Date, before: Date) => remove(REMOVE_DELIVERIES, [endedBefore, before]),
    removeEvents: (before: Date) => remove(REMOVE_EVENTS, [before]),
    removeAnswers: (now: Date) => remove(REMOVE_ANSWERS, [now]),
  };
};
