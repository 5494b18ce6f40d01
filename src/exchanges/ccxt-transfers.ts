/** Reads completed deposits and withdrawals through ccxt, in spans that the venue takes, and in the port's terms. */
import { AppError } from '../shared/errors.ts';
import { compare, type DecimalString, toDecimal } from '../shared/money.ts';
import type { Ask } from './ccxt-ask.ts';
import { hasCcxtClass } from './ccxt-errors.ts';
import { badResponse, type CcxtExchange, isObject, type JsonObject, objectAt } from './ccxt-exchange.ts';
import type { CcxtVenue } from './ccxt-venue.ts';
import type { Transfer } from './exchange.ts';

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

type ListTransfers = (
  code: undefined,
  since: number,
  limit: number | undefined,
  parameters: JsonObject,
) => Promise<unknown>;

// The least that any venue with spans lists in one answer; a full answer may have left some out.
const PAGE_ROWS = 50;
// A venue that does not answer within so many requests is not asked on: the call has a deadline.
const MOST_REQUESTS = 60;

/**
 * Oldest first. Throws not_supported where the venue lists none without being told an asset or an account, and
 * exchange_error when it cannot be made to list all of a span.
 */
export const readTransfers = async (
  ask: Ask,
  exchange: CcxtExchange,
  venue: CcxtVenue,
  span: Span,
): Promise<Transfer[]> => {
  const lists = listsOf(exchange, venue);
  if (lists.length === 0) throw notReported();
  const found: Transfer[] = [];
  for (const { kind, list } of lists) {
    const rows = await readRows(ask, venue, list, span);
    for (const row of rows) {
      const transfer = toTransfer(row, kind, (code) => venue.assetOf?.(code) ?? code);
      if (transfer !== undefined) found.push(transfer);
    }
  }
  return found.sort((a, b) => (a.at < b.at ? -1 : 1));
};

const notReported = (): AppError =>
  new AppError('not_supported', 'The exchange does not list deposits and withdrawals');

interface TransferList {
  /** null: the rows say it. */
  readonly kind: Transfer['kind'] | null;
  readonly list: ListTransfers;
}

const listsOf = (exchange: CcxtExchange, venue: CcxtVenue): TransferList[] => {
  const own = venue.listTransfers?.bind(venue);
  if (own !== undefined) return [{ kind: null, list: (_, since) => own(exchange, since) }];
  const bound = (kind: Transfer['kind'] | null, method: string): TransferList => {
    const list: unknown = Reflect.get(exchange, method);
    if (typeof list !== 'function') throw notReported();
    return {
      kind,
      list: (...given) => listing(exchange, () => Reflect.apply(list, exchange, given) as Promise<unknown>),
    };
  };
  const { has } = exchange;
  if (has['fetchDeposits'] === true && has['fetchWithdrawals'] === true)
    return [bound('deposit', 'fetchDeposits'), bound('withdrawal', 'fetchWithdrawals')];
  return has['fetchDepositsWithdrawals'] === true ? [bound(null, 'fetchDepositsWithdrawals')] : [];
};

/** What ccxt reads from an answer that holds no list is an empty list, which would hide a deposit: such an answer is bad. */
const listing = async (exchange: CcxtExchange, list: () => Promise<unknown>): Promise<unknown> => {
  Reflect.set(exchange, 'enableLastJsonResponse', true);
  try {
    const rows = await list();
    const found = listsIn(Reflect.get(exchange, 'last_json_response'), LIST_DEPTH);
    if (found.length === 0 || !found.flat().every((row) => typeof row === 'object' && row !== null))
      throw badResponse();
    return rows;
  } finally {
    Reflect.set(exchange, 'enableLastJsonResponse', false);
    Reflect.set(exchange, 'last_json_response', undefined);
  }
};

// The deepest of any venue: `result.rows`.
const LIST_DEPTH = 2;

