/** The pseudo-account `summary` on /ver1: an account record of the sums, with nothing to connect or trade on. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { AccountFlags, VenueMarket } from '../../exchanges/venue.ts';
import type { AccountMode } from '../../auth/actor.ts';
import type { Account } from '../../features/accounts/account.ts';
import type { AccountSummary } from '../../features/accounts/summary-store.ts';
import { accountSchema, toAccountWire } from './account-wire.ts';

/** No account has it: it keeps the type that clients know. */
export const SUMMARY_ID = 0;

export const SUMMARY_ICON = '/icons/summary.svg';

export const summarySchema = accountSchema
  .extend({ id: z.literal(SUMMARY_ID), auto_balance_portfolio: z.null() })
  .meta({ id: 'AccountSummary' });

const FLAGS: AccountFlags = {
  hedgeModeAvailable: false,
  smartTradingSupported: false,
  statsSupported: true,
  tradingSupported: false,
  marketBuySupported: false,
  marketSellSupported: false,
  conditionalBuySupported: false,
  botsAllowed: false,
  botsTtpAllowed: false,
  botsTslAllowed: false,
  multiBotsAllowed: false,
  fastConvertAvailable: false,
  gridBotsAllowed: false,
  gordonBotsAvailable: false,
  depositEnabled: false,
  availableIncludeInSummary: false,
};

/** `now` dates a summary of no accounts. */
export const toSummaryWire = (
  summary: AccountSummary,
  mode: AccountMode,
  now: Date,
  catalog: Pick<Catalog, 'getMarket'>,
  iconUrl: (path: string) => string,
): z.input<typeof summarySchema> => {
  const types = summary.marketCodes.flatMap((code) => catalog.getMarket(code).market.supportedMarketTypes);
  const market: VenueMarket = {
    code: 'summary',
    aliases: [],
    exchangeName: 'Summary',
    prettyDisplayType: 'Summary',
    marketIcon: SUMMARY_ICON,
    supportedMarketTypes: [...new Set(types)],
    flags: FLAGS,
  };
  return {
    ...toAccountWire(toAccount(summary, mode, now), { market }, iconUrl),
    id: SUMMARY_ID,
    auto_balance_portfolio: null,
  };
};

const toAccount = (summary: AccountSummary, mode: AccountMode, now: Date): Account => ({
  id: SUMMARY_ID,
  credentialId: null,
  marketCode: 'summary',
  name: 'Summary',
  mode,
  keyPrefix: null,
  keySuffix: null,
  address: null,
  customerId: null,
  subaccountName: null,
  hedgeModeEnabled: false,
  autobalanceEnabled: false,
  autoBalancePeriod: 24,
  autoBalancePortfolioId: null,
  autoBalanceMethod: null,
  autoBalanceCurrencyChangeLimit: null,
  autoBalanceError: null,
  lastAutoBalance: null,
  isLocked: false,
  lockReason: null,
  apiKeyInvalid: false,
  apiKeysState: 'ok',
  includeInSummary: false,
  ...amountsOf(summary),
  profitAsOf: null,
  createdAt: summary.createdAt ?? now,
  updatedAt: summary.updatedAt ?? now,
});

const amountsOf = ({ btc, usd, day, month, total }: AccountSummary) => ({
  btcAmount: btc,
  usdAmount: usd,
  dayProfitBtc: day.btc,
  dayProfitUsd: day.usd,
  dayProfitBtcPercentage: day.btcPercentage,
  dayProfitUsdPercentage: day.usdPercentage,
  btcProfit: month.btc,
  usdProfit: month.usd,
  btcProfitPercentage: month.btcPercentage,
  usdProfitPercentage: month.usdPercentage,
  totalBtcProfit: total.btc,
  totalUsdProfit: total.usd,
});
