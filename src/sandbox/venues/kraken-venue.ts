/** Kraken as a declaration: host, routes, rules of its markets. */
import { unitText } from '../fixed-point.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { krakenAccountRoutes } from './kraken-account.ts';
import { krakenFundingRoutes } from './kraken-funding.ts';
import { LOT_DECIMALS, costMin, krakenMarketRoutes } from './kraken-markets.ts';
import { krakenOrderRoutes } from './kraken-orders.ts';
import { authenticateKraken, krakenErrors, krakenKeyOf } from './kraken-signature.ts';

const RULES: MarketRules = {
  quotes: ['USD', 'EUR', 'BTC', 'ETH', 'USDT', 'USDC', 'GBP'],
  priceDigits: 6,
  minPriceDecimals: 1,
  maxPriceDecimals: 10,
  maxLotDecimals: 5,
  without: ['BNB', 'FDUSD'],
};

export const createKrakenVenue = (world: World): Venue => {
  const spot = world.spotFeed(RULES);
  const orders = world.spotOrders(spot, {
    feeIn: 'quote',
    amountDecimals: () => LOT_DECIMALS,
    minAmount: (market) => unitText(market.lotDecimals),
    minCost: costMin,
  });
  return {
    id: 'kraken',
    hosts: { 'api.kraken.com': ['/0/'] },
    routes: new Map([
      ...krakenMarketRoutes(spot),
      ...krakenAccountRoutes(spot),
      ...krakenOrderRoutes(spot, orders),
      ...krakenFundingRoutes(spot),
    ]),
    apiKeyOf: krakenKeyOf,
    authenticate: (request) => authenticateKraken(world.ledger, request),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: krakenErrors,
  };
};
