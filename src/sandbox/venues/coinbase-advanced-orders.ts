/** Coinbase Advanced: orders and fills. */
import { add, multiply } from '../../shared/money.ts';
import type { SandboxOrder, TimeInForce, Trade } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { segmentOf } from '../route-table.ts';
import { numberOfUuid, numberedUuid, stableUuid } from '../stable-uuid.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, signedRoute } from '../venue.ts';
import { advancedRefusal } from './coinbase-advanced-signature.ts';
import { isoTime, productId } from './coinbase-names.ts';

const MOST_ROWS = 3_000;
const UNKNOWN_ORDER = advancedRefusal(404, 'unknown', 'order with this orderID was not found');
const BAD_BODY = advancedRefusal(400, 'INVALID_ARGUMENT', 'the body is not valid');

type Body = Readonly<Record<string, unknown>>;

export const coinbaseAdvancedOrderRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const body = bodyOf(request);
    if (body === undefined) return BAD_BODY;
    const wanted = orderOf(body, index);
    if (typeof wanted === 'string') return refused(body, wanted);
    const placed = orders.place(account, wanted, request.nowMs);
    if (typeof placed === 'string') return refused(body, REASONS[placed]);
    return json(200, {
      success: true,
      success_response: {
        order_id: numberedUuid(placed.id),
        product_id: productId(placed.market),
        side: placed.side.toUpperCase(),
        client_order_id: placed.clientId,
      },
      order_configuration: body['order_configuration'],
    });
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const ids = bodyOf(request)?.['order_ids'];
    if (!Array.isArray(ids)) return BAD_BODY;
    return json(200, {
      results: ids.map((id) => {
        const order = typeof id === 'string' ? find(orders, account, id) : undefined;
        const open = order?.status === 'open';
        if (open) orders.cancel(account, order, request.nowMs);
        const reason = open ? 'UNKNOWN_CANCEL_FAILURE_REASON' : 'UNKNOWN_CANCEL_ORDER';
        return { success: open, failure_reason: reason, order_id: id };
      }),
    });
  };

  return [
    ['POST /api/v3/brokerage/orders', signedRoute('trade', create)],
    ['POST /api/v3/brokerage/orders/batch_cancel', signedRoute('trade', cancel)],
    [
      'GET /api/v3/brokerage/orders/historical/batch',
      signedRoute('read', (request, account) => json(200, listOrders(request, orders.all(account)))),
    ],
    [
      'GET /api/v3/brokerage/orders/historical/fills',
      signedRoute('read', (request, account) => json(200, listFills(request, account, feed))),
    ],
    [
      'GET /api/v3/brokerage/orders/historical/{order_id}',
      signedRoute('read', (request, account) => {
        const order = find(orders, account, segmentOf(request.path, 5));
        return order === undefined ? UNKNOWN_ORDER : json(200, { order: orderRow(order) });
      }),
    ],
  ];
};

const find = (orders: OrderEngine, account: SandboxAccount, uuid: string): SandboxOrder | undefined =>
  orders.find(account, { id: numberOfUuid(uuid) ?? '' });

const bodyOf = (request: VenueRequest): Body | undefined => {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'));
    return isBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
};

const isBody = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const REASONS: Readonly<Record<OrderProblem, string>> = {
  market_closed: 'ORDER_ENTRY_DISABLED',
  bad_amount: 'INVALID_SIZE_PRECISION',
  below_minimum: 'ORDER_SIZE_TOO_SMALL',
  bad_price: 'INVALID_PRICE_PRECISION',
  insufficient_funds: 'INSUFFICIENT_FUND',
  would_take: 'INVALID_LIMIT_PRICE_POST_ONLY',
  not_reducing: 'INVALID_ARGUMENT',
  duplicate_client_id: 'DUPLICATE_CLIENT_ORDER_ID',
  too_many_orders: 'TOO_MANY_ORDERS',
};

/** The venue refuses an order with status 200. */
const refused = (body: Body, error: string): Answer =>
  json(200, {
    success: false,
    error_response: {
      error,
      message: error.toLowerCase().replaceAll('_', ' '),
      error_details: '',
      new_order_failure_reason: error,
    },
    order_configuration: body['order_configuration'],
  });

const CONFIGURATIONS: Readonly<Record<string, TimeInForce>> = {
  market_market_ioc: 'ioc',
  sor_limit_ioc: 'ioc',
  limit_limit_fok: 'fok',
  limit_limit_gtc: 'gtc',
  limit_limit_gtd: 'gtc',
};

const orderOf = (body: Body, index: MarketIndex): NewOrder | string => {
  const side = body['side'];
  const market = index.market(text(body['product_id']) ?? '');
  const [name, details] = Object.entries(body['order_configuration'] ?? {})[0] ?? [];
  const timeInForce = CONFIGURATIONS[name ?? ''];
  if (market === undefined) return 'INVALID_PRODUCT_ID';
  if (side !== 'BUY' && side !== 'SELL') return 'INVALID_SIDE';
  if (timeInForce === undefined || !isBody(details)) return 'UNSUPPORTED_ORDER_CONFIGURATION';
  return {
    market,
    side: side === 'BUY' ? 'buy' : 'sell',
    type: name === 'market_market_ioc' ? 'market' : 'limit',
    amount: text(details['base_size']),
    cost: text(details['quote_size']),
    price: text(details['limit_price']),
    timeInForce: details['post_only'] === true ? 'post_only' : timeInForce,
    clientId: text(body['client_order_id']),
  };
};

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

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
const listOrders = (request: VenueRequest, all: readonly SandboxOrder[]) => {
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

const orderRow = (order: SandboxOrder) => {
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
const listFills = (request: VenueRequest, account: SandboxAccount, feed: MarketFeed) => {
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
