/** Gate as a declaration: hosts, routes, orders. */
import type { Venue } from '../venue.ts';
import type { World } from '../world.ts';
import { gateAccountRoutes } from './gate-account.ts';
import { createGateBooks } from './gate-books.ts';
import { gateFuturesAccountRoutes } from './gate-futures-account.ts';
import { gateFundingRoutes } from './gate-funding.ts';
import { gateFuturesOrderRoutes } from './gate-futures-orders.ts';
import { gateMarketRoutes } from './gate-markets.ts';
import { gateOrderRoutes } from './gate-orders.ts';
import { authenticateGate, gateErrors, gateKeyOf } from './gate-signature.ts';

export const createGateVenue = (world: World): Venue => {
  const books = createGateBooks(world);
  return {
    id: 'gate_io',
    hosts: { 'api.gateio.ws': ['/api/v4/'] },
    routes: new Map([
      ...gateMarketRoutes(world, books),
      ...gateAccountRoutes(books),
      ...gateFuturesAccountRoutes(books.usdt),
      ...gateFuturesAccountRoutes(books.btc),
      ...gateFundingRoutes(world),
      ...gateOrderRoutes(books),
      ...gateFuturesOrderRoutes(books.usdt),
      ...gateFuturesOrderRoutes(books.btc),
    ]),
    apiKeyOf: gateKeyOf,
    authenticate: (request) => authenticateGate(world.ledger, request),
    settle: (account, nowMs) => {
      for (const { orders } of [books.spot, books.usdt, books.btc]) orders.settle(account, nowMs);
    },
    errors: gateErrors,
  };
};
