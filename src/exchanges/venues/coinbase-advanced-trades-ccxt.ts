/** Trades of Coinbase Advanced. Source: Coinbase Advanced Trade API v3 (list fills). */
import { callEndpoint, isObject } from '../ccxt-exchange.ts';
import { named, rowsOf, type TradeSource } from '../ccxt-trade-source.ts';

export const coinbaseAdvancedTrades: Readonly<Record<string, TradeSource>> = {
  coinbase_advanced: {
    needsSymbol: false,
    mostRows: 250,
    page: async ({ exchange, market, fromMs, untilMs, token, limit }) => {
      const answer = await callEndpoint(exchange, 'v3PrivateGetBrokerageOrdersHistoricalFills', {
        ...named('product_id', market),
        ...(fromMs > 0 && { start_sequence_timestamp: new Date(fromMs).toISOString() }),
        // Fills before it, not at it.
        end_sequence_timestamp: new Date(untilMs + 1).toISOString(),
        limit,
        ...(token !== undefined && { cursor: token }),
      });
      const fills = isObject(answer) ? answer : {};
      const rows = rowsOf(fills['fills']);
      const cursor = fills['cursor'];
      return {
        rows,
        next: rows.length === 0 || typeof cursor !== 'string' || cursor === '' ? undefined : cursor,
      };
    },
  },
};
