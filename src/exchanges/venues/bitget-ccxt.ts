/** Bitget through ccxt. Source: Bitget API v2 reference (spot account information, futures accounts and positions). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import { countOpen, createGenericCcxt } from './generic-ccxt.ts';

/** Codes of the rights to write: spot, futures orders, futures positions, margin. */
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

  isBalance: (info) => Array.isArray(info['list']),

  readKeyRights: async (exchange) => {
    const data = objectAt(await callEndpoint(exchange, 'privateSpotGetV2SpotAccountInfo'), 'data');
    const rights: unknown = data?.['authorities'];
    if (data === undefined || !Array.isArray(rights)) throw badResponse();
    const addresses = data['ips'];
    return {
      canRead: true,
      canTrade: rights.some((right) => TRADING.has(String(right))),
      canWithdraw: rights.includes(WITHDRAWING),
      ipRestricted: typeof addresses === 'string' && addresses !== '',
      expiresAt: null,
      source: 'exchange',
    };
  },

  readPositions: async (exchange) => {
    const productType = USDT_FUTURES;
    const positions = await callEndpoint(exchange, 'privateMixGetV2MixPositionAllPosition', { productType });
    const account = await callEndpoint(exchange, 'privateMixGetV2MixAccountAccount', {
      productType,
      symbol: 'BTCUSDT',
      marginCoin: 'USDT',
    });
    const rows: unknown = isObject(positions) ? positions['data'] : undefined;
    const mode = objectAt(account, 'data')?.['posMode'];
    if (!Array.isArray(rows) || typeof mode !== 'string') throw badResponse();
    return { openPositions: countOpen(rows, 'total'), hedgeModeEnabled: mode === 'hedge_mode' };
  },

  classify: (answer) => {
    if (!isObject(answer)) return undefined;
    if (answer['code'] === '40018')
      return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
    // Without data ccxt would tell an empty account.
    return answer['code'] === '00000' && typeof answer['data'] !== 'object' ? badResponse() : undefined;
  },
});
