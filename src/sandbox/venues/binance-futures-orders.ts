/** Binance: orders of the futures APIs, in one-way and in hedge mode. */
import type { Fill, SandboxOrder, TimeInForce } from '../account-activity.ts';
import { marginAsset } from '../contract-settlement.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { SpotMarket } from '../market-list.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { fillsOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, signedRoute } from '../venue.ts';
import type { FuturesBook } from './binance-positions.ts';
import { STATUS, clientIdOf, givenIn, page, sideOf, whole } from './binance-orders.ts';
import { missing, refusal } from './binance-signature.ts';
import { symbolOf } from './binance-symbols.ts';

const INVALID_SYMBOL = refusal(400, -1121, 'Invalid symbol.');
const UNKNOWN_ORDER = refusal(400, -2013, 'Order does not exist.');
const NOT_CANCELLED = refusal(400, -2011, 'Unknown order sent.');
const WEEK_MS = 7 * 86_400_000;
const USUAL_TRADES = 500;
const MOST_TRADES = 1_000;
const WRONG_SIDE = refusal(400, -4061, "Order's position side does not match user's setting.");

const PROBLEMS: Readonly<Record<OrderProblem, Answer>> = {
  market_closed: refusal(400, -4141, 'Symbol is closed.'),
  bad_amount: refusal(400, -1111, 'Precision is over the maximum defined for this asset.'),
  below_minimum: refusal(
    400,
    -4164,
    "Order's notional must be no smaller than 5 (unless you choose reduce only).",
  ),
  bad_price: refusal(400, -4014, 'Price not increased by tick size.'),
  insufficient_funds: refusal(400, -2019, 'Margin is insufficient.'),
  would_take: refusal(
    400,
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected.',
  ),
  not_reducing: refusal(400, -2022, 'ReduceOnly Order is rejected.'),
  duplicate_client_id: refusal(400, -4116, 'ClientOrderId is duplicated.'),
  too_many_orders: refusal(400, -4045, 'Reach max stop order limit.'),
};

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = {
  GTC: 'gtc',
  IOC: 'ioc',
  FOK: 'fok',
  GTX: 'post_only',
};
const TIME_NAMES: Readonly<Record<TimeInForce, string>> = {
  gtc: 'GTC',
  ioc: 'IOC',
  fok: 'FOK',
  post_only: 'GTX',
};

export const futuresOrderRoutes = (
  api: FuturesBook,
  feed: MarketFeed,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const markets = new Map(feed.markets.map((market) => [api.contractOf(market).id, market]));
  const row = (order: SandboxOrder) => orderRow(api, order);

  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = givenIn(request);
    const market = markets.get(given.get('symbol') ?? '');
    if (market === undefined) return given.has('symbol') ? INVALID_SYMBOL : missing('symbol');
    const order = orderIn(given, market, account);
    if ('status' in order) return order;
    const placed = orders.place(account, order, request.nowMs);
    return typeof placed === 'string' ? PROBLEMS[placed] : json(200, row(placed));
  };

  const find = (request: VenueRequest, account: SandboxAccount): SandboxOrder | undefined => {
    const given = givenIn(request);
    const id = given.get('orderId');
    const clientId = given.get('origClientOrderId');
    const found = orders.find(account, { ...(id && { id }), ...(clientId && { clientId }) });
    return found && api.contractOf(found.market).id === given.get('symbol') ? found : undefined;
  };

  const query = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(request, account);
    return found === undefined ? UNKNOWN_ORDER : json(200, row(found));
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(request, account);
    if (found?.status !== 'open') return NOT_CANCELLED;
    orders.cancel(account, found, request.nowMs);
    return json(200, row(found));
  };

  const ofSymbol = <Row extends { readonly market: SpotMarket }>(
    request: VenueRequest,
    rows: readonly Row[],
  ): readonly Row[] => {
    const symbol = givenIn(request).get('symbol');
    return symbol === undefined ? rows : rows.filter(({ market }) => api.contractOf(market).id === symbol);
  };

  const trades = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = givenIn(request);
    const named = given.has('fromId');
    if (named && (given.has('startTime') || given.has('endTime')))
      return refusal(400, -1128, "Combination of optional parameters invalid: 'fromId' and time.");
    const end = whole(given.get('endTime'), request.nowMs);
    const from = whole(given.get('startTime'), end - WEEK_MS);
    const to = given.has('endTime') ? end : Math.min(from + WEEK_MS, request.nowMs);
    if (to - from > WEEK_MS) return refusal(400, -4166, 'Search window is restricted to recent 7 days only.');
    const fills = fillsOf(account, feed).filter((fill) =>
      named ? fill.id >= whole(given.get('fromId'), 0) : fill.timeMs >= from && fill.timeMs <= to,
    );
    const limit = Math.min(whole(given.get('limit'), USUAL_TRADES), MOST_TRADES);
    const rows = ofSymbol(request, fills);
    // From an id or a start the venue pages forward; with neither it gives the newest.
    const page = named || given.has('startTime') ? rows.slice(0, limit) : rows.slice(-limit);
    return json(
      200,
      page.map((fill) => tradeRow(api, fill)),
    );
  };

  const base = `/${api.name}/v1`;
  return [
    [`POST ${base}/order`, signedRoute('trade', create)],
    [`GET ${base}/order`, signedRoute('read', query)],
    [`DELETE ${base}/order`, signedRoute('trade', cancel)],
    [
      `GET ${base}/openOrders`,
      signedRoute('read', (request, account) => json(200, ofSymbol(request, orders.open(account)).map(row))),
    ],
    [
      `GET ${base}/allOrders`,
      signedRoute('read', (request, account) =>
        json(200, page(givenIn(request), ofSymbol(request, orders.all(account))).map(row)),
      ),
    ],
    [`GET ${base}/userTrades`, signedRoute('read', trades)],
  ];
};

