/** Chart answers on /ver1: their schemas and the only mapping to them. */
import { z } from 'zod';
import type { ChartPoint } from '../../features/charts/equity-chart-store.ts';
import type { Holding, Share } from '../../features/charts/holding-store.ts';
import { isDecimalString } from '../../shared/money.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';

export const CURRENCY_ICON = '/icons/currency.svg';

const decimal = () => z.string().refine(isDecimalString).meta({ pattern: '^-?\\d+(\\.\\d+)?$' });

export const pieChartSchema = z.array(
  z
    .strictObject({
      code: z.string(),
      coinmarketcapid: z.string().nullable(),
      name: z.string(),
      y: exactNumber(),
      percentage: exactNumber(),
      amount: exactNumber(),
      btc_value: decimal(),
      usd_value: decimal(),
      primary_display_currency: z.strictObject({ currency: z.literal('USD'), amount: decimal() }),
      account_id: z.int().nonnegative(),
    })
    .meta({ id: 'PieChartSlice' }),
);

export const accountTableSchema = z.array(
  z
    .strictObject({
      currency_code: z.string(),
      currency_name: z.string(),
      currency_icon: z.string(),
      currency_slug: z.string(),
      percentage: exactNumber(),
      position: exactNumber(),
      position_available: exactNumber(),
      position_type: exactNumber(),
      borrowed: exactNumber(),
      on_orders: exactNumber(),
      on_orders_with_leverage: exactNumber(),
      on_orders_long: exactNumber(),
      on_orders_short: exactNumber(),
      equity: exactNumber(),
      current_price: exactNumber(),
      current_price_usd: exactNumber(),
      day_change_percent: exactNumber(),
      day_change_percent_btc: exactNumber(),
      day_change_percent_usd: exactNumber(),
      btc_value: exactNumber(),
      usd_value: exactNumber(),
      available_long: exactNumber(),
      available_short: exactNumber(),
      available_with_leverage_long: exactNumber(),
      available_with_leverage_short: exactNumber(),
      account_id: z.int().nonnegative(),
      is_wallet: z.boolean(),
    })
    .meta({ id: 'AccountTableRow' }),
);

export const balanceChartSchema = z.array(
  z
    .strictObject({
      date: z.int().describe('Whole seconds since 1970-01-01T00:00:00Z'),
      usd: exactNumber(),
      btc: exactNumber(),
      btc_deposit_amount: exactNumber().describe('Deposits less withdrawals since the point before'),
      usd_deposit_amount: exactNumber().describe('Deposits less withdrawals since the point before'),
    })
    .meta({ id: 'BalanceChartPoint' }),
);

/** Venues tell codes alone, so a code is the name too; nobody told us what another company numbers it. */
export const toPieSlice = (share: Share, accountId: number) => ({
  code: share.asset,
  coinmarketcapid: null,
  name: share.asset,
  y: toExactNumber(share.percentage),
  percentage: toExactNumber(share.percentage),
  amount: toExactNumber(share.total),
  btc_value: share.btcValue,
  usd_value: share.usdValue,
  primary_display_currency: { currency: 'USD' as const, amount: share.usdValue },
  account_id: accountId,
});

// What is not kept per asset (orders and reach of contracts) is nothing, as on a spot account.
const ZERO = toExactNumber('0');

/** `day_change_percent` is the change in BTC, as in the reference's example. */
export const toTableRow = (holding: Holding, accountId: number, isWallet: boolean, icon: string) => {
  const btcChange = toExactNumber(holding.btcChange);
  return {
    currency_code: holding.asset,
    currency_name: holding.asset,
    currency_icon: icon,
    currency_slug: holding.asset.toLowerCase(),
    percentage: toExactNumber(holding.percentage),
    position: toExactNumber(holding.total),
    position_available: toExactNumber(holding.free),
    position_type: ZERO,
    borrowed: toExactNumber(holding.borrowed),
    on_orders: toExactNumber(holding.locked),
    on_orders_with_leverage: ZERO,
    on_orders_long: ZERO,
    on_orders_short: ZERO,
    equity: toExactNumber(holding.total),
    current_price: toExactNumber(holding.btcPrice),
    current_price_usd: toExactNumber(holding.usdPrice),
    day_change_percent: btcChange,
    day_change_percent_btc: btcChange,
    day_change_percent_usd: toExactNumber(holding.usdChange),
    btc_value: toExactNumber(holding.btcValue),
    usd_value: toExactNumber(holding.usdValue),
    available_long: ZERO,
    available_short: ZERO,
    available_with_leverage_long: ZERO,
    available_with_leverage_short: ZERO,
    account_id: accountId,
    is_wallet: isWallet,
  };
};

export const toChartPoint = (point: ChartPoint) => ({
  date: Math.floor(point.at.getTime() / 1_000),
  usd: toExactNumber(point.usd),
  btc: toExactNumber(point.btc),
  btc_deposit_amount: toExactNumber(point.btcDeposits),
  usd_deposit_amount: toExactNumber(point.usdDeposits),
});
