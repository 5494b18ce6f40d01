/** How a venue lists an account's trades: what its own part declares, and the checks that all of them share. */
import { badResponse, callEndpoint, type CcxtExchange, isObject, type JsonObject } from './ccxt-exchange.ts';

export interface TradeRequest {
  readonly exchange: CcxtExchange;
  /** ccxt's entry of the one market that is asked for; undefined: all. */
  readonly market: JsonObject | undefined;
  /** One of `TradeSource.lists`; empty where there are none. */
  readonly list: string;
  /** Inclusive, as is the end; 0: from the beginning. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** The `next` or `resume` of an earlier answer. */
  readonly token: string | undefined;
  /** Within `TradeSource.mostRows`. */
  readonly limit: number;
}

/** Rows as ccxt's `parseTrade` takes them, in any order; some may lie outside of the span. */
export interface TradeRows {
  readonly rows: readonly JsonObject[];
  /** Where the same span goes on; undefined: it is told to its end. */
  readonly next: string | undefined;
  /** Where later reading goes on, at venues that count rather than date; undefined: at the end of the span. */
  readonly resume?: string | undefined;
}

export interface TradeSource {
  readonly needsSymbol: boolean;
  /** The most that one answer lists. */
  readonly mostRows: number;
  /** The longest span that one request may ask for; absent: any. */
  readonly longestMs?: number;
  /** How far back the venue tells; absent: for ever. Older spans are not asked for. */
  readonly keepsMs?: number;
  /** Lists that are read one after the other over each span; absent: one. */
  readonly lists?: readonly string[];
  page(request: TradeRequest): Promise<TradeRows>;
}

export const DAY_MS = 86_400_000;

/** What ccxt reads from an answer that holds no list is an empty list, which would hide trades: such an answer is bad. */
export const rowsOf = (value: unknown): readonly JsonObject[] => {
  if (!Array.isArray(value) || !value.every(isObject)) throw badResponse();
  return value;
};

export const askRows = async (
  exchange: CcxtExchange,
  endpoint: string,
  parameters: JsonObject,
): Promise<readonly JsonObject[]> => rowsOf(await callEndpoint(exchange, endpoint, parameters));

/** A member that counts or names, as text. */
export const idAt = (row: JsonObject | undefined, name: string): string => {
  const value = row?.[name];
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text === '') throw badResponse();
  return text;
};

/** The same for what must be a whole number, however great. */
export const numberAt = (row: JsonObject | undefined, name: string): bigint => {
  const text = idAt(row, name);
  if (!/^\d{1,30}$/.test(text)) throw badResponse();
  return BigInt(text);
};

/** Under its own name, where one market is asked for: `{ symbol: 'BTCUSDT' }`. */
export const named = (name: string, market: JsonObject | undefined): JsonObject =>
  market === undefined ? {} : { [name]: market['id'] };

/** Left out where the list is asked for from its beginning. */
export const startingAt = (name: string, fromMs: number, unitMs = 1): JsonObject =>
  fromMs > 0 ? { [name]: Math.floor(fromMs / unitMs) } : {};
