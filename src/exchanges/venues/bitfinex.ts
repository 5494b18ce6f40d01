/** Bitfinex: the exchange wallet of an account; every call of a key carries a nonce that must grow. */
import type { Venue } from '../venue.ts';

export const bitfinex: Venue = {
  id: 'bitfinex',
  ccxtId: 'bitfinex',
  displayName: 'Bitfinex',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  markets: [
    {
      code: 'bitfinex',
      aliases: [],
      exchangeName: 'Bitfinex',
      prettyDisplayType: 'Bitfinex',
      marketIcon: '/icons/bitfinex.svg',
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
