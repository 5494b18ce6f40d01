/** Ways to trade one asset for another at a venue, what each costs with its fees, and which is best. Pure. */
import { add, compare, type DecimalString, divide, multiply, round, subtract } from '../../shared/money.ts';
import {
  joinWays,
  type Leg,
  PRICE_PLACES,
  type PricedMarket,
  type Prices,
  symbolOf,
  type Way,
  waysBetween,
} from './trade-way.ts';

export interface RouteRequest {
  readonly base: string;
  readonly quote: string;
  /** Of the base; undefined: any. */
  readonly size: DecimalString | undefined;
  /** Of the quote. */
  readonly quoteSize: DecimalString | undefined;
}

/** Prices are of one base in the quote; limits of the amount are in the base, of the cost in the quote. */
export interface TradeRoute {
  readonly symbol: string;
  readonly type: 'direct' | 'bridged';
  /** The venue's market is the other way round. */
  readonly isInverted: boolean;
  /** In the order in which buying goes. */
  readonly legs: readonly Leg[];
  readonly bid: DecimalString;
  readonly ask: DecimalString;
  /** Of the price half-way between bid and ask. */
  readonly spreadPercent: DecimalString;
  readonly minAmount: DecimalString | null;
  readonly minCost: DecimalString | null;
  readonly makerFee: DecimalString | null;
  readonly takerFee: DecimalString | null;
  /** What one base costs, and brings, with the taker's fee of every leg. */
  readonly buyPrice: DecimalString;
  readonly sellPrice: DecimalString;
}

export type DropReason = 'unhealthy' | 'inactive' | 'no_price' | 'min_amount' | 'min_cost';

export interface DroppedRoute {
  readonly symbol: string;
  readonly reason: DropReason;
  readonly minAmount: DecimalString | null;
  readonly minCost: DecimalString | null;
}

export interface VenueRoutes {
  readonly routes: readonly TradeRoute[];
  readonly dropped: readonly DroppedRoute[];
}

const ONE_HUNDRED = '100';

/**
 * A direct market, or its inverse; where there is neither, the best of the bridges. `bridges` are the assets in between
 * that may be used: those that most venues trade deepest, so that no thin market makes a price.
 */
export const findRoutes = (
  request: RouteRequest,
  find: (symbol: string) => PricedMarket | undefined,
  bridges: readonly string[],
): VenueRoutes => {
  const { base, quote } = request;
  const direct = waysBetween(base, quote, find);
  if (direct.length > 0) return judge(direct, request);
  const bridged = bridges
    .filter((bridge) => bridge !== base && bridge !== quote)
    .flatMap((bridge) => {
      const [first] = waysBetween(base, bridge, find);
      const [second] = waysBetween(bridge, quote, find);
      return first === undefined || second === undefined
        ? []
        : [joinWays(symbolOf(base, quote), first, second)];
    });
  const { routes, dropped } = judge(bridged, request);
  // One bridge is enough, and one reason why there is none.
  return routes.length > 0
    ? { routes: rankRoutes(routes).slice(0, 1), dropped: [] }
    : { routes: [], dropped: [...dropped].sort(byHope).slice(0, 1) };
};

/** Cheapest for the buyer first; of equals, the one that the seller gets more by. */
export const rankRoutes = <R extends Pick<TradeRoute, 'buyPrice' | 'sellPrice'>>(routes: readonly R[]): R[] =>
  [...routes].sort((a, b) => compare(a.buyPrice, b.buyPrice) || compare(b.sellPrice, a.sellPrice));

const judge = (ways: readonly Way[], request: RouteRequest): VenueRoutes => {
  const routes: TradeRoute[] = [];
  const dropped: DroppedRoute[] = [];
  for (const way of ways) {
    const { prices, symbol, minAmount, minCost } = way;
    const reason = reasonToDrop(way, request);
    if (reason !== undefined || prices === null)
      dropped.push({ symbol, reason: reason ?? 'no_price', minAmount, minCost });
    else routes.push(toRoute(way, prices));
  }
  return { routes, dropped };
};

const reasonToDrop = (way: Way, { size, quoteSize }: RouteRequest): DropReason | undefined => {
  if (!way.isActive) return 'inactive';
  if (way.prices === null) return 'no_price';
  if (isLess(size, way.minAmount)) return 'min_amount';
  if (isLess(quoteSize, way.minCost)) return 'min_cost';
  return undefined;
};

const isLess = (size: DecimalString | undefined, least: DecimalString | null): boolean =>
  size !== undefined && least !== null && compare(size, least) < 0;

// A smaller matter before a greater one: what a larger order would mend says most.
const HOPE: readonly DropReason[] = ['min_cost', 'min_amount', 'no_price', 'inactive', 'unhealthy'];
const byHope = (a: DroppedRoute, b: DroppedRoute): number => HOPE.indexOf(a.reason) - HOPE.indexOf(b.reason);

const toRoute = (way: Way, { bid, ask, buy, sell }: Prices): TradeRoute => ({
  symbol: way.symbol,
  type: way.type,
  isInverted: way.isInverted,
  legs: way.legs,
  bid,
  ask,
  spreadPercent: spreadOf(bid, ask),
  minAmount: way.minAmount,
  minCost: way.minCost,
  makerFee: way.makerFee,
  takerFee: way.takerFee,
  buyPrice: buy,
  sellPrice: sell,
});

const spreadOf = (bid: DecimalString, ask: DecimalString): DecimalString =>
  round(divide(multiply(multiply(subtract(ask, bid), '2'), ONE_HUNDRED), add(ask, bid)), PRICE_PLACES);
