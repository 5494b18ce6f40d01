/** Bitget through ccxt. Source: Bitget API v2 (classic accounts) and v3 (unified accounts) references. */
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { isConnectionLoss, toAppError } from '../ccxt-errors.ts';
import {
  badResponse,
  callEndpoint,
  type CcxtExchange,
  isObject,
  type JsonObject,
  objectAt,
} from '../ccxt-exchange.ts';
import { countOpen, createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

/** Codes of the rights to write on a classic account: spot, futures orders, futures positions, margin. */
const TRADING = new Set(['stow', 'coow', 'cpow', 'smow']);
const WITHDRAWING = 'wwow';

const USDT_FUTURES = 'USDT-FUTURES';

export const bitgetCcxt = createGenericCcxt({
  ccxtId: 'bitget',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  balanceParameters: {
    bitget: { type: 'spot' },
    bitget_usdt_futures: { type: 'swap', productType: USDT_FUTURES },
  },

  fetchBalance: async (exchange, parameters) => {
    await isUnified(exchange);
    return await exchange.fetchBalance(parameters);
  },

  isBalance: (info) => {
    const rows = info['list'];
    // Spot and unified rows, and those of the futures wallet.
    return haveAmounts(rows, 'available', 'locked') || haveAmounts(rows, 'maxTransferOut', 'accountEquity');
  },

  readKeyRights: async (exchange) => {
    const unified = await isUnified(exchange);
    const method = unified ? 'privateUtaGetV3AccountInfo' : 'privateSpotGetV2SpotAccountInfo';
    const data = objectAt(await callEndpoint(exchange, method), 'data');
    const rights: unknown = data?.[unified ? 'permissions' : 'authorities'];
    if (data === undefined || !Array.isArray(rights)) throw badResponse();
    const names = rights.map(String);
    const addresses = data['ips'];
    return {
      canRead: true,
      canTrade: unified
        ? data['permType'] === 'read-and-write' && names.includes('uta_trade')
        : names.some((name) => TRADING.has(name)),
      canWithdraw: names.some((name) => name === WITHDRAWING || name.includes('withdraw')),
      ipRestricted: typeof addresses === 'string' ? addresses !== '' : null,
      expiresAt: null,
      source: 'exchange',
    };
  },

  readPositions: async (exchange) =>
    (await isUnified(exchange)) ? await unifiedPositions(exchange) : await classicPositions(exchange),

  classify: (answer) => {
    if (!isObject(answer)) return undefined;
    switch (answer['code']) {
      case '40018':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      // Failures of the venue's own that ccxt does not tell from refusals.
      case '40015':
      case '40725':
      case '45001':
        return new AppError('exchange_unavailable', 'The exchange is not available');
      case '00000':
        // Without data ccxt would tell an empty account.
        return typeof answer['data'] === 'object' ? undefined : badResponse();
      default:
        return undefined;
    }
  },
});

/** How the venue tells that an account is of the other kind. */
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'exchange_refused',
  'exchange_error',
  'permission_denied',
  'not_supported',
]);

/** ccxt takes an account for a classic one whenever asking fails, and would read a unified one as empty. */
const isUnified = async (exchange: CcxtExchange): Promise<boolean> => {
  const known = exchange.options['uta'];
  if (typeof known === 'boolean') return known;
  let unified = true;
  try {
    await callEndpoint(exchange, 'privateUtaGetV3AccountSettings');
  } catch (error) {
    if (isConnectionLoss(error) || !REFUSED.has(toAppError(error, undefined).code)) throw error;
    unified = false;
  }
  exchange.options['uta'] = unified;
  return unified;
};

const rowsOf = (value: unknown): readonly unknown[] => {
  if (!Array.isArray(value)) throw badResponse();
  return value;
};

const modeOf = (data: JsonObject | undefined, name: string): boolean => {
  const mode = data?.[name];
  if (typeof mode !== 'string') throw badResponse();
  return mode === 'hedge_mode';
};

const classicPositions = async (exchange: CcxtExchange) => {
  const productType = USDT_FUTURES;
  const positions = await callEndpoint(exchange, 'privateMixGetV2MixPositionAllPosition', { productType });
  const account = await callEndpoint(exchange, 'privateMixGetV2MixAccountAccount', {
    productType,
    symbol: 'BTCUSDT',
    marginCoin: 'USDT',
  });
  return {
    openPositions: countOpen(rowsOf(isObject(positions) ? positions['data'] : undefined), 'total'),
    hedgeModeEnabled: modeOf(objectAt(account, 'data'), 'posMode'),
  };
};

const unifiedPositions = async (exchange: CcxtExchange) => {
  const positions = await callEndpoint(exchange, 'privateUtaGetV3PositionCurrentPosition', {
    category: USDT_FUTURES,
  });
  const settings = await callEndpoint(exchange, 'privateUtaGetV3AccountSettings');
  // Without a position the venue sends null for the list.
  const list = objectAt(positions, 'data')?.['list'] ?? [];
  return {
    openPositions: countOpen(rowsOf(list), 'total'),
    hedgeModeEnabled: modeOf(objectAt(settings, 'data'), 'holdMode'),
  };
};
