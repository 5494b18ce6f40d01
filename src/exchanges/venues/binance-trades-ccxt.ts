/** Trades of Binance and Binance.US. Source: Binance spot, margin, USDⓈ-M and COIN-M API references (account trade list). */
import { askRows, DAY_MS, named, numberAt, type TradeSource, startingAt } from '../ccxt-trade-source.ts';
import type { JsonObject } from '../ccxt-exchange.ts';

const MOST_ROWS = 1_000;

const greatestId = (rows: readonly JsonObject[]): bigint | undefined =>
  rows
    .map((row) => numberAt(row, 'id'))
    .reduce<bigint | undefined>(
      (greatest, id) => (greatest === undefined || id > greatest ? id : greatest),
      undefined,
    );

/** Ids grow within a symbol: reading goes on after the greatest, however long ago that was. */
const byId = (endpoint: string): TradeSource => ({
  needsSymbol: true,
  mostRows: MOST_ROWS,
  page: async ({ exchange, market, fromMs, token, limit }) => {
    const start =
      token !== undefined ? { fromId: token } : fromMs > 0 ? { startTime: fromMs } : { fromId: 0 };
    const rows = await askRows(exchange, endpoint, { ...named('symbol', market), limit, ...start });
    const last = greatestId(rows);
    const resume = last === undefined ? token : String(last + 1n);
    return { rows, next: rows.length < limit ? undefined : resume, resume };
  },
});

/** Contracts: an id and a time are never asked for together. */
const bySpan = (endpoint: string): TradeSource => ({
  needsSymbol: true,
  mostRows: MOST_ROWS,
  longestMs: 7 * DAY_MS - 1,
  // Six months, of the shortest months.
  keepsMs: 180 * DAY_MS,
  page: async ({ exchange, market, fromMs, untilMs, token, limit }) => {
    const place =
      token === undefined ? { ...startingAt('startTime', fromMs), endTime: untilMs } : { fromId: token };
    const rows = await askRows(exchange, endpoint, { ...named('symbol', market), limit, ...place });
    const last = greatestId(rows);
    const isOver =
      last === undefined ||
      rows.length < limit ||
      rows.some((row) => numberAt(row, 'time') > BigInt(untilMs));
    return { rows, next: isOver ? undefined : String(last + 1n) };
  },
});

export const binanceTrades: Readonly<Record<string, TradeSource>> = {
  binance: byId('privateGetMyTrades'),
  binance_margin: byId('sapiGetMarginMyTrades'),
  binance_futures: bySpan('fapiPrivateGetUserTrades'),
  binance_futures_coin: bySpan('dapiPrivateGetUserTrades'),
};

export const binanceUsTrades: Readonly<Record<string, TradeSource>> = {
  binance_us: byId('privateGetMyTrades'),
};

export const paperTrades: Readonly<Record<string, TradeSource>> = {
  paper_trading: byId('privateGetMyTrades'),
};
