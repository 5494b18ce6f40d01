/** SQL of deposits and withdrawals: each is stored once, at its first sight. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { NetTransfer } from '../profit/profit.ts';
import type { CountedTransfer } from './transfer-valuation.ts';

const INSERT = {
  name: 'transfers.insert',
  text: `
    insert into transfers (tenant_id, account_id, kind, venue_transfer_id, asset, amount, fee_asset, fee, btc_value,
      usd_value, occurred_at, counted_at)
    select $1, $2, row.*
      from unnest($3::text[], $4::text[], $5::text[], $6::numeric[], $7::text[], $8::numeric[], $9::numeric[],
        $10::numeric[], $11::timestamptz[], $12::timestamptz[]) as row
    on conflict (tenant_id, account_id, kind, venue_transfer_id) do nothing`,
};

// Those between two bases belong to the same profits, so one sum stands for all of them.
const NET_SINCE = {
  name: 'transfers.net-since',
  text: `
    select max(counted_at) as at, sum(btc_value) as btc, sum(usd_value) as usd
      from transfers
     where tenant_id = $1 and account_id = $2 and counted_at > $3 and counted_at <= $4
     group by counted_at > $5, counted_at > $6`,
};

export interface NetSpan {
  readonly from: Date;
  readonly until: Date;
  /** Times within the span that sums must not reach across; null: there is none. */
  readonly cuts: readonly [Date | null, Date | null];
}

export const createTransferStore = (session: TenantSession) => ({
  async insert(accountId: number, transfers: readonly CountedTransfer[]): Promise<void> {
    if (transfers.length === 0) return;
    await session.query(INSERT, [
      session.tenantId,
      accountId,
      transfers.map(({ kind }) => kind),
      transfers.map(({ id }) => id),
      transfers.map(({ asset }) => asset),
      transfers.map(({ amount }) => amount),
      transfers.map(({ fee }) => fee?.asset ?? null),
      transfers.map(({ fee }) => fee?.amount ?? null),
      transfers.map(({ btcValue }) => btcValue),
      transfers.map(({ usdValue }) => usdValue),
      transfers.map(({ at }) => at),
      transfers.map(({ countedAt }) => countedAt.toISOString()),
    ]);
  },

  /** What came in after `from` and not after `until`, summed between the cuts. */
  async netSince(accountId: number, { from, until, cuts }: NetSpan): Promise<NetTransfer[]> {
    return session.query<NetTransfer>(NET_SINCE, [session.tenantId, accountId, from, until, ...cuts]);
  },
});
