/** Coinbase Advanced: the wallets of a Coinbase portfolio; a key is a name and a private key that signs tokens. */
import type { Venue } from '../venue.ts';

export const coinbaseAdvanced: Venue = {
  id: 'coinbase_advanced',
  ccxtId: 'coinbase',
  displayName: 'Coinbase Advanced',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  markets: [
    {
      code: 'coinbase_advanced',
      aliases: [],
      exchangeName: 'Coinbase Advanced',
      prettyDisplayType: 'CoinbaseAdvanced',
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
        depositEnabled: true,
        availableIncludeInSummary: true,
      },
    },
  ],
};
