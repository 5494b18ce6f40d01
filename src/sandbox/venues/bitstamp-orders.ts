/** Bitstamp: orders. */
import type { SandboxOrder, Side, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketIndex } from '../market-index.ts';
import type { OrderEngine, OrderProblem } from '../order-engine.ts';
import { segmentOf } from '../route-table.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { databaseTime, pairId, pairName } from './bitstamp-names.ts';
import { bitstampRefusal } from './bitstamp-signature.ts';

const UNKNOWN_ORDER = bitstampRefusal(404, 'Order not found', '404.002');
const UNKNOWN_PAIR = bitstampRefusal(404, 'Market not found', '404.001');

type Kind = 'limit' | 'market' | 'instant';

export const bitstampOrderRoutes = (
  index: MarketIndex,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const create =
    (side: Side, kind: Kind) =>
    (request: VenueRequest, account: SandboxAccount): Answer => {
      const market = index.market(segmentOf(request.path, kind === 'limit' ? 3 : 4));
      if (market === undefined) return UNKNOWN_PAIR;
      const given = parameters(request.body.toString('utf8'));
      const amount = given.get('amount');
      const placed = orders.place(
        account,
        {
          market,
          side,
          type: kind === 'limit' ? 'limit' : 'market',
          // Instant orders name what they cost.
          ...(kind === 'instant' && side === 'buy' ? { cost: amount } : { amount }),
          price: given.get('price'),
          timeInForce: lifetimeOf(given),
          clientId: given.get('client_order_id'),
        },
        request.nowMs,
      );
      return typeof placed === 'string' ? REFUSALS[placed] : json(200, orderRow(placed));
    };

  const find = (request: VenueRequest, account: SandboxAccount): SandboxOrder | undefined => {
    const given = parameters(request.body.toString('utf8'));
    const clientId = given.get('client_order_id');
    return orders.find(account, clientId === undefined ? { id: given.get('id') ?? '' } : { clientId });
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = find(request, account);
    if (order?.status !== 'open') return UNKNOWN_ORDER;
    orders.cancel(account, order, request.nowMs);
    return json(200, canceledRow(order));
  };

  const cancelAll = (request: VenueRequest, account: SandboxAccount): Answer => {
    const pair = segmentOf(request.path, 3);
    const open = orders.open(account).filter((order) => pair === '' || pairId(order.market) === pair);
    for (const order of open) orders.cancel(account, order, request.nowMs);
    return json(200, { canceled: open.map(canceledRow), success: true });
  };

  const listOpen = (request: VenueRequest, account: SandboxAccount): Answer => {
    const pair = segmentOf(request.path, 3);
    const open = orders.open(account).filter((order) => pair === 'all' || pairId(order.market) === pair);
    return json(200, open.map(orderRow));
  };

  const sides: readonly Side[] = ['buy', 'sell'];
  return [
    ...sides.flatMap((side): (readonly [string, VenueRoute])[] => [
      [`POST /api/v2/${side}/{pair}/`, signedRoute('trade', create(side, 'limit'))],
      [`POST /api/v2/${side}/market/{pair}/`, signedRoute('trade', create(side, 'market'))],
      [`POST /api/v2/${side}/instant/{pair}/`, signedRoute('trade', create(side, 'instant'))],
    ]),
    ['POST /api/v2/cancel_order/', signedRoute('trade', cancel)],
    ['POST /api/v2/cancel_all_orders/', signedRoute('trade', cancelAll)],
    ['POST /api/v2/cancel_all_orders/{pair}/', signedRoute('trade', cancelAll)],
    ['POST /api/v2/open_orders/{pair}/', signedRoute('read', listOpen)],
    [
      'POST /api/v2/order_status/',
      signedRoute('read', (request, account) => {
        const order = find(request, account);
        return order === undefined ? UNKNOWN_ORDER : json(200, statusRow(order));
      }),
    ],
  ];
};

const lifetimeOf = (given: ReadonlyMap<string, string>): TimeInForce => {
  const is = (name: string): boolean => given.get(name)?.toLowerCase() === 'true';
  if (is('ioc_order')) return 'ioc';
  if (is('fok_order')) return 'fok';
  return is('moc_order') ? 'post_only' : 'gtc';
};

const all = (text: string) => ({ __all__: [text] });

const REFUSALS: Readonly<Record<OrderProblem, Answer>> = {
  market_closed: bitstampRefusal(400, all('Trading for provided market is disabled.'), '400.003'),
  bad_amount: bitstampRefusal(
    400,
    { amount: ['Ensure that there are no more than 8 decimal places.'] },
    '400.026',
  ),
  below_minimum: bitstampRefusal(400, all('Minimum order size is 10.0.'), '400.020'),
  bad_price: bitstampRefusal(400, all('Price is more than 20% off the market price.'), '400.021'),
  insufficient_funds: bitstampRefusal(
    400,
    all('You have too little available. Check your account balance for details.'),
    '400.009',
  ),
  would_take: bitstampRefusal(400, all('Order would match immediately.'), '400.001'),
  not_reducing: bitstampRefusal(400, all('Order could not be placed.'), '400.001'),
  duplicate_client_id: bitstampRefusal(400, all('Provided client_order_id already exists.'), '400.019'),
  too_many_orders: bitstampRefusal(400, all('Too many open orders.'), '400.001'),
};

const wireSide = (order: SandboxOrder): string => (order.side === 'sell' ? '1' : '0');

const orderRow = (order: SandboxOrder) => ({
  id: order.id.toString(),
  datetime: databaseTime(order.createdAtMs),
  type: wireSide(order),
  price: order.price ?? order.fill?.price ?? '0',
  amount: order.amount,
  market: pairName(order.market),
  currency_pair: pairName(order.market),
  client_order_id: order.clientId,
});

const canceledRow = (order: SandboxOrder) => ({
  id: order.id,
  amount: order.amount,
  price: order.price ?? '0',
  type: order.side === 'sell' ? 1 : 0,
  market: pairName(order.market),
  currency_pair: pairName(order.market),
  status: 'Canceled',
});

const STATUS = { open: 'Open', filled: 'Finished', canceled: 'Canceled', expired: 'Expired' } as const;

const statusRow = (order: SandboxOrder) => {
  const { fill } = order;
  return {
    id: order.id,
    datetime: databaseTime(order.createdAtMs),
    type: wireSide(order),
    status: STATUS[order.status],
    market: pairName(order.market),
    amount_remaining: order.status === 'filled' ? '0.00000000' : order.amount,
    client_order_id: order.clientId,
    transactions:
      fill === null
        ? []
        : [
            {
              tid: fill.id,
              price: fill.price,
              [order.market.base.code.toLowerCase()]: fill.amount,
              [order.market.quote.code.toLowerCase()]: fill.cost,
              fee: fill.fee,
              datetime: databaseTime(fill.timeMs),
              type: 2,
            },
          ],
  };
};
