/** Coinbase Exchange: orders. */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { segmentOf } from '../route-table.ts';
import { numberOfUuid, numberedUuid, stableUuid } from '../stable-uuid.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, signedRoute } from '../venue.ts';
import { fills, limitOf } from './coinbase-fills.ts';
import { coinbaseRefusal } from './coinbase-signature.ts';
import { isoTime, productId } from './coinbase-names.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const UNKNOWN_ORDER = coinbaseRefusal(404, 'order not found');
const BAD_ORDER_ID = coinbaseRefusal(400, 'Invalid order id');

export const coinbaseOrderRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const wanted = orderOf(request, index);
    if (typeof wanted === 'string') return coinbaseRefusal(400, wanted);
    const placed = orders.place(account, wanted, request.nowMs);
    return typeof placed === 'string' ? coinbaseRefusal(400, REASONS[placed]) : json(200, orderRow(placed));
  };

  const find = (request: VenueRequest, account: SandboxAccount): SandboxOrder | Answer => {
    const id = segmentOf(request.path, 1);
    const clientId = id.startsWith('client:') ? id.slice('client:'.length) : undefined;
    if (!UUID.test(clientId ?? id)) return BAD_ORDER_ID;
    const number = numberOfUuid(id);
    const order =
      clientId === undefined
        ? orders.find(account, { id: number ?? '' })
        : orders.find(account, { clientId });
    return order ?? UNKNOWN_ORDER;
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = find(request, account);
    if ('body' in order) return order;
    if (order.status !== 'open') return coinbaseRefusal(400, 'Order already done');
    orders.cancel(account, order, request.nowMs);
    return json(200, numberedUuid(order.id));
  };

  return [
    ['POST /orders', signedRoute('trade', create)],
    ['DELETE /orders/{id}', signedRoute('trade', cancel)],
    [
      'DELETE /orders',
      signedRoute('trade', (request, account) => {
        const open = listOf(request, orders.open(account));
        for (const order of open) orders.cancel(account, order, request.nowMs);
        return json(
          200,
          open.map(({ id }) => numberedUuid(id)),
        );
      }),
    ],
    [
      'GET /orders',
      signedRoute('read', (request, account) => {
        const statuses = new URLSearchParams(request.query).getAll('status');
        const asked = statuses.length === 0 ? ['open'] : statuses;
        const rows = listOf(request, orders.all(account)).filter(
          (order) => asked.includes('all') || asked.includes(order.status === 'open' ? 'open' : 'done'),
        );
        return json(200, rows.slice(0, limitOf(request)).map(orderRow));
      }),
    ],
    [
      'GET /orders/{id}',
      signedRoute('read', (request, account) => {
        const order = find(request, account);
        return 'body' in order ? order : json(200, orderRow(order));
      }),
    ],
    ['GET /fills', signedRoute('read', (request, account) => fills(request, account, feed))],
  ];
};

const REASONS: Readonly<Record<OrderProblem, string>> = {
  market_closed: 'Trading is disabled for this product',
  bad_amount: 'size too precise',
  below_minimum: 'size is too small',
  bad_price: 'price too precise',
  insufficient_funds: 'Insufficient funds',
  would_take: 'Post only mode',
  not_reducing: 'Bad Request',
  duplicate_client_id: 'client_oid already used',
  too_many_orders: 'Too many open orders',
};

const LIFETIMES: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', GTT: 'gtc', IOC: 'ioc', FOK: 'fok' };

const orderOf = (request: VenueRequest, index: MarketIndex): NewOrder | string => {
  const body = bodyOf(request);
  const text = (name: string): string | undefined => {
    const value = body?.[name];
    return typeof value === 'string' ? value : typeof value === 'number' ? value.toString() : undefined;
  };
  const side = text('side');
  const type = text('type') ?? 'limit';
  const market = index.market(text('product_id') ?? '');
  const timeInForce = LIFETIMES[text('time_in_force') ?? 'GTC'];
  if (market === undefined) return 'Product not found';
  if (side !== 'buy' && side !== 'sell') return 'Invalid side';
  if (type !== 'limit' && type !== 'market') return 'Invalid type';
  if (timeInForce === undefined) return 'Invalid time_in_force';
  return {
    market,
    side,
    type,
    amount: text('size'),
    cost: text('funds'),
    price: text('price'),
    timeInForce: body?.['post_only'] === true ? 'post_only' : timeInForce,
    clientId: text('client_oid'),
  };
};

const bodyOf = (request: VenueRequest): Readonly<Record<string, unknown>> | undefined => {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'));
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

/** Newest first, of one product when the query names it. */
const listOf = (request: VenueRequest, all: readonly SandboxOrder[]): readonly SandboxOrder[] => {
  const product = new URLSearchParams(request.query).get('product_id');
  return all.filter((order) => product === null || productId(order.market) === product).reverse();
};

const orderRow = (order: SandboxOrder) => {
  const { fill } = order;
  const open = order.status === 'open';
  return {
    id: numberedUuid(order.id),
    ...(order.price !== null && { price: order.price }),
    size: order.amount,
    product_id: productId(order.market),
    profile_id: stableUuid('profile'),
    side: order.side,
    type: order.type,
    time_in_force: order.timeInForce === 'post_only' ? 'GTC' : order.timeInForce.toUpperCase(),
    post_only: order.timeInForce === 'post_only',
    created_at: isoTime(order.createdAtMs),
    ...(!open && {
      done_at: isoTime(order.updatedAtMs),
      done_reason: order.status === 'filled' ? 'filled' : 'canceled',
    }),
    fill_fees: fill?.fee ?? '0',
    filled_size: fill?.amount ?? '0',
    executed_value: fill?.cost ?? '0',
    status: open ? 'open' : 'done',
    settled: fill !== null,
    ...(order.clientId !== '' && { client_oid: order.clientId }),
  };
};
