/** Binance through ccxt. Sources: Binance spot, margin, USDⓈ-M and COIN-M API references. */
import { AppError } from '../../shared/errors.ts';
import { isZero, toDecimal } from '../../shared/money.ts';
import { badResponse, callEndpoint, type CcxtExchange, isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import type { KeyRights } from '../exchange.ts';
import { binanceTrades } from './binance-trades-ccxt.ts';
import { binanceWallet } from './binance-wallet-ccxt.ts';

const LIST_OF: Readonly<Record<string, string>> = {
  binance: 'balances',
  binance_margin: 'userAssets',
  binance_futures: 'assets',
  binance_futures_coin: 'assets',
};

const SIDE_MODE: Readonly<Record<string, string>> = {
  binance_futures: 'fapiPrivateGetPositionSideDual',
  binance_futures_coin: 'dapiPrivateGetPositionSideDual',
};

/** Error codes of Binance and Binance.US. */
export const classifyBinance = (answer: unknown): AppError | undefined => {
  if (!isObject(answer)) return undefined;
  switch (answer['code']) {
    // ccxt reads -2015 as a ban once a call succeeded; a revoked key would look rate limited for ever.
    case -2015:
      return new AppError(
        'invalid_credentials',
        'The exchange refused the API key: it is wrong, lacks a permission, or is locked to other addresses',
      );
    case -2014:
    case -1022:
      return new AppError('invalid_credentials', 'The exchange refused the API key or its signature');
    default:
      return undefined;
  }
};

/**
 * Rights where no call tells those of the key. The account's flags bound them: no key can do what the account cannot,
 * but an account that can withdraw, as nearly all can, says nothing about this key.
 */
export const readAccountRights = async (exchange: CcxtExchange): Promise<KeyRights> => {
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
};

export const binanceCcxt: CcxtVenue = {
  ccxtId: 'binance',
  // Balances of every wallet parse without contract markets: one request instead of seven.
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  // Weights of a minute, by address.
  requestWindow: { windowMs: 60_000, countedBy: 'address' },
  balanceParameters: {
    binance: { type: 'spot', omitZeroBalances: 'true' },
    binance_margin: { type: 'margin' },
    binance_futures: { type: 'swap', subType: 'linear' },
    binance_futures_coin: { type: 'swap', subType: 'inverse' },
  },

  // ccxt sets the end of withdrawals itself; the wire's own name comes last and wins.
  transferSpan: { longestMs: 89 * 86_400_000, until: 'endTime' },

  trades: binanceTrades,

  isBalance: (info, marketCode) => Array.isArray(info[LIST_OF[marketCode] ?? '']),

  readKeyRights: async (exchange) => {
    const answer = await callEndpoint(exchange, 'sapiGetAccountApiRestrictions');
    if (!isObject(answer) || typeof answer['enableReading'] !== 'boolean') throw badResponse();
    return {
      canRead: answer['enableReading'],
      canTrade:
        answer['enableSpotAndMarginTrading'] === true ||
        answer['enableFutures'] === true ||
        answer['enableMargin'] === true,
      canWithdraw: answer['enableWithdrawals'] === true,
      ipRestricted: answer['ipRestrict'] === true,
      // Trading rights of a key without an IP list lapse; reading goes on, so the key itself does not expire.
      expiresAt: null,
      source: 'exchange',
    } satisfies KeyRights;
  },

  // The wallet API, which tells them, is not on the test network.
  readTestKeyRights: readAccountRights,

  wallet: binanceWallet,

  readPositions: async (exchange, info, marketCode) => {
    const mode = await callEndpoint(exchange, SIDE_MODE[marketCode] ?? '');
    if (!isObject(mode) || typeof mode['dualSidePosition'] !== 'boolean') throw badResponse();
    const positions: unknown[] = Array.isArray(info['positions']) ? info['positions'] : [];
    return {
      openPositions: positions.filter(isOpen).length,
      hedgeModeEnabled: mode['dualSidePosition'],
    };
  },

  classify: classifyBinance,
};

const isOpen = (position: unknown): boolean => {
  const amount = isObject(position) ? position['positionAmt'] : undefined;
  return typeof amount === 'string' && !isZero(toDecimal(amount));
};
