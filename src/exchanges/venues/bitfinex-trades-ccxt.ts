/** Trades of Bitfinex. Source: Bitfinex REST v2 (trades history). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint } from '../ccxt-exchange.ts';
import type { TradeSource } from '../ccxt-trade-source.ts';

const MOST_ROWS = 2_500;
const OLDEST_FIRST = 1;

/** The time of the last row that was read, and the ids of all rows of that time: there the next page begins. */
interface Edge {
  readonly at: number;
  readonly ids: readonly string[];
}

export const bitfinexTrades: Readonly<Record<string, TradeSource>> = {
  bitfinex: {
    needsSymbol: false,
    mostRows: MOST_ROWS,
    page: async ({ exchange, market, fromMs, untilMs, token, limit }) => {
      const edge = token === undefined ? undefined : (JSON.parse(token) as Edge);
      const known = new Set(edge?.ids);
      // Pages are told by time alone: rows of the edge come again, and are asked for besides.
      const asked = limit + known.size;
      if (asked > MOST_ROWS)
        throw new AppError('exchange_error', 'The exchange lists more trades of one moment than can be read');
      const query = { start: edge?.at ?? fromMs, end: untilMs, limit: asked, sort: OLDEST_FIRST };
      const answer =
        market === undefined
          ? await callEndpoint(exchange, 'privatePostAuthRTradesHist', query)
          : await callEndpoint(exchange, 'privatePostAuthRTradesSymbolHist', {
              ...query,
              symbol: market['id'],
            });
      if (!Array.isArray(answer) || !answer.every(isTrade)) throw badResponse();
      const last = answer.at(-1);
      const next = answer.length < asked || last === undefined ? undefined : edgeAt(last[2], answer);
      return {
        rows: answer.filter(([id]) => !known.has(String(id))).map((result) => ({ result })),
        next: next === undefined ? undefined : JSON.stringify(next),
      };
    },
  },
};

type Trade = readonly [id: number | string, symbol: string, at: number, ...rest: unknown[]];

const isTrade = (row: unknown): row is Trade =>
  Array.isArray(row) &&
  (typeof row[0] === 'number' || typeof row[0] === 'string') &&
  typeof row[1] === 'string' &&
  typeof row[2] === 'number';

const edgeAt = (at: number, rows: readonly Trade[]): Edge => ({
  at,
  ids: rows.filter((row) => row[2] === at).map(([id]) => String(id)),
});
