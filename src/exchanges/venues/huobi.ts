/** HTX, known to callers by its former name Huobi: the spot wallet of a key. */
import type { AccountFlags, Venue } from '../venue.ts';

const SPOT: AccountFlags = {
  hedgeModeAvailable: false,
  smartTradingSupported: true,
  statsSupported: true,
  tradingSupported: true,
  marketBuySupported: true,
  marketSellSupported: true,
  conditionalBuySupported: true,
  botsAllowed: true,
  botsTtpAllowed: true,
  botsTslAllowed: false,
  multiBotsAllowed: true,
  fastConvertAvailable: true,
  gridBotsAllowed: true,
  gordonBotsAvailable: false,
  depositEnabled: true,
  availableIncludeInSummary: true,
};

export const huobi: Venue = {
  id: 'huobi',
  ccxtId: 'htx',
  withoutTrades: true,
  displayName: 'HTX',
  aliases: ['htx'],
  requiredFields: ['apiKey', 'secret'],
  markets: [
    {
      code: 'huobi',
      aliases: ['htx'],
      exchangeName: 'HTX',
      prettyDisplayType: 'Huobi',
      marketIcon: '/icons/huobi.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
  ],
};
