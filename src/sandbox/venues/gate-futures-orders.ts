/** Gate: orders for perpetual contracts (create, cancel, lists), alike for both settlements. */
import type { SandboxOrder } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { NewOrder, OrderProblem } from '../order-engine.ts';
import { jsonParameters, wholeOr } from '../request-parameters.ts';
import { segmentOf } from '../route-table.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type GateFutures, pairOf } from './gate-books.ts';
import { secondsOf } from './gate-markets.ts';
import { FORCES, NO_ORDER, TIMES_IN_FORCE, badValue } from './gate-orders.ts';
import { gateRefusal } from './gate-signature.ts';

const ID_SEGMENT = 5;
const MOST_ROWS = 100;

const REFUSALS: Readonly<Record<OrderProblem, readonly [label: string, detail: string]>> = {
  market_closed: ['CONTRACT_IN_DELISTING', 'contract is not open for trading'],
  bad_amount: ['INVALID_PARAM_VALUE', 'invalid argument: size'],
  below_minimum: ['SIZE_TOO_SMALL', 'size is too small'],
  bad_price: ['INVALID_PARAM_VALUE', 'invalid argument: price'],
  insufficient_funds: ['INSUFFICIENT_AVAILABLE', 'available is not enough'],
  would_take: ['ORDER_POC_IMMEDIATE', 'order price would match at once'],
  not_reducing: ['POSITION_EMPTY', 'empty position'],
  duplicate_client_id: ['REPEATED_CREATION', 'the text of an open order is used again'],
  too_many_orders: ['TOO_MANY_ORDERS', 'too many open orders'],
};

export const gateFuturesOrderRoutes = (book: GateFutures): readonly (readonly [string, VenueRoute])[] => {
  const path = `/api/v4/futures/${book.settle}/orders`;
  return [
    [`POST ${path}`, signedRoute('trade', (request, account) => create(book, request, account))],
    [`GET ${path}`, signedRoute('read', (request, account) => list(book, request, account))],
    [
      `GET ${path}/{order_id}`,
      signedRoute('read', (request, account) => {
        const order = named(book, request, account);
        return order === undefined ? NO_ORDER : json(200, orderRow(account, order));
      }),
    ],
    [
      `DELETE ${path}/{order_id}`,
      signedRoute('trade', (request, account) => {
        const order = named(book, request, account);
        if (order?.status !== 'open') return NO_ORDER;
        book.orders.cancel(account, order, request.nowMs);
        return json(200, orderRow(account, order));
      }),
    ],
  ];
};

/** The sign of the size tells the side; a price of zero is the market's. */
const create = (book: GateFutures, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = jsonParameters(request);
  const market = book.markets.get(given?.get('contract') ?? '');
  if (given === undefined) return gateRefusal(400, 'INVALID_REQUEST_BODY', 'Invalid request body');
  if (market === undefined) return gateRefusal(400, 'CONTRACT_NOT_FOUND', 'Contract not found');
  const size = given.get('size') ?? '';
  if (!/^-?[1-9]\d{0,8}$/.test(size)) return badValue('size');
  const sells = size.startsWith('-');
  const price = given.get('price') ?? '0';
  const atMarket = /^0(?:\.0*)?$/.test(price);
  const reduceOnly = given.get('reduce_only') === 'true';
  const order: NewOrder = {
    market,
    side: sells ? 'sell' : 'buy',
    type: atMarket ? 'market' : 'limit',
    amount: size.replace('-', ''),
    price,
    timeInForce: TIMES_IN_FORCE[given.get('tif') ?? 'gtc'],
    clientId: given.get('text'),
    reduceOnly,
    // In dual mode an order that only reduces works on the side that it goes against.
    positionSide: account.hedgeMode ? (sells === reduceOnly ? 'long' : 'short') : undefined,
  };
  const placed = book.orders.place(account, order, request.nowMs);
  if (typeof placed !== 'string') return json(201, orderRow(account, placed));
  const [label, detail] = REFUSALS[placed];
  return json(400, { label, detail });
};

const named = (book: GateFutures, request: VenueRequest, account: SandboxAccount): SandboxOrder | undefined =>
  book.orders.find(account, { id: segmentOf(request.path, ID_SEGMENT) });

/** Newest first. */
const list = (book: GateFutures, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = parameters(request.query);
  const contract = given.get('contract');
  const status = given.get('status');
  if (status !== 'open' && status !== 'finished') return badValue('status');
  const limit = Math.min(wholeOr(given.get('limit'), MOST_ROWS), MOST_ROWS);
  const rows = book.orders
    .all(account)
    .filter(
      (order) =>
        (order.status === 'open') === (status === 'open') &&
        (contract === undefined || pairOf(order.market) === contract),
    )
    .toReversed()
    .slice(0, limit);
  return json(
    200,
    rows.map((order) => orderRow(account, order)),
  );
};

const FINISHED_AS = { open: undefined, filled: 'filled', canceled: 'cancelled', expired: 'ioc' } as const;

const orderRow = (account: SandboxAccount, order: SandboxOrder) => {
  const { fill } = order;
  const sign = order.side === 'sell' ? '-' : '';
  const finishedAs = FINISHED_AS[order.status];
  return {
    id: order.id,
    user: account.uid,
    contract: pairOf(order.market),
    create_time: secondsOf(order.createdAtMs),
    size: Number(sign + order.amount),
    iceberg: 0,
    left: order.status === 'filled' ? 0 : Number(sign + order.amount),
    price: order.price ?? '0',
    fill_price: fill?.price ?? '0',
    tif: FORCES[order.timeInForce],
    text: order.clientId === '' ? 'api' : order.clientId,
    status: order.status === 'open' ? 'open' : 'finished',
    ...(finishedAs === undefined ? {} : { finish_as: finishedAs, finish_time: secondsOf(order.updatedAtMs) }),
    is_reduce_only: order.reduceOnly,
    is_close: false,
    is_liq: false,
    mkfr: '0.0005',
    tkfr: '0.0005',
    refu: 0,
  };
};
