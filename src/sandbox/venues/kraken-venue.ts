/** Kraken as a declaration: host, routes, rules of its markets. */
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { krakenAccountRoutes } from './kraken-account.ts';
import { krakenMarketRoutes } from './kraken-markets.ts';
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
  return {
    id: 'kraken',
    hosts: { 'api.kraken.com': ['/0/'] },
    routes: new Map([...krakenMarketRoutes(spot), ...krakenAccountRoutes(spot)]),
    apiKeyOf: krakenKeyOf,
    authenticate: (request) => authenticateKraken(world.ledger, request),
    errors: krakenErrors,
  };
};
