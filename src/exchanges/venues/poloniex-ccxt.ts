/** Poloniex through ccxt. Source: Poloniex spot REST API (account balances, orders). */
import { isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

export const poloniexCcxt: CcxtVenue = createGenericCcxt({
  ccxtId: 'poloniex',
  balanceParameters: { poloniex: { type: 'spot' } },
  // The venue tells no rights; ccxt chooses the endpoint by the market.
  probe: { symbol: 'BTC/USDT' },
  isBalance: (info) => Array.isArray(info['list']) && info['list'].every(isAccount),
});

const isAccount = (row: unknown): boolean =>
  isObject(row) && haveAmounts(row['balances'], 'available', 'hold');
