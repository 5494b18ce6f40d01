/** Bitfinex: orders and trades as they are listed. */
import type { SandboxOrder, Trade } from '../account-activity.ts';
import type { Answer, VenueRequest } from '../venue.ts';
import { bodyOf, numberIn } from './bitfinex-account.ts';
import { tradingSymbol, venueCode } from './bitfinex-names.ts';
import { bare, bitfinexJson, negated } from './bitfinex-wire.ts';

/** A flag of an order. */
export const POST_ONLY = 4_096;
const DEFAULT_TRADES = 125;
export const MOST_ROWS = 2_500;

const typeOf = (order: SandboxOrder): string => {
  if (order.type === 'market') return 'EXCHANGE MARKET';
  return order.timeInForce === 'ioc' || order.timeInForce === 'fok'
    ? `EXCHANGE ${order.timeInForce.toUpperCase()}`
    : 'EXCHANGE LIMIT';
};

const statusOf = (order: SandboxOrder): string => {
  switch (order.status) {
    case 'open':
      return 'ACTIVE';
    case 'filled':
      return `EXECUTED @ ${order.fill?.price ?? '0'}(${signedText(order)})`;
    case 'canceled':
    case 'expired':
      return 'CANCELED';
  }
};

const signedText = (order: SandboxOrder): string =>
  order.side === 'sell' ? `-${order.amount}` : order.amount;

/** 32 columns. */
export const orderRow = (order: SandboxOrder) => {
  const amount = bare(signedText(order));
  return [
    order.id,
    null,
    // Client ids are numbers; callers of ours that gave none get the time, as at the venue.
    order.clientId === '' ? order.createdAtMs : bare(order.clientId),
    tradingSymbol(order.market),
    order.createdAtMs,
    order.updatedAtMs,
    order.status === 'filled' ? 0 : amount,
    amount,
    typeOf(order),
    null,
    null,
    null,
    order.timeInForce === 'post_only' ? POST_ONLY : 0,
    statusOf(order),
    null,
    null,
    bare(order.price ?? order.fill?.price ?? '0'),
    bare(order.fill?.price ?? '0'),
    0,
    0,
    null,
    null,
    null,
    0,
    0,
    null,
    null,
    null,
    'API>BFX',
    null,
    null,
    {},
  ];
};

/** Newest first, unless `sort` is 1. */
export const listTrades = (request: VenueRequest, all: readonly Trade[]): Answer => {
  const body = bodyOf(request);
  const rows = all.filter(
    (trade) =>
      trade.timeMs >= numberIn(body, 'start', 0) &&
      trade.timeMs <= numberIn(body, 'end', Number.MAX_SAFE_INTEGER),
  );
  const limit = Math.min(numberIn(body, 'limit', DEFAULT_TRADES), MOST_ROWS);
  const ordered = numberIn(body, 'sort', -1) === 1 ? rows : rows.toReversed();
  return bitfinexJson(ordered.slice(0, limit).map(tradeRow));
};

const tradeRow = (trade: Trade) => [
  trade.id,
  tradingSymbol(trade.market),
  trade.timeMs,
  trade.orderId,
  trade.side === 'sell' ? negated(trade.amount) : bare(trade.amount),
  bare(trade.price),
  trade.maker ? 'EXCHANGE LIMIT' : 'EXCHANGE MARKET',
  bare(trade.price),
  trade.maker ? 1 : -1,
  // A negative fee is one that was paid.
  negated(trade.fee),
  venueCode(trade.feeAsset),
  null,
];
