/** Bitget: spot and USDT futures wallets of one key; keys have a passphrase. */
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

const FUTURES: AccountFlags = {
  ...SPOT,
  hedgeModeAvailable: true,
  botsTslAllowed: true,
  fastConvertAvailable: false,
  depositEnabled: false,
};

export const bitget: Venue = {
  id: 'bitget',
  ccxtId: 'bitget',
  withoutTrades: true,
  displayName: 'Bitget',
  aliases: [],
  requiredFields: ['apiKey', 'secret', 'passphrase'],
  testMarkets: ['bitget', 'bitget_usdt_futures'],
  markets: [
    {
      code: 'bitget',
      aliases: [],
      exchangeName: 'Bitget Spot',
      prettyDisplayType: 'Bitget',
      marketIcon: '/icons/bitget.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
    {
      code: 'bitget_usdt_futures',
      aliases: [],
      exchangeName: 'Bitget Futures USDT-M',
      prettyDisplayType: 'BitgetUsdtFutures',
      marketIcon: '/icons/bitget.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
  ],
};
