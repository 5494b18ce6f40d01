/** Binance as a declaration: hosts, routes, rules of its markets. */
import { listContracts } from '../contract-list.ts';
import type { MarketRules } from '../market-list.ts';
import { type Venue, json, publicRoute } from '../venue.ts';
import type { World } from '../world.ts';
import { spotAccountRoutes, walletRoutes } from './binance-account.ts';
import { bnbBurnRoutes } from './binance-bnb-burn.ts';
import { capitalRoutes } from './binance-capital.ts';
import { binanceDustRoutes } from './binance-dust.ts';
import { createFuturesApi } from './binance-futures.ts';
import { spotMarketRoutes } from './binance-markets.ts';
import { spotOrderRoutes } from './binance-orders.ts';
import { authenticateBinance, binanceErrors, binanceKeyOf } from './binance-signature.ts';
import { minNotional } from './binance-symbols.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'USDC', 'BTC', 'ETH', 'BNB', 'EUR', 'FDUSD'],
  priceDigits: 5,
  minPriceDecimals: 2,
  maxPriceDecimals: 8,
  maxLotDecimals: 5,
  without: ['USD', 'GBP', 'PYUSD'],
};

/** Options are not simulated: an empty list is what an exchange without any would send. */
const optionsInfo = publicRoute((request) =>
  json(200, {
    timezone: 'UTC',
    serverTime: request.nowMs,
    optionContracts: [],
    optionAssets: [],
    optionSymbols: [],
    rateLimits: [],
  }),
);

export const createBinanceVenue = (world: World): Venue => {
  const spot = world.spotFeed(RULES);
  const orders = world.spotOrders(spot, { minCost: minNotional });
  const linear = createFuturesApi(world, 'fapi', listContracts(world.assets, RULES, 'USDT'));
  const inverse = createFuturesApi(world, 'dapi', listContracts(world.assets, RULES, 'USD'));
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
      // Of the account, whatever this key may do: the key's own rights are in apiRestrictions.
      ...spotAccountRoutes(spot, () => true),
      ...spotOrderRoutes(spot, orders),
      ...walletRoutes(spot),
      ...capitalRoutes(spot),
      ...bnbBurnRoutes,
      ...binanceDustRoutes(world),
      ...linear.routes,
      ...inverse.routes,
      ['GET /eapi/v1/exchangeInfo', optionsInfo],
    ]),
    apiKeyOf: binanceKeyOf,
    authenticate: (request) => authenticateBinance(world.ledger, 'binance', request),
    settle: (account, nowMs) => {
      for (const engine of [orders, linear.orders, inverse.orders]) engine.settle(account, nowMs);
    },
    errors: binanceErrors,
  };
};
