/** Binance and Binance.US: orders of the spot API (create, test, query, cancel, lists). */
import type { SandboxOrder, Side, TimeInForce } from '../account-activity.ts';
import { padDecimals } from '../fixed-point.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { missing, refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';

const USUAL_ROWS = 500;
const MOST_ROWS = 1_000;

const INVALID_SYMBOL = refusal(400, -1121, 'Invalid symbol.');
const UNKNOWN_ORDER = refusal(400, -2013, 'Order does not exist.');
const NOT_CANCELLED = refusal(400, -2011, 'Unknown order sent.');

const PROBLEMS: Readonly<Record<OrderProblem, Answer>> = {
  market_closed: refusal(400, -2010, 'Market is closed.'),
  bad_amount: refusal(400, -1013, 'Filter failure: LOT_SIZE'),
  below_minimum: refusal(400, -1013, 'Filter failure: NOTIONAL'),
  bad_price: refusal(400, -1013, 'Filter failure: PRICE_FILTER'),
  insufficient_funds: refusal(400, -2010, 'Account has insufficient balance for requested action.'),
  would_take: refusal(400, -2010, 'Order would immediately match and take.'),
  not_reducing: refusal(400, -2022, 'ReduceOnly Order is rejected.'),
  duplicate_client_id: refusal(400, -2010, 'Duplicate order sent.'),
  too_many_orders: refusal(400, -1013, 'Filter failure: MAX_NUM_ORDERS'),
};

/** Parameters may stand in the query, in a form body, or in both. */
export const givenIn = (request: VenueRequest): ReadonlyMap<string, string> =>
  parameters(`${request.query}&${request.body.toString('utf8')}`);

/** A whole number of a query; anything else counts as not given. */
export const whole = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;

export const spotOrderRoutes = (
  feed: MarketFeed,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const markets = new Map(feed.markets.map((market) => [symbolOf(market), market]));

  const wanted = (request: VenueRequest): NewOrder | Answer => {
    const given = givenIn(request);
    const name = given.get('symbol');
    if (name === undefined) return missing('symbol');
    const market = markets.get(name);
    return market === undefined ? INVALID_SYMBOL : orderIn(given, market);
  };

  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = wanted(request);
    if ('status' in order) return order;
    const placed = orders.place(account, order, request.nowMs);
    return typeof placed === 'string' ? PROBLEMS[placed] : json(200, placedRow(placed));
  };

  const test = (request: VenueRequest): Answer => {
    const order = wanted(request);
    return 'status' in order ? order : json(200, {});
  };

  const find = (request: VenueRequest, account: SandboxAccount): SandboxOrder | Answer | undefined => {
    const given = givenIn(request);
    const id = given.get('orderId');
    const clientId = given.get('origClientOrderId');
    if (given.get('symbol') === undefined) return missing('symbol');
    if (id === undefined && clientId === undefined)
      return refusal(
        400,
        -1102,
        "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
      );
    const found = orders.find(account, { ...(id && { id }), ...(clientId && { clientId }) });
    return found !== undefined && symbolOf(found.market) === given.get('symbol') ? found : undefined;
  };

  const query = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(request, account) ?? UNKNOWN_ORDER;
    return 'market' in found ? json(200, orderRow(found)) : found;
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(request, account) ?? NOT_CANCELLED;
    if (!('market' in found)) return found;
    if (found.status !== 'open') return NOT_CANCELLED;
    orders.cancel(account, found, request.nowMs);
    return json(200, canceledRow(found));
  };

  const ofSymbol = (request: VenueRequest, rows: readonly SandboxOrder[]): readonly SandboxOrder[] => {
    const symbol = givenIn(request).get('symbol');
    return symbol === undefined ? rows : rows.filter((order) => symbolOf(order.market) === symbol);
  };

  const openOrders = (request: VenueRequest, account: SandboxAccount): Answer =>
    json(200, ofSymbol(request, orders.open(account)).map(orderRow));

  const cancelAll = (request: VenueRequest, account: SandboxAccount): Answer => {
    if (!givenIn(request).has('symbol')) return missing('symbol');
    const open = ofSymbol(request, orders.open(account));
    if (open.length === 0) return NOT_CANCELLED;
    for (const order of open) orders.cancel(account, order, request.nowMs);
    return json(200, open.map(canceledRow));
  };

  const allOrders = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = givenIn(request);
    if (!given.has('symbol')) return missing('symbol');
    return json(200, page(given, ofSymbol(request, orders.all(account))).map(orderRow));
  };

  return [
    ['POST /api/v3/order', signedRoute('trade', create)],
    ['POST /api/v3/order/test', signedRoute('trade', test)],
    ['GET /api/v3/order', signedRoute('read', query)],
    ['DELETE /api/v3/order', signedRoute('trade', cancel)],
    ['GET /api/v3/openOrders', signedRoute('read', openOrders)],
    ['DELETE /api/v3/openOrders', signedRoute('trade', cancelAll)],
    ['GET /api/v3/allOrders', signedRoute('read', allOrders)],
  ];
};

