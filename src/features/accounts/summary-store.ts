/** SQL of the summary: what all accounts of a tenant that count in it are worth and earned, in one row. */
import type { AccountMode } from '../../auth/actor.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import type { DecimalString } from '../../shared/money.ts';
import { dayStart, monthStart, type Profit, toProfit, type Worth } from '../profit/profit.ts';

export interface AccountSummary extends Worth {
  /** Of the accounts' profits, percentages of the sum of their bases. */
  readonly day: Profit;
  readonly month: Profit;
  readonly total: Worth;
  /** Market codes of the accounts in it, in order. */
  readonly marketCodes: readonly string[];
  /** When the first of the accounts was connected and the last was changed; null: there is none. */
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

// A profit whose time began anew since the last sync is nothing, and the worth of then its base (current-profit.ts).
const SUMMARY = {
  name: 'accounts.summary',
  text: `
    select trim_scale(coalesce(sum(btc_amount), 0)) as btc, trim_scale(coalesce(sum(usd_amount), 0)) as usd,
           trim_scale(coalesce(sum(day_profit_btc) filter (where profit_as_of >= $3), 0)) as "dayBtc",
           trim_scale(coalesce(sum(day_profit_usd) filter (where profit_as_of >= $3), 0)) as "dayUsd",
           trim_scale(coalesce(sum(case when profit_as_of >= $3 then day_base_btc
                             when balances_synced_at < $3 then btc_amount end), 0)) as "dayBaseBtc",
           trim_scale(coalesce(sum(case when profit_as_of >= $3 then day_base_usd
                             when balances_synced_at < $3 then usd_amount end), 0)) as "dayBaseUsd",
           trim_scale(coalesce(sum(btc_profit) filter (where profit_as_of > $4), 0)) as "monthBtc",
           trim_scale(coalesce(sum(usd_profit) filter (where profit_as_of > $4), 0)) as "monthUsd",
           trim_scale(coalesce(sum(case when profit_as_of > $4 then month_base_btc
                             when balances_synced_at <= $4 then btc_amount end), 0)) as "monthBaseBtc",
           trim_scale(coalesce(sum(case when profit_as_of > $4 then month_base_usd
                             when balances_synced_at <= $4 then usd_amount end), 0)) as "monthBaseUsd",
           trim_scale(coalesce(sum(total_btc_profit), 0)) as "totalBtc", trim_scale(coalesce(sum(total_usd_profit), 0)) as "totalUsd",
           coalesce(array_agg(distinct market_code), '{}') as "marketCodes",
           min(created_at) as "createdAt", max(updated_at) as "updatedAt"
      from accounts
     where tenant_id = $1 and mode = $2 and removed_at is null and is_connected and include_in_summary`,
};

type Amounts<Name extends string> = Readonly<Record<`${Name}${'Btc' | 'Usd'}`, DecimalString>>;

type SummaryRow = Pick<AccountSummary, 'btc' | 'usd' | 'marketCodes' | 'createdAt' | 'updatedAt'> &
  Amounts<'day' | 'dayBase' | 'month' | 'monthBase' | 'total'>;

export const createSummaryStore = (session: TenantSession) => ({
  async read(mode: AccountMode, now: Date): Promise<AccountSummary> {
    const [row] = await session.query<SummaryRow>(SUMMARY, [
      session.tenantId,
      mode,
      dayStart(now),
      monthStart(now),
    ]);
    if (row === undefined) throw new Error('the summary returned no row');
    const { btc, usd, marketCodes, createdAt, updatedAt } = row;
    return {
      btc,
      usd,
      day: toProfit(worth(row.dayBtc, row.dayUsd), worth(row.dayBaseBtc, row.dayBaseUsd)),
      month: toProfit(worth(row.monthBtc, row.monthUsd), worth(row.monthBaseBtc, row.monthBaseUsd)),
      total: worth(row.totalBtc, row.totalUsd),
      marketCodes,
      createdAt,
      updatedAt,
    };
  },
});

const worth = (btc: DecimalString, usd: DecimalString): Worth => ({ btc, usd });
