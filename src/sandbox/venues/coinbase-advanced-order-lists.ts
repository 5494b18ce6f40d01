/** Coinbase Advanced: orders and fills as they are listed. */
import { add, multiply } from '../../shared/money.ts';
import type { SandboxOrder, Trade } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import { numberedUuid, stableUuid } from '../stable-uuid.ts';
import { tradesOf } from '../trade-history.ts';
import type { VenueRequest } from '../venue.ts';
import { isoTime, productId } from './coinbase-names.ts';

const MOST_ROWS = 3_000;

const limitOf = (query: URLSearchParams): number => {
  const limit = query.get('limit') ?? '';
  return /^[1-9]\d{0,3}$/.test(limit) ? Math.min(Number(limit), MOST_ROWS) : MOST_ROWS;
};

const timeOf = (query: URLSearchParams, name: string, otherwise: number): number => {
  const at = Date.parse(query.get(name) ?? '');
  return Number.isNaN(at) ? otherwise : at;
};

const STATUS = { open: 'OPEN', filled: 'FILLED', canceled: 'CANCELLED', expired: 'EXPIRED' } as const;

/** Newest first. */
export const listOrders = (request: VenueRequest, all: readonly SandboxOrder[]) => {
  const query = new URLSearchParams(request.query);
  const products = [...query.getAll('product_id'), ...query.getAll('product_ids')];
  const statuses = query.getAll('order_status');
  const from = timeOf(query, 'start_date', 0);
  const to = timeOf(query, 'end_date', Number.MAX_SAFE_INTEGER);
  const rows = all
    .filter(
      (order) =>
        (products.length === 0 || products.includes(productId(order.market))) &&
        (statuses.length === 0 || statuses.includes(STATUS[order.status])) &&
        order.createdAtMs >= from &&
        order.createdAtMs <= to,
    )
    .reverse();
  return { orders: rows.slice(0, limitOf(query)).map(orderRow), sequence: '0', has_next: false, cursor: '' };
};

const configurationOf = (order: SandboxOrder) => {
  if (order.price === null) return { market_market_ioc: { base_size: order.amount } };
  const limit = { base_size: order.amount, limit_price: order.price };
  if (order.timeInForce === 'ioc') return { sor_limit_ioc: limit };
  if (order.timeInForce === 'fok') return { limit_limit_fok: limit };
  return { limit_limit_gtc: { ...limit, post_only: order.timeInForce === 'post_only' } };
};

const LIFETIMES = {
  gtc: 'GOOD_UNTIL_CANCELLED',
  post_only: 'GOOD_UNTIL_CANCELLED',
  ioc: 'IMMEDIATE_OR_CANCEL',
  fok: 'FILL_OR_KILL',
} as const;

export const orderRow = (order: SandboxOrder) => {
  const { fill } = order;
  const value = fill === null ? '0' : multiply(fill.amount, fill.price);
  return {
    order_id: numberedUuid(order.id),
    product_id: productId(order.market),
    user_id: stableUuid('user'),
    order_configuration: configurationOf(order),
    side: order.side.toUpperCase(),
    client_order_id: order.clientId,
    status: STATUS[order.status],
    time_in_force: LIFETIMES[order.timeInForce],
    created_time: isoTime(order.createdAtMs),
    completion_percentage: fill === null ? '0' : '100',
    filled_size: fill?.amount ?? '0',
    average_filled_price: fill?.price ?? '0',
    fee: '',
    number_of_fills: fill === null ? '0' : '1',
    filled_value: value,
    pending_cancel: false,
    size_in_quote: false,
    total_fees: fill?.fee ?? '0',
    size_inclusive_of_fees: false,
    total_value_after_fees: fill === null ? '0' : add(value, fill.fee),
    trigger_status: 'INVALID_ORDER_TYPE',
    order_type: order.type.toUpperCase(),
    reject_reason: 'REJECT_REASON_UNSPECIFIED',
    settled: fill !== null,
    product_type: 'SPOT',
    reject_message: '',
    cancel_message: '',
  };
};

/** Newest first. The cursor is the number of fills that earlier pages listed. */
export const listFills = (request: VenueRequest, account: SandboxAccount, feed: MarketFeed) => {
  const query = new URLSearchParams(request.query);
  const products = [...query.getAll('product_id'), ...query.getAll('product_ids')];
  const orderId = query.get('order_id');
  const from = timeOf(query, 'start_sequence_timestamp', 0);
  const to = timeOf(query, 'end_sequence_timestamp', Number.MAX_SAFE_INTEGER);
  const rows = tradesOf(account, feed)
    .filter(
      (trade) =>
        (products.length === 0 || products.includes(productId(trade.market))) &&
        (orderId === null || numberedUuid(trade.orderId) === orderId) &&
        trade.timeMs >= from &&
        trade.timeMs <= to,
    )
    .reverse();
  const cursor = query.get('cursor') ?? '';
  const start = /^\d{1,6}$/.test(cursor) ? Number(cursor) : 0;
  const end = start + limitOf(query);
  return {
    fills: rows.slice(start, end).map(fillRow),
    cursor: end < rows.length ? end.toString() : '',
  };
};

const fillRow = (trade: Trade) => ({
  entry_id: stableUuid(`entry\n${trade.id}`).replaceAll('-', ''),
  trade_id: numberedUuid(trade.id),
  order_id: numberedUuid(trade.orderId),
  trade_time: isoTime(trade.timeMs),
  trade_type: 'FILL',
  price: trade.price,
  size: trade.amount,
  commission: trade.fee,
  product_id: productId(trade.market),
  sequence_timestamp: isoTime(trade.timeMs),
  liquidity_indicator: trade.maker ? 'MAKER' : 'TAKER',
  size_in_quote: false,
  user_id: stableUuid('user'),
  side: trade.side.toUpperCase(),
});
