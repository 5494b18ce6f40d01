/** OKX through ccxt. Source: OKX API v5 reference (account configuration, balance, positions). */
import { AppError } from '../../shared/errors.ts';
import { isZero, toDecimal } from '../../shared/money.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { okxTrades } from './okx-trades-ccxt.ts';

export const okxCcxt: CcxtVenue = {
  ccxtId: 'okx',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  // Most private endpoints allow a number of requests in two seconds to each user.
  requestWindow: { windowMs: 2_000, countedBy: 'key' },
  // One trading account holds the funds of both market codes.
  balanceParameters: { okex: { type: 'spot' }, okex_futures: { type: 'swap' } },

  transferSpan: { longestMs: 89 * 86_400_000, until: 'until' },

  trades: okxTrades,

  isBalance: (info) => Array.isArray(info['data']) && Array.isArray(objectAt(info['data'], 0)?.['details']),

  readKeyRights: async (exchange) => {
    const config = await readConfig(exchange);
    const text = config['perm'];
    if (typeof text !== 'string') throw badResponse();
    const permissions = text.split(',').map((permission) => permission.trim());
    const addresses = config['ip'];
    return {
      canRead: permissions.includes('read_only'),
      canTrade: permissions.includes('trade'),
      canWithdraw: permissions.includes('withdraw'),
      ipRestricted: typeof addresses === 'string' ? addresses.length > 0 : null,
      expiresAt: null,
      source: 'exchange',
    };
  },

  readPositions: async (exchange) => {
    const config = await readConfig(exchange);
    const answer = await callEndpoint(exchange, 'privateGetAccountPositions');
    const positions: unknown = isObject(answer) ? answer['data'] : undefined;
    if (!Array.isArray(positions)) throw badResponse();
    return {
      openPositions: positions.filter(isOpen).length,
      hedgeModeEnabled: config['posMode'] === 'long_short_mode',
    };
  },

  classify: (answer) => {
    if (!isObject(answer)) return undefined;
    if (answer['code'] === '50110') {
      return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
    }
    // ccxt has one class for a wrong passphrase and for a wrong key.
    if (answer['code'] === '50105')
      return new AppError('invalid_credentials', 'The exchange refused the passphrase');
    // "API key doesn't exist" and "API key doesn't have permission": ccxt 4.5.84 knows neither code and takes both for
    // failures of the venue.
    if (answer['code'] === '50119')
      return new AppError('invalid_credentials', 'The exchange refused the API key');
    return answer['code'] === '50120'
      ? new AppError('permission_denied', 'The API key lacks a permission')
      : undefined;
  },
};

const readConfig = async (exchange: CcxtExchange): Promise<JsonObject> => {
  const answer = await callEndpoint(exchange, 'privateGetAccountConfig');
  const config = isObject(answer) ? objectAt(answer['data'], 0) : undefined;
  if (config === undefined) throw badResponse();
  return config;
};

const isOpen = (position: unknown): boolean => {
  const size = isObject(position) ? position['pos'] : undefined;
  return typeof size === 'string' && size !== '' && !isZero(toDecimal(size));
};
