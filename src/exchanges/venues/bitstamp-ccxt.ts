/** Bitstamp through ccxt. Source: Bitstamp HTTP API v2 (authentication errors, response codes). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { bitstampTrades } from './bitstamp-trades-ccxt.ts';
import { listBitstampTransfers } from './bitstamp-transfers-ccxt.ts';
import { createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

export const bitstampCcxt: CcxtVenue = createGenericCcxt({
  ccxtId: 'bitstamp',
  balanceParameters: { bitstamp: {} },
  // The venue tells no rights.
  probe: {},

  // Refuses calls with query parameters that it does not know.
  fetchTickers: (exchange) => exchange.fetchTickers(),

  ping: async (exchange) => {
    const ticker = await callEndpoint(exchange, 'publicGetTickerPair', { pair: 'btcusd' });
    if (!haveAmounts([ticker], 'last')) throw badResponse();
  },

  listTransfers: listBitstampTransfers,

  trades: bitstampTrades,

  isBalance: (info) => haveAmounts(info['list'], 'total', 'available', 'reserved'),

  classify: (answer) => {
    if (!isObject(answer)) return undefined;
    switch (answer['code']) {
      case 'API0002':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      // Unknown to ccxt, which would call them failures of the venue.
      case 'API0017':
      case 'API0018':
        return new AppError('clock_skew', 'The exchange refused the time or nonce of the request');
      case 'API0011':
        return new AppError('invalid_credentials', 'The exchange refused the API key');
      default:
        break;
    }
    // ccxt expects a full stop that the venue does not send.
    return answer['error'] === 'Order not found' || answer['response_code'] === '404.002'
      ? new AppError('order_not_found', 'The exchange knows no such order')
      : undefined;
  },
});
