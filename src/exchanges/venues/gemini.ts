/** Gemini: the spot wallet of one account of a group; keys of a whole group are not accepted. */
import type { Venue } from '../venue.ts';

export const gemini: Venue = {
  id: 'gemini',
  ccxtId: 'gemini',
  withoutTrades: true,
  displayName: 'Gemini',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['gemini'],
  markets: [
    {
      code: 'gemini',
      aliases: [],
      exchangeName: 'Gemini',
      prettyDisplayType: 'Gemini',
      marketIcon: '/icons/gemini.svg',
      supportedMarketTypes: ['spot'],
      flags: {
        hedgeModeAvailable: false,
        smartTradingSupported: true,
        statsSupported: true,
        tradingSupported: true,
        marketBuySupported: false,
        marketSellSupported: false,
        conditionalBuySupported: true,
        botsAllowed: true,
        botsTtpAllowed: true,
        botsTslAllowed: false,
        multiBotsAllowed: true,
        fastConvertAvailable: false,
        gridBotsAllowed: true,
        gordonBotsAvailable: false,
        depositEnabled: true,
        availableIncludeInSummary: true,
      },
    },
  ],
};
