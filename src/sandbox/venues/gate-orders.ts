/** Gate: spot orders (create, cancel, open orders, lists). */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { NewOrder, OrderProblem } from '../order-engine.ts';
import { jsonParameters, wholeOr } from '../request-parameters.ts';
import { segmentOf } from '../route-table.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type GateBooks, pairOf } from './gate-books.ts';
import { gateRefusal } from './gate-signature.ts';

const ID_SEGMENT = 4;
const MOST_ROWS = 100;

export const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  gtc: 'gtc',
  ioc: 'ioc',
  fok: 'fok',
  poc: 'post_only',
};
export const FORCES = { gtc: 'gtc', ioc: 'ioc', fok: 'fok', post_only: 'poc' } as const;

export const NO_ORDER = gateRefusal(404, 'ORDER_NOT_FOUND', 'Order not found');
export const badValue = (name: string): Answer =>
  gateRefusal(400, 'INVALID_PARAM_VALUE', `Invalid request parameter \`${name}\` value`);

const REFUSALS: Readonly<Record<OrderProblem, readonly [label: string, message: string]>> = {
  market_closed: ['INVALID_CURRENCY_PAIR', 'The pair is not open for trading'],
  bad_amount: ['INVALID_PRECISION', 'Invalid amount precision'],
  below_minimum: ['INVALID_PARAM_VALUE', 'Your order size is too small'],
  bad_price: ['INVALID_PRECISION', 'Invalid price precision'],
  insufficient_funds: ['BALANCE_NOT_ENOUGH', 'Not enough balance'],
  would_take: ['POC_FILL_IMMEDIATELY', 'Order would match and take immediately so its cancelled'],
  not_reducing: ['INVALID_PARAM_VALUE', 'Nothing to reduce'],
  duplicate_client_id: ['REPEATED_CREATION', 'The text of an open order is used again'],
  too_many_orders: ['TOO_MANY_ORDERS', 'Too many open orders'],
};

export const gateOrderRoutes = ({ spot }: GateBooks): readonly (readonly [string, VenueRoute])[] => {
  const { orders, markets } = spot;

  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = jsonParameters(request);
    const market = markets.get(given?.get('currency_pair') ?? '');
    if (given === undefined) return gateRefusal(400, 'INVALID_REQUEST_BODY', 'Invalid request body');
    if (market === undefined) return gateRefusal(400, 'INVALID_CURRENCY_PAIR', 'Invalid currency pair');
    const side = given.get('side');
    const type = given.get('type') ?? 'limit';
    if (side !== 'buy' && side !== 'sell') return badValue('side');
    if (type !== 'limit' && type !== 'market') return badValue('type');
    const amount = given.get('amount');
    const order: NewOrder = {
      market,
      side,
      type,
      // Market buys name what they may cost.
      ...(type === 'market' && side === 'buy' ? { cost: amount } : { amount }),
      price: given.get('price'),
      timeInForce: TIMES_IN_FORCE[given.get('time_in_force') ?? 'gtc'],
      clientId: given.get('text'),
    };
    const placed = orders.place(account, order, request.nowMs);
    if (typeof placed !== 'string') return json(201, orderRow(placed));
    const [label, message] = REFUSALS[placed];
    return gateRefusal(400, label, message);
  };

  const named = (request: VenueRequest, account: SandboxAccount): SandboxOrder | undefined => {
    const order = orders.find(account, { id: segmentOf(request.path, ID_SEGMENT) });
    const pair = parameters(request.query).get('currency_pair');
    return order !== undefined && pairOf(order.market) === pair ? order : undefined;
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = named(request, account);
    if (order?.status !== 'open') return NO_ORDER;
    orders.cancel(account, order, request.nowMs);
    return json(200, orderRow(order));
  };

  const one = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = named(request, account);
    return order === undefined ? NO_ORDER : json(200, orderRow(order));
  };

  /** Grouped by pair. */
  const open = (_request: VenueRequest, account: SandboxAccount): Answer => {
    const resting = orders.open(account);
    const pairs = [...new Set(resting.map((order) => pairOf(order.market)))];
    return json(
      200,
      pairs.map((currency_pair) => {
        const rows = resting.filter((order) => pairOf(order.market) === currency_pair);
        return { currency_pair, total: rows.length, orders: rows.map(orderRow) };
      }),
    );
  };

  /** Newest first. */
  const list = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = parameters(request.query);
    const pair = given.get('currency_pair');
    const status = given.get('status');
    if (status !== 'open' && status !== 'finished') return badValue('status');
    if (status === 'open' && pair === undefined) return badValue('currency_pair');
    const limit = Math.min(wholeOr(given.get('limit'), MOST_ROWS), MOST_ROWS);
    const rows = orders
      .all(account)
      .filter(
        (order) =>
          (order.status === 'open') === (status === 'open') &&
          (pair === undefined || pairOf(order.market) === pair),
      )
      .toReversed()
      .slice(0, limit);
    return json(200, rows.map(orderRow));
  };

  return [
    ['POST /api/v4/spot/orders', signedRoute('trade', create)],
    ['GET /api/v4/spot/orders', signedRoute('read', list)],
    ['GET /api/v4/spot/open_orders', signedRoute('read', open)],
    ['GET /api/v4/spot/orders/{order_id}', signedRoute('read', one)],
    ['DELETE /api/v4/spot/orders/{order_id}', signedRoute('trade', cancel)],
  ];
};

const STATUSES = { open: 'open', filled: 'closed', canceled: 'cancelled', expired: 'cancelled' } as const;
const FINISHED_AS = { open: 'open', filled: 'filled', canceled: 'cancelled', expired: 'ioc' } as const;

const orderRow = (order: SandboxOrder) => {
  const { fill } = order;
  // Of a market buy all sums are in the quote.
  const inQuote = order.type === 'market' && order.side === 'buy';
  return {
    id: order.id.toString(),
    text: order.clientId === '' ? 'apiv4' : order.clientId,
    amend_text: '-',
    create_time: Math.floor(order.createdAtMs / 1_000).toString(),
    update_time: Math.floor(order.updatedAtMs / 1_000).toString(),
    create_time_ms: order.createdAtMs,
    update_time_ms: order.updatedAtMs,
    status: STATUSES[order.status],
    finish_as: FINISHED_AS[order.status],
    currency_pair: pairOf(order.market),
    type: order.type,
    account: 'spot',
    side: order.side,
    amount: inQuote ? (fill?.cost ?? '0') : order.amount,
    price: order.price ?? '0',
    time_in_force: FORCES[order.timeInForce],
    iceberg: '0',
    left: order.status === 'filled' ? '0' : order.amount,
    filled_amount: fill?.amount ?? '0',
    fill_price: fill?.cost ?? '0',
    filled_total: fill?.cost ?? '0',
    avg_deal_price: fill?.price ?? '0',
    fee: fill?.fee ?? '0',
    fee_currency: fill?.feeAsset ?? order.market.quote.code,
    point_fee: '0',
    gt_fee: '0',
    rebated_fee: '0',
    rebated_fee_currency: order.market.quote.code,
    stp_act: '-',
  };
};
