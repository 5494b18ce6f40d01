/** Coinbase Exchange, once GDAX and Coinbase Pro: the spot wallets of a profile; keys have a passphrase. */
import type { Venue } from '../venue.ts';

export const coinbase: Venue = {
  id: 'coinbase',
  ccxtId: 'coinbaseexchange',
  displayName: 'Coinbase Exchange',
  aliases: ['gdax'],
  requiredFields: ['apiKey', 'secret', 'passphrase'],
  testMarkets: ['coinbase'],
  markets: [
    {
      code: 'coinbase',
      aliases: ['gdax'],
      exchangeName: 'Coinbase Exchange',
      prettyDisplayType: 'Gdax',
      marketIcon: '/icons/coinbase.svg',
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
        depositEnabled: false,
        availableIncludeInSummary: true,
      },
    },
  ],
};