/** Lists in the answer itself and in its objects; rows are not looked into. */
const listsIn = (value: unknown, depth: number): (readonly unknown[])[] => {
  if (Array.isArray(value)) return [value];
  if (depth === 0 || !isObject(value)) return [];
  return Object.values(value).flatMap((inner) => listsIn(inner, depth - 1));
};

/** Asks span by span; the halves of a span whose answer was full are asked for again. */
const readRows = async (
  ask: Ask,
  venue: CcxtVenue,
  list: ListTransfers,
  span: Span,
): Promise<JsonObject[]> => {
  const { transferSpan } = venue;
  const request = async (since: number, limit: number | undefined, parameters: JsonObject) =>
    toRows(await ask(() => list(undefined, since, limit, parameters)).catch(rethrowUnlisted));
  if (transferSpan === undefined) return await request(span.fromMs, undefined, {});

  const rows = new Map<string, JsonObject>();
  const open = cut(span, transferSpan.longestMs);
  for (let requests = 0; open.length > 0; requests += 1) {
    const part = open.pop();
    if (part === undefined) break;
    if (requests >= MOST_REQUESTS) throw tooMany();
    const page = await request(part.fromMs, PAGE_ROWS, { [transferSpan.until]: part.untilMs });
    for (const row of page) rows.set(`${String(row['id'])}\n${String(row['txid'])}`, row);
    if (page.length < PAGE_ROWS) continue;
    const middle = Math.floor((part.fromMs + part.untilMs) / 2);
    if (middle === part.fromMs) throw tooMany();
    open.push({ fromMs: part.fromMs, untilMs: middle }, { fromMs: middle, untilMs: part.untilMs });
  }
  return [...rows.values()];
};

const tooMany = (): AppError =>
  new AppError('exchange_error', 'The exchange lists more deposits and withdrawals than can be read');

/** Equal parts, none longer than `longestMs`. */
const cut = ({ fromMs, untilMs }: Span, longestMs: number): Span[] => {
  const count = Math.max(1, Math.ceil((untilMs - fromMs) / longestMs));
  const width = (untilMs - fromMs) / count;
  const edge = (index: number): number => Math.floor(fromMs + index * width);
  return Array.from({ length: count }, (_, index) => ({
    fromMs: edge(index),
    untilMs: index === count - 1 ? untilMs : edge(index + 1),
  }));
};

const rethrowUnlisted = (error: unknown): never => {
  throw hasCcxtClass(error, ['ArgumentsRequired', 'NotSupported']) ? notReported() : error;
};

const toRows = (answer: unknown): JsonObject[] => {
  if (!Array.isArray(answer) || !answer.every(isObject)) throw badResponse();
  return answer;
};

/** undefined: not completed, or not a transfer of a known time. */
const toTransfer = (
  row: JsonObject,
  listed: Transfer['kind'] | null,
  assetOf: (code: string) => string,
): Transfer | undefined => {
  const kind =
    listed ?? (row['type'] === 'deposit' || row['type'] === 'withdrawal' ? row['type'] : undefined);
  const id = row['id'] ?? row['txid'];
  const at = row['timestamp'];
  if (row['status'] !== 'ok' || kind === undefined || typeof at !== 'number') return undefined;
  const amount = amountOf(row['amount']);
  if (typeof id !== 'string' || amount === undefined || typeof row['currency'] !== 'string')
    throw badResponse();
  const fee = objectAt(row, 'fee');
  const cost = amountOf(fee?.['cost']);
  const feeAsset = fee?.['currency'];
  return {
    kind,
    id,
    asset: assetOf(row['currency']),
    amount,
    fee:
      cost === undefined || typeof feeAsset !== 'string' ? null : { asset: assetOf(feeAsset), amount: cost },
    at: new Date(at).toISOString(),
  };
};

/** Without a sign: some venues write withdrawals and their fees as negative amounts. */
const amountOf = (value: unknown): DecimalString | undefined => {
  if (typeof value !== 'string' || value === '') return undefined;
  const amount = toDecimal(value);
  return compare(amount, '0') < 0 ? amount.slice(1) : amount;
};
