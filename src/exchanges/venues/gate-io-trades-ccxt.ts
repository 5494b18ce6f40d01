/** Trades of Gate. Source: Gate API v4 reference (personal trading history, spot and futures). */
import type { JsonObject } from '../ccxt-exchange.ts';
import { askRows, DAY_MS, named, type TradeSource } from '../ccxt-trade-source.ts';

const SECOND_MS = 1_000;

/** `position`: how a list is told where to begin, out of the rows that were read and the rows of a page. */
const listing = (
  endpoint: string,
  marketName: string,
  parameters: JsonObject,
  position: (read: number, size: number) => JsonObject,
): TradeSource => ({
  needsSymbol: false,
  mostRows: 1_000,
  longestMs: 30 * DAY_MS - SECOND_MS,
  // The venue does not say how long it keeps them.
  keepsMs: 5 * 365 * DAY_MS,
  page: async ({ exchange, market, fromMs, untilMs, token, limit }) => {
    // Pages are numbered: their size may not change on the way.
    const [read = 0, size = limit] = token?.split('/').map((part) => Number.parseInt(part, 10)) ?? [];
    const rows = await askRows(exchange, endpoint, {
      ...parameters,
      ...named(marketName, market),
      from: Math.floor(fromMs / SECOND_MS),
      to: Math.ceil(untilMs / SECOND_MS),
      limit: size,
      ...position(read, size),
    });
    return { rows, next: rows.length < size ? undefined : `${read + rows.length}/${size}` };
  },
});

const perpetual = (settle: string): TradeSource =>
  listing('privateFuturesGetSettleMyTradesTimerange', 'contract', { settle }, (offset) => ({ offset }));

export const gateIoTrades: Readonly<Record<string, TradeSource>> = {
  gate_io: listing('privateSpotGetMyTrades', 'currency_pair', {}, (read, size) => ({
    page: read / size + 1,
  })),
  gate_io_usdt_perpetual: perpetual('usdt'),
  gate_io_btc_perpetual: perpetual('btc'),
};
