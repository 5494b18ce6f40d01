/** SQL of what the wallets of stored keys held at earlier times, also on account rows that are removed. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';

export interface PastBalance {
  readonly asset: string;
  readonly free: DecimalString;
  readonly locked: DecimalString;
  readonly total: DecimalString;
  readonly takenAt: Date;
}

export interface HistoryFilter {
  readonly credentialId: string;
  readonly marketCode: string;
  readonly asset: string;
  /** Both inclusive; undefined: without bound. */
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

const WALLETS = 'select id from accounts where tenant_id = $1 and credential_id = $2 and market_code = $3';

const MATCHES = `balance_snapshots
           where tenant_id = $1 and account_id = wallets.id and asset = $4 and taken_at >= $5 and taken_at <= $6`;

// Each wallet gives its newest ones, by the index; few credentials ever had more than one.
const PAGE = {
  name: 'balances.history-page',
  text: `
    with wallets as (${WALLETS})
    select s.* from wallets cross join lateral (
      select asset, free, locked, total, taken_at as "takenAt" from ${MATCHES} order by taken_at desc limit $7
    ) s
     order by s."takenAt" desc limit $7`,
};

const COUNT = {
  name: 'balances.history-count',
  text: `
    with wallets as (${WALLETS})
    select coalesce(sum(s.count), 0)::bigint as total
      from wallets cross join lateral (select count(*) from ${MATCHES}) s`,
};

const LIST_WALLETS = {
  name: 'balances.history-wallets',
  text: 'select id from accounts where tenant_id = $1 and credential_id = $2',
};

// A week at a time: the history of a large wallet is millions of rows, and no statement may take long.
const removeOldest = (table: string) => ({
  name: `balances.remove-oldest-${table}`,
  text: `
    with oldest as (
      select taken_at from ${table} where tenant_id = $1 and account_id = $2 order by taken_at limit 1
    ), gone as (
      delete from ${table} s using oldest
       where s.tenant_id = $1 and s.account_id = $2 and s.taken_at < oldest.taken_at + interval '7 days'
      returning 1
    )
    select count(*) from gone`,
});

const REMOVE_OLDEST = ['balance_snapshots', 'equity_snapshots'].map(removeOldest);

const REMOVE_REST = ['balances', 'transfers'].map((table) => ({
  name: `balances.remove-${table}`,
  text: `delete from ${table} where tenant_id = $1 and account_id = $2`,
}));

export const createHistoryStore = (session: TenantSession) => {
  const bounds = ({ credentialId, marketCode, asset, from, to }: HistoryFilter) => [
    session.tenantId,
    credentialId,
    marketCode,
    asset,
    from ?? '-infinity',
    to ?? 'infinity',
  ];
  return {
    /** Newest first. */
    async page(filter: HistoryFilter, limit: number): Promise<PastBalance[]> {
      return session.query<PastBalance>(PAGE, [...bounds(filter), limit]);
    },

    /** Of all pages. */
    async count(filter: HistoryFilter): Promise<number> {
      const [row] = await session.query<{ total: number }>(COUNT, bounds(filter));
      return row?.total ?? 0;
    },

    /** All that was recorded of the credential's wallets; repeat it when it was cut short. Not for a transaction. */
    async removeAll(credentialId: string): Promise<void> {
      const wallets = await session.query<{ id: number }>(LIST_WALLETS, [session.tenantId, credentialId]);
      for (const { id } of wallets) {
        for (const statement of REMOVE_OLDEST) {
          const removed = async (): Promise<number> =>
            (await session.query<{ count: number }>(statement, [session.tenantId, id]))[0]?.count ?? 0;
          while ((await removed()) > 0);
        }
        for (const statement of REMOVE_REST) await session.query(statement, [session.tenantId, id]);
      }
    },
  };
};
