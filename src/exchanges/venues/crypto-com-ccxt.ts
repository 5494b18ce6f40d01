/** Crypto.com through ccxt. Source: Crypto.com Exchange API v1 reference (user balance, response codes). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import { createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

export const cryptoComCcxt = createGenericCcxt({
  ccxtId: 'cryptocom',
  options: { defaultType: 'spot' },
  balanceParameters: { crypto_com: {} },
  probe: {},

  isBalance: (info) => {
    const account = objectAt(objectAt(info, 'result')?.['data'], 0);
    return haveAmounts(account?.['position_balances'], 'quantity', 'reserved_qty');
  },

  // One call lists the tickers of everything and takes no type.
  fetchTickers: (exchange) => exchange.fetchTickers(),

  ping: async (exchange) => {
    const answer = await callEndpoint(exchange, 'v1PublicGetPublicGetTickers', {
      instrument_name: 'BTC_USD',
    });
    if (!Array.isArray(objectAt(answer, 'result')?.['data'])) throw badResponse();
  },

  classify: (answer) => {
    switch (isObject(answer) ? String(answer['code']) : '') {
      // Both generations of the codes; ccxt takes them for a missing right or for a wrong key.
      case '10002':
        return new AppError('invalid_credentials', 'The exchange refused the API key');
      case '10003':
      case '40103':
        return new AppError('ip_not_whitelisted', 'The API key is locked to other addresses');
      // "Invalid order id": what the venue says of an order that it does not know.
      case '212':
        return new AppError('order_not_found', 'The exchange knows no such order');
      default:
        return undefined;
    }
  },
});
