/** Paper trading: accounts of a simulated venue that needs no keys; each starts with the same play money. */
import type { Venue } from '../venue.ts';

export const paperTrading: Venue = {
  id: 'paper_trading',
  // The simulated venue speaks this exchange's wire.
  ccxtId: 'binance',
  displayName: 'Paper trading',
  aliases: [],
  requiredFields: [],
  markets: [
    {
      code: 'paper_trading',
      aliases: [],
      exchangeName: 'Paper Account',
      prettyDisplayType: 'PaperTrading',
      marketIcon: '/icons/paper_trading.svg',
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
        // There is no chain or bank behind play money.
        depositEnabled: false,
        availableIncludeInSummary: true,
      },
    },
  ],
};