const orderIn = (
  given: ReadonlyMap<string, string>,
  market: SpotMarket,
  account: SandboxAccount,
): NewOrder | Answer => {
  const side = sideOf(given);
  const amount = given.get('quantity');
  if (side === undefined) return missing('side');
  if (amount === undefined) return missing('quantity');
  const named = given.get('positionSide') ?? 'BOTH';
  if (account.hedgeMode === (named === 'BOTH')) return WRONG_SIDE;
  const common = {
    market,
    side,
    amount,
    clientId: given.get('newClientOrderId'),
    reduceOnly: given.get('reduceOnly') === 'true',
    positionSide: named === 'BOTH' ? undefined : named === 'LONG' ? ('long' as const) : ('short' as const),
  };
  switch (given.get('type') ?? '') {
    case 'MARKET':
      return { ...common, type: 'market' };
    case 'LIMIT': {
      const price = given.get('price');
      const timeInForce = TIMES_IN_FORCE[given.get('timeInForce') ?? ''];
      if (price === undefined) return missing('price');
      return timeInForce === undefined
        ? missing('timeInForce')
        : { ...common, type: 'limit', price, timeInForce };
    }
    default:
      return refusal(400, -1116, 'Invalid orderType.');
  }
};

const positionSideOf = (order: SandboxOrder): string => order.positionSide?.toUpperCase() ?? 'BOTH';

const orderRow = (api: FuturesBook, order: SandboxOrder) => {
  const contract = api.contractOf(order.market);
  const filled = order.fill?.amount ?? '0';
  return {
    orderId: order.id,
    symbol: contract.id,
    ...(contract.inverse
      ? { pair: symbolOf(order.market), cumBase: order.fill?.cost ?? '0' }
      : { cumQuote: order.fill?.cost ?? '0' }),
    status: STATUS[order.status],
    clientOrderId: clientIdOf(order),
    price: order.price ?? '0',
    avgPrice: order.fill?.price ?? '0',
    origQty: order.amount,
    executedQty: filled,
    cumQty: filled,
    timeInForce: TIME_NAMES[order.timeInForce],
    type: order.type.toUpperCase(),
    origType: order.type.toUpperCase(),
    reduceOnly: order.reduceOnly,
    closePosition: false,
    side: order.side.toUpperCase(),
    positionSide: positionSideOf(order),
    stopPrice: '0',
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    time: order.createdAtMs,
    updateTime: order.updatedAtMs,
  };
};

const tradeRow = (api: FuturesBook, fill: Fill) => {
  const contract = api.contractOf(fill.market);
  return {
    symbol: contract.id,
    id: fill.id,
    orderId: fill.orderId,
    side: fill.side.toUpperCase(),
    price: fill.price,
    qty: fill.amount,
    realizedPnl: '0',
    ...(contract.inverse
      ? { pair: symbolOf(fill.market), marginAsset: marginAsset(contract, fill.market), baseQty: fill.cost }
      : { quoteQty: fill.cost }),
    commission: fill.fee,
    commissionAsset: fill.feeAsset,
    time: fill.timeMs,
    positionSide: 'BOTH',
    buyer: fill.side === 'buy',
    maker: fill.maker,
  };
};
