/** Coinbase Exchange: fills. */
import type { Trade } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { numberedUuid, stableUuid } from '../stable-uuid.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, json } from '../venue.ts';
import { coinbaseRefusal } from './coinbase-signature.ts';
import { isoTime, productId } from './coinbase-names.ts';

const MOST_ROWS = 100;

/** As the query has it, at most 100. */
export const limitOf = (request: VenueRequest): number => {
  const limit = new URLSearchParams(request.query).get('limit') ?? '';
  return /^[1-9]\d{0,3}$/.test(limit) ? Math.min(Number(limit), MOST_ROWS) : MOST_ROWS;
};

/** Newest first; `before` and `after` are trade ids, as the venue's pages have them. */
export const fills = (request: VenueRequest, account: SandboxAccount, feed: MarketFeed): Answer => {
  const query = new URLSearchParams(request.query);
  const product = query.get('product_id');
  const orderId = query.get('order_id');
  if (product === null && orderId === null)
    return coinbaseRefusal(400, 'Either order_id or product_id is required');
  const number = (name: string, otherwise: number): number => {
    const text = query.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
  };
  const time = (name: string, otherwise: number): number => {
    const at = Date.parse(query.get(name) ?? '');
    return Number.isNaN(at) ? otherwise : at;
  };
  const from = time('start_date', 0);
  const to = time('end_date', Number.MAX_SAFE_INTEGER);
  const rows = tradesOf(account, feed).filter(
    (trade) =>
      (product === null || productId(trade.market) === product) &&
      (orderId === null || numberedUuid(trade.orderId) === orderId) &&
      trade.timeMs >= from &&
      trade.timeMs <= to &&
      trade.id < number('after', Number.MAX_SAFE_INTEGER) &&
      trade.id > number('before', -1),
  );
  return json(200, rows.reverse().slice(0, limitOf(request)).map(fillRow));
};

const fillRow = (trade: Trade) => ({
  created_at: isoTime(trade.timeMs),
  trade_id: trade.id,
  product_id: productId(trade.market),
  order_id: numberedUuid(trade.orderId),
  user_id: stableUuid('user'),
  profile_id: stableUuid('profile'),
  liquidity: trade.maker ? 'M' : 'T',
  price: trade.price,
  size: trade.amount,
  fee: trade.fee,
  side: trade.side,
  settled: true,
  usd_volume: trade.cost,
});
