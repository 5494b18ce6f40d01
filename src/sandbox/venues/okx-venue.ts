/** OKX as a declaration: hosts, routes, rules of its markets. */
import { listContracts } from '../contract-list.ts';
import { unitText } from '../fixed-point.ts';
import { createMarketFeed } from '../market-feed.ts';
import type { MarketRules } from '../market-list.ts';
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { okxAccountRoutes } from './okx-account.ts';
import { SWAP_RULES } from './okx-contracts.ts';
import { okxFundingRoutes } from './okx-funding.ts';
import { okxMarketRoutes, spotLotDecimals } from './okx-markets.ts';
import { okxOrderRoutes } from './okx-orders.ts';
import { authenticateOkx, okxErrors, okxKeyOf } from './okx-signature.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'USDC', 'BTC', 'ETH', 'EUR'],
  priceDigits: 6,
  minPriceDecimals: 1,
  maxPriceDecimals: 12,
  maxLotDecimals: 5,
  without: ['USD', 'GBP', 'FDUSD'],
};

export const createOkxVenue = (world: World): Venue => {
  const feeds = {
    spot: world.spotFeed(RULES),
    linear: createMarketFeed(listContracts(world.assets, RULES, 'USDT'), world.walk),
    inverse: createMarketFeed(listContracts(world.assets, RULES, 'USD'), world.walk),
  };
  const engines = {
    spot: world.spotOrders(feeds.spot, {
      postOnlyLapses: true,
      amountDecimals: spotLotDecimals,
      minAmount: (market) => unitText(market.lotDecimals),
    }),
    linear: world.contractOrders(feeds.linear, SWAP_RULES),
    inverse: world.contractOrders(feeds.inverse, SWAP_RULES),
  };
  return {
    id: 'okx',
    hosts: { 'www.okx.com': ['/api/v5/'], 'aws.okx.com': ['/api/v5/'] },
    routes: new Map([
      ...okxMarketRoutes(feeds),
      ...okxAccountRoutes(world, feeds),
      ...okxOrderRoutes(feeds, engines),
      ...okxFundingRoutes(feeds.spot),
    ]),
    apiKeyOf: okxKeyOf,
    authenticate: (request) => authenticateOkx(world.ledger, request),
    settle: (account, nowMs) => {
      for (const engine of Object.values(engines)) engine.settle(account, nowMs);
    },
    errors: okxErrors,
  };
};
