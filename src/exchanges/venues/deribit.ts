/** Deribit: one wallet per coin that backs spot trades, futures and options alike. */
import type { Venue } from '../venue.ts';

export const deribit: Venue = {
  id: 'deribit',
  ccxtId: 'deribit',
  withoutTrades: true,
  displayName: 'Deribit',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['deribit'],
  markets: [
    {
      code: 'deribit',
      aliases: [],
      exchangeName: 'Deribit',
      prettyDisplayType: 'Deribit',
      marketIcon: '/icons/deribit.svg',
      supportedMarketTypes: ['spot', 'futures'],
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
        botsTslAllowed: true,
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
