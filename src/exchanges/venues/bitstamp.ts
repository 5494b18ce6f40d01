/** Bitstamp: one spot wallet per account; callers name the account by its customer id beside the key. */
import type { Venue } from '../venue.ts';

export const bitstamp: Venue = {
  id: 'bitstamp',
  ccxtId: 'bitstamp',
  displayName: 'Bitstamp',
  aliases: [],
  requiredFields: ['apiKey', 'secret', 'customerId'],
  markets: [
    {
      code: 'bitstamp',
      aliases: [],
      exchangeName: 'Bitstamp',
      prettyDisplayType: 'Bitstamp',
      marketIcon: '/icons/bitstamp.svg',
      supportedMarketTypes: ['spot'],
      flags: {
        hedgeModeAvailable: false,
        smartTradingSupported: true,
        statsSupported: true,
        tradingSupported: true,
        marketBuySupported: true,
        marketSellSupported: true,
        conditionalBuySupported: false,
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
