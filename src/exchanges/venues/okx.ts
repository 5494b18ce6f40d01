/** OKX: one unified trading account per key, shown as a spot and as a futures market code; keys have a passphrase. */
import type { AccountFlags, Venue } from '../venue.ts';

const SPOT: AccountFlags = {
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
};

export const okx: Venue = {
  id: 'okx',
  ccxtId: 'okx',
  displayName: 'OKX',
  aliases: ['okex'],
  requiredFields: ['apiKey', 'secret', 'passphrase'],
  testMarkets: ['okex', 'okex_futures'],
  markets: [
    {
      code: 'okex',
      aliases: ['okx'],
      exchangeName: 'OKX Spot',
      prettyDisplayType: 'Okex',
      marketIcon: '/icons/okx.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
    {
      code: 'okex_futures',
      aliases: ['okx_futures'],
      exchangeName: 'OKX Futures',
      prettyDisplayType: 'OkexFutures',
      marketIcon: '/icons/okx.svg',
      supportedMarketTypes: ['futures'],
      flags: {
        ...SPOT,
        hedgeModeAvailable: true,
        botsTslAllowed: true,
        fastConvertAvailable: false,
        depositEnabled: false,
      },
    },
  ],
};
