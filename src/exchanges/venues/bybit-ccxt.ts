/** Bybit through ccxt. Source: Bybit v5 reference (wallet balance, API key information, position info). */
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
import { bybitTrades } from './bybit-trades-ccxt.ts';
import { countOpen, haveAmounts } from './generic-ccxt.ts';

/** What the positions of a market code are asked by. */
const POSITIONS_OF: Readonly<Record<string, readonly JsonObject[]>> = {
  bybit: [
    { category: 'linear', settleCoin: 'USDT' },
    { category: 'linear', settleCoin: 'USDC' },
    { category: 'inverse' },
  ],
  bybit_usdt_perpetual: [{ category: 'linear', settleCoin: 'USDT' }],
};

/** A contract that is always listed; asked by name the venue answers rows of it even when nothing is open. */
const ANY_CONTRACT: JsonObject = { category: 'linear', symbol: 'BTCUSDT' };

const PAGE_SIZE = 200;
const MOST_PAGES = 10;

export const bybitCcxt: CcxtVenue = {
  ccxtId: 'bybit',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  // One unified account holds the funds of all market codes.
  balanceParameters: {
    bybit: { type: 'spot' },
    bybit_spot: { type: 'spot' },
    bybit_usdt_perpetual: { type: 'swap', subType: 'linear' },
  },

  transferSpan: { longestMs: 29 * 86_400_000, until: 'until' },

  trades: bybitTrades,

  isBalance: (info) => {
    const account = objectAt(objectAt(info, 'result')?.['list'], 0);
    return haveAmounts(account?.['coin'], 'walletBalance', 'locked');
  },

  readKeyRights: async (exchange) => {
    const result = objectAt(await callEndpoint(exchange, 'privateGetV5UserQueryApi'), 'result');
    const permissions = objectAt(result, 'permissions');
    if (result === undefined || permissions === undefined) throw badResponse();
    const readOnly = result['readOnly'];
    const may = (group: string, right: string): boolean => {
      const rights: unknown = permissions[group];
      return Array.isArray(rights) && rights.includes(right);
    };
    const addresses: unknown = result['ips'];
    const bound = Array.isArray(addresses) && addresses.length > 0 && !addresses.includes('*');
    return {
      canRead: true,
      canTrade:
        String(readOnly) === '0' &&
        (may('Spot', 'SpotTrade') || may('ContractTrade', 'Order') || may('Derivatives', 'DerivativesTrade')),
      canWithdraw: may('Wallet', 'Withdraw'),
      ipRestricted: Array.isArray(addresses) ? bound : null,
      // Only keys without an address list expire; of the others the venue sends the start of 1970.
      expiresAt: bound ? null : expiryOf(result['expiredAt']),
      source: 'exchange',
    };
  },

  readPositions: async (exchange, _info, marketCode) => {
    let openPositions = 0;
    for (const parameters of POSITIONS_OF[marketCode] ?? []) {
      openPositions += countOpen(await readRows(exchange, parameters), 'size');
    }
    // 1 and 2 are the two sides of a symbol in hedge mode, 0 its one position in one-way mode.
    const rows = await readRows(exchange, ANY_CONTRACT);
    const hedgeModeEnabled = rows.some(
      (row) => isObject(row) && ['1', '2'].includes(String(row['positionIdx'])),
    );
    return { openPositions, hedgeModeEnabled };
  },

  classify: (answer) => {
    switch (isObject(answer) ? String(answer['retCode']) : '') {
      case '10010':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      // "IP has been banned": ccxt takes it for a refused key.
      case '10009':
        return new AppError('exchange_rate_limited', 'The exchange limits our requests');
      case '10016':
        return new AppError('exchange_unavailable', 'The exchange is not available');
      default:
        return undefined;
    }
  },
};

const readRows = async (exchange: CcxtExchange, parameters: JsonObject): Promise<unknown[]> => {
  const rows: unknown[] = [];
  let cursor = '';
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { ...parameters, limit: PAGE_SIZE, ...(cursor === '' ? {} : { cursor }) };
    const result = objectAt(await callEndpoint(exchange, 'privateGetV5PositionList', query), 'result');
    const list: unknown = result?.['list'];
    if (result === undefined || !Array.isArray(list)) throw badResponse();
    rows.push(...(list as unknown[]));
    const next = result['nextPageCursor'];
    if (typeof next !== 'string' || next === '' || list.length < PAGE_SIZE) break;
    cursor = next;
  }
  return rows;
};

const expiryOf = (text: unknown): string | null => {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return at > 0 ? new Date(at).toISOString() : null;
};
