/** OKX: orders for spot and swaps, one at a time or in batches. */
import type { SandboxOrder, TimeInForce } from '../account-activity.ts';
import type { SandboxAccount } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import type { NewOrder, OrderEngine, OrderProblem } from '../order-engine.ts';
import { type Answer, type VenueRequest, type VenueRoute, json, parameters, signedRoute } from '../venue.ts';
import { type OkxFeeds, instrumentsOf } from './okx-markets.ts';
import { okxData, spotId, swapId } from './okx-names.ts';
import { okxRefusal } from './okx-signature.ts';

export interface OkxEngines {
  readonly spot: OrderEngine;
  readonly linear: OrderEngine;
  readonly inverse: OrderEngine;
}

/** An order's own code and words; the answer around them is a success of HTTP with code 1. */
type Refused = readonly [code: string, words: string];

const PROBLEMS: Readonly<Record<OrderProblem, Refused>> = {
  market_closed: ['51022', 'Instrument suspended'],
  bad_amount: ['51121', 'Order quantity must be a multiple of the lot size.'],
  below_minimum: ['51020', 'Your order should meet or exceed the minimum order amount.'],
  bad_price: ['51000', 'Parameter px error'],
  insufficient_funds: ['51008', 'Order failed. Insufficient balance in account'],
  would_take: ['51000', 'Parameter ordType error'],
  not_reducing: ['51169', 'Order failed because you have no position in this direction to reduce'],
  duplicate_client_id: ['51016', 'Client order ID already exists.'],
  too_many_orders: ['51046', 'The number of open orders exceeds the limit'],
};
const UNKNOWN_INSTRUMENT: Refused = [
  '51001',
  "Instrument ID, Instrument ID code, or Spread ID doesn't exist.",
];
const NOT_CANCELLED: Refused = [
  '51400',
  'Order cancellation failed as the order has been filled, canceled or does not exist.',
];
const NO_SUCH_ORDER = okxRefusal(200, '51603', 'Order does not exist');
const NOT_JSON = okxRefusal(400, '50002', 'JSON syntax error');
const MOST_ROWS = 100;

type Given = ReadonlyMap<string, string>;

const FORCES: Readonly<Record<string, TimeInForce>> = {
  limit: 'gtc',
  post_only: 'post_only',
  ioc: 'ioc',
  fok: 'fok',
};

