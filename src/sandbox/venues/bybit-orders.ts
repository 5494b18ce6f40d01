/** Bybit: orders of all categories (create, cancel, open orders, history). */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { NewOrder, OrderProblem } from '../order-engine.ts';
import { jsonParameters, wholeOr } from '../request-parameters.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import {
  type BybitBook,
  type BybitBooks,
  badParameter,
  bookOf,
  bybitOk,
  bybitRefusal,
  symbolOf,
} from './bybit-books.ts';

const MOST_ROWS = 50;

export const bybitOrderRoutes = (books: BybitBooks): readonly (readonly [string, VenueRoute])[] => [
  ['POST /v5/order/create', signedRoute('trade', (request, account) => create(books, request, account))],
  ['POST /v5/order/cancel', signedRoute('trade', (request, account) => cancel(books, request, account))],
  [
    'GET /v5/order/realtime',
    signedRoute('read', (request, account) =>
      list(books, request, account, (order, named) => named || order.status === 'open'),
    ),
  ],
  [
    'GET /v5/order/history',
    signedRoute('read', (request, account) =>
      list(books, request, account, (order) => order.status !== 'open'),
    ),
  ],
];

const REFUSALS: Readonly<Record<OrderProblem, readonly [spot: number, contract: number, message: string]>> = {
  market_closed: [170121, 110074, 'The symbol is not open for trading.'],
  bad_amount: [170137, 10001, 'Order volume decimal too long.'],
  below_minimum: [170140, 110094, 'Order value exceeded lower limit.'],
  bad_price: [170134, 10001, 'Order price decimal too long.'],
  insufficient_funds: [170131, 110007, 'Insufficient balance.'],
  would_take: [170218, 10001, 'The LIMIT-MAKER order is rejected due to invalid price.'],
  not_reducing: [170210, 110017, 'Reduce-only rule not satisfied.'],
  duplicate_client_id: [170141, 110072, 'Duplicate clientOrderId.'],
  too_many_orders: [170005, 110020, 'Too many open orders.'],
};

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  PostOnly: 'post_only',
};

const create = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
  const { nowMs } = request;
  const given = jsonParameters(request);
  const book = bookOf(books, given?.get('category'));
  if (given === undefined || book === undefined) return badParameter(nowMs, 'Category is invalid');
  const order = readOrder(book, given, account);
  if (typeof order === 'string') return badParameter(nowMs, order);
  const placed = book.orders.place(account, order, nowMs);
  if (typeof placed === 'string') {
    const [spot, contract, message] = REFUSALS[placed];
    return bybitRefusal(nowMs, book.category === 'spot' ? spot : contract, message);
  }
  return bybitOk(nowMs, { orderId: placed.id.toString(), orderLinkId: placed.clientId });
};

/** The order, or what is wrong with it. */
const readOrder = (
  book: BybitBook,
  given: ReadonlyMap<string, string>,
  account: SandboxAccount,
): NewOrder | string => {
  const market = book.markets.get(given.get('symbol') ?? '');
  if (market === undefined) return 'Symbol Invalid';
  const side = given.get('side')?.toLowerCase();
  const type = given.get('orderType')?.toLowerCase();
  if (side !== 'buy' && side !== 'sell') return 'Side invalid';
  if (type !== 'market' && type !== 'limit') return 'OrderType invalid';
  const index = given.get('positionIdx') ?? '0';
  if (book.category !== 'spot' && account.hedgeMode === (index === '0'))
    return 'position idx not match position mode';
  const quantity = given.get('qty');
  // Market buys of spot name what they may cost, unless told otherwise.
  const inQuote =
    book.category === 'spot' &&
    type === 'market' &&
    (given.get('marketUnit') ?? usualUnit(side)) !== 'baseCoin';
  return {
    market,
    side,
    type,
    ...(inQuote ? { cost: quantity } : { amount: quantity }),
    price: given.get('price'),
    timeInForce: type === 'market' ? 'ioc' : TIMES_IN_FORCE[given.get('timeInForce') ?? 'GTC'],
    clientId: given.get('orderLinkId'),
    reduceOnly: given.get('reduceOnly') === 'true',
    positionSide: index === '1' ? 'long' : index === '2' ? 'short' : undefined,
  };
};

