/**
 * Orders on the markets of one feed: taken at the feed's price, or resting until the price path crosses theirs.
 * What an order does to the ledger is its settlement's business (spot-settlement.ts, contract-settlement.ts).
 */
import { type DecimalString, compare, isDecimalString } from '../shared/money.ts';
import type { Fill, SandboxOrder, Side, TimeInForce } from './account-activity.ts';
import type { SandboxAccount } from './ledger.ts';
import type { MarketFeed, Quote } from './market-feed.ts';
import type { SpotMarket } from './market-list.ts';
import { closeOrder, keepOrder, newOrder } from './order-record.ts';
import { crosses, crossingOf } from './price-crossing.ts';
import type { Wallet } from './wallets.ts';

export type OrderProblem =
  | 'market_closed'
  | 'bad_amount'
  | 'below_minimum'
  | 'bad_price'
  | 'insufficient_funds'
  | 'would_take'
  | 'not_reducing'
  | 'duplicate_client_id'
  | 'too_many_orders';

export interface NewOrder {
  readonly market: SpotMarket;
  readonly side: Side;
  readonly type: 'market' | 'limit';
  /** Of the base asset, or contracts. */
  readonly amount?: DecimalString | undefined;
  /** Instead of the amount of a market order: how much of the quote asset it may cost or bring. */
  readonly cost?: DecimalString | undefined;
  readonly price?: DecimalString | undefined;
  readonly timeInForce?: TimeInForce | undefined;
  readonly clientId?: string | undefined;
  readonly reduceOnly?: boolean | undefined;
  readonly positionSide?: 'long' | 'short' | undefined;
}

/** What orders of a wallet mean for the ledger. */
export interface Settlement {
  readonly wallet: Wallet;
  /** Whether a maker-only order that would take is accepted and cancelled rather than refused. */
  readonly postOnlyLapses: boolean;
  /** The amount in the market's steps; undefined: it fits none. `price` is what the order will go at. */
  amountOf(order: NewOrder, price: DecimalString): DecimalString | undefined;
  /** Steps of the price, and the smallest value. */
  check(order: NewOrder, amount: DecimalString, price: DecimalString): OrderProblem | undefined;
  /** Locks what a resting order needs; a problem, and nothing locked, when it cannot. */
  reserve(account: SandboxAccount, order: SandboxOrder): OrderProblem | undefined;
  /** Frees what `reserve` locked. */
  release(account: SandboxAccount, order: SandboxOrder): void;
  /** Moves the money of a whole fill, none of it reserved; a problem, and nothing moved, when it cannot. */
  execute(account: SandboxAccount, order: SandboxOrder, at: Execution): Fill | OrderProblem;
}

interface Execution {
  readonly price: DecimalString;
  readonly maker: boolean;
  readonly timeMs: number;
  readonly tradeId: number;
}

export interface OrderEngine {
  /** The order as it stands after its placing, or why there is none. Touches the ledger only in the first case. */
  place(account: SandboxAccount, order: NewOrder, nowMs: number): SandboxOrder | OrderProblem;
  /** Of an open order; frees its funds. */
  cancel(account: SandboxAccount, order: SandboxOrder, nowMs: number): void;
  find(account: SandboxAccount, by: { id?: string; clientId?: string }): SandboxOrder | undefined;
  open(account: SandboxAccount): readonly SandboxOrder[];
  /** Oldest first; of closed orders the newest thousand. */
  all(account: SandboxAccount): readonly SandboxOrder[];
  /** Fills what the price path has crossed since the last look. */
  settle(account: SandboxAccount, nowMs: number): void;
}

const MOST_OPEN_ORDERS = 200;
/** Above all ids of the computed past (trade-history.ts). */
const FIRST_ORDER_ID = 6_000_000_000_000;
const FIRST_TRADE_ID = 1_000_000_000_000;

export type Numbering = () => number;

export const orderNumbers = (): { order: Numbering; trade: Numbering } => {
  let order = FIRST_ORDER_ID;
  let trade = FIRST_TRADE_ID;
  return { order: () => (order += 1), trade: () => (trade += 1) };
};

