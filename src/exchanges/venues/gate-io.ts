/** Gate: one key opens the spot wallet and the perpetual wallets settled in USDT and in BTC. */
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

export const gateIo: Venue = {
  id: 'gate_io',
  ccxtId: 'gate',
  displayName: 'Gate.io',
  aliases: ['gate'],
  requiredFields: ['apiKey', 'secret'],
  testMarkets: ['gate_io', 'gate_io_usdt_perpetual'],
  markets: [
    {
      code: 'gate_io',
      aliases: ['gateio', 'gate'],
      exchangeName: 'Gate.io Spot',
      prettyDisplayType: 'GateIo',
      marketIcon: '/icons/gate_io.svg',
      supportedMarketTypes: ['spot'],
      flags: SPOT,
    },
    {
      code: 'gate_io_usdt_perpetual',
      aliases: [],
      exchangeName: 'Gate.io Futures USDT-M',
      prettyDisplayType: 'GateIoUsdtPerpetual',
      marketIcon: '/icons/gate_io.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
    {
      code: 'gate_io_btc_perpetual',
      aliases: [],
      exchangeName: 'Gate.io Futures BTC-M',
      prettyDisplayType: 'GateIoBtcPerpetual',
      marketIcon: '/icons/gate_io.svg',
      supportedMarketTypes: ['futures'],
      flags: FUTURES,
    },
  ],
};
