/** Kraken: orders (add, cancel, query, open and closed ones). */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import { padDecimals } from '../fixed-point.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { MarketFeed } from '../market-feed.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { type Answer, type VenueRequest, type VenueRoute, parameters, signedRoute } from '../venue.ts';
import { pairAltname, pairId } from './kraken-names.ts';
import { numberOf, reference } from './kraken-reference.ts';
import { krakenRefusal, krakenResult } from './kraken-signature.ts';

const PAGE = 50;
const UNKNOWN_ORDER = krakenRefusal('EOrder:Unknown order');
const INVALID = (name: string): Answer => krakenRefusal(`EGeneral:Invalid arguments:${name}`);

const PROBLEMS: Readonly<Record<OrderProblem, Answer>> = {
  market_closed: krakenRefusal('EService:Market in cancel_only mode'),
  bad_amount: INVALID('volume'),
  below_minimum: krakenRefusal('EOrder:Order minimum not met'),
  bad_price: INVALID('price'),
  insufficient_funds: krakenRefusal('EOrder:Insufficient funds'),
  would_take: krakenRefusal('EOrder:Post only order'),
  not_reducing: krakenRefusal('EOrder:Reduce only:No position exists'),
  duplicate_client_id: INVALID('cl_ord_id'),
  too_many_orders: krakenRefusal('EOrder:Orders limit exceeded'),
};

type Given = ReadonlyMap<string, string>;
const givenIn = (request: VenueRequest): Given => parameters(request.body.toString('utf8'));

export const krakenOrderRoutes = (
  feed: MarketFeed,
  orders: OrderEngine,
): readonly (readonly [string, VenueRoute])[] => {
  const markets = new Map(
    feed.markets.flatMap((market) => [
      [pairId(market), market] as const,
      [pairAltname(market), market] as const,
    ]),
  );

  const wanted = (given: Given): NewOrder | Answer => {
    const market = markets.get(given.get('pair') ?? '');
    if (market === undefined) return krakenRefusal('EQuery:Unknown asset pair');
    const side = given.get('type');
    if (side !== 'buy' && side !== 'sell') return INVALID('type');
    const flags = (given.get('oflags') ?? '').split(',');
    const volume = given.get('volume');
    if (volume === undefined) return INVALID('volume');
    const clientId = given.get('cl_ord_id');
    // Volume in quote: how a market buy for a sum is written.
    const size = flags.includes('viqc') ? { cost: volume } : { amount: volume };
    switch (given.get('ordertype') ?? '') {
      case 'market':
        return { market, side, type: 'market', clientId, ...size };
      case 'limit': {
        const price = given.get('price');
        const timeInForce = flags.includes('post') ? 'post_only' : forceOf(given.get('timeinforce'));
        if (timeInForce === undefined) return INVALID('timeinforce');
        return price === undefined
          ? INVALID('price')
          : { market, side, type: 'limit', price, timeInForce, clientId, ...size };
      }
      default:
        // Orders that wait for a trigger are not simulated.
        return INVALID('ordertype');
    }
  };

  const add = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = givenIn(request);
    const order = wanted(given);
    if ('status' in order) return order;
    if (given.get('validate') === 'true') return krakenResult({ descr: { order: describe(order) } });
    const placed = orders.place(account, order, request.nowMs);
    if (typeof placed === 'string') return PROBLEMS[placed];
    return krakenResult({ txid: [reference('O', placed.id)], descr: { order: describe(order) } });
  };

  const find = (account: SandboxAccount, given: Given): SandboxOrder | undefined => {
    const id = numberOf(given.get('txid') ?? '');
    const clientId = given.get('cl_ord_id');
    return orders.find(account, { ...(id !== undefined && { id }), ...(clientId && { clientId }) });
  };

  const cancel = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(account, givenIn(request));
    if (found?.status !== 'open') return UNKNOWN_ORDER;
    orders.cancel(account, found, request.nowMs);
    return krakenResult({ count: 1 });
  };

  const cancelAll = (request: VenueRequest, account: SandboxAccount): Answer => {
    const open = orders.open(account);
    for (const order of open) orders.cancel(account, order, request.nowMs);
    return krakenResult({ count: open.length });
  };

  const query = (request: VenueRequest, account: SandboxAccount): Answer => {
    const ids = (givenIn(request).get('txid') ?? '').split(',');
    const found = ids.map((id) => orders.find(account, { id: numberOf(id) ?? '' }));
    if (!found.every((order) => order !== undefined)) return UNKNOWN_ORDER;
    return krakenResult(byReference(found));
  };

  const closed = (request: VenueRequest, account: SandboxAccount): Answer => {
    const given = givenIn(request);
    const seconds = (name: string, otherwise: number): number =>
      /^\d{1,12}(\.\d+)?$/.test(given.get(name) ?? '') ? Number(given.get(name)) : otherwise;
    const rows = orders
      .all(account)
      .filter(
        (order) =>
          order.status !== 'open' &&
          order.updatedAtMs > seconds('start', -1) * 1_000 &&
          order.updatedAtMs <= seconds('end', Number.MAX_SAFE_INTEGER / 1_000) * 1_000,
      )
      .reverse();
    const skip = Math.trunc(seconds('ofs', 0));
    return krakenResult({ closed: byReference(rows.slice(skip, skip + PAGE)), count: rows.length });
  };

  return [
    ['POST /0/private/AddOrder', signedRoute('trade', add)],
    ['POST /0/private/CancelOrder', signedRoute('trade', cancel)],
    ['POST /0/private/CancelAll', signedRoute('trade', cancelAll)],
    ['POST /0/private/QueryOrders', signedRoute('read', query)],
    [
      'POST /0/private/OpenOrders',
      signedRoute('read', (_, account) => krakenResult({ open: byReference(orders.open(account)) })),
    ],
    ['POST /0/private/ClosedOrders', signedRoute('read', closed)],
  ];
};

