/** What crosses between gateway and custody: length-framed JSON, and one table of methods with both their shapes. */
import { z } from 'zod';
import type {
  Connection,
  CustodyStats,
  SealingKey,
  TickerPrices,
  Transfers,
  VenueAccount,
} from '../exchanges/exchange.ts';
import type { VenueState } from '../exchanges/venue-state.ts';
import { type ErrorDetails, isErrorCode } from '../shared/errors.ts';
import { MARKET_METHODS, type MarketResults } from './market-protocol.ts';
import { amount, context, id, instant, name, ref } from './rpc-fields.ts';
import { publicJwkSchema } from './sealed-header.ts';
import { TRADE_METHODS, type TradeResults } from './trade-protocol.ts';
import { VENUE_DATA_METHODS, type VenueDataResults } from './venue-data-protocol.ts';
import { venueState } from './venue-state-protocol.ts';
import { WALLET_METHODS, type WalletResults } from './wallet-protocol.ts';

const venueAccount = z.object({
  marketCode: name,
  balances: z.array(z.object({ asset: name, free: amount, locked: amount, total: amount })).max(20_000),
  openPositions: z.int().min(0),
  hedgeModeEnabled: z.boolean(),
  asOf: instant,
}) satisfies z.ZodType<VenueAccount>;

const flag = z.boolean().nullable();
const connection = z.object({
  rights: z.object({
    canRead: flag,
    canTrade: flag,
    canWithdraw: flag,
    ipRestricted: flag,
    expiresAt: instant.nullable(),
    source: z.enum(['exchange', 'probe', 'unknown']),
  }),
  accounts: z.array(venueAccount),
}) satisfies z.ZodType<Connection>;

const tickerPrices = z.object({
  prices: z.array(z.object({ base: name, quote: name, last: amount })).max(20_000),
  asOf: instant,
}) satisfies z.ZodType<TickerPrices>;

const transfers = z.object({
  transfers: z
    .array(
      z.object({
        kind: z.enum(['deposit', 'withdrawal']),
        id: z.string().min(1).max(256),
        asset: name,
        amount,
        fee: z.object({ asset: name, amount }).nullable(),
        at: instant,
      }),
    )
    .max(20_000),
  asOf: instant,
}) satisfies z.ZodType<Transfers>;

/** Answers hold no field that could carry a secret: what is not in `result` does not cross. */
export const METHODS = {
  ping: { params: z.object({}), result: z.object({ venues: z.array(name), frozen: z.boolean() }) },
  stats: {
    params: z.object({}),
    result: z.object({
      openings: z.record(z.string(), z.int().min(0)),
      refused: z.int().min(0),
      budgetLeft: z.number(),
    }) satisfies z.ZodType<CustodyStats>,
  },
  ensureTenantKey: {
    params: z.object({ tenantId: id }),
    result: z.object({ keyId: id, publicJwk: publicJwkSchema }) satisfies z.ZodType<SealingKey>,
  },
  connect: {
    params: z.object({ context, ref, marketCodes: z.array(name).min(1).max(16) }),
    result: connection,
  },
  fetchAccount: { params: z.object({ context, ref, marketCode: name }), result: venueAccount },
  fetchTransfers: {
    params: z.object({ context, ref, marketCode: name, since: instant }),
    result: transfers,
  },
  fetchWallet: {
    params: z.object({ context, wallet: z.object({ marketCode: name, address: name }) }),
    result: venueAccount,
  },
  fetchPrices: { params: z.object({ context, venueId: name }), result: tickerPrices },
  ...MARKET_METHODS,
  ...TRADE_METHODS,
  ...VENUE_DATA_METHODS,
  ...WALLET_METHODS,
  venueStates: { params: z.object({}), result: z.array(venueState) },
} as const;

export type Method = keyof typeof METHODS;
export type Params<M extends Method> = z.output<(typeof METHODS)[M]['params']>;

/** The port's own types; each schema above satisfies the one it stands for. */
interface Results extends MarketResults, TradeResults, VenueDataResults, WalletResults {
  readonly ping: { readonly venues: readonly string[]; readonly frozen: boolean };
  readonly stats: CustodyStats;
  readonly ensureTenantKey: SealingKey;
  readonly connect: Connection;
  readonly fetchAccount: VenueAccount;
  readonly fetchTransfers: Transfers;
  readonly fetchWallet: VenueAccount;
  readonly fetchPrices: TickerPrices;
  readonly venueStates: readonly VenueState[];
}
export type Result<M extends Method> = Results[M];

export const requestSchema = z.object({
  id: z.int().min(0),
  method: z.enum(Object.keys(METHODS) as [Method, ...Method[]]),
  /** Milliseconds from arrival; custody never works on for longer. */
  deadlineMs: z.int().min(1).max(120_000),
  params: z.unknown(),
});
export type RpcRequest = z.output<typeof requestSchema>;

const errorSchema = z.object({
  code: z.string().refine(isErrorCode, 'not an error code'),
  message: z.string().max(500),
  details: z.object({
    attributes: z.exactOptional(z.record(z.string(), z.array(z.string()))),
    retryAfterMs: z.exactOptional(z.number().min(0)),
  }) satisfies z.ZodType<ErrorDetails>,
});

export const responseSchema = z.union([
  z.object({ id: z.int(), error: errorSchema }),
  z.object({ id: z.int(), result: z.unknown() }),
]);
export type RpcResponse = z.output<typeof responseSchema>;

/** A request is a reference and a few names; the largest answer is a venue's price list. */
export const REQUEST_LIMIT_BYTES = 256 * 1024;
export const RESPONSE_LIMIT_BYTES = 8 * 1024 * 1024;

const PREFIX_BYTES = 4;

/** Throws RangeError when the message is over the limit. */
export const encodeFrame = (message: object, limitBytes: number): Buffer => {
  const text = JSON.stringify(message);
  const size = Buffer.byteLength(text);
  if (size > limitBytes) throw new RangeError('the frame is too large');
  const frame = Buffer.allocUnsafe(PREFIX_BYTES + size);
  frame.writeUInt32BE(size, 0);
  frame.write(text, PREFIX_BYTES);
  return frame;
};

/** Feeds on chunks of a stream and hands out whole messages; throws for an oversized frame or text that is not JSON. */
export const createFrameReader = (
  limitBytes: number,
  onMessage: (message: unknown) => void,
): ((chunk: Buffer) => void) => {
  let chunks: Buffer[] = [];
  let buffered = 0;
  let needed = PREFIX_BYTES;

  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    // Chunks are joined only when a frame is complete, so a large frame in small chunks costs one copy.
    if (buffered < needed) return;
    let data = chunks.length === 1 ? chunk : Buffer.concat(chunks);
    while (data.length >= PREFIX_BYTES) {
      const size = data.readUInt32BE(0);
      if (size > limitBytes) throw new RangeError('the frame is too large');
      if (data.length < PREFIX_BYTES + size) break;
      onMessage(JSON.parse(data.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + size)));
      data = data.subarray(PREFIX_BYTES + size);
    }
    chunks = data.length === 0 ? [] : [data];
    buffered = data.length;
    needed = data.length >= PREFIX_BYTES ? PREFIX_BYTES + data.readUInt32BE(0) : PREFIX_BYTES;
  };
};
