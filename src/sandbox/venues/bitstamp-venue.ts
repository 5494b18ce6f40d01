/** Bitstamp as a declaration: host, routes, rules of its markets. */
import { createMarketIndex } from '../market-index.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { bitstampAccountRoutes } from './bitstamp-account.ts';
import { BASE_DECIMALS, bitstampMarketRoutes, minCost } from './bitstamp-markets.ts';
import { pairId } from './bitstamp-names.ts';
import { bitstampOrderRoutes } from './bitstamp-orders.ts';
import { bitstampErrors, bitstampKeyOf, createBitstampAuthenticator } from './bitstamp-signature.ts';

const RULES: MarketRules = {
  quotes: ['USD', 'EUR', 'BTC', 'USDT', 'GBP', 'ETH', 'USDC'],
  priceDigits: 6,
  minPriceDecimals: 0,
  maxPriceDecimals: 8,
  maxLotDecimals: 8,
  without: ['FDUSD', 'TUSD', 'BNB', 'XMR'],
};

export const createBitstampVenue = (world: World): Venue => {
  const feed = world.spotFeed(RULES);
  const index = createMarketIndex(feed, pairId);
  const orders = world.spotOrders(feed, { feeIn: 'quote', amountDecimals: () => BASE_DECIMALS, minCost });
  return {
    id: 'bitstamp',
    hosts: { 'www.bitstamp.net': ['/api/v2/'] },
    routes: new Map([
      ...bitstampMarketRoutes(feed, index),
      ...bitstampAccountRoutes(world, feed, index),
      ...bitstampOrderRoutes(index, orders),
    ]),
    apiKeyOf: bitstampKeyOf,
    authenticate: createBitstampAuthenticator(world.ledger),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: bitstampErrors,
  };
};
