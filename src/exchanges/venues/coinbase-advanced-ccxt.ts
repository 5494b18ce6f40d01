/** Coinbase Advanced through ccxt. Source: Coinbase Advanced Trade API v3 (accounts, key permissions). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, type CcxtExchange, isObject, objectAt } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { coinbaseAdvancedTrades } from './coinbase-advanced-trades-ccxt.ts';
import { haveAmounts } from './generic-ccxt.ts';

// The venue's greatest page; an account holds a wallet for every asset that it ever touched.
const PAGE = 250;
const MOST_PAGES = 40;

export const coinbaseAdvancedCcxt: CcxtVenue = {
  ccxtId: 'coinbase',
  // The v2 wallets, ccxt's own choice, do not tell what lies in orders.
  options: { fetchBalance: 'v3PrivateGetBrokerageAccounts' },
  countingNonce: false,
  // A token out of its time is refused with the same bare "Unauthorized" as a wrong key.
  refusesSkewAsKey: true,
  balanceParameters: { coinbase_advanced: {} },

  fetchBalance: async (exchange) => parseAccounts(exchange, await allAccounts(exchange)),

  trades: coinbaseAdvancedTrades,

  isBalance: (info) => {
    const accounts = info['accounts'];
    if (!Array.isArray(accounts)) return false;
    return ['available_balance', 'hold'].every((part) =>
      haveAmounts(
        accounts.map((account) => objectAt(account, part)),
        'value',
      ),
    );
  },

  readKeyRights: async (exchange) => {
    const answer = await callEndpoint(exchange, 'v3PrivateGetBrokerageKeyPermissions');
    if (!isObject(answer) || typeof answer['can_view'] !== 'boolean') throw badResponse();
    return {
      canRead: answer['can_view'],
      canTrade: answer['can_trade'] === true,
      canWithdraw: answer['can_transfer'] === true,
      // Keys can be bound to addresses, but the venue does not tell.
      ipRestricted: null,
      expiresAt: null,
      source: 'exchange',
    };
  },

  // ccxt reads few of the venue's words and takes the rest for errors of no kind.
  classify: (answer, status) => {
    if (!isObject(answer)) return undefined;
    if (status >= 500) return new AppError('exchange_unavailable', 'The exchange is not available');
    const { message } = answer;
    if (typeof message === 'string' && /missing required scopes|permission is required/i.test(message))
      return new AppError('permission_denied', 'The API key lacks a permission');
    const refusal = objectAt(answer, 'error_response');
    if (refusal === undefined) return undefined;
    return refusal['error'] === 'INSUFFICIENT_FUND'
      ? new AppError('insufficient_funds', 'The account holds too little')
      : new AppError('exchange_refused', 'The exchange refused the request');
  },
};

/** ccxt asks for the first page only, and the wallets behind it would read as empty. */
const allAccounts = async (exchange: CcxtExchange): Promise<unknown[]> => {
  const accounts: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const parameters = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const answer = await callEndpoint(exchange, 'v3PrivateGetBrokerageAccounts', parameters);
    const rows: unknown = isObject(answer) ? answer['accounts'] : undefined;
    if (!isObject(answer) || !Array.isArray(rows)) throw badResponse();
    accounts.push(...(rows as unknown[]));
    if (answer['has_next'] !== true) return accounts;
    if (typeof answer['cursor'] !== 'string' || answer['cursor'] === '') throw badResponse();
    cursor = answer['cursor'];
  }
  throw badResponse();
};

const parseAccounts = (exchange: CcxtExchange, accounts: readonly unknown[]): unknown => {
  const parse: unknown = Reflect.get(exchange, 'parseCustomBalance');
  if (typeof parse !== 'function') throw badResponse();
  return Reflect.apply(parse, exchange, [{ accounts }]) as unknown;
};
