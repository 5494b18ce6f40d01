/** KuCoin: the trading account of a key; keys have a passphrase. */
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

export const kucoin: Venue = {
  id: 'kucoin',
  ccxtId: 'kucoin',
  displayName: 'KuCoin',
  aliases: [],
  requiredFields: ['apiKey', 'secret', 'passphrase'],
  markets: [
    {
      code: 'kucoin',
      aliases: [],
      exchangeName: 'KuCoin',
      prettyDisplayType: 'Kucoin',
      marketIcon: '/icons/kucoin.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
  ],
};
