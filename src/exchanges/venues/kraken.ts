/** Kraken: one spot wallet per key; signatures carry a nonce that must grow with every call of the key. */
import type { Venue } from '../venue.ts';

export const kraken: Venue = {
  id: 'kraken',
  ccxtId: 'kraken',
  displayName: 'Kraken',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  markets: [
    {
      code: 'kraken',
      aliases: [],
      exchangeName: 'Kraken',
      prettyDisplayType: 'Kraken',
      marketIcon: '/icons/kraken.svg',
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
