/** The flags of an account that is an address on a public chain: it is looked at and valued, and nothing more. */
import type { AccountFlags } from '../venue.ts';

export const WATCHED_ADDRESS: AccountFlags = {
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
  availableIncludeInSummary: true,
};
