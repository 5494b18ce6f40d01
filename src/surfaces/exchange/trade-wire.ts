/** Trades on /api/exchange: schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Actor } from '../../auth/actor.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Trade } from '../../features/trades/trade.ts';
import type { TradeList } from '../../features/trades/trade-service.ts';
import type { TradeSums } from '../../features/trades/trade-sums-store.ts';
import type { TradeSyncResult } from '../../features/trades/trade-sync.ts';
import { checkOrder, integer, moment, text } from '../api/api-fields.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { exchangeName } from './exchange-name.ts';
import { errorTypeSchema, toRefusal } from './refusal.ts';

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 1_000;
const LONGEST_SYMBOL = 64;

const limit = () => integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT);
const symbol = () => text({ least: 1, most: LONGEST_SYMBOL }).optional();

// Trades are found by their symbol alone: a spelling without its parts would match none of them, and say nothing.
const storedSymbol = () =>
  text({ least: 1, most: LONGEST_SYMBOL })
    .refine(
      (name) => name.trim() === '' || toStoredSymbol(name).includes('/'),
      "must be a market's symbol, such as BTC/USDT",
    )
    .optional();

const range = { start_date: moment().optional(), end_date: moment().optional() };
const checkRange = checkOrder('start_date', 'end_date');

export const tradeListParameters = (catalog: Names) =>
  z
    .object({
      exchange: exchangeName(catalog),
      symbol: storedSymbol(),
      ...range,
      limit: limit(),
      offset: integer({ least: 0 }).default(0),
    })
    .superRefine(checkRange);

export const tradeSyncParameters = (catalog: Names) =>
  z.object({
    exchange: exchangeName(catalog),
    credential_id: z.string().optional().describe('Default: the oldest active one of the exchange'),
    symbol: symbol().describe('This market alone; default: all that the account may have traded on'),
    since: moment()
      .optional()
      .describe(
        'Read from then on; default: from where the last sync ended, else as far back as the exchange tells',
      ),
    limit: limit().describe('Trades asked for and stored at a time'),
  });

export const tradeStatsParameters = (catalog: Names) =>
  z.object({ exchange: exchangeName(catalog).optional(), ...range }).superRefine(checkRange);

const instant = () => z.iso.datetime();

const tradeSchema = z
  .strictObject({
    id: z.string(),
    exchange_trade_id: z.string(),
    exchange: z.string(),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    price: exactNumber(),
    amount: exactNumber(),
    total: exactNumber(),
    fee: exactNumber().nullable().describe('Negative: a rebate; null: the exchange tells none'),
    fee_currency: z.string().nullable(),
    trade_timestamp: instant(),
    sync_status: z.enum(['synced', 'failed']),
    created_at: instant(),
  })
  .meta({ id: 'Trade' });

export const tradeListSchema = z
  .strictObject({
    trades: z.array(tradeSchema).describe('In the order in which they were stored'),
    exchange: z.string(),
    symbol: z.string().nullable(),
    total_records: z.int(),
    has_more: z.boolean(),
  })
  .meta({ id: 'TradeList' });

export const tradeSyncSchema = z
  .strictObject({
    success: z.boolean(),
    user_id: z.string(),
    exchange: z.string(),
    symbol: z.string().nullable(),
    trades_synced: z.int().describe('Trades that are new, also those stored before the exchange refused'),
    trades_duplicate: z.int().describe('Trades that were stored already'),
    symbols_synced: z
      .int()
      .describe('Markets that have been read to their end; 1 where the exchange lists all of them together'),
    symbols_total: z.int(),
    is_complete: z.boolean().describe('false: there was no time for all of it, and the next sync goes on'),
    timestamp: instant(),
    error: z.string().nullable(),
    error_type: errorTypeSchema.nullable(),
  })
  .meta({ id: 'TradeSync' });

export const tradeStatsSchema = z
  .strictObject({
    total_trades: z.int(),
    buy_count: z.int(),
    sell_count: z.int(),
    total_volume: exactNumber().describe('Sum of `total`, each in its own quote asset'),
    total_fees: exactNumber().describe('Sum of `fee`, each in its own asset'),
    synced_count: z.int(),
    failed_count: z.int(),
    first_trade: instant().nullable(),
    last_trade: instant().nullable(),
    exchange: z.string().nullable(),
    start_date: instant().nullable(),
    end_date: instant().nullable(),
  })
  .meta({ id: 'TradeStats' });

/** A symbol as it may be written elsewhere: `BTC-USDT`, `btc_usdt`. */
export const toStoredSymbol = (name: string): string =>
  (name.includes('/') ? name : name.replace(/[-_]/, '/')).toUpperCase();

export const toTradeListWire = (
  asked: { readonly exchange: string; readonly symbol: string | undefined },
  { trades, total, hasMore }: TradeList,
): z.input<typeof tradeListSchema> => ({
  trades: trades.map((trade) => toTradeWire(asked.exchange, trade)),
  exchange: asked.exchange,
  symbol: asked.symbol ?? null,
  total_records: total,
  has_more: hasMore,
});

const toTradeWire = (exchange: string, trade: Trade): z.input<typeof tradeSchema> => ({
  id: String(trade.id),
  exchange_trade_id: trade.exchangeTradeId,
  exchange,
  symbol: trade.symbol,
  side: trade.side,
  price: toExactNumber(trade.price),
  amount: toExactNumber(trade.amount),
  total: toExactNumber(trade.total),
  fee: trade.fee === null ? null : toExactNumber(trade.fee),
  fee_currency: trade.feeCurrency,
  trade_timestamp: trade.tradedAt.toISOString(),
  sync_status: trade.syncStatus,
  created_at: trade.createdAt.toISOString(),
});

/** Throws the failure where it is not the exchange's own. */
export const toTradeSyncWire = (
  { tenantId, user }: Actor,
  exchange: string,
  result: TradeSyncResult,
  timestamp: string,
): z.input<typeof tradeSyncSchema> => {
  const refusal = result.failure === null ? undefined : toRefusal(result.failure);
  return {
    success: refusal === undefined,
    user_id: user?.externalId ?? tenantId,
    exchange,
    symbol: result.symbol,
    trades_synced: result.synced,
    trades_duplicate: result.duplicates,
    symbols_synced: result.symbolsSynced,
    symbols_total: result.symbolsTotal,
    is_complete: result.isComplete,
    timestamp,
    error: refusal?.error ?? null,
    error_type: refusal?.error_type ?? null,
  };
};

export const toTradeStatsWire = (
  sums: TradeSums,
  asked: {
    readonly exchange: string | undefined;
    readonly from: Date | undefined;
    readonly until: Date | undefined;
  },
): z.input<typeof tradeStatsSchema> => ({
  total_trades: sums.tradeCount,
  buy_count: sums.buyCount,
  sell_count: sums.sellCount,
  total_volume: toExactNumber(sums.volume),
  total_fees: toExactNumber(sums.fees),
  synced_count: sums.syncedCount,
  failed_count: sums.failedCount,
  first_trade: sums.firstAt?.toISOString() ?? null,
  last_trade: sums.lastAt?.toISOString() ?? null,
  exchange: asked.exchange ?? null,
  start_date: asked.from?.toISOString() ?? null,
  end_date: asked.until?.toISOString() ?? null,
});
