/** Bybit as a declaration: hosts, routes, orders. */
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { bybitAccountRoutes } from './bybit-account.ts';
import { createBybitBooks } from './bybit-books.ts';
import { bybitFundingRoutes } from './bybit-funding.ts';
import { bybitMarketRoutes } from './bybit-markets.ts';
import { bybitOrderRoutes } from './bybit-orders.ts';
import { authenticateBybit, bybitErrors, bybitKeyOf } from './bybit-signature.ts';

export const createBybitVenue = (world: World): Venue => {
  const books = createBybitBooks(world);
  return {
    id: 'bybit',
    hosts: { 'api.bybit.com': ['/v5/'] },
    routes: new Map([
      ...bybitMarketRoutes(books),
      ...bybitAccountRoutes(world, books),
      ...bybitOrderRoutes(books),
      ...bybitFundingRoutes(world, books),
    ]),
    apiKeyOf: bybitKeyOf,
    authenticate: (request) => authenticateBybit(world.ledger, request),
    settle: (account, nowMs) => {
      for (const { orders } of Object.values(books)) orders.settle(account, nowMs);
    },
    errors: bybitErrors,
  };
};
