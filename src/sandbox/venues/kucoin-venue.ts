/** KuCoin as a declaration: hosts, routes, rules of its markets. */
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { kucoinAccountRoutes } from './kucoin-account.ts';
import { kucoinMarketRoutes, leastFunds } from './kucoin-markets.ts';
import { kucoinOrderRoutes } from './kucoin-orders.ts';
import { authenticateKucoin, kucoinErrors, kucoinKeyOf } from './kucoin-signature.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'BTC', 'ETH', 'USDC', 'EUR'],
  priceDigits: 6,
  minPriceDecimals: 1,
  maxPriceDecimals: 10,
  maxLotDecimals: 8,
  without: ['USD', 'GBP', 'FDUSD'],
};

export const createKucoinVenue = (world: World): Venue => {
  const feed = world.spotFeed(RULES);
  const orders = world.spotOrders(feed, { minCost: leastFunds });
  return {
    id: 'kucoin',
    hosts: { 'api.kucoin.com': ['/api/'], 'api-futures.kucoin.com': ['/api/v1/contracts/'] },
    routes: new Map([
      ...kucoinMarketRoutes(world, feed),
      ...kucoinAccountRoutes(world, feed),
      ...kucoinOrderRoutes(feed, orders),
    ]),
    apiKeyOf: kucoinKeyOf,
    authenticate: (request) => authenticateKucoin(world.ledger, request),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: kucoinErrors,
  };
};
