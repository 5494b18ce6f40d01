/** Gemini through ccxt. Source: Gemini REST API (balances, roles). */
import { badResponse, callEndpoint, isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

export const geminiCcxt: CcxtVenue = createGenericCcxt({
  ccxtId: 'gemini',
  // One call instead of one for each market.
  options: { fetchMarketsMethod: 'fetch_markets_from_api' },
  countingNonce: true,
  balanceParameters: { gemini: {} },

  fetchTickers: (exchange) => exchange.fetchTickers(),

  ping: async (exchange) => {
    const ticker = await callEndpoint(exchange, 'publicGetV1PubtickerSymbol', { symbol: 'btcusd' });
    if (!haveAmounts([ticker], 'last')) throw badResponse();
  },

  isBalance: (info) => haveAmounts(info['list'], 'amount', 'available'),

  // A fund manager moves money out, a trader trades; either may read balances.
  readKeyRights: async (exchange) => {
    const roles = await callEndpoint(exchange, 'privatePostV1Roles');
    if (!isObject(roles) || typeof roles['isTrader'] !== 'boolean') throw badResponse();
    return {
      canRead: roles['isTrader'] || roles['isFundManager'] === true || roles['isAuditor'] === true,
      canTrade: roles['isTrader'],
      canWithdraw: roles['isFundManager'] === true,
      ipRestricted: null,
      expiresAt: null,
      source: 'exchange',
    };
  },
});
