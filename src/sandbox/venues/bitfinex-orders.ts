/** Bitfinex: orders and trades; amounts that sell have a minus. */
import { isDecimalString } from '../../shared/money.ts';
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { MarketIndex } from '../market-index.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { segmentOf } from '../route-table.ts';
import { tradesOf } from '../trade-history.ts';
import { type Answer, type VenueRequest, type VenueRoute, signedRoute } from '../venue.ts';
import { bodyOf, numberIn } from './bitfinex-account.ts';
import { tradingSymbol } from './bitfinex-names.ts';
import { MOST_ROWS, POST_ONLY, listTrades, orderRow } from './bitfinex-order-rows.ts';
import { bitfinexJson, bitfinexRefusal, notification } from './bitfinex-wire.ts';

const UNKNOWN_ORDER = bitfinexRefusal(10001, 'Order not found.');

export const bitfinexOrderRoutes = (
  feed: MarketFeed,
  index: MarketIndex,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const submit = (request: VenueRequest, account: SandboxAccount): Answer => {
    const wanted = orderOf(bodyOf(request), index);
    if (typeof wanted === 'string') return bitfinexRefusal(10001, wanted);
    const placed = orders.place(account, wanted, request.nowMs);
    if (typeof placed === 'string') return bitfinexRefusal(10001, REASONS[placed]);
    return notification(request.nowMs, 'on-req', [orderRow(placed)], 'Submitting 1 orders.');
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const order = orders.find(account, { id: numberIn(bodyOf(request), 'id', 0).toString() });
    if (order?.status !== 'open') return UNKNOWN_ORDER;
    orders.cancel(account, order, request.nowMs);
    return notification(request.nowMs, 'oc-req', orderRow(order), 'Submitted for cancellation.');
  };

  const cancelMany = (request: VenueRequest, account: SandboxAccount): Answer => {
    const body = bodyOf(request);
    const ids = Array.isArray(body['id']) ? body['id'].map(String) : [];
    const open = orders
      .open(account)
      .filter((order) => body['all'] === 1 || ids.includes(order.id.toString()));
    for (const order of open) orders.cancel(account, order, request.nowMs);
    return notification(request.nowMs, 'oc_multi-req', open.map(orderRow), 'Submitted for cancellation.');
  };

  /** `segment`: which one of the path names the symbol, if one does. */
  const list = (
    pick: (account: SandboxAccount) => readonly SandboxOrder[],
    segment: number | null,
  ): VenueRoute =>
    signedRoute('read', (request, account) => {
      const body = bodyOf(request);
      const ids = Array.isArray(body['id']) ? body['id'].map(String) : undefined;
      const symbol = segment === null ? undefined : segmentOf(request.path, segment);
      const rows = pick(account).filter(
        (order) =>
          (symbol === undefined || tradingSymbol(order.market) === symbol) &&
          (ids === undefined || ids.includes(order.id.toString())) &&
          order.updatedAtMs >= numberIn(body, 'start', 0) &&
          order.updatedAtMs <= numberIn(body, 'end', Number.MAX_SAFE_INTEGER),
      );
      return bitfinexJson(
        [...rows]
          .reverse()
          .slice(0, numberIn(body, 'limit', MOST_ROWS))
          .map(orderRow),
      );
    });
  const open = (account: SandboxAccount) => orders.open(account);
  const closed = (account: SandboxAccount) => orders.all(account).filter((order) => order.status !== 'open');

  return [
    ['POST /v2/auth/w/order/submit', signedRoute('trade', submit)],
    ['POST /v2/auth/w/order/cancel', signedRoute('trade', cancel)],
    ['POST /v2/auth/w/order/cancel/multi', signedRoute('trade', cancelMany)],
    ['POST /v2/auth/r/orders', list(open, null)],
    ['POST /v2/auth/r/orders/hist', list(closed, null)],
    ['POST /v2/auth/r/orders/{symbol}', list(open, 4)],
    ['POST /v2/auth/r/orders/{symbol}/hist', list(closed, 4)],
    [
      'POST /v2/auth/r/trades/hist',
      signedRoute('read', (request, account) => listTrades(request, tradesOf(account, feed))),
    ],
    [
      'POST /v2/auth/r/trades/{symbol}/hist',
      signedRoute('read', (request, account) => {
        const symbol = segmentOf(request.path, 4);
        return listTrades(
          request,
          tradesOf(account, feed).filter(({ market }) => tradingSymbol(market) === symbol),
        );
      }),
    ],
    [
      'POST /v2/auth/r/order/{symbol_and_id}/trades',
      signedRoute('read', (request, account) => {
        const id = segmentOf(request.path, 4).split(':').at(-1);
        return listTrades(
          request,
          tradesOf(account, feed).filter(({ orderId }) => orderId.toString() === id),
        );
      }),
    ],
  ];
};

const REASONS: Readonly<Record<OrderProblem, string>> = {
  market_closed: 'Invalid order: symbol not active.',
  bad_amount: 'amount: invalid',
  below_minimum: 'Invalid order: minimum size',
  bad_price: 'price: invalid',
  insufficient_funds: 'Invalid order: not enough exchange balance for this order',
  would_take: 'Invalid order: post only would take',
  not_reducing: 'Invalid order: reduce only',
  duplicate_client_id: 'cid: duplicate',
  too_many_orders: 'Invalid order: too many orders',
};

const TYPES: Readonly<Record<string, readonly [type: 'market' | 'limit', timeInForce: TimeInForce]>> = {
  'EXCHANGE MARKET': ['market', 'ioc'],
  'EXCHANGE LIMIT': ['limit', 'gtc'],
  'EXCHANGE IOC': ['limit', 'ioc'],
  'EXCHANGE FOK': ['limit', 'fok'],
};

const orderOf = (body: Readonly<Record<string, unknown>>, index: MarketIndex): NewOrder | string => {
  const text = (name: string): string => {
    const value = body[name];
    return typeof value === 'string' || typeof value === 'number' ? value.toString() : '';
  };
  const market = index.market(text('symbol'));
  const [type, timeInForce] = TYPES[text('type')] ?? [];
  const amount = text('amount');
  if (market === undefined) return 'symbol: invalid';
  if (type === undefined || timeInForce === undefined) return 'type: invalid';
  if (!isDecimalString(amount)) return 'amount: invalid';
  const postOnly = (Math.trunc(numberIn(body, 'flags', 0)) & POST_ONLY) !== 0;
  return {
    market,
    side: amount.startsWith('-') ? 'sell' : 'buy',
    type,
    amount: amount.startsWith('-') ? amount.slice(1) : amount,
    price: type === 'limit' ? text('price') : undefined,
    timeInForce: postOnly && timeInForce === 'gtc' ? 'post_only' : timeInForce,
    clientId: /^\d{1,15}$/.test(text('cid')) ? text('cid') : undefined,
  };
};
