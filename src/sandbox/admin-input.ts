/** What the admin API takes, checked in one go. */
import { z } from 'zod';
import { isDecimalString } from '../shared/money.ts';
import { FAULT_KINDS } from './faults.ts';
import { WALLETS } from './ledger.ts';
import { MOST_TRADES } from './trade-history.ts';
import { VENUE_IDS } from './venue-keys.ts';

const amount = z
  .string()
  .max(80)
  .refine(
    (text) => isDecimalString(text) && !text.startsWith('-'),
    'must be a decimal string of zero or more, e.g. "1.5"',
  );

const holding = z.union([
  amount.transform((free) => ({ free, locked: '0' })),
  z.strictObject({ free: amount, locked: amount.default('0') }),
]);

const assetCode = z.string().regex(/^[A-Z0-9]{1,20}$/, 'must be an asset code, e.g. BTC');

const balances = z.record(assetCode, holding);

/** Shared by new accounts and changes of old ones; every field may be left out. */
const changes = {
  balances: balances.optional(),
  /** Beyond the spot wallet: margin, linear and inverse futures, funding. */
  wallets: z.partialRecord(z.enum(WALLETS), balances).optional(),
  permissions: z.array(z.enum(['read', 'trade', 'withdraw'])).optional(),
  ip_restricted: z.boolean().optional(),
  expires_at: z.iso.datetime().nullable().optional(),
  hedge_mode: z.boolean().optional(),
  positions: z
    .array(
      z.strictObject({
        contract: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
        amount: z.string().refine(isDecimalString, 'must be a decimal string'),
        entry_price: amount,
      }),
    )
    .max(100)
    .optional(),
  trades: z.int().min(0).max(MOST_TRADES).optional(),
};

/** A name makes the keys derive from the seed; without one they are random. */
export const newAccountsInput = z.strictObject({
  venue: z.enum(VENUE_IDS),
  name: z.string().min(1).max(100).optional(),
  count: z.int().min(1).max(10_000).optional(),
  ...changes,
});

export const accountChangeInput = z.strictObject(changes);
export type AccountChange = z.output<typeof accountChangeInput>;

export const faultInput = z.strictObject({
  venue: z.enum(VENUE_IDS),
  kind: z.enum(FAULT_KINDS),
  path: z.string().min(1).max(200).optional(),
  api_key: z.string().min(1).max(200).optional(),
  times: z.int().min(1).max(1_000_000).optional(),
  ms: z.int().min(-86_400_000).max(86_400_000).optional(),
  status: z.int().min(500).max(599).default(503),
  retry_after_s: z.int().min(0).max(86_400).default(1),
});

export const venueQuery = z.enum(VENUE_IDS).optional();
