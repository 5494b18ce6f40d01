/** SQL of the equity over time: thinned out in the database to as many points as a chart can show. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import { CHOSEN_SUMMARY, type ChartScope } from './chart-scope.ts';

export interface ChartPoint {
  readonly at: Date;
  readonly btc: DecimalString;
  readonly usd: DecimalString;
  /** Deposits less withdrawals since the point before. */
  readonly btcDeposits: DecimalString;
  readonly usdDeposits: DecimalString;
}

export interface ChartSpan {
  readonly from: Date;
  readonly to: Date;
}

const MOST_POINTS = 1_000;
const LAST = MOST_POINTS - 1;

/**
 * Puts transfers of `chosen` to the `points` (at, btc, usd) that they came before: read from the newest back, a
 * transfer belongs to the point last passed. What is younger than the last point belongs to none.
 */
const withDeposits = `events as (
      select at, btc, usd, 0::numeric as btc_in, 0::numeric as usd_in, 1 as is_point from points
      union all
      select t.counted_at, null, null, t.btc_value, t.usd_value, 0
        from chosen
        join transfers t on t.tenant_id = $1 and t.account_id = chosen.id
         and t.counted_at > $3 and t.counted_at <= $4
    ), passed as (
      select *, sum(is_point) over (order by at desc, is_point desc) as point from events
    )
    select max(at) filter (where is_point = 1) as at,
           trim_scale(max(btc)) as btc, trim_scale(max(usd)) as usd,
           trim_scale(sum(btc_in)) as "btcDeposits", trim_scale(sum(usd_in)) as "usdDeposits"
      from passed group by point having max(is_point) = 1 order by 1`;

// Of n snapshots the i-th is kept when i * 999 / (n - 1), counted from 0, steps up to a whole number: evenly spread, the
// first and the last among them.
const OF_ACCOUNT = {
  name: 'charts.equity-of-account',
  text: `
    with chosen as (
      select id from accounts where tenant_id = $1 and id = $2 and removed_at is null and is_connected
    ), numbered as (
      select e.taken_at as at, e.btc_value as btc, e.usd_value as usd,
             row_number() over (order by e.taken_at) - 1 as i, count(*) over () - 1 as last
        from chosen
        join equity_snapshots e on e.tenant_id = $1 and e.account_id = chosen.id
         and e.taken_at >= $3 and e.taken_at <= $4
    ), points as (
      select at, btc, usd from numbered
       where last < ${MOST_POINTS} or i = 0 or i * ${LAST} / last > (i - 1) * ${LAST} / last
    ), ${withDeposits}`,
};

// Accounts are synced at times of their own. The span between the first and the last snapshot is cut into 999 steps;
// each account's last snapshot of a step holds until its next, and what it changed by is summed over all of them.
const OF_SUMMARY = {
  name: 'charts.equity-of-summary',
  text: `
    with chosen as (${CHOSEN_SUMMARY}), bounds as (
      select min(e.first) as first, extract(epoch from max(e.last) - min(e.first)) as seconds
        from chosen cross join lateral (
          select (select taken_at from equity_snapshots
                   where tenant_id = $1 and account_id = chosen.id and taken_at >= $3 and taken_at <= $4
                   order by taken_at limit 1) as first,
                 (select taken_at from equity_snapshots
                   where tenant_id = $1 and account_id = chosen.id and taken_at >= $3 and taken_at <= $4
                   order by taken_at desc limit 1) as last
        ) e
    ), marks as (
      select distinct on (id, step) id, step, taken_at, btc_value, usd_value
        from chosen cross join bounds cross join lateral (
          select taken_at, btc_value, usd_value,
                 coalesce(least(${LAST}, ceil(extract(epoch from taken_at - bounds.first) * ${LAST}
                   / nullif(bounds.seconds, 0))), 0) as step
            from equity_snapshots
           where tenant_id = $1 and account_id = chosen.id and taken_at >= $3 and taken_at <= $4
          offset 0
        ) e
       order by id, step, taken_at desc
    ), opening as (
      select chosen.id, -1::numeric as step, e.taken_at, e.btc_value, e.usd_value
        from chosen cross join lateral (
          select taken_at, btc_value, usd_value from equity_snapshots
           where tenant_id = $1 and account_id = chosen.id and taken_at < $3
           order by taken_at desc limit 1
        ) e
    ), changes as (
      select step, taken_at,
             btc_value - lag(btc_value, 1, 0::numeric) over earlier as btc,
             usd_value - lag(usd_value, 1, 0::numeric) over earlier as usd
        from (select * from opening union all select * from marks) as worth
      window earlier as (partition by id order by step)
    ), summed as (
      select step, max(taken_at) as at,
             sum(sum(btc)) over (order by step) as btc, sum(sum(usd)) over (order by step) as usd
        from changes group by step
    ), points as (
      select at, btc, usd from summed where step >= 0
    ), ${withDeposits}`,
};

export const createEquityChartStore = (session: TenantSession) => ({
  /** Oldest first, at most 1,000; empty also when there is no such account. */
  async points(scope: ChartScope, { from, to }: ChartSpan): Promise<ChartPoint[]> {
    const isSummary = 'mode' in scope;
    return session.query<ChartPoint>(isSummary ? OF_SUMMARY : OF_ACCOUNT, [
      session.tenantId,
      isSummary ? scope.mode : scope.accountId,
      from,
      to,
    ]);
  },
});
