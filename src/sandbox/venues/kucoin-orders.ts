/** KuCoin: orders of the fast spot engine (create, cancel, open and past orders). */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { jsonParameters, wholeOr } from '../request-parameters.ts';
import { segmentOf } from '../route-table.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import { symbolOf } from './kucoin-markets.ts';
import { kucoinData, kucoinRefusal } from './kucoin-signature.ts';

const ID_SEGMENT = 4;
const CLIENT_ID_SEGMENT = 5;
const MOST_ROWS = 100;

const REFUSALS: Readonly<Record<OrderProblem, readonly [code: string, message: string]>> = {
  market_closed: ['126007', 'Trading pair suspended'],
  bad_amount: ['600100', 'Order size increment invalid.'],
  below_minimum: ['400100', 'Order size below the minimum requirement.'],
  bad_price: ['400100', 'Price increment invalid.'],
  insufficient_funds: ['200004', 'Balance insufficient!'],
  would_take: ['400100', 'The post only order would be filled at once.'],
  not_reducing: ['400100', 'Parameter error'],
  duplicate_client_id: ['126044', 'clientOid duplicate'],
  too_many_orders: ['200002', 'Too many open orders'],
};

const TIMES_IN_FORCE: Readonly<Record<string, TimeInForce>> = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok' };

const NO_ORDER = kucoinRefusal('400100', 'order_not_exist_or_not_allow_to_cancel');

export const kucoinOrderRoutes = (
  feed: MarketFeed,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const markets = new Map(feed.markets.map((market) => [symbolOf(market), market]));

  const create = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = jsonParameters(request);
    const market = markets.get(given?.get('symbol') ?? '');
    if (given === undefined) return kucoinRefusal('400100', 'Parameter error');
    if (market === undefined) return kucoinRefusal('900001', 'symbol not exists');
    const side = given.get('side');
    const type = given.get('type') ?? 'limit';
    if ((side !== 'buy' && side !== 'sell') || (type !== 'limit' && type !== 'market'))
      return kucoinRefusal('400100', 'Parameter error');
    const order: NewOrder = {
      market,
      side,
      type,
      amount: given.get('size'),
      cost: given.get('funds'),
      price: given.get('price'),
      clientId: given.get('clientOid'),
      timeInForce:
        given.get('postOnly') === 'true' ? 'post_only' : TIMES_IN_FORCE[given.get('timeInForce') ?? 'GTC'],
    };
    const placed = orders.place(account, order, request.nowMs);
    if (typeof placed !== 'string')
      return kucoinData({ orderId: placed.id.toString(), clientOid: placed.clientId });
    const [code, message] = REFUSALS[placed];
    return kucoinRefusal(code, message);
  };

  const cancel =
    (by: (path: string) => { id: string } | { clientId: string }, answer: (order: SandboxOrder) => unknown) =>
    (request: VenueRequest, account: SandboxAccount): Answer => {
      const order = orders.find(account, by(request.path));
      const symbol = parameters(request.query).get('symbol');
      if (order?.status !== 'open' || symbolOf(order.market) !== symbol) return NO_ORDER;
      orders.cancel(account, order, request.nowMs);
      return kucoinData(answer(order));
    };

  /** Newest first. */
  const listed = (request: VenueRequest, account: SandboxAccount, open: boolean): SandboxOrder[] => {
    const symbol = parameters(request.query).get('symbol');
    return orders
      .all(account)
      .filter((order) => (order.status === 'open') === open && symbolOf(order.market) === symbol)
      .reverse();
  };

  const past = (request: VenueRequest, account: SandboxAccount): Answer => {
    const limit = Math.min(wholeOr(parameters(request.query).get('limit'), 20), MOST_ROWS);
    const page = listed(request, account, false).slice(0, limit);
    return kucoinData({ items: page.map(orderRow), lastId: page.at(-1)?.id ?? 0 });
  };

  const one = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = orders.find(account, { id: segmentOf(request.path, ID_SEGMENT) });
    return order === undefined ? kucoinRefusal('400100', 'order not exist') : kucoinData(orderRow(order));
  };

  return [
    ['POST /api/v1/hf/orders', signedRoute('trade', create)],
    [
      'DELETE /api/v1/hf/orders/{orderId}',
      signedRoute(
        'trade',
        cancel(
          (path) => ({ id: segmentOf(path, ID_SEGMENT) }),
          (order) => ({ orderId: order.id.toString() }),
        ),
      ),
    ],
    [
      'DELETE /api/v1/hf/orders/client-order/{clientOid}',
      signedRoute(
        'trade',
        cancel(
          (path) => ({ clientId: segmentOf(path, CLIENT_ID_SEGMENT) }),
          (order) => ({ clientOid: order.clientId }),
        ),
      ),
    ],
    [
      'GET /api/v1/hf/orders/active',
      signedRoute('read', (request, account) =>
        kucoinData(listed(request, account, true).map((order) => orderRow(order))),
      ),
    ],
    ['GET /api/v1/hf/orders/done', signedRoute('read', past)],
    ['GET /api/v1/hf/orders/{orderId}', signedRoute('read', one)],
  ];
};

const FORCES = { gtc: 'GTC', ioc: 'IOC', fok: 'FOK', post_only: 'GTC' } as const;

const orderRow = (order: SandboxOrder) => {
  const { fill } = order;
  const open = order.status === 'open';
  const canceled = order.status === 'canceled' || order.status === 'expired';
  return {
    id: order.id.toString(),
    clientOid: order.clientId,
    symbol: symbolOf(order.market),
    opType: 'DEAL',
    type: order.type,
    side: order.side,
    price: order.price ?? '0',
    size: order.amount,
    funds: '0',
    dealSize: fill?.amount ?? '0',
    dealFunds: fill?.cost ?? '0',
    remainSize: open ? order.amount : '0',
    cancelledSize: canceled ? order.amount : '0',
    cancelledFunds: '0',
    remainFunds: '0',
    fee: fill?.fee ?? '0',
    feeCurrency: fill?.feeAsset ?? order.market.quote.code,
    stp: null,
    timeInForce: FORCES[order.timeInForce],
    postOnly: order.timeInForce === 'post_only',
    hidden: false,
    iceberg: false,
    visibleSize: '0',
    cancelAfter: -1,
    channel: 'API',
    remark: null,
    tags: null,
    cancelExist: canceled,
    tradeType: 'TRADE',
    inOrderBook: open,
    active: open,
    tax: '0',
    createdAt: order.createdAtMs,
    lastUpdatedAt: order.updatedAtMs,
  };
};
