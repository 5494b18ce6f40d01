/** Bitfinex as a declaration: hosts, routes, rules of its markets. */
import { listContracts } from '../contract-list.ts';
import { createMarketFeed } from '../market-feed.ts';
import { createMarketIndex } from '../market-index.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { bitfinexAccountRoutes } from './bitfinex-account.ts';
import { AMOUNT_DECIMALS, bitfinexMarketRoutes } from './bitfinex-markets.ts';
import { contractSymbol, tradingSymbol } from './bitfinex-names.ts';
import { bitfinexOrderRoutes } from './bitfinex-orders.ts';
import { authenticateBitfinex, bitfinexErrors, bitfinexKeyOf } from './bitfinex-signature.ts';

const RULES: MarketRules = {
  quotes: ['USD', 'USDT', 'BTC', 'EUR', 'GBP', 'ETH'],
  priceDigits: 5,
  minPriceDecimals: 0,
  maxPriceDecimals: 8,
  maxLotDecimals: 8,
  without: ['FDUSD', 'PYUSD', 'BNB'],
};

export const createBitfinexVenue = (world: World): Venue => {
  // The venue lists no market that does not trade, and has no way to say of one that it is halted.
  const listed = world.spotFeed(RULES).markets.map((market) => ({ ...market, trading: true }));
  const spot = createMarketFeed(listed, world.walk);
  const contracts = createMarketFeed(listContracts(world.assets, RULES, 'USDT'), world.walk);
  const index = createMarketIndex(spot, tradingSymbol);
  const orders = world.spotOrders(spot, { amountDecimals: () => AMOUNT_DECIMALS });
  return {
    id: 'bitfinex',
    hosts: { 'api.bitfinex.com': ['/v2/auth/'], 'api-pub.bitfinex.com': ['/v2/'] },
    routes: new Map([
      ...bitfinexMarketRoutes({ spot, contracts }, index, createMarketIndex(contracts, contractSymbol)),
      ...bitfinexAccountRoutes(world),
      ...bitfinexOrderRoutes(spot, index, orders),
    ]),
    apiKeyOf: bitfinexKeyOf,
    authenticate: (request) => authenticateBitfinex(world.ledger, request),
    settle: (account, nowMs) => orders.settle(account, nowMs),
    errors: bitfinexErrors,
  };
};