const forceOf = (text = 'GTC'): TimeInForce | undefined =>
  text === 'GTC' ? 'gtc' : text === 'IOC' ? 'ioc' : text === 'FOK' ? 'fok' : undefined;

/** E.g. `buy 0.01000000 XBTUSD @ limit 20000.0`. */
const describe = (order: NewOrder): string => {
  const volume = padDecimals(order.amount ?? order.cost ?? '0', 8);
  const price = order.price === undefined ? 'market' : `limit ${order.price}`;
  return `${order.side} ${volume} ${pairAltname(order.market)} @ ${price}`;
};

const byReference = (orders: readonly SandboxOrder[]) =>
  Object.fromEntries(orders.map((order) => [reference('O', order.id), orderRow(order)]));

const STATUS = { open: 'open', filled: 'closed', canceled: 'canceled', expired: 'expired' } as const;

const orderRow = (order: SandboxOrder) => ({
  refid: null,
  userref: 0,
  cl_ord_id: order.clientId,
  status: STATUS[order.status],
  reason: order.status === 'canceled' ? 'User requested' : null,
  opentm: order.createdAtMs / 1_000,
  starttm: 0,
  expiretm: 0,
  ...(order.status === 'open' ? {} : { closetm: order.updatedAtMs / 1_000 }),
  descr: {
    pair: pairAltname(order.market),
    type: order.side,
    ordertype: order.type,
    price: order.price ?? '0',
    price2: '0',
    leverage: 'none',
    order: describe({
      market: order.market,
      side: order.side,
      type: order.type,
      amount: order.amount,
      price: order.price ?? undefined,
    }),
    close: '',
  },
  vol: padDecimals(order.amount, 8),
  vol_exec: padDecimals(order.fill?.amount ?? '0', 8),
  cost: padDecimals(order.fill?.cost ?? '0', 5),
  fee: padDecimals(order.fill?.fee ?? '0', 5),
  price: padDecimals(order.fill?.price ?? '0', 5),
  stopprice: '0.00000',
  limitprice: '0.00000',
  misc: '',
  oflags: order.timeInForce === 'post_only' ? 'fciq,post' : 'fciq',
  ...(order.fill === null ? {} : { trades: [reference('T', order.fill.id)] }),
});
