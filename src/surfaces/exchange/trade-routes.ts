/** /api/exchange routes of an account's own trades. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { TradeService } from '../../features/trades/trade-service.ts';
import type { SyncTrades } from '../../features/trades/trade-sync.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import {
  toStoredSymbol,
  toTradeListWire,
  toTradeStatsWire,
  toTradeSyncWire,
  tradeListParameters,
  tradeListSchema,
  tradeStatsParameters,
  tradeStatsSchema,
  tradeSyncParameters,
  tradeSyncSchema,
} from './trade-wire.ts';

export interface TradeRouteDeps {
  readonly trades: TradeService;
  readonly syncTrades: SyncTrades;
  readonly catalog: Pick<Catalog, 'findExchange' | 'venues'>;
  readonly clock: Clock;
}

export const createTradeRoutes = ({ trades, syncTrades, catalog, clock }: TradeRouteDeps): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/exchange/trades',
    operationId: 'getTrades',
    summary: 'List stored trades of an exchange, in the order in which they were stored',
    scope: 'ACCOUNTS_READ',
    input: tradeListParameters(catalog),
    output: tradeListSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input: { exchange, symbol, start_date, end_date, limit, offset } }) => {
      const list = await trades.list(actor, {
        exchange,
        symbol: symbol === undefined ? undefined : toStoredSymbol(symbol),
        from: start_date,
        until: end_date,
        limit,
        offset,
      });
      return toTradeListWire({ exchange: exchange.name, symbol }, list);
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/exchange/trades/sync',
    operationId: 'syncTrades',
    summary: 'Read new trades from the exchange and store them, for up to 20 seconds',
    scope: 'ACCOUNTS_WRITE',
    input: tradeSyncParameters(catalog),
    inQuery: ['exchange', 'credential_id', 'symbol', 'since', 'limit'],
    output: tradeSyncSchema,
    status: 200,
    errors: ['record_invalid', 'not_supported', 'not_found', 'conflict', 'custody_unavailable'],
    handle: async ({ actor, input: { exchange, credential_id, symbol, since, limit } }) => {
      const result = await syncTrades(actor, { exchange, credentialId: credential_id, symbol, since, limit });
      return toTradeSyncWire(actor, exchange.name, result, new Date(clock.now()).toISOString());
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/exchange/trades/stats',
    operationId: 'getTradeStats',
    summary: 'Add up stored trades of an exchange, or of all',
    scope: 'ACCOUNTS_READ',
    input: tradeStatsParameters(catalog),
    output: tradeStatsSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input: { exchange, start_date: from, end_date: until } }) => {
      const sums = await trades.stats(actor, exchange, { from, until });
      return toTradeStatsWire(sums, { exchange: exchange?.name, from, until });
    },
  }),
];
