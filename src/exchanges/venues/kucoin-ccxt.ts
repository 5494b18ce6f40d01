/** KuCoin through ccxt. Source: KuCoin API reference (API key info, account list, account mode). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { haveAmounts, splitList } from './generic-ccxt.ts';
import { learnAccountKind } from './kucoin-account-kind-ccxt.ts';
import { kucoinTrades } from './kucoin-trades-ccxt.ts';

export const kucoinCcxt: CcxtVenue = {
  ccxtId: 'kucoin',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'], fetchTickersFees: false } },
  countingNonce: false,
  balanceParameters: { kucoin: { type: 'spot' } },

  fetchBalance: async (exchange, parameters) => {
    await learnAccountKind(exchange);
    return await exchange.fetchBalance(parameters);
  },

  transferSpan: { longestMs: 89 * 86_400_000, until: 'until' },

  trades: kucoinTrades,

  isBalance: (info) => {
    const data = info['data'];
    if (Array.isArray(data)) return haveAmounts(data, 'balance', 'available', 'holds');
    const unified = objectAt(isObject(data) ? data['accounts'] : undefined, 0);
    return haveAmounts(unified?.['currencies'], 'available');
  },

  readKeyRights: async (exchange) => {
    const data = objectAt(await callEndpoint(exchange, 'privateGetUserApiKey'), 'data');
    const text = data?.['permission'];
    if (data === undefined || typeof text !== 'string') throw badResponse();
    const permissions = splitList(text);
    const addresses = data['ipWhitelist'];
    return {
      canRead: permissions.includes('General'),
      canTrade: ['Spot', 'Trade', 'Margin', 'Futures', 'Unified'].some((right) =>
        permissions.includes(right),
      ),
      // `Transfer` is the older name; moving money between one's own accounts is `InnerTransfer`.
      canWithdraw: ['Withdrawal', 'Withdraw', 'Transfer'].some((right) => permissions.includes(right)),
      ipRestricted: typeof addresses === 'string' && addresses !== '',
      expiresAt: null,
      source: 'exchange',
    };
  },

  classify: (answer) => {
    const code = isObject(answer) ? answer['code'] : undefined;
    switch (code) {
      case undefined:
        return undefined;
      // ccxt has one class for these and for a wrong key.
      case '400004':
        return new AppError('invalid_credentials', 'The exchange refused the passphrase');
      case '400006':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      case '400007':
        return new AppError('permission_denied', 'The API key lacks a permission');
      // A code that ccxt does not know.
      case '900001':
        return new AppError('exchange_refused', 'The exchange knows no such market');
      default:
        return typeof code === 'object' ? badResponse() : undefined;
    }
  },
};
