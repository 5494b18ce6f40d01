/** Crypto.com Exchange: one wallet per key. */
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

export const cryptoCom: Venue = {
  id: 'crypto_com',
  ccxtId: 'cryptocom',
  withoutTrades: true,
  displayName: 'Crypto.com',
  aliases: ['cryptocom'],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['crypto_com'],
  markets: [
    {
      code: 'crypto_com',
      aliases: ['cryptocom'],
      exchangeName: 'Crypto.com',
      prettyDisplayType: 'CryptoCom',
      marketIcon: '/icons/crypto_com.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
  ],
};
