/** Kraken through ccxt. Source: Kraken spot REST reference (GetApiKeyInfo, BalanceEx). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { krakenTrades } from './kraken-trades-ccxt.ts';

// Of the account alone, and longer when it is asked meanwhile.
const LOCKOUT_MS = 15 * 60_000;

export const krakenCcxt: CcxtVenue = {
  ccxtId: 'kraken',
  options: {},
  countingNonce: true,
  // A counter of each key that takes 45 s to run down from its greatest value of 15 (starter accounts).
  requestWindow: { windowMs: 45_000, countedBy: 'key' },
  balanceParameters: { kraken: {} },

  transferSpan: { longestMs: 89 * 86_400_000, until: 'until' },

  trades: krakenTrades,

  isBalance: (info) => objectAt(info, 'result') !== undefined,

  readKeyRights: async (exchange) => {
    const result = objectAt(await callEndpoint(exchange, 'privatePostGetApiKeyInfo'), 'result');
    const permissions: unknown = result?.['permissions'];
    if (result === undefined || !Array.isArray(permissions)) throw badResponse();
    const addresses: unknown = result['ipAllowlist'];
    return {
      canRead: permissions.includes('query-funds'),
      canTrade: permissions.includes('modify-trades'),
      canWithdraw: permissions.includes('withdraw-funds'),
      ipRestricted: Array.isArray(addresses) ? addresses.length > 0 : null,
      expiresAt: expiryOf(result['validUntil']),
      source: 'exchange',
    };
  },

  // Kraken suffixes what earns a yield: `ETH.F`, `BTC.M`, `DOT28.S` with the bonding days.
  assetOf: (code) => /^(.+?)(?:\d{2})?\.[BFMS]$/.exec(code)?.[1] ?? code,

  // Texts that ccxt does not know, or takes for something else.
  classify: (answer) => {
    const errors: unknown = isObject(answer) ? answer['error'] : undefined;
    if (!Array.isArray(errors)) return undefined;
    if (errors.includes('EGeneral:Temporary lockout')) {
      return new AppError('exchange_rate_limited', 'The exchange has locked this account for a while', {
        details: { retryAfterMs: LOCKOUT_MS },
      });
    }
    if (errors.includes('EAPI:Invalid signature'))
      return new AppError('invalid_credentials', 'The exchange refused the secret key');
    if (errors.includes('EOrder:Unknown order'))
      return new AppError('order_not_found', 'The exchange knows no such order');
    if (errors.includes('EQuery:Unknown asset pair'))
      return new AppError('exchange_refused', 'The exchange knows no such market');
    return undefined;
  },
};

/** Unix seconds as text, "0" for a key that does not expire. */
const expiryOf = (validUntil: unknown): string | null => {
  const text = typeof validUntil === 'number' ? validUntil.toString() : validUntil;
  if (typeof text !== 'string' || !/^[1-9]\d{0,10}$/.test(text)) return null;
  return new Date(Number.parseInt(text, 10) * 1_000).toISOString();
};