const usualUnit = (side: 'buy' | 'sell'): string => (side === 'buy' ? 'quoteCoin' : 'baseCoin');

const cancel = (books: BybitBooks, request: VenueRequest, account: SandboxAccount): Answer => {
  const given = jsonParameters(request);
  const book = bookOf(books, given?.get('category'));
  if (given === undefined || book === undefined) return badParameter(request.nowMs, 'Category is invalid');
  const order = find(book, account, given);
  if (order?.status !== 'open' || symbolOf(order.market) !== given.get('symbol')) {
    const code = book.category === 'spot' ? 170213 : 110001;
    return bybitRefusal(request.nowMs, code, 'Order does not exist.');
  }
  book.orders.cancel(account, order, request.nowMs);
  return bybitOk(request.nowMs, { orderId: order.id.toString(), orderLinkId: order.clientId });
};

const find = (
  book: BybitBook,
  account: SandboxAccount,
  given: ReadonlyMap<string, string>,
): SandboxOrder | undefined => {
  const id = given.get('orderId');
  const clientId = given.get('orderLinkId');
  if (id !== undefined) return book.orders.find(account, { id });
  return clientId === undefined ? undefined : book.orders.find(account, { clientId });
};

/** Newest first. */
const list = (
  books: BybitBooks,
  request: VenueRequest,
  account: SandboxAccount,
  fits: (order: SandboxOrder, named: boolean) => boolean,
): Answer => {
  const given = parameters(request.query);
  const category = given.get('category');
  const book = bookOf(books, category);
  if (book === undefined) return badParameter(request.nowMs, 'Category is invalid');
  const symbol = given.get('symbol');
  const named = given.has('orderId') || given.has('orderLinkId');
  const wanted = named ? find(book, account, given) : undefined;
  const all = named ? (wanted === undefined ? [] : [wanted]) : book.orders.all(account);
  const rows = all
    .filter((order) => fits(order, named) && (symbol === undefined || symbolOf(order.market) === symbol))
    .reverse();
  const limit = Math.min(wholeOr(given.get('limit'), 20), MOST_ROWS);
  const start = wholeOr(given.get('cursor'), 0);
  return bybitOk(request.nowMs, {
    category,
    list: rows.slice(start, start + limit).map((order) => orderRow(book, order)),
    nextPageCursor: start + limit < rows.length ? (start + limit).toString() : '',
  });
};

const STATUSES = { open: 'New', filled: 'Filled', canceled: 'Cancelled', expired: 'Cancelled' } as const;
const FORCES = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', post_only: 'PostOnly' } as const;

const orderRow = (book: BybitBook, order: SandboxOrder) => {
  const { fill } = order;
  return {
    orderId: order.id.toString(),
    orderLinkId: order.clientId,
    symbol: symbolOf(order.market),
    price: order.price ?? '0',
    qty: order.amount,
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    isLeverage: '0',
    positionIdx: order.positionSide === null ? 0 : order.positionSide === 'long' ? 1 : 2,
    orderStatus: STATUSES[order.status],
    cancelType: order.status === 'canceled' ? 'CancelByUser' : 'UNKNOWN',
    rejectReason: 'EC_NoError',
    avgPrice: fill?.price ?? '',
    leavesQty: order.status === 'open' ? order.amount : '0',
    leavesValue: '0',
    cumExecQty: fill?.amount ?? '0',
    cumExecValue: fill?.cost ?? '0',
    cumExecFee: fill?.fee ?? '0',
    cumFeeDetail: fill === null ? {} : { [fill.feeAsset]: fill.fee },
    timeInForce: FORCES[order.timeInForce],
    orderType: order.type === 'market' ? 'Market' : 'Limit',
    marketUnit: order.type === 'market' ? 'baseCoin' : '',
    stopOrderType: '',
    triggerPrice: '',
    takeProfit: '',
    stopLoss: '',
    reduceOnly: order.reduceOnly,
    createdTime: order.createdAtMs.toString(),
    updatedTime: order.updatedAtMs.toString(),
    ...(book.category === 'spot' ? {} : { tpslMode: '', triggerDirection: 0, closeOnTrigger: false }),
  };
};
