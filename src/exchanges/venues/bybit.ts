/** Bybit: one unified account holds the funds of every market code; each code shows another part of what it trades. */
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

/** The unified account as a whole. */
const UNIFIED: AccountFlags = { ...FUTURES, depositEnabled: true };

export const bybit: Venue = {
  id: 'bybit',
  ccxtId: 'bybit',
  displayName: 'Bybit',
  aliases: [],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['bybit', 'bybit_spot', 'bybit_usdt_perpetual'],
  markets: [
    {
      code: 'bybit',
      aliases: [],
      exchangeName: 'Bybit',
      prettyDisplayType: 'Bybit',
      marketIcon: '/icons/bybit.svg',
      supportedMarketTypes: ['spot', 'futures'],
      flags: UNIFIED,
    },
    {
      code: 'bybit_spot',
      aliases: [],
      exchangeName: 'Bybit Spot',
      prettyDisplayType: 'BybitSpot',
      marketIcon: '/icons/bybit.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
    {
      code: 'bybit_usdt_perpetual',
      aliases: [],
      exchangeName: 'Bybit Futures USDT-M',
      prettyDisplayType: 'BybitUsdtPerpetual',
      marketIcon: '/icons/bybit.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
  ],
};