export const createOrderEngine = (deps: {
  feed: MarketFeed;
  settlement: Settlement;
  numbers: { order: Numbering; trade: Numbering };
}): OrderEngine => {
  const { feed, settlement, numbers } = deps;
  const { wallet } = settlement;
  const indexes = new Map(feed.markets.map((market, index) => [market, index]));

  const quoteOf = (market: SpotMarket, nowMs: number): Quote | undefined =>
    feed.quotes(nowMs)[indexes.get(market) ?? -1];
  // A unified account trades spot and contracts from one wallet: whose an order is, its market tells.
  const all = (account: SandboxAccount): readonly SandboxOrder[] =>
    account.activity.orders.filter((order) => order.wallet === wallet && indexes.has(order.market));
  const open = (account: SandboxAccount): readonly SandboxOrder[] =>
    all(account).filter((order) => order.status === 'open');

  const execute = (
    account: SandboxAccount,
    order: SandboxOrder,
    price: DecimalString,
    maker: boolean,
    timeMs: number,
  ): OrderProblem | undefined => {
    const fill = settlement.execute(account, order, { price, maker, timeMs, tradeId: numbers.trade() });
    if (typeof fill === 'string') return fill;
    account.activity.fills.push(fill);
    order.fill = fill;
    closeOrder(order, 'filled', timeMs);
    return undefined;
  };

  const problemOf = (account: SandboxAccount, wanted: NewOrder): OrderProblem | undefined => {
    if (!wanted.market.trading) return 'market_closed';
    const resting = open(account);
    if (resting.length >= MOST_OPEN_ORDERS) return 'too_many_orders';
    const { clientId = '' } = wanted;
    return clientId !== '' && resting.some((order) => order.clientId === clientId)
      ? 'duplicate_client_id'
      : undefined;
  };

  /** Fills at the top price, rests, or lapses. */
  const enter = (
    account: SandboxAccount,
    order: SandboxOrder,
    takes: boolean,
    top: DecimalString,
    nowMs: number,
  ): OrderProblem | undefined => {
    const makerOnly = order.timeInForce === 'post_only';
    if (takes && !makerOnly) return execute(account, order, top, false, nowMs);
    if (!takes && (makerOnly || order.timeInForce === 'gtc')) return settlement.reserve(account, order);
    closeOrder(order, makerOnly ? 'canceled' : 'expired', nowMs);
    return undefined;
  };

  const place = (account: SandboxAccount, wanted: NewOrder, nowMs: number): SandboxOrder | OrderProblem => {
    const quote = quoteOf(wanted.market, nowMs);
    if (quote === undefined) return 'market_closed';
    const problem = problemOf(account, wanted);
    if (problem !== undefined) return problem;

    const top = wanted.side === 'buy' ? quote.ask : quote.bid;
    const limit = wanted.type === 'limit' ? (wanted.price ?? '0') : null;
    if (limit !== null && !isPositive(limit)) return 'bad_price';
    const takes = limit === null || crosses(wanted.side, limit, top);
    const amount = settlement.amountOf(wanted, limit ?? top);
    if (amount === undefined || !isPositive(amount)) return 'bad_amount';
    const unfit = settlement.check(wanted, amount, limit ?? top);
    if (unfit !== undefined) return unfit;
    const { timeInForce = 'gtc' } = wanted;
    if (takes && timeInForce === 'post_only' && !settlement.postOnlyLapses) return 'would_take';

    const order = newOrder(wanted, { id: numbers.order(), wallet, amount, limit, timeInForce, nowMs });
    const refused = enter(account, order, takes, top, nowMs);
    if (refused !== undefined) return refused;
    keepOrder(account, order);
    return order;
  };

  const settleOne = (account: SandboxAccount, order: SandboxOrder, nowMs: number): void => {
    const timeMs = crossingOf(feed, order, nowMs);
    order.seenMs = Math.max(order.seenMs, feed.stepStart(nowMs));
    if (timeMs === undefined) return;
    settlement.release(account, order);
    // The balance may have been changed from outside: an order that can no longer be paid for ends.
    if (execute(account, order, order.price ?? '0', true, timeMs) !== undefined)
      closeOrder(order, 'expired', timeMs);
  };

  return {
    place,
    all,
    open,
    cancel: (account, order, nowMs) => {
      settlement.release(account, order);
      closeOrder(order, 'canceled', nowMs);
    },
    find: (account, { id, clientId }) =>
      all(account).findLast((order) =>
        id !== undefined ? order.id.toString() === id : clientId !== undefined && order.clientId === clientId,
      ),
    settle: (account, nowMs) => {
      for (const order of open(account)) settleOne(account, order, nowMs);
    },
  };
};

const isPositive = (text: string): boolean => isDecimalString(text) && compare(text, '0') > 0;
