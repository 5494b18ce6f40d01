/** The Account entity on /ver1: its schema and the only mapping to it. Key order and JSON types are the contract's. */
import { z } from 'zod';
import type { CatalogEntry } from '../../exchanges/catalog.ts';
import type { Account } from '../../features/accounts/account.ts';
import { type DecimalString, isDecimalString } from '../../shared/money.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { autoBalancePortfolioSchema } from './portfolio-wire.ts';

const decimal = () => z.string().refine(isDecimalString).meta({ pattern: '^-?\\d+(\\.\\d+)?$' });
const displayAmount = () => z.strictObject({ currency: z.literal('USD'), amount: decimal() });

export const accountSchema = z
  .strictObject({
    id: z.int().positive().max(2_147_483_647),
    name: z.string(),
    exchange_name: z.string(),
    market_icon: z.string(),
    market_code: z.string(),
    auto_balance_period: z.int(),
    auto_balance_portfolio_id: z.int().nullable(),
    auto_balance_currency_change_limit: decimal().nullable(),
    auto_balance_method: z.enum(['time', 'currency_change']).nullable(),
    autobalance_enabled: z.boolean(),
    auto_balance_error: z.string().nullable(),
    last_auto_balance: z.iso.datetime().nullable(),
    hedge_mode_available: z.boolean(),
    hedge_mode_enabled: z.boolean(),
    is_locked: z.boolean(),
    lock_reason: z.string().nullable(),
    smart_trading_supported: z.boolean(),
    stats_supported: z.boolean(),
    trading_supported: z.boolean(),
    market_buy_supported: z.boolean(),
    market_sell_supported: z.boolean(),
    conditional_buy_supported: z.boolean(),
    bots_allowed: z.boolean(),
    bots_ttp_allowed: z.boolean(),
    bots_tsl_allowed: z.boolean(),
    gordon_bots_available: z.boolean(),
    multi_bots_allowed: z.boolean(),
    available_for_trading: z.strictObject({}),
    fast_convert_available: z.boolean(),
    grid_bots_allowed: z.boolean(),
    api_key: z.string(),
    api_key_invalid: z.boolean(),
    api_keys_state: z.enum(['ok', 'expired', 'expire_soon']),
    deposit_enabled: z.boolean(),
    available_include_in_summary: z.boolean(),
    include_in_summary: z.boolean(),
    supported_market_types: z.array(z.string()),
    customer_id: z.string().nullable(),
    subaccount_name: z.string().nullable(),
    btc_amount: decimal(),
    usd_amount: decimal(),
    day_profit_btc: decimal(),
    day_profit_usd: decimal(),
    day_profit_btc_percentage: exactNumber(),
    day_profit_usd_percentage: exactNumber(),
    btc_profit: exactNumber(),
    usd_profit: exactNumber(),
    btc_profit_percentage: exactNumber(),
    usd_profit_percentage: exactNumber(),
    total_btc_profit: exactNumber(),
    total_usd_profit: exactNumber(),
    pretty_display_type: z.string(),
    primary_display_currency_amount: displayAmount(),
    primary_display_currency_profit: displayAmount(),
    primary_display_currency_profit_percentage: displayAmount(),
    day_profit_primary_display_currency: displayAmount(),
    day_profit_primary_display_currency_percentage: displayAmount(),
    total_primary_display_currency_profit: z.strictObject({
      currency: z.literal('USD'),
      amount: exactNumber(),
    }),
    address: z.string().optional(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Account' });

export const accountWithPortfolioSchema = accountSchema
  .extend({ auto_balance_portfolio: autoBalancePortfolioSchema.nullable() })
  .meta({ id: 'AccountWithPortfolio' });

export type AccountWire = z.input<typeof accountSchema>;

/** `iconUrl` makes a link of a catalog's icon path. */
export const toAccountWire = (
  account: Account,
  { market }: Pick<CatalogEntry, 'market'>,
  iconUrl: (path: string) => string,
): AccountWire => {
  const { flags } = market;
  return {
    id: account.id,
    name: account.name,
    exchange_name: market.exchangeName,
    market_icon: iconUrl(market.marketIcon),
    market_code: account.marketCode,
    auto_balance_period: account.autoBalancePeriod,
    auto_balance_portfolio_id: account.autoBalancePortfolioId,
    auto_balance_currency_change_limit: account.autoBalanceCurrencyChangeLimit,
    auto_balance_method: account.autoBalanceMethod,
    autobalance_enabled: account.autobalanceEnabled,
    auto_balance_error: account.autoBalanceError,
    last_auto_balance: account.lastAutoBalance?.toISOString() ?? null,
    hedge_mode_available: flags.hedgeModeAvailable,
    hedge_mode_enabled: account.hedgeModeEnabled,
    is_locked: account.isLocked,
    lock_reason: account.lockReason,
    smart_trading_supported: flags.smartTradingSupported,
    stats_supported: flags.statsSupported,
    trading_supported: flags.tradingSupported,
    market_buy_supported: flags.marketBuySupported,
    market_sell_supported: flags.marketSellSupported,
    conditional_buy_supported: flags.conditionalBuySupported,
    bots_allowed: flags.botsAllowed,
    bots_ttp_allowed: flags.botsTtpAllowed,
    bots_tsl_allowed: flags.botsTslAllowed,
    gordon_bots_available: flags.gordonBotsAvailable,
    multi_bots_allowed: flags.multiBotsAllowed,
    available_for_trading: {},
    fast_convert_available: flags.fastConvertAvailable,
    grid_bots_allowed: flags.gridBotsAllowed,
    api_key: maskedKey(account),
    api_key_invalid: account.apiKeyInvalid,
    api_keys_state: account.apiKeysState,
    deposit_enabled: flags.depositEnabled,
    available_include_in_summary: flags.availableIncludeInSummary,
    include_in_summary: account.includeInSummary,
    supported_market_types: [...market.supportedMarketTypes],
    customer_id: account.customerId,
    subaccount_name: account.subaccountName,
    ...amounts(account),
    pretty_display_type: market.prettyDisplayType,
    ...displayAmounts(account),
    ...(account.address !== null && { address: account.address }),
    created_at: account.createdAt.toISOString(),
    updated_at: account.updatedAt.toISOString(),
  };
};

const amounts = (account: Account) => ({
  btc_amount: account.btcAmount,
  usd_amount: account.usdAmount,
  day_profit_btc: account.dayProfitBtc,
  day_profit_usd: account.dayProfitUsd,
  day_profit_btc_percentage: toExactNumber(account.dayProfitBtcPercentage),
  day_profit_usd_percentage: toExactNumber(account.dayProfitUsdPercentage),
  btc_profit: toExactNumber(account.btcProfit),
  usd_profit: toExactNumber(account.usdProfit),
  btc_profit_percentage: toExactNumber(account.btcProfitPercentage),
  usd_profit_percentage: toExactNumber(account.usdProfitPercentage),
  total_btc_profit: toExactNumber(account.totalBtcProfit),
  total_usd_profit: toExactNumber(account.totalUsdProfit),
});

const usd = (amount: DecimalString) => ({ currency: 'USD' as const, amount });

const displayAmounts = (account: Account) => ({
  primary_display_currency_amount: usd(account.usdAmount),
  primary_display_currency_profit: usd(account.usdProfit),
  primary_display_currency_profit_percentage: usd(account.usdProfitPercentage),
  day_profit_primary_display_currency: usd(account.dayProfitUsd),
  day_profit_primary_display_currency_percentage: usd(account.dayProfitUsdPercentage),
  total_primary_display_currency_profit: {
    currency: 'USD' as const,
    amount: toExactNumber(account.totalUsdProfit),
  },
});

/** The ends of the key tell its owner which one it is; accounts without a key have an empty one. */
const maskedKey = ({ keyPrefix, keySuffix }: Account): string =>
  keyPrefix === null || keyPrefix === '' ? '' : `${keyPrefix}••••••••${keySuffix ?? ''}`;
