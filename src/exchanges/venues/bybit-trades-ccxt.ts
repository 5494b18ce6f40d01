/** Trades of Bybit. Source: Bybit v5 reference (execution list). */
import { callEndpoint, objectAt } from '../ccxt-exchange.ts';
import { DAY_MS, named, rowsOf, type TradeSource } from '../ccxt-trade-source.ts';

const listing = (category: string): TradeSource => ({
  needsSymbol: false,
  mostRows: 100,
  longestMs: 7 * DAY_MS,
  // Two years; a little less, for the time that a request takes.
  keepsMs: 730 * DAY_MS - 60_000,
  page: async ({ exchange, market, fromMs, untilMs, token, limit }) => {
    const answer = await callEndpoint(exchange, 'privateGetV5ExecutionList', {
      category,
      // Fees of funding and the like are executions too.
      execType: 'Trade',
      ...named('symbol', market),
      startTime: fromMs,
      endTime: untilMs,
      limit,
      ...(token !== undefined && { cursor: token }),
    });
    const result = objectAt(answer, 'result');
    const rows = rowsOf(result?.['list']);
    const cursor = result?.['nextPageCursor'];
    return {
      rows,
      next: rows.length < limit || typeof cursor !== 'string' || cursor === '' ? undefined : cursor,
    };
  },
});

export const bybitTrades: Readonly<Record<string, TradeSource>> = {
  bybit: listing('spot'),
  bybit_spot: listing('spot'),
  bybit_usdt_perpetual: listing('linear'),
};
