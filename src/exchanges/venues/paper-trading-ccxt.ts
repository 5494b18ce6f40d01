/** Paper trading through ccxt: the simulated venue speaks Binance's spot wire. */
import type { CcxtVenue } from '../ccxt-venue.ts';
import { binanceCcxt } from './binance-ccxt.ts';
import { paperTrades } from './binance-trades-ccxt.ts';

export const paperTradingCcxt: CcxtVenue = {
  ...binanceCcxt,
  balanceParameters: { paper_trading: { type: 'spot', omitZeroBalances: 'true' } },
  trades: paperTrades,

  isBalance: (info) => binanceCcxt.isBalance(info, 'binance'),
};
