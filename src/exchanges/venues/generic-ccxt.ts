/** The ccxt part of a venue that needs no code of its own: what to ask, what an answer looks like, how rights are told. */
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
export const probeRights = async (
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
    switch (toAppError(error, undefined).code) {
      case 'order_not_found':
        return told(true);
      case 'permission_denied':
        return told(false);
      case 'invalid_credentials':
        // Some venues say the same of a wrong key and of a missing right; a key that reads is not wrong.
        await exchange.fetchBalance(balanceParameters);
        return told(false);
      case 'exchange_refused':
      case 'exchange_error':
      case 'not_supported':
        return UNKNOWN;
      default:
        throw error;
    }
  }
};

/** A comma list such as `readOnly,trade`. */
export const splitList = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Rows of positions whose `field` is an amount other than zero. */
export const countOpen = (rows: readonly unknown[], field: string): number =>
  rows.filter((row) => {
    const amount = isObject(row) ? row[field] : undefined;
    // ccxt leaves short JSON numbers as they are.
    if (typeof amount === 'number') return amount !== 0;
    return typeof amount === 'string' && amount !== '' && !isZero(toDecimal(amount));
  }).length;
