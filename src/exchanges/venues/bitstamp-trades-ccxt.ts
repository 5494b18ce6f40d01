/** Trades of Bitstamp. Source: Bitstamp HTTP API v2 (user transactions). */
import { askRows, numberAt, type TradeSource } from '../ccxt-trade-source.ts';

const MOST_ROWS = 1_000;
/** Deposits, withdrawals and the like stand in the same list. */
const TRADE = '2';

export const bitstampTrades: Readonly<Record<string, TradeSource>> = {
  bitstamp: {
    needsSymbol: false,
    mostRows: MOST_ROWS,
    // Ids grow, and times may be asked for within the last month only. After an id the venue lists a full page,
    // whatever limit it is given; whether that one is among them it does not say.
    page: async ({ exchange, market, token, limit }) => {
      const [endpoint, pair] =
        market === undefined
          ? ['privatePostUserTransactions', {}]
          : ['privatePostUserTransactionsPair', { pair: market['id'] }];
      const start = token === undefined ? { limit } : { limit: MOST_ROWS, since_id: token };
      const asked = await askRows(exchange, endpoint, { ...pair, ...start, sort: 'asc' });
      const fresh = token === undefined ? asked : asked.filter((row) => numberAt(row, 'id') > BigInt(token));
      const rows = fresh.slice(0, limit);
      const ids = rows.map((row) => numberAt(row, 'id'));
      const resume = ids.length === 0 ? token : String(ids.reduce((a, b) => (b > a ? b : a)));
      const isFull = asked.length >= start.limit || fresh.length > limit;
      return {
        rows: rows.filter((row) => String(row['type']) === TRADE),
        next: isFull && rows.length > 0 ? resume : undefined,
        resume,
      };
    },
  },
};
