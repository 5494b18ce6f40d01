/** One market, or two over a bridge, seen from who buys a base for a quote: prices with fees, and limits. Pure. */
import {
  add,
  compare,
  type DecimalString,
  divide,
  isZero,
  multiply,
  round,
  subtract,
} from '../../shared/money.ts';

/** A spot market with the best of its book. */
export interface PricedMarket {
  readonly symbol: string;
  readonly isActive: boolean;
  readonly bid: DecimalString | null;
  readonly ask: DecimalString | null;
  /** Null limits bound nothing; null fees are not known and count as none. */
  readonly minAmount: DecimalString | null;
  readonly minCost: DecimalString | null;
  readonly makerFee: DecimalString | null;
  readonly takerFee: DecimalString | null;
}

export interface Leg {
  readonly symbol: string;
  /** What is done in that market to get the base for the quote. */
  readonly side: 'buy' | 'sell';
}

/** What is divided is rounded to so many decimals; the digits of a venue are kept as they are. */
export const PRICE_PLACES = 18;

/** The symbols that routes between two assets may lead over. */
export const symbolsBetween = (base: string, quote: string): readonly [string, string] => [
  symbolOf(base, quote),
  symbolOf(quote, base),
];

export const symbolOf = (base: string, quote: string): string => `${base}/${quote}`;

/** A route whose prices may be missing. */
export interface Way {
  readonly symbol: string;
  readonly type: 'direct' | 'bridged';
  readonly isInverted: boolean;
  readonly isActive: boolean;
  readonly legs: readonly Leg[];
  readonly prices: Prices | null;
  readonly minAmount: DecimalString | null;
  readonly minCost: DecimalString | null;
  readonly makerFee: DecimalString | null;
  readonly takerFee: DecimalString | null;
}

export interface Prices {
  readonly bid: DecimalString;
  readonly ask: DecimalString;
  readonly buy: DecimalString;
  readonly sell: DecimalString;
}

/** The market of the two assets, and its inverse; as many of them as there are. */
export const waysBetween = (
  base: string,
  quote: string,
  find: (symbol: string) => PricedMarket | undefined,
): Way[] => {
  const [straight, inverted] = symbolsBetween(base, quote).map(find);
  return [
    ...(straight === undefined ? [] : [straightWay(straight)]),
    ...(inverted === undefined ? [] : [invertedWay(inverted)]),
  ];
};

const straightWay = (market: PricedMarket): Way => ({
  symbol: market.symbol,
  type: 'direct',
  isInverted: false,
  isActive: market.isActive,
  legs: [{ symbol: market.symbol, side: 'buy' }],
  prices: pricesOf(market),
  minAmount: market.minAmount,
  minCost: market.minCost,
  makerFee: market.makerFee,
  takerFee: market.takerFee,
});

/** What the market counts as its base is the quote here, and the other way round. */
const invertedWay = (market: PricedMarket): Way => {
  const prices = pricesOf(market);
  return {
    ...straightWay(market),
    isInverted: true,
    legs: [{ symbol: market.symbol, side: 'sell' }],
    prices:
      prices === null
        ? null
        : usable({
            bid: inverse(prices.ask),
            ask: inverse(prices.bid),
            buy: inverse(prices.sell),
            sell: inverse(prices.buy),
          }),
    minAmount: market.minCost,
    minCost: market.minAmount,
  };
};

const pricesOf = ({ bid, ask, takerFee }: PricedMarket): Prices | null => {
  if (bid === null || ask === null) return null;
  const fee = takerFee ?? '0';
  return usable({ bid, ask, buy: multiply(ask, add('1', fee)), sell: multiply(bid, subtract('1', fee)) });
};

/** null: a price that is none, or that rounding has left nothing of. */
const usable = (prices: Prices): Prices | null =>
  Object.values(prices).every((price: DecimalString) => compare(price, '0') > 0) ? prices : null;

const inverse = (price: DecimalString): DecimalString => round(divide('1', price), PRICE_PLACES);

/** Two ways in a row: over the asset that the first way ends with and the second begins with; limits in it count at its price. */
export const joinWays = (symbol: string, first: Way, second: Way): Way => {
  const [one, two] = [first.prices, second.prices];
  const times = (name: keyof Prices): DecimalString =>
    one === null || two === null ? '0' : round(multiply(one[name], two[name]), PRICE_PLACES);
  return {
    symbol,
    type: 'bridged',
    isInverted: false,
    isActive: first.isActive && second.isActive,
    legs: [...second.legs, ...first.legs],
    prices:
      one === null || two === null
        ? null
        : usable({ bid: times('bid'), ask: times('ask'), buy: times('buy'), sell: times('sell') }),
    minAmount: greatest([
      first.minAmount,
      ...[first.minCost, second.minAmount].map((least) =>
        least === null || one === null || isZero(one.ask)
          ? null
          : round(divide(least, one.ask), PRICE_PLACES),
      ),
    ]),
    minCost: greatest([
      second.minCost,
      ...[first.minCost, second.minAmount].map((least) =>
        least === null || two === null ? null : round(multiply(least, two.ask), PRICE_PLACES),
      ),
    ]),
    makerFee: bothFees(first.makerFee, second.makerFee),
    takerFee: bothFees(first.takerFee, second.takerFee),
  };
};

/** A fee on what a fee was paid on. */
const bothFees = (first: DecimalString | null, second: DecimalString | null): DecimalString | null =>
  first === null || second === null ? null : subtract(multiply(add('1', first), add('1', second)), '1');

const greatest = (limits: readonly (DecimalString | null)[]): DecimalString | null =>
  limits.reduce((most, limit) => {
    if (limit === null) return most;
    return most === null || compare(limit, most) > 0 ? limit : most;
  }, null);
