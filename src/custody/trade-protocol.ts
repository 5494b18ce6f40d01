/** Custody's methods about an account's own trades, with both their shapes. */
import { z } from 'zod';
import type { TradeListing, TradePage, TradeQuery, VenueTrade } from '../exchanges/trade-port.ts';
import { amount, context, instant, name, ref } from './rpc-fields.ts';

const symbol = z.string().min(1).max(128);
// A place in a venue's list: longer where many trades share the moment of a page's edge.
const cursor = z.string().min(1).max(100_000);
const MOST_ROWS = 5_000;

const trade = z.object({
  id: z.string().min(1).max(128),
  symbol,
  side: z.enum(['buy', 'sell']),
  price: amount,
  amount,
  total: amount,
  totalAsset: symbol,
  fee: z.object({ amount, asset: symbol }).nullable(),
  at: instant,
}) satisfies z.ZodType<VenueTrade>;

const keyed = z.object({ context, ref, marketCode: name });

export const TRADE_METHODS = {
  fetchTradeListing: {
    params: keyed,
    result: z.object({
      needsSymbol: z.boolean(),
      openSymbols: z.array(symbol).max(20_000),
    }) satisfies z.ZodType<TradeListing>,
  },
  fetchTrades: {
    params: keyed.extend({
      query: z.object({
        symbol: symbol.nullable(),
        cursor: cursor.nullable(),
        since: instant.nullable(),
        limit: z.int().min(1).max(MOST_ROWS),
      }) satisfies z.ZodType<TradeQuery>,
    }),
    result: z.object({
      trades: z.array(trade).max(MOST_ROWS),
      cursor,
      isLast: z.boolean(),
    }) satisfies z.ZodType<TradePage>,
  },
} as const;

/** The port's own types; each schema above satisfies the one it stands for. */
export interface TradeResults {
  readonly fetchTradeListing: TradeListing;
  readonly fetchTrades: TradePage;
}
