/** Trades of OKX. Source: OKX API v5 reference (transaction details of the last 3 months). */
import { callEndpoint, isObject } from '../ccxt-exchange.ts';
import { DAY_MS, idAt, named, rowsOf, startingAt, type TradeSource } from '../ccxt-trade-source.ts';

const listing = (lists: readonly string[]): TradeSource => ({
  needsSymbol: false,
  mostRows: 100,
  keepsMs: 90 * DAY_MS,
  lists,
  page: async ({ exchange, market, list, fromMs, untilMs, token, limit }) => {
    const answer = await callEndpoint(exchange, 'privateGetTradeFillsHistory', {
      instType: list,
      ...named('instId', market),
      ...startingAt('begin', fromMs),
      end: untilMs,
      limit,
      // Bills are listed newest first; `after` means older ones.
      ...(token !== undefined && { after: token }),
    });
    const rows = rowsOf(isObject(answer) ? answer['data'] : undefined);
    return { rows, next: rows.length < limit ? undefined : idAt(rows.at(-1), 'billId') };
  },
});

export const okxTrades: Readonly<Record<string, TradeSource>> = {
  okex: listing(['SPOT', 'MARGIN']),
  okex_futures: listing(['SWAP', 'FUTURES']),
};
