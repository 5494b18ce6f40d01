/** Deribit through ccxt. Source: Deribit API v2 (account summaries, positions, book summaries). */
import { AppError } from '../../shared/errors.ts';
import { badResponse, callEndpoint, isObject, objectAt } from '../ccxt-exchange.ts';
import type { CcxtVenue } from '../ccxt-venue.ts';
import { countOpen, createGenericCcxt, haveAmounts } from './generic-ccxt.ts';

// Every spot market of the venue has one of these as its base or quote, and a call names one.
const CURRENCIES = ['BTC', 'ETH', 'USDC', 'USDT'];

export const deribitCcxt: CcxtVenue = createGenericCcxt({
  ccxtId: 'deribit',
  balanceParameters: { deribit: {} },
  // The venue tells the scope of a key only to one who logs in with it.
  probe: {},

  fetchTickers: async (exchange) => {
    const tickers: Record<string, unknown> = {};
    const listed = objectAt(exchange, 'currencies') ?? {};
    for (const code of CURRENCIES.filter((currency) => currency in listed))
      Object.assign(tickers, await exchange.fetchTickers(undefined, { code, kind: 'spot' }));
    return tickers;
  },

  isBalance: (info) => haveAmounts(info['summaries'], 'equity', 'available_funds'),

  // Positions are netted: the venue has no hedge mode.
  readPositions: async (exchange) => {
    const answer = await callEndpoint(exchange, 'privateGetGetPositions', { currency: 'any' });
    const rows: unknown = isObject(answer) ? answer['result'] : undefined;
    if (!Array.isArray(rows)) throw badResponse();
    return { openPositions: countOpen(rows.map(sizeAsText), 'size'), hedgeModeEnabled: false };
  },

  classify: (answer) => {
    const code = objectAt(answer, 'error')?.['code'];
    // "unauthorized" says of a key that it is wrong, and "forbidden" that it may not: ccxt has both right, but a
    // cancelled order that is not there comes as "not open" as well.
    return code === 11044 ? new AppError('order_not_found', 'The exchange knows no such order') : undefined;
  },
});

/** Sizes are JSON numbers on this venue's wire. */
const sizeAsText = (row: unknown): unknown =>
  isObject(row) && typeof row['size'] === 'number' ? { ...row, size: row['size'].toString() } : row;
