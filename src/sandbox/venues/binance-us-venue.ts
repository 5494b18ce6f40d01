/** Binance.US as a declaration: Binance's spot API on hosts of its own, without margin, futures and BNB burn. */
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { spotAccountRoutes } from './binance-account.ts';
import { capitalRoutes } from './binance-capital.ts';
import { binanceUsDustRoutes } from './binance-dust.ts';
import { spotMarketRoutes } from './binance-markets.ts';
import { spotOrderRoutes } from './binance-orders.ts';
import { authenticateBinance, binanceErrors, binanceKeyOf } from './binance-signature.ts';
import { minNotional } from './binance-symbols.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'USD', 'BTC', 'USDC', 'ETH'],
  priceDigits: 5,
  minPriceDecimals: 2,
  maxPriceDecimals: 8,
  maxLotDecimals: 5,
  without: ['EUR', 'GBP', 'FDUSD', 'TUSD', 'PYUSD'],
};

export const createBinanceUsVenue = (world: World): Venue => {
  const spot = world.spotFeed(RULES);
  const orders = world.spotOrders(spot, { minCost: minNotional });
  return {
    id: 'binance_us',
    hosts: { 'api.binance.us': ['/api/', '/sapi/'] },
    routes: new Map([
      ...spotMarketRoutes(spot),
      // There is no call for the rights of a key: the account's flags are all that the venue tells.
      ...spotAccountRoutes(spot, (account) => account.permissions.has('withdraw')),
      ...spotOrderRoutes(spot, orders),
      ...capitalRoutes(spot),
      ...binanceUsDustRoutes(world),
    ]),
    apiKeyOf: binanceKeyOf,
    authenticate: (request) => authenticateBinance(world.ledger, 'binance_us', request),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: binanceErrors,
  };
};