export const okxOrderRoutes = (
  feeds: OkxFeeds,
  engines: OkxEngines,
): readonly (readonly [string, VenueRoute])[] => {
  const instruments = instrumentsOf(feeds);
  const everyEngine = [engines.spot, engines.linear, engines.inverse];
  const all = (account: SandboxAccount): SandboxOrder[] =>
    everyEngine.flatMap((engine) => engine.all(account)).sort((a, b) => a.id - b.id);

  const engineOf = (market: SpotMarket): OrderEngine =>
    feeds.spot.has(market) ? engines.spot : feeds.linear.has(market) ? engines.linear : engines.inverse;

  const place = (given: Given, account: SandboxAccount, nowMs: number) => {
    const clOrdId = given.get('clOrdId') ?? '';
    const refuse = ([sCode, sMsg]: Refused) => ({ clOrdId, ordId: '', tag: '', sCode, sMsg });
    const found = instruments.get(given.get('instId') ?? '');
    if (found === undefined) return refuse(UNKNOWN_INSTRUMENT);
    const order = orderIn(given, found.market, found.type === 'SPOT', account);
    if ('length' in order) return refuse(order);
    const placed = engineOf(found.market).place(account, order, nowMs);
    if (typeof placed === 'string') return refuse(PROBLEMS[placed]);
    return { clOrdId, ordId: placed.id.toString(), tag: '', ts: nowMs.toString(), sCode: '0', sMsg: '' };
  };

  const find = (given: Given, account: SandboxAccount): SandboxOrder | undefined => {
    const id = given.get('ordId');
    const clientId = given.get('clOrdId');
    const found = everyEngine
      .map((engine) => engine.find(account, { ...(id && { id }), ...(clientId && { clientId }) }))
      .find((order) => order !== undefined);
    return found && idOf(feeds, found) === given.get('instId') ? found : undefined;
  };

  const cancel = (given: Given, account: SandboxAccount, nowMs: number) => {
    const found = find(given, account);
    if (found?.status !== 'open') {
      const [sCode, sMsg] = NOT_CANCELLED;
      return { clOrdId: given.get('clOrdId') ?? '', ordId: given.get('ordId') ?? '', sCode, sMsg };
    }
    engineOf(found.market).cancel(account, found, nowMs);
    return {
      clOrdId: found.clientId,
      ordId: found.id.toString(),
      sCode: '0',
      sMsg: '',
      ts: nowMs.toString(),
    };
  };

  const query = (request: VenueRequest, account: SandboxAccount): Answer => {
    const found = find(parameters(request.query), account);
    return found === undefined ? NO_SUCH_ORDER : okxData([orderRow(feeds, found)]);
  };

  const list = (wanted: (order: SandboxOrder) => boolean) =>
    signedRoute('read', (request, account) => okxData(page(feeds, request, all(account).filter(wanted))));
  const isOpen = (order: SandboxOrder): boolean => order.status === 'open';
  const isClosed = (order: SandboxOrder): boolean => order.status !== 'open';

  return [
    ['POST /api/v5/trade/order', signedRoute('trade', each(place))],
    ['POST /api/v5/trade/batch-orders', signedRoute('trade', each(place))],
    ['POST /api/v5/trade/cancel-order', signedRoute('trade', each(cancel))],
    ['POST /api/v5/trade/cancel-batch-orders', signedRoute('trade', each(cancel))],
    ['GET /api/v5/trade/order', signedRoute('read', query)],
    ['GET /api/v5/trade/orders-pending', list(isOpen)],
    ['GET /api/v5/trade/orders-history', list(isClosed)],
    ['GET /api/v5/trade/orders-history-archive', list(isClosed)],
  ];
};

/** Each order of a batch stands or falls by itself; code 1 when all fail, 2 when some do. */
const each =
  (work: (given: Given, account: SandboxAccount, nowMs: number) => { readonly sCode: string }) =>
  (request: VenueRequest, account: SandboxAccount): Answer => {
    const inputs = bodyOf(request);
    if (inputs === undefined) return NOT_JSON;
    const data = inputs.map((given) => work(given, account, request.nowMs));
    const failed = data.filter(({ sCode }) => sCode !== '0').length;
    if (failed === 0) return okxData(data);
    const all = failed === data.length;
    return json(200, {
      code: all ? '1' : '2',
      data,
      msg: all ? 'All operations failed' : 'Bulk operation partially succeeded.',
    });
  };

/** One object or a list of at most twenty; values are texts, numbers or booleans. */
export const bodyOf = (request: VenueRequest): Given[] | undefined => {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'));
    const inputs: unknown[] = Array.isArray(body) ? body : [body];
    if (inputs.length > 20 || !inputs.every((input) => typeof input === 'object' && input !== null))
      return undefined;
    return inputs.map(
      (input) => new Map(Object.entries(input).map(([name, value]) => [name, String(value)])),
    );
  } catch {
    return undefined;
  }
};

