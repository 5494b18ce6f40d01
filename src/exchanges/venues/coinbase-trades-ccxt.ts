/** Trades of Coinbase Exchange. Source: Coinbase Exchange REST API (get all fills, pagination). */
import { askRows, idAt, named, type TradeSource } from '../ccxt-trade-source.ts';

export const coinbaseTrades: Readonly<Record<string, TradeSource>> = {
  coinbase: {
    needsSymbol: true,
    mostRows: 100,
    // Newest first; `after` means older ones. There is no end: what comes in between stands before the first page.
    page: async ({ exchange, market, fromMs, token, limit }) => {
      const rows = await askRows(exchange, 'privateGetFills', {
        ...named('product_id', market),
        limit,
        ...(fromMs > 0 && { start_date: new Date(fromMs).toISOString() }),
        ...(token !== undefined && { after: token }),
      });
      return { rows, next: rows.length < limit ? undefined : idAt(rows.at(-1), 'trade_id') };
    },
  },
};
