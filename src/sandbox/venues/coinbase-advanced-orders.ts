/** Coinbase Advanced: orders are placed, cancelled and looked up. */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { segmentOf } from '../route-table.ts';
import { numberOfUuid, numberedUuid } from '../stable-uuid.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, signedRoute } from '../venue.ts';
import { advancedRefusal } from './coinbase-advanced-signature.ts';
import { listFills, listOrders, orderRow } from './coinbase-advanced-order-lists.ts';
import { productId } from './coinbase-names.ts';

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
      results: ids.map((id: unknown) => {
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
