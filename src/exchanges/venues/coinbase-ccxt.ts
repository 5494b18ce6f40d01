/** Coinbase Exchange through ccxt. Source: Coinbase Exchange REST API (authentication, profile accounts). */
import { AppError } from '../../shared/errors.ts';
import { isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { listCoinbaseTransfers } from './coinbase-transfers-ccxt.ts';
import { coinbaseTrades } from './coinbase-trades-ccxt.ts';
import { createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

/** By the venue's own words; ccxt reads them only where the status is 400 or 404. */
const MEANINGS: Readonly<Record<string, () => AppError>> = {
  'request timestamp expired': () =>
    new AppError('clock_skew', 'The exchange refused the time or nonce of the request'),
  'invalid timestamp': () =>
    new AppError('clock_skew', 'The exchange refused the time or nonce of the request'),
  'ip does not match ip whitelist': () =>
    new AppError('ip_not_whitelisted', 'The API key is locked to other addresses'),
};

export const coinbaseCcxt: CcxtVenue = createGenericCcxt({
  ccxtId: 'coinbaseexchange',
  // Seconds: a time stamp in milliseconds is refused as invalid.
  nonceUnitMs: 1_000,
  balanceParameters: { coinbase: {} },
  // The venue tells no rights. Its order ids are UUIDs; anything else is refused before the order is looked for.
  probe: { parameters: { id: '00000000-0000-4000-8000-000000012345' } },

  fetchTickers: (exchange) => exchange.fetchTickers(),

  listTransfers: listCoinbaseTransfers,

  trades: coinbaseTrades,

  isBalance: (info) => haveAmounts(info['list'], 'balance', 'available', 'hold'),

  classify: (answer, status) => {
    const message: unknown = isObject(answer) ? answer['message'] : undefined;
    if (status < 400 || typeof message !== 'string') return undefined;
    const meaning = MEANINGS[message.toLowerCase()];
    if (meaning !== undefined) return meaning();
    // ccxt takes any 403 for an outage.
    return status === 403 ? new AppError('permission_denied', 'The API key lacks a permission') : undefined;
  },
});
