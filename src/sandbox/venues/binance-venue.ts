/** Binance as a declaration: hosts, routes, rules of its markets. */
import { listContracts } from '../contract-list.ts';
import { createMarketFeed } from '../market-feed.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { spotAccountRoutes } from './binance-account.ts';
import { INVERSE, LINEAR, futuresRoutes } from './binance-futures.ts';
import { spotMarketRoutes } from './binance-markets.ts';
import { authenticateBinance, binanceErrors, binanceKeyOf } from './binance-signature.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'USDC', 'BTC', 'ETH', 'BNB', 'EUR', 'FDUSD'],
  priceDigits: 5,
  minPriceDecimals: 2,
  maxPriceDecimals: 8,
  maxLotDecimals: 5,
  without: ['USD', 'GBP', 'PYUSD'],
};

export const createBinanceVenue = (world: World): Venue => {
  const spot = world.spotFeed(RULES);
  const linear = createMarketFeed(listContracts(world.assets, RULES, 'USDT'), world.walk);
  const inverse = createMarketFeed(listContracts(world.assets, RULES, 'USD'), world.walk);
  return {
    id: 'binance',
    hosts: {
      'api.binance.com': ['/api/', '/sapi/'],
      'fapi.binance.com': ['/fapi/'],
      'dapi.binance.com': ['/dapi/'],
      'eapi.binance.com': ['/eapi/'],
    },
    routes: new Map([
      ...spotMarketRoutes(spot),
      ...spotAccountRoutes(spot),
      ...futuresRoutes(LINEAR, linear),
      ...futuresRoutes(INVERSE, inverse),
    ]),
    apiKeyOf: binanceKeyOf,
    authenticate: (request) => authenticateBinance(world.ledger, request),
    errors: binanceErrors,
  };
};
