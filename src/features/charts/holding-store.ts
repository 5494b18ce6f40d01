/** SQL of what is held now, per asset, with shares and prices: computed where it lies, as a wallet can hold hundreds. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import { CHOSEN_ACCOUNT, CHOSEN_SUMMARY, type ChartScope } from './chart-scope.ts';

/** One asset's part of a portfolio. */
export interface Share {
  readonly asset: string;
  readonly total: DecimalString;
  readonly btcValue: DecimalString;
  readonly usdValue: DecimalString;
  /** Of the value in USD, in percent. */
  readonly percentage: DecimalString;
}

export interface Holding extends Share {
  readonly free: DecimalString;
  readonly locked: DecimalString;
  /** Owed to the venue. */
  readonly borrowed: DecimalString;
  /** Of one unit, at the last sync; 0: not known. */
  readonly btcPrice: DecimalString;
  readonly usdPrice: DecimalString;
  /** Of these prices since a snapshot a day ago, in percent; 0: there is none. */
  readonly btcChange: DecimalString;
  readonly usdChange: DecimalString;
}

export interface Portfolio<Row> {
  /** Of the accounts in it, each once. */
  readonly marketCodes: readonly string[];
  /** Greatest value first. */
  readonly rows: readonly Row[];
}

// The left join keeps a row without asset for an account that holds nothing: it tells it from one that does not exist.
const held = (chosen: string): string => `
    with chosen as (${chosen}), held as (
      select b.asset, array_agg(distinct chosen.market_code) as codes,
             sum(b.free) as free, sum(b.locked) as locked, sum(b.total) as total,
             sum(greatest(b.free + b.locked - b.total, 0)) as borrowed,
             coalesce(sum(b.btc_value), 0) as btc_value, coalesce(sum(b.usd_value), 0) as usd_value
        from chosen
        left join balances b on b.tenant_id = $1 and b.account_id = chosen.id
       group by b.asset
    )`;

const SHARE_COLUMNS = `held.asset, held.codes as "marketCodes", trim_scale(held.total) as total,
           trim_scale(held.btc_value) as "btcValue", trim_scale(held.usd_value) as "usdValue",
           trim_scale(coalesce(round(held.usd_value * 100 / nullif(sum(held.usd_value) over (), 0), 8), 0))
             as percentage`;

const price = (unit: 'btc' | 'usd'): string =>
  `trim_scale(coalesce(round(held.${unit}_value / nullif(held.total, 0), 18), 0)) as "${unit}Price"`;

const change = (unit: 'btc' | 'usd'): string =>
  `trim_scale(coalesce(round((held.${unit}_value * past.total
             / nullif(held.total * past.${unit}_value, 0) - 1) * 100, 4), 0)) as "${unit}Change"`;

const sharesStatement = (scope: string, chosen: string) => ({
  name: `charts.shares-${scope}`,
  text: `${held(chosen)}
    select ${SHARE_COLUMNS} from held order by held.usd_value desc, held.asset`,
});

// `offset 0` keeps the planner from joining all of the history before it picks the one snapshot.
const holdingsStatement = (scope: string, chosen: string) => ({
  name: `charts.holdings-${scope}`,
  text: `${held(chosen)}, past as (
      select s.asset, sum(s.total) as total, sum(s.btc_value) as btc_value, sum(s.usd_value) as usd_value
        from chosen
        cross join lateral (
          select taken_at from equity_snapshots
           where tenant_id = $1 and account_id = chosen.id and taken_at > $3 and taken_at <= $4
           order by taken_at desc limit 1
        ) e
        cross join lateral (
          select asset, total, btc_value, usd_value from balance_snapshots
           where tenant_id = $1 and account_id = chosen.id and taken_at = e.taken_at
          offset 0
        ) s
       group by s.asset
    )
    select ${SHARE_COLUMNS}, trim_scale(held.free) as free, trim_scale(held.locked) as locked,
           trim_scale(held.borrowed) as borrowed, ${price('btc')}, ${price('usd')},
           ${change('btc')}, ${change('usd')}
      from held left join past on past.asset = held.asset
     order by held.usd_value desc, held.asset`,
});

const SHARES_OF_ACCOUNT = sharesStatement('of-account', CHOSEN_ACCOUNT);
const SHARES_OF_SUMMARY = sharesStatement('of-summary', CHOSEN_SUMMARY);
const HOLDINGS_OF_ACCOUNT = holdingsStatement('of-account', CHOSEN_ACCOUNT);
const HOLDINGS_OF_SUMMARY = holdingsStatement('of-summary', CHOSEN_SUMMARY);

const DAY_MS = 24 * 3_600_000;

type Stored<Row> = Omit<Row, 'asset'> & {
  readonly asset: string | null;
  readonly marketCodes: readonly string[];
};

export const createHoldingStore = (session: TenantSession) => ({
  /** undefined: there is no such account. */
  async shares(scope: ChartScope): Promise<Portfolio<Share> | undefined> {
    const rows =
      'mode' in scope
        ? await session.query<Stored<Share>>(SHARES_OF_SUMMARY, [session.tenantId, scope.mode])
        : await session.query<Stored<Share>>(SHARES_OF_ACCOUNT, [session.tenantId, scope.accountId]);
    return toPortfolio(scope, rows);
  },

  /** The same with prices; a snapshot counts as a day ago until it is two days old. */
  async holdings(scope: ChartScope, now: Date): Promise<Portfolio<Holding> | undefined> {
    const span = [new Date(now.getTime() - 2 * DAY_MS), new Date(now.getTime() - DAY_MS)];
    const rows =
      'mode' in scope
        ? await session.query<Stored<Holding>>(HOLDINGS_OF_SUMMARY, [session.tenantId, scope.mode, ...span])
        : await session.query<Stored<Holding>>(HOLDINGS_OF_ACCOUNT, [
            session.tenantId,
            scope.accountId,
            ...span,
          ]);
    return toPortfolio(scope, rows);
  },
});

const toPortfolio = <Row extends Share>(
  scope: ChartScope,
  rows: readonly Stored<Row>[],
): Portfolio<Row> | undefined => {
  if (rows.length === 0 && 'accountId' in scope) return undefined;
  return {
    marketCodes: [...new Set(rows.flatMap(({ marketCodes }) => marketCodes))],
    rows: rows.filter((row): row is Stored<Row> & Row => row.asset !== null),
  };
};
