/** Bitfinex through ccxt. Source: Bitfinex REST v2 (wallets, key permissions, error codes). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';

export const bitfinexCcxt: CcxtVenue = {
  ccxtId: 'bitfinex',
  options: {},
  countingNonce: true,
  balanceParameters: { bitfinex: { type: 'exchange' } },

  fetchTickers: (exchange) => exchange.fetchTickers(),

  isBalance: (info) => Array.isArray(info['list']) && info['list'].every(isWallet),

  readKeyRights: async (exchange) => {
    const rows = await callEndpoint(exchange, 'privatePostAuthRPermissions');
    if (!Array.isArray(rows) || !rows.every(isRight)) throw badResponse();
    const rights = new Map(rows.map(([scope, read, write]) => [scope, { read: read === 1, write: write === 1 }]));
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
  classify: (answer) => {
    if (!Array.isArray(answer) || answer[0] !== 'error') return undefined;
    switch (answer[1]) {
      case 10100:
        return new AppError('invalid_credentials', 'The exchange refused the API key or its signature');
      case 10114:
        return new AppError('clock_skew', 'The exchange refused the time or nonce of the request');
      case 10001:
        return new AppError('permission_denied', 'The API key lacks a permission');
      case 11010:
        return new AppError('exchange_rate_limited', 'The exchange limits our requests');
      case 20060:
        return new AppError('exchange_unavailable', 'The exchange is not available');
      default:
        return undefined;
    }
  },
};

/** [type, currency, balance, unsettled interest, available, ...] */
const isWallet = (row: unknown): boolean =>
  Array.isArray(row) && typeof row[0] === 'string' && typeof row[1] === 'string' && row.length >= 5;

/** [scope, may read, may write] */
const isRight = (row: unknown): row is [string, unknown, unknown] =>
  Array.isArray(row) && typeof row[0] === 'string' && row.length >= 3;
