/** Coinbase Advanced as a declaration: host, routes, rules of its markets. */
import { createMarketIndex } from '../market-index.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { coinbaseAdvancedAccountRoutes } from './coinbase-advanced-account.ts';
import { BASE_DECIMALS, coinbaseAdvancedMarketRoutes, minCost } from './coinbase-advanced-markets.ts';
import { coinbaseAdvancedOrderRoutes } from './coinbase-advanced-orders.ts';
import {
  coinbaseAdvancedErrors,
  coinbaseAdvancedKeyOf,
  createCoinbaseAdvancedAuthenticator,
} from './coinbase-advanced-signature.ts';
import { productId } from './coinbase-names.ts';

const RULES: MarketRules = {
  quotes: ['USD', 'USDC', 'USDT', 'BTC', 'ETH', 'EUR', 'GBP'],
  priceDigits: 6,
  minPriceDecimals: 2,
  maxPriceDecimals: 10,
  maxLotDecimals: 8,
  without: ['FDUSD', 'TUSD', 'XMR'],
};

export const createCoinbaseAdvancedVenue = (world: World): Venue => {
  const feed = world.spotFeed(RULES);
  const index = createMarketIndex(feed, productId);
  const orders = world.spotOrders(feed, { feeIn: 'quote', amountDecimals: () => BASE_DECIMALS, minCost });
  return {
    id: 'coinbase_advanced',
    hosts: { 'api.coinbase.com': ['/v2/', '/api/v3/'] },
    routes: new Map([
      ...coinbaseAdvancedMarketRoutes(feed, index),
      ...coinbaseAdvancedAccountRoutes(world),
      ...coinbaseAdvancedOrderRoutes(feed, index, orders),
    ]),
    apiKeyOf: coinbaseAdvancedKeyOf,
    authenticate: createCoinbaseAdvancedAuthenticator(world.ledger),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: coinbaseAdvancedErrors,
  };
};