const orderIn = (
  given: Given,
  market: SpotMarket,
  spot: boolean,
  account: SandboxAccount,
): NewOrder | Refused => {
  const side = given.get('side');
  if (side !== 'buy' && side !== 'sell') return ['51000', 'Parameter side error'];
  const size = given.get('sz');
  if (size === undefined) return ['51000', 'Parameter sz error'];
  const posSide = given.get('posSide') ?? 'net';
  if (!spot && account.hedgeMode === (posSide === 'net')) return ['51000', 'Parameter posSide error'];
  const common: Omit<NewOrder, 'type'> = {
    market,
    side,
    clientId: given.get('clOrdId'),
    reduceOnly: given.get('reduceOnly') === 'true',
    positionSide: spot || posSide === 'net' ? undefined : posSide === 'long' ? 'long' : 'short',
  };
  const type = given.get('ordType') ?? '';
  if (type === 'market') {
    // The size of a spot market buy is money unless said otherwise.
    const inQuote = spot && (given.get('tgtCcy') ?? (side === 'buy' ? 'quote_ccy' : '')) === 'quote_ccy';
    return { ...common, type, ...(inQuote ? { cost: size } : { amount: size }) };
  }
  const timeInForce = FORCES[type];
  if (timeInForce === undefined) return ['51000', 'Parameter ordType error'];
  return { ...common, type: 'limit', amount: size, price: given.get('px'), timeInForce };
};

const idOf = (feeds: OkxFeeds, order: SandboxOrder): string =>
  feeds.spot.has(order.market) ? spotId(order.market) : swapId(order.market);

/** Newest first, at most 100; `after` an order id pages towards the past, `before` towards now. */
const page = (feeds: OkxFeeds, request: VenueRequest, orders: readonly SandboxOrder[]) => {
  const given = parameters(request.query);
  const number = (name: string, otherwise: number): number => {
    const text = given.get(name) ?? '';
    return /^\d{1,15}$/.test(text) ? Number(text) : otherwise;
  };
  const type = given.get('instType');
  const instId = given.get('instId');
  return orders
    .filter(
      (order) =>
        order.id < number('after', Number.MAX_SAFE_INTEGER) &&
        order.id > number('before', -1) &&
        order.createdAtMs >= number('begin', 0) &&
        order.createdAtMs <= number('end', Number.MAX_SAFE_INTEGER) &&
        (instId === undefined || idOf(feeds, order) === instId),
    )
    .map((order) => orderRow(feeds, order))
    .filter((row) => type === undefined || row.instType === type)
    .reverse()
    .slice(0, Math.min(number('limit', MOST_ROWS), MOST_ROWS));
};

const STATES = { open: 'live', filled: 'filled', canceled: 'canceled', expired: 'canceled' } as const;
const TYPES: Readonly<Record<TimeInForce, string>> = {
  gtc: 'limit',
  post_only: 'post_only',
  ioc: 'ioc',
  fok: 'fok',
};

const orderRow = (feeds: OkxFeeds, order: SandboxOrder) => {
  const spot = feeds.spot.has(order.market);
  return {
    accFillSz: order.fill?.amount ?? '0',
    avgPx: order.fill?.price ?? '',
    cTime: order.createdAtMs.toString(),
    category: 'normal',
    ccy: '',
    clOrdId: order.clientId,
    fee: order.fill === null ? '0' : `-${order.fill.fee}`,
    feeCcy: order.fill?.feeAsset ?? '',
    fillPx: order.fill?.price ?? '',
    fillSz: order.fill?.amount ?? '0',
    fillTime: order.fill?.timeMs.toString() ?? '',
    instId: idOf(feeds, order),
    instType: spot ? 'SPOT' : 'SWAP',
    lever: spot ? '' : '10',
    ordId: order.id.toString(),
    ordType: order.type === 'market' ? 'market' : TYPES[order.timeInForce],
    pnl: '0',
    posSide: spot ? '' : (order.positionSide ?? 'net'),
    px: order.price ?? '',
    rebate: '0',
    rebateCcy: '',
    reduceOnly: order.reduceOnly.toString(),
    side: order.side,
    source: '',
    state: STATES[order.status],
    sz: order.amount,
    tag: '',
    tdMode: spot ? 'cash' : 'cross',
    tgtCcy: spot && order.type === 'market' ? 'base_ccy' : '',
    tradeId: order.fill?.id.toString() ?? '',
    uTime: order.updatedAtMs.toString(),
  };
};
