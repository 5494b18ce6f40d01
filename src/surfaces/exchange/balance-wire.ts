/** Balances of stored keys on /api/exchange: schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { BalanceHistory, ExchangeBalances } from '../../features/balances/exchange-balance-service.ts';
import { checkOrder, integer, moment, text } from '../api/api-fields.ts';
import { exactNumber, toExactNumber } from '../exact-number.ts';
import { exchangeName } from './exchange-name.ts';
import { errorTypeSchema, type Refusal } from './refusal.ts';

type Names = Pick<Catalog, 'findExchange' | 'venues'>;

const LONGEST_CURRENCY = 40;

const currency = () => text({ least: 1, most: LONGEST_CURRENCY });

const optional = <T extends z.ZodType>(field: T) => field.nullish().transform((sent) => sent ?? undefined);

const shape = (catalog: Names) => ({
  exchange: exchangeName(catalog),
  credential_id: optional(z.string()).describe('When not given: the oldest active one of the exchange'),
});

export const balanceParameters = (catalog: Names) =>
  z.object({ ...shape(catalog), currency: optional(currency()) });

export const balanceSyncParameters = (catalog: Names) => z.object(shape(catalog));

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 1_000;

export const balanceHistoryParameters = (catalog: Names) =>
  z
    .object({
      ...shape(catalog),
      currency: currency(),
      start_date: optional(moment()),
      end_date: optional(moment()),
      limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
    })
    .superRefine(checkOrder('start_date', 'end_date'));

/** Assets as they are stored. */
export const toAsset = (sent: string): string => sent.trim().toUpperCase();

const amounts = { free: exactNumber(), locked: exactNumber(), total: exactNumber() };

export const balanceSchema = z
  .strictObject({
    balances: z.record(
      z.string(),
      z.strictObject({ currency: z.string(), ...amounts, sync_timestamp: z.iso.datetime() }),
    ),
    exchange: z.string(),
    currency: z.string().nullable(),
    last_sync: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ExchangeBalance' });

export const balanceSyncSchema = z
  .strictObject({
    success: z.boolean(),
    user_id: z.string(),
    exchange: z.string(),
    currencies_synced: z.int(),
    balances: z.record(z.string(), z.record(z.string(), exactNumber())).describe('free, locked, total'),
    timestamp: z.iso.datetime(),
    error: z.string().nullable(),
    error_type: errorTypeSchema.nullable(),
  })
  .meta({ id: 'ExchangeBalanceSync' });

export const balanceHistorySchema = z
  .strictObject({
    history: z.array(
      z.strictObject({
        currency: z.string(),
        ...amounts,
        sync_timestamp: z.iso.datetime(),
        sync_status: z.literal('synced'),
      }),
    ),
    exchange: z.string(),
    currency: z.string(),
    total_records: z.int(),
  })
  .meta({ id: 'ExchangeBalanceHistory' });

interface Amounts {
  readonly free: string;
  readonly locked: string;
  readonly total: string;
}

const toAmounts = ({ free, locked, total }: Amounts) => ({
  free: toExactNumber(free),
  locked: toExactNumber(locked),
  total: toExactNumber(total),
});

export const toBalanceWire = (
  asked: { readonly exchange: string; readonly currency: string | undefined },
  { balances, lastSync }: ExchangeBalances,
): z.input<typeof balanceSchema> => ({
  balances: Object.fromEntries(
    balances.map((held) => [
      held.asset,
      { currency: held.asset, ...toAmounts(held), sync_timestamp: held.syncedAt.toISOString() },
    ]),
  ),
  exchange: asked.exchange,
  currency: asked.currency ?? null,
  last_sync: lastSync?.toISOString() ?? null,
});

interface SyncContext {
  readonly userId: string;
  readonly exchange: string;
  readonly timestamp: string;
}

/** `synced`: what is there now, or why the exchange refused to say. */
export const toBalanceSyncWire = (
  { userId, exchange, timestamp }: SyncContext,
  synced: ExchangeBalances | Refusal,
): z.input<typeof balanceSyncSchema> => {
  const isRefused = 'error_type' in synced;
  const balances = isRefused ? [] : synced.balances;
  return {
    success: !isRefused,
    user_id: userId,
    exchange,
    currencies_synced: balances.length,
    balances: Object.fromEntries(balances.map((held) => [held.asset, toAmounts(held)])),
    timestamp,
    error: isRefused ? synced.error : null,
    error_type: isRefused ? synced.error_type : null,
  };
};

export const toBalanceHistoryWire = (
  asked: { readonly exchange: string; readonly currency: string },
  { records, total }: BalanceHistory,
): z.input<typeof balanceHistorySchema> => ({
  history: records.map((record) => ({
    currency: record.asset,
    ...toAmounts(record),
    sync_timestamp: record.takenAt.toISOString(),
    sync_status: 'synced',
  })),
  ...asked,
  total_records: total,
});
