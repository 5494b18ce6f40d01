/** Bitfinex through ccxt. Source: Bitfinex REST v2 (wallets, key permissions, error codes). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { bitfinexTrades } from './bitfinex-trades-ccxt.ts';
import { haveAmounts } from './generic-ccxt.ts';

export const bitfinexCcxt: CcxtVenue = {
  ccxtId: 'bitfinex',
  options: {},
  countingNonce: true,
  balanceParameters: { bitfinex: { type: 'exchange' } },

  fetchTickers: (exchange) => exchange.fetchTickers(),

  // No span is too long, but an answer has an end.
  transferSpan: { longestMs: 3_650 * 86_400_000, until: 'end' },

  trades: bitfinexTrades,

  isBalance: (info) => Array.isArray(info['list']) && info['list'].every(isWallet),

  readKeyRights: async (exchange) => {
    const rows = await callEndpoint(exchange, 'privatePostAuthRPermissions');
    if (!Array.isArray(rows) || !rows.every(isRight)) throw badResponse();
    const rights = new Map(
      rows.map(([scope, read, write]) => [scope, { read: read === 1, write: write === 1 }]),
    );
    const wallets = rights.get('wallets');
    if (wallets === undefined) throw badResponse();
    return {
      canRead: wallets.read,
      canTrade: rights.get('orders')?.write === true,
      canWithdraw: rights.get('withdraw')?.write === true,
      ipRestricted: null,
      expiresAt: null,
      source: 'exchange',
    };
  },

  // `["error", 10100, "apikey: invalid"]`: ccxt reads it at status 500 only, and takes a list at any other for an answer.
  classify: (answer, status) => {
    if (!Array.isArray(answer) || answer[0] !== 'error') return undefined;
    switch (answer[1]) {
      case 10100:
        return new AppError('invalid_credentials', 'The exchange refused the API key or its signature');
      case 10114:
        return new AppError('clock_skew', 'The exchange refused the time or nonce of the request');
      default:
        return status === 500 || status === 429
          ? undefined
          : new AppError('exchange_error', 'The exchange answered with an error');
    }
  },
};

/** [type, currency, balance, unsettled interest, available or null while it is being computed, ...] */
const isWallet = (row: unknown): boolean => {
  if (!Array.isArray(row)) return false;
  const [type, currency, balance, , available] = row as readonly unknown[];
  return (
    typeof type === 'string' &&
    typeof currency === 'string' &&
    haveAmounts([{ balance, available: available ?? 0 }], 'balance', 'available')
  );
};

/** [scope, may read, may write] */
const isRight = (row: unknown): row is [string, unknown, unknown] =>
  Array.isArray(row) && typeof row[0] === 'string' && row.length >= 3;
