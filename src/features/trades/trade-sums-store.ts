/** SQL of statistics and volumes: whole days come added up, only the ends of a span are added here. */
import type { Statement, TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import { cutIntoDays } from './day-span.ts';

export interface TradeSums {
  readonly tradeCount: number;
  readonly buyCount: number;
  readonly sellCount: number;
  /** Sum of what trades came to, each in its own quote asset. */
  readonly volume: DecimalString;
  /** Sum of fees, each in its own asset. */
  readonly fees: DecimalString;
  readonly syncedCount: number;
  readonly failedCount: number;
  /** null: there are none. */
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
}

export interface SumFilter {
  /** undefined: of all exchanges. */
  readonly marketCode: string | undefined;
  /** Both inclusive. */
  readonly from: Date | undefined;
  readonly until: Date | undefined;
}

export interface Volume {
  readonly btc: DecimalString;
  readonly usd: DecimalString;
}

const DAYS = `
      select trade_count, buy_count, synced_count, volume, fees, first_at, last_at from trade_days
       where tenant_id = $1 and utc_date >= $2 and utc_date < $3`;

const ENDS = (market: string): string => `
      select count(*), count(*) filter (where side = 'buy'), count(*) filter (where sync_status = 'synced'),
             sum(total), sum(fee), min(traded_at), max(traded_at) from trades
       where tenant_id = $1 and traded_at >= $4 and traded_at < $5${market}
      union all
      select count(*), count(*) filter (where side = 'buy'), count(*) filter (where sync_status = 'synced'),
             sum(total), sum(fee), min(traded_at), max(traded_at) from trades
       where tenant_id = $1 and traded_at >= $6 and traded_at <= $7${market}`;

/** With the ends of the span, or of whole days alone. */
const sumStatement = (withEnds: boolean, ofMarket: boolean): Statement => {
  const market = ofMarket ? ` and market_code = $${withEnds ? 8 : 4}` : '';
  return {
    name: `trades.sums${withEnds ? '-with-ends' : ''}${ofMarket ? '-of-market' : ''}`,
    text: `
    select coalesce(sum(trade_count), 0)::bigint as "tradeCount", coalesce(sum(buy_count), 0)::bigint as "buyCount",
           coalesce(sum(trade_count) - sum(buy_count), 0)::bigint as "sellCount",
           trim_scale(coalesce(sum(volume), 0)) as volume, trim_scale(coalesce(sum(fees), 0)) as fees,
           coalesce(sum(synced_count), 0)::bigint as "syncedCount",
           coalesce(sum(trade_count) - sum(synced_count), 0)::bigint as "failedCount",
           min(first_at) as "firstAt", max(last_at) as "lastAt"
      from (${DAYS}${market}${withEnds ? `\n      union all${ENDS(market)}` : ''}) as part`,
  };
};

// Keys that were deleted and stored again are other credentials with the same fingerprint: their trades are one
// history, and are stored once.
const VOLUME = {
  name: 'trades.volume',
  text: `
    select trim_scale(sum(d.btc_volume)) as btc, trim_scale(sum(d.usd_volume)) as usd
      from trade_days d
     where d.tenant_id = $1 and d.market_code = $3 and d.utc_date >= $4 and d.utc_date < $5
       and d.credential_id in (
         select c.id from credentials own
           join credentials c on c.tenant_id = $1 and c.venue = own.venue and c.fingerprint = own.fingerprint
          where own.tenant_id = $1 and own.id = $2)`,
};

export const createTradeSumsStore = (session: TenantSession) => ({
  async sums({ marketCode, from, until }: SumFilter): Promise<TradeSums> {
    const { days, ends } = cutIntoDays(from, until);
    const values = [session.tenantId, days.from, days.before];
    if (ends !== undefined) values.push(...ends.flat().map((at) => at.toISOString()));
    if (marketCode !== undefined) values.push(marketCode);
    const statement = sumStatement(ends !== undefined, marketCode !== undefined);
    const [row] = await session.query<TradeSums>(statement, values);
    if (row === undefined) throw new Error('sums always are one row');
    return row;
  },

  /** Of UTC days from `from` (inclusive) to `before`, dates such as 2026-01-31 or infinity; undefined: no trades. */
  async volume(
    owner: { readonly credentialId: string; readonly marketCode: string },
    days: { readonly from: string; readonly before: string },
  ): Promise<Volume | undefined> {
    const values = [session.tenantId, owner.credentialId, owner.marketCode, days.from, days.before];
    const [row] = await session.query<{ btc: string | null; usd: string | null }>(VOLUME, values);
    return row?.btc == null || row.usd === null ? undefined : { btc: row.btc, usd: row.usd };
  },
});
