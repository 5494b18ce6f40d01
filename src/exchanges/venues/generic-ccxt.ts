/** The ccxt part of a venue that needs no code of its own: what to ask, what an answer looks like, how rights are told. */
import type { ErrorCode } from '../../shared/errors.ts';
import { isZero, toDecimal } from '../../shared/money.ts';
import { isConnectionLoss, toAppError } from '../ccxt-errors.ts';
import type { CcxtExchange, JsonObject } from '../ccxt-exchange.ts';
import { isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import type { KeyRights } from '../exchange.ts';

export interface OrderProbe {
  /** A market that the venue is sure to list; only where cancelling an order needs one. */
  readonly symbol?: string;
  readonly parameters?: JsonObject;
}

/** What a venue may say of its own; everything that is left out has a usual value. */
export interface GenericVenue
  extends Pick<CcxtVenue, 'ccxtId' | 'balanceParameters' | 'isBalance'>,
    Partial<Omit<CcxtVenue, 'ccxtId' | 'balanceParameters' | 'isBalance'>> {
  /** How to ask by cancelling an order that does not exist; absent: without `readKeyRights` rights are unknown. */
  readonly probe?: OrderProbe;
}

export const createGenericCcxt = ({ probe, ...venue }: GenericVenue): CcxtVenue => ({
  options: {},
  countingNonce: false,
  readKeyRights: async (exchange) =>
    probe === undefined
      ? UNKNOWN
      : await probeRights(exchange, probe, Object.values(venue.balanceParameters)[0] ?? {}),
  ...venue,
});

// Rights are read together with a balance, which fails where the key may not read.
const UNKNOWN: KeyRights = {
  canRead: null,
  canTrade: null,
  canWithdraw: null,
  ipRestricted: null,
  expiresAt: null,
  source: 'unknown',
};

/** No venue numbers its orders so low; where one did, it would be an order of years ago. */
const NO_ORDER = '12345';

/** A key that may trade hears that the order is not there; one that may not hears that. Nothing changes either way. */
const probeRights = async (
  exchange: CcxtExchange,
  probe: OrderProbe,
  balanceParameters: JsonObject,
): Promise<KeyRights> => {
  const told = (canTrade: boolean): KeyRights => ({ ...UNKNOWN, canTrade, source: 'probe' });
  try {
    await exchange.cancelOrder(NO_ORDER, probe.symbol, probe.parameters);
    return told(true);
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    const { code } = toAppError(error, undefined);
    if (code === 'order_not_found') return told(true);
    if (code === 'permission_denied') return told(false);
    if (code === 'invalid_credentials') {
      // Some venues say the same of a wrong key and of a missing right; a key that reads is not wrong.
      await exchange.fetchBalance(balanceParameters);
      return told(false);
    }
    if (NO_ANSWER.has(code)) return UNKNOWN;
    throw error;
  }
};

/** The venue refused the question, in words that say nothing of rights. */
const NO_ANSWER: ReadonlySet<ErrorCode> = new Set(['exchange_refused', 'exchange_error', 'not_supported']);

/** A comma list such as `readOnly,trade`. */
export const splitList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Rows that are objects and whose fields are all amounts; ccxt reads one of another type as nothing held. */
export const haveAmounts = (rows: unknown, ...fields: readonly string[]): boolean =>
  Array.isArray(rows) &&
  rows.every((row: unknown) => isObject(row) && fields.every((field) => isAmount(row[field])));

const isAmount = (value: unknown): boolean =>
  typeof value === 'number' || (typeof value === 'string' && AMOUNT.test(value));

const AMOUNT = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Rows of positions whose `field` is an amount other than zero. */
export const countOpen = (rows: readonly unknown[], field: string): number =>
  rows.filter((row) => {
    const amount = isObject(row) ? row[field] : undefined;
    // ccxt leaves short JSON numbers as they are.
    if (typeof amount === 'number') return amount !== 0;
    return typeof amount === 'string' && amount !== '' && !isZero(toDecimal(amount));
  }).length;
