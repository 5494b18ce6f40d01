/**
 * Binance.US through ccxt. Source: Binance.US API reference (account information). ccxt's class inherits Binance's
 * methods, some of which would send the key to binance.com: only endpoints that the venue's own table has are called.
 */
import { badResponse, callEndpoint, isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { classifyBinance } from './binance-ccxt.ts';

export const binanceUsCcxt: CcxtVenue = {
  ccxtId: 'binanceus',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  // Weights of a minute, by address, as at Binance.
  requestWindow: { windowMs: 60_000, countedBy: 'address' },
  balanceParameters: { binance_us: { type: 'spot', omitZeroBalances: 'true' } },

  isBalance: (info) => Array.isArray(info['balances']),

  // There is no call for the rights of a key. The account's flags bound them: no key can do what the account cannot,
  // but an account that can withdraw, as nearly all can, says nothing about this key.
  readKeyRights: async (exchange) => {
    const account = await callEndpoint(exchange, 'privateGetAccount');
    if (!isObject(account)) throw badResponse();
    const { canTrade, canWithdraw } = account;
    if (typeof canTrade !== 'boolean' || typeof canWithdraw !== 'boolean') throw badResponse();
    return {
      canRead: true,
      canTrade: canTrade ? null : false,
      canWithdraw: canWithdraw ? null : false,
      ipRestricted: null,
      expiresAt: null,
      source: 'exchange',
    };
  },

  classify: classifyBinance,
};
