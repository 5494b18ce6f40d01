/** Trades of Kraken. Source: Kraken spot REST reference (TradesHistory). */
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import { numberAt, type TradeSource } from '../ccxt-trade-source.ts';

const SECOND_MS = 1_000;

export const krakenTrades: Readonly<Record<string, TradeSource>> = {
  kraken: {
    needsSymbol: false,
    // The venue's own page; it takes no other.
    mostRows: 50,
    page: async ({ exchange, fromMs, untilMs, token = '0' }) => {
      const answer = await callEndpoint(exchange, 'privatePostTradesHistory', {
        // Exclusive, where the end is inclusive.
        start: Math.max(0, Math.floor(fromMs / SECOND_MS) - 1),
        end: Math.ceil(untilMs / SECOND_MS),
        ofs: token,
      });
      const result = objectAt(answer, 'result');
      const trades = objectAt(result, 'trades');
      if (trades === undefined) throw badResponse();
      const count = numberAt(result, 'count');
      const rows = Object.entries(trades).map(([id, trade]) => {
        if (!isObject(trade)) throw badResponse();
        return { ...trade, id };
      });
      const read = BigInt(token) + BigInt(rows.length);
      return { rows, next: rows.length > 0 && read < count ? String(read) : undefined };
    },
  },
};
