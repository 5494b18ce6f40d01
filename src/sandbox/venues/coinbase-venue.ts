/** Coinbase Exchange as a declaration: host, routes, rules of its markets. */
import { createMarketIndex } from '../market-index.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { coinbaseAccountRoutes } from './coinbase-account.ts';
import { BASE_DECIMALS, coinbaseMarketRoutes, minCost } from './coinbase-markets.ts';
import { productId } from './coinbase-names.ts';
import { coinbaseOrderRoutes } from './coinbase-orders.ts';
import { authenticateCoinbase, coinbaseErrors, coinbaseKeyOf } from './coinbase-signature.ts';

const RULES: MarketRules = {
  quotes: ['USD', 'USDT', 'EUR', 'BTC', 'ETH', 'GBP'],
  priceDigits: 6,
  minPriceDecimals: 2,
  maxPriceDecimals: 10,
  maxLotDecimals: 8,
  without: ['FDUSD', 'TUSD', 'XMR'],
};

export const createCoinbaseVenue = (world: World): Venue => {
  const feed = world.spotFeed(RULES);
  const index = createMarketIndex(feed, productId);
  const orders = world.spotOrders(feed, { feeIn: 'quote', amountDecimals: () => BASE_DECIMALS, minCost });
  return {
    id: 'coinbase',
    hosts: { 'api.exchange.coinbase.com': ['/'] },
    routes: new Map([
      ...coinbaseMarketRoutes(feed, index),
      ...coinbaseAccountRoutes(world),
      ...coinbaseOrderRoutes(feed, index, orders),
    ]),
    apiKeyOf: coinbaseKeyOf,
    authenticate: (request) => authenticateCoinbase(world.ledger, request),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: coinbaseErrors,
  };
};