/** From an order id or a time the venue pages forward; otherwise it gives the newest. */
export const page = (
  given: ReadonlyMap<string, string>,
  rows: readonly SandboxOrder[],
): readonly SandboxOrder[] => {
  const from = whole(given.get('startTime'), 0);
  const to = whole(given.get('endTime'), Number.MAX_SAFE_INTEGER);
  const firstId = whole(given.get('orderId'), 0);
  const limit = Math.min(whole(given.get('limit'), USUAL_ROWS), MOST_ROWS);
  const matching = rows.filter(
    (order) => order.createdAtMs >= from && order.createdAtMs <= to && order.id >= firstId,
  );
  const forward = given.has('orderId') || given.has('startTime');
  return forward ? matching.slice(0, limit) : matching.slice(-limit);
};

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' };

/** Market, limit and maker-only orders; those that wait for a trigger are not simulated. */
const orderIn = (given: ReadonlyMap<string, string>, market: SpotMarket): NewOrder | Answer => {
  const side = sideOf(given);
  if (side === undefined) return missing('side');
  const common = { market, side, clientId: given.get('newClientOrderId'), amount: given.get('quantity') };
  const price = given.get('price');
  switch (given.get('type')) {
    case 'MARKET': {
      const cost = given.get('quoteOrderQty');
      return common.amount === undefined && cost === undefined
        ? missing('quantity')
        : { ...common, type: 'market', cost };
    }
    case 'LIMIT': {
      const timeInForce = TIMES_IN_FORCE[given.get('timeInForce') ?? ''];
      if (timeInForce === undefined) return missing('timeInForce');
      if (common.amount === undefined) return missing('quantity');
      return price === undefined ? missing('price') : { ...common, type: 'limit', price, timeInForce };
    }
    case 'LIMIT_MAKER':
      if (common.amount === undefined) return missing('quantity');
      return price === undefined
        ? missing('price')
        : { ...common, type: 'limit', price, timeInForce: 'post_only' };
    case undefined:
      return missing('type');
    default:
      return refusal(400, -1116, 'Invalid orderType.');
  }
};

export const sideOf = (given: ReadonlyMap<string, string>): Side | undefined => {
  const side = given.get('side');
  return side === 'BUY' ? 'buy' : side === 'SELL' ? 'sell' : undefined;
};

export const STATUS = { open: 'NEW', filled: 'FILLED', canceled: 'CANCELED', expired: 'EXPIRED' } as const;

export const clientIdOf = (order: SandboxOrder): string => order.clientId || `web_${order.id}`;

const eightOr = (amount: string | undefined): string => padDecimals(amount ?? '0', 8);

const coreRow = (order: SandboxOrder) => ({
  symbol: symbolOf(order.market),
  orderId: order.id,
  orderListId: -1,
  clientOrderId: clientIdOf(order),
  price: eightOr(order.price ?? undefined),
  origQty: eightOr(order.amount),
  executedQty: eightOr(order.fill?.amount),
  origQuoteOrderQty: eightOr(undefined),
  cummulativeQuoteQty: eightOr(order.fill?.cost),
  status: STATUS[order.status],
  timeInForce: order.timeInForce === 'ioc' ? 'IOC' : order.timeInForce === 'fok' ? 'FOK' : 'GTC',
  type: typeOf(order),
  side: order.side.toUpperCase(),
  selfTradePreventionMode: 'EXPIRE_MAKER',
});

const typeOf = (order: SandboxOrder): string =>
  order.type === 'market' ? 'MARKET' : order.timeInForce === 'post_only' ? 'LIMIT_MAKER' : 'LIMIT';

const placedRow = (order: SandboxOrder) => ({
  ...coreRow(order),
  transactTime: order.createdAtMs,
  workingTime: order.createdAtMs,
  fills:
    order.fill === null
      ? []
      : [
          {
            price: eightOr(order.fill.price),
            qty: eightOr(order.fill.amount),
            commission: eightOr(order.fill.fee),
            commissionAsset: order.fill.feeAsset,
            tradeId: order.fill.id,
          },
        ],
});

const orderRow = (order: SandboxOrder) => ({
  ...coreRow(order),
  stopPrice: eightOr(undefined),
  icebergQty: eightOr(undefined),
  time: order.createdAtMs,
  updateTime: order.updatedAtMs,
  isWorking: true,
  workingTime: order.createdAtMs,
});

const canceledRow = (order: SandboxOrder) => ({
  ...coreRow(order),
  origClientOrderId: clientIdOf(order),
  transactTime: order.updatedAtMs,
});
