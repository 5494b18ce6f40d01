/** Gate: a page of an account's trades, as all its lists of trades are asked for. */
import type { Trade } from '../account-activity.ts';
import { wholeOr } from '../request-parameters.ts';
import { type VenueRequest, parameters } from '../venue.ts';
import { pairOf } from './gate-books.ts';
import { secondsSpan } from './gate-funding.ts';

const MOST_ROWS = 1_000;

/** Newest first; without a start the last week, from a start thirty days. */
export const tradePage = <T extends Trade>(
  trades: readonly T[],
  name: string,
  request: VenueRequest,
): readonly T[] => {
  const given = parameters(request.query);
  const market = given.get(name);
  const orderId = given.get('order_id');
  const { fromMs, toMs } = secondsSpan(given, 7, request.nowMs);
  const limit = Math.min(wholeOr(given.get('limit'), 100), MOST_ROWS);
  const start = given.has('offset')
    ? wholeOr(given.get('offset'), 0)
    : (Math.max(wholeOr(given.get('page'), 1), 1) - 1) * limit;
  return trades
    .filter(
      (trade) =>
        (market === undefined || pairOf(trade.market) === market) &&
        (orderId === undefined || trade.orderId.toString() === orderId) &&
        trade.timeMs >= fromMs &&
        trade.timeMs <= toMs,
    )
    .toReversed()
    .slice(start, start + limit);
};
