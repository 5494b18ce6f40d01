/** Poloniex: the spot wallet of an account. */
import type { Venue } from '../venue.ts';

export const poloniex: Venue = {
  id: 'poloniex',
  ccxtId: 'poloniex',
  withoutTrades: true,
  displayName: 'Poloniex',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['poloniex'],
  markets: [
    {
      code: 'poloniex',
      aliases: [],
      exchangeName: 'Poloniex',
      prettyDisplayType: 'Poloniex',
      marketIcon: '/icons/poloniex.svg',
      supportedMarketTypes: ['spot'],
      flags: {
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
      },
    },
  ],
};
