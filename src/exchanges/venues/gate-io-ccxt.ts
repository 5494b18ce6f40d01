/** Gate through ccxt. Source: Gate API v4 reference (account detail, main keys, spot and futures accounts). */
import { AppError } from '../../shared/errors.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import type { KeyRights } from '../exchange.ts';
import { gateIoTrades } from './gate-io-trades-ccxt.ts';
import { countOpen, haveAmounts } from './generic-ccxt.ts';

const SETTLE_OF: Readonly<Record<string, string>> = {
  gate_io_usdt_perpetual: 'usdt',
  gate_io_btc_perpetual: 'btc',
};

const TRADING = new Set(['spot', 'margin', 'futures', 'delivery', 'options', 'unified']);

export const gateIoCcxt: CcxtVenue = {
  ccxtId: 'gate',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  balanceParameters: {
    gate_io: { type: 'spot' },
    gate_io_usdt_perpetual: { type: 'swap', settle: 'usdt' },
    gate_io_btc_perpetual: { type: 'swap', settle: 'btc' },
  },

  transferSpan: { longestMs: 29 * 86_400_000, until: 'until' },

  trades: gateIoTrades,

  fetchBalance: async (exchange, parameters) => {
    // ccxt takes an account for a classic one whenever asking fails, and would read a unified one as empty.
    if (typeof exchange.options['unifiedAccount'] !== 'boolean') await readDetail(exchange);
    return await exchange.fetchBalance(parameters);
  },

  isBalance: (info, marketCode) => {
    const unified = info['balances'];
    if (isObject(unified)) return haveAmounts(Object.values(unified), 'available', 'freeze');
    const list: unknown = info['list'];
    return SETTLE_OF[marketCode] === undefined
      ? haveAmounts(list, 'available', 'locked')
      : haveAmounts(list, 'available', 'total') && typeof objectAt(list, 0)?.['currency'] === 'string';
  },

  readKeyRights: async (exchange) => {
    const detail = await readDetail(exchange);
    const addresses = detail['ip_whitelist'];
    const ipRestricted = Array.isArray(addresses) ? addresses.length > 0 : null;
    const permissions = await readPermissions(exchange);
    if (permissions === undefined) {
      // Keys of sub-accounts may not see the list of keys.
      return { ...UNKNOWN, ipRestricted };
    }
    const mayWrite = (fits: (name: string) => boolean): boolean =>
      permissions.some(({ name, readOnly }) => !readOnly && fits(name));
    return {
      canRead: permissions.length > 0,
      canTrade: mayWrite((name) => TRADING.has(name)),
      canWithdraw: mayWrite((name) => name.startsWith('withdraw')),
      ipRestricted,
      expiresAt: null,
      source: 'exchange',
    };
  },

  readPositions: async (exchange, info, marketCode) => {
    const settle = SETTLE_OF[marketCode] ?? 'usdt';
    // A unified account's balance says nothing of the futures account.
    const account =
      objectAt(info['list'], 0) ??
      (await callEndpoint(exchange, 'privateFuturesGetSettleAccounts', { settle }));
    const rows = await callEndpoint(exchange, 'privateFuturesGetSettlePositions', {
      settle,
      holding: 'true',
    });
    if (!isObject(account) || !Array.isArray(rows)) throw badResponse();
    return {
      openPositions: countOpen(rows, 'size'),
      hedgeModeEnabled: account['in_dual_mode'] === true,
    };
  },

  classify: (answer) => {
    switch (isObject(answer) ? answer['label'] : undefined) {
      // ccxt has one class for these and for a wrong key.
      case 'REQUEST_EXPIRED':
        return new AppError('clock_skew', 'The exchange refused the time of the request');
      case 'IP_FORBIDDEN':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      default:
        return undefined;
    }
  },
};

const UNKNOWN: KeyRights = {
  canRead: null,
  canTrade: null,
  canWithdraw: null,
  ipRestricted: null,
  expiresAt: null,
  source: 'unknown',
};

const UNIFIED_MODE = '2';

const readDetail = async (exchange: CcxtExchange): Promise<JsonObject> => {
  const detail = await callEndpoint(exchange, 'privateAccountGetDetail');
  const mode = objectAt(detail, 'key')?.['mode'];
  if (!isObject(detail) || (typeof mode !== 'number' && typeof mode !== 'string')) throw badResponse();
  exchange.options['unifiedAccount'] = String(mode) === UNIFIED_MODE;
  return detail;
};

interface Permission {
  readonly name: string;
  readonly readOnly: boolean;
}

/** Of the key in use; undefined when the venue does not show it, or not beyond doubt. */
const readPermissions = async (exchange: CcxtExchange): Promise<readonly Permission[] | undefined> => {
  let answer: unknown;
  try {
    answer = await callEndpoint(exchange, 'privateAccountGetMainKeys');
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw error;
  }
  const rows: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  const [found, ...others] = rows.filter((row) => isKey(row, exchange.apiKey ?? ''));
  const permissions: unknown = isObject(found) ? found['perms'] : undefined;
  if (others.length > 0 || !Array.isArray(permissions)) return undefined;
  return permissions
    .filter(isObject)
    .map(({ name, read_only }) => ({ name: String(name), readOnly: read_only !== false }));
};

/** The list shows the first characters of each key, and asterisks for the rest. */
const isKey = (row: unknown, apiKey: string): boolean => {
  const shown = isObject(row) ? row['key'] : undefined;
  if (typeof shown !== 'string') return false;
  const start = shown.split('*', 1)[0] ?? '';
  return start.length >= 6 && apiKey.startsWith(start);
};

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && error.constructor.name === 'PermissionDenied';
