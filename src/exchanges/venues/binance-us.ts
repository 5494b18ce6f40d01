/** Binance.US: an exchange of its own that speaks Binance's spot API; no margin, no futures, no BNB burn. */
import type { Venue } from '../venue.ts';

export const binanceUs: Venue = {
  id: 'binance_us',
  ccxtId: 'binanceus',
  displayName: 'Binance.US',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  extras: ['dustAssets'],
  markets: [
    {
      code: 'binance_us',
      aliases: ['binanceus'],
      exchangeName: 'Binance.US',
      prettyDisplayType: 'BinanceUs',
      marketIcon: '/icons/binance_us.svg',
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
        fastConvertAvailable: false,
        gridBotsAllowed: true,
        gordonBotsAvailable: false,
        depositEnabled: true,
        availableIncludeInSummary: true,
      },
    },
  ],
};
