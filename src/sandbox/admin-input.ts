/** What the admin API takes, checked in one go. */
import { z } from 'zod';
import { isDecimalString } from '../shared/money.ts';
import { FAULT_KINDS, type ScriptedFault } from './fault-kinds.ts';
import { MOST_TRADES } from './trade-history.ts';
import { VENUE_IDS } from './venue-keys.ts';
import { WALLETS } from './wallets.ts';

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

const faultShape = {
  kind: z.enum(FAULT_KINDS),
  path: z.string().min(1).max(200).optional(),
  ms: z.int().min(-86_400_000).max(86_400_000).optional(),
  status: z.int().min(500).max(599).optional(),
  retry_after_s: z.int().min(0).max(86_400).optional(),
};

const DEFAULT_LATENCY_MS = 100;
const DEFAULT_SKEW_MS = 120_000;
const DEFAULT_BAN_S = 120;

const withDefaults = (input: z.output<z.ZodObject<typeof faultShape>>): ScriptedFault => ({
  kind: input.kind,
  path: input.path,
  ms: input.ms ?? (input.kind === 'latency' ? DEFAULT_LATENCY_MS : DEFAULT_SKEW_MS),
  status: input.status ?? 503,
  retryAfterSeconds: input.retry_after_s ?? (input.kind === 'banned' ? DEFAULT_BAN_S : 1),
});

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
        contract: z.string().regex(/^[A-Za-z0-9_:-]{1,40}$/),
        amount: z.string().refine(isDecimalString, 'must be a decimal string'),
        entry_price: amount,
      }),
    )
    .max(100)
    .optional(),
  trades: z.int().min(0).max(MOST_TRADES).optional(),
  /** Faults that the key carries until they are changed: kinds, or kinds with parameters. */
  faults: z
    .array(z.union([z.enum(FAULT_KINDS).transform((kind) => ({ kind })), z.strictObject(faultShape)]))
    .max(20)
    .transform((faults) => faults.map(withDefaults))
    .optional(),
  /** Amounts in this account's answers come as JSON numbers. */
  bare_numbers: z.boolean().optional(),
};

/** A name makes the keys derive from the seed; without one they are random. */
export const newAccountsInput = z.strictObject({
  venue: z.enum(VENUE_IDS),
  name: z.string().min(1).max(100).optional(),
  count: z.int().min(1).max(10_000).optional(),
  /** Of chains: which address it shall be. */
  address: z.string().max(100).optional(),
  /** On the venue's test network. */
  testnet: z.boolean().default(false),
  ...changes,
});

export const accountChangeInput = z.strictObject(changes);
export type AccountChange = z.output<typeof accountChangeInput>;

export const faultInput = z
  .strictObject({
    ...faultShape,
    venue: z.enum(VENUE_IDS),
    api_key: z.string().min(1).max(2_000).optional(),
    times: z.int().min(1).max(1_000_000).optional(),
  })
  .transform(({ venue, api_key, times, ...fault }) => ({
    ...withDefaults(fault),
    venue,
    apiKey: api_key,
    times: times ?? Number.POSITIVE_INFINITY,
  }));

const text = z.string().min(1).max(200);

export const transferInput = z.strictObject({
  type: z.enum(['deposit', 'withdrawal']),
  asset: assetCode,
  amount,
  fee: amount.optional(),
  network: text.optional(),
  address: text.optional(),
  status: z.enum(['pending', 'done', 'failed']).optional(),
  at: z.iso.datetime().optional(),
  /** null: the history tells of it and no balance changes. */
  wallet: z.enum(WALLETS).nullable().default('spot'),
});

/** Milliseconds, or for a moment ISO 8601. */
const moment = z.union([z.int().min(0), z.iso.datetime().transform((iso) => Date.parse(iso))]);
const span = z.int().min(-1e13).max(1e13);

/** Exactly one of them. */
export const clockInput = z.union([
  z.strictObject({ offset_ms: span }),
  z.strictObject({ now: moment }),
  z.strictObject({ advance_ms: span }),
]);

export const venueQuery = z.enum(VENUE_IDS).optional();
