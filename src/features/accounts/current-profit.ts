/** An account's stored profits as they are to be read now: those whose time has begun anew since are nothing. Pure. */
import { dayStart, monthStart } from '../profit/profit.ts';
import type { Account } from './account.ts';

/**
 * Profits are stored at a sync. An account that was not synced since 00:00 UTC has had no change of the day: its last
 * snapshot is the base of the day too. The same holds for 30 days.
 */
export const withCurrentProfit = (account: Account, now: Date): Account => {
  const { profitAsOf } = account;
  return {
    ...account,
    ...(profitAsOf !== null && profitAsOf < dayStart(now) && NO_DAY_PROFIT),
    ...(profitAsOf !== null && profitAsOf <= monthStart(now) && NO_MONTH_PROFIT),
  };
};

const NO_DAY_PROFIT = {
  dayProfitBtc: '0',
  dayProfitUsd: '0',
  dayProfitBtcPercentage: '0',
  dayProfitUsdPercentage: '0',
};

const NO_MONTH_PROFIT = {
  btcProfit: '0',
  usdProfit: '0',
  btcProfitPercentage: '0',
  usdProfitPercentage: '0',
};
