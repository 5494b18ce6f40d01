/** HTX through ccxt. Source: HTX spot API reference (user id, API key query, account balance). */
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import { createGenericCcxt, haveAmounts, splitList } from './generic-ccxt.ts';

export const huobiCcxt = createGenericCcxt({
  ccxtId: 'htx',
  options: { defaultType: 'spot', fetchMarkets: { types: { spot: true, linear: false, inverse: false } } },
  balanceParameters: { huobi: { type: 'spot' } },

  isBalance: (info) => haveAmounts(objectAt(info, 'data')?.['list'], 'balance'),

  readKeyRights: async (exchange) => {
    const user = await callEndpoint(exchange, 'spotPrivateGetV2UserUid');
    const uid = isObject(user) ? user['data'] : undefined;
    if (typeof uid !== 'number' && typeof uid !== 'string') throw badResponse();
    const answer = await callEndpoint(exchange, 'spotPrivateGetV2UserApiKey', {
      uid,
      accessKey: exchange.apiKey,
    });
    const key = isObject(answer) ? objectAt(answer['data'], 0) : undefined;
    const text = key?.['permission'];
    if (key === undefined || typeof text !== 'string') throw badResponse();
    const permissions = splitList(text);
    const addresses = key['ipAddresses'];
    return {
      canRead: permissions.includes('readOnly'),
      canTrade: permissions.includes('trade'),
      canWithdraw: permissions.includes('withdraw'),
      ipRestricted: typeof addresses === 'string' && addresses !== '',
      expiresAt: expiryOf(key['validDays'], exchange.milliseconds()),
      source: 'exchange',
    };
  },
});

const DAY_MS = 86_400_000;

/** Whole days that are left; -1 for a key that does not expire. */
const expiryOf = (validDays: unknown, nowMs: number): string | null => {
  const days = typeof validDays === 'string' ? Number.parseInt(validDays, 10) : validDays;
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 0) return null;
  return new Date(nowMs + days * DAY_MS).toISOString();
};
