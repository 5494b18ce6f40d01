/**
 * Binance.US through ccxt. Source: Binance.US API reference (account information). ccxt's class inherits Binance's
 * methods, some of which would send the key to binance.com: only endpoints that the venue's own table has are called.
 */
import type { CcxtVenue } from '../ccxt-venue.ts';
import { binanceUsTrades } from './binance-trades-ccxt.ts';
import { classifyBinance, readAccountRights } from './binance-ccxt.ts';
import { binanceUsWallet } from './binance-wallet-ccxt.ts';

export const binanceUsCcxt: CcxtVenue = {
  ccxtId: 'binanceus',
  options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
  countingNonce: false,
  // Weights of a minute, by address, as at Binance.
  requestWindow: { windowMs: 60_000, countedBy: 'address' },
  balanceParameters: { binance_us: { type: 'spot', omitZeroBalances: 'true' } },

  trades: binanceUsTrades,

  isBalance: (info) => Array.isArray(info['balances']),

  // There is no call for the rights of a key.
  readKeyRights: readAccountRights,

  wallet: binanceUsWallet,

  classify: classifyBinance,
};
