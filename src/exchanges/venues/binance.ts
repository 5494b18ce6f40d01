/** Binance: one key pair opens the spot, cross margin, USDⓈ-M and COIN-M wallets, each a market code of its own. */
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
  gordonBotsAvailable: true,
  depositEnabled: true,
  availableIncludeInSummary: true,
};

const MARGIN: AccountFlags = {
  ...SPOT,
  fastConvertAvailable: false,
  gridBotsAllowed: false,
  gordonBotsAvailable: false,
  depositEnabled: false,
};

const FUTURES: AccountFlags = {
  ...SPOT,
  hedgeModeAvailable: true,
  botsTslAllowed: true,
  fastConvertAvailable: false,
  gordonBotsAvailable: false,
  depositEnabled: false,
};

export const binance: Venue = {
  id: 'binance',
  ccxtId: 'binance',
  displayName: 'Binance',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  extras: ['bnbBurn', 'dustAssets'],
  // The wallet API, and with it margin, is not there; of its futures ccxt says that they are given up.
  testMarkets: ['binance'],
  markets: [
    {
      code: 'binance',
      aliases: [],
      exchangeName: 'Binance Spot',
      prettyDisplayType: 'Binance',
      marketIcon: '/icons/binance.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
    {
      code: 'binance_margin',
      aliases: [],
      exchangeName: 'Binance Margin',
      prettyDisplayType: 'BinanceMargin',
      marketIcon: '/icons/binance.svg',
      supportedMarketTypes: ['margin'],
      flags: MARGIN,
    },
    {
      code: 'binance_futures',
      aliases: [],
      exchangeName: 'Binance Futures USDT-M',
      prettyDisplayType: 'BinanceFutures',
      marketIcon: '/icons/binance.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
    {
      code: 'binance_futures_coin',
      aliases: [],
      exchangeName: 'Binance Futures COIN-M',
      prettyDisplayType: 'BinanceFuturesCoin',
      marketIcon: '/icons/binance.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
  ],
};
