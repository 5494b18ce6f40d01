/** Values assets in BTC and USD from a venue's own spot prices. Pure. */
import type { TickerPrice } from '../../exchanges/exchange.ts';
import { type DecimalString, divide, isZero, multiply, round } from '../../shared/money.ts';

export interface AssetPrice {
  /** Price of one unit; null: the venue's markets lead to it by no path of two hops. */
  readonly btc: DecimalString | null;
  readonly usd: DecimalString | null;
}

export interface PriceBook {
  readonly price: (asset: string) => AssetPrice;
  /** Prices asked for so far. */
  valued(): ReadonlyMap<string, AssetPrice>;
}

const PRICE_PLACES = 18;

// Bridges in order of preference: the assets that most venues trade deepest, so that a thin market does not set a price.
export const BRIDGES = ['USDT', 'BTC', 'USD', 'USDC', 'EUR', 'ETH', 'BNB'];

/** A market seen from one of its two assets: `last` is the price of the base in the quote. */
interface Edge {
  readonly last: DecimalString;
  readonly fromQuote: boolean;
}

/** rates.get(a).get(b) leads from `a` to `b`; the inverse is divided only when it is asked for. */
type Rates = Map<string, Map<string, Edge>>;

/**
 * A direct market wins over its inverse, either over two hops. Where a venue trades no US dollar at all, its
 * Tether market stands for it; every other stablecoin is priced by its market, never assumed to be 1.
 */
export const createPriceBook = (tickers: readonly TickerPrice[]): PriceBook => {
  const rates = toRates(tickers);
  const usdUnit = rates.has('USD') ? 'USD' : 'USDT';
  const valued = new Map<string, AssetPrice>();
  return {
    price(asset) {
      let price = valued.get(asset);
      if (price === undefined) {
        price = { btc: priceIn(rates, asset, 'BTC'), usd: priceIn(rates, asset, usdUnit) };
        valued.set(asset, price);
      }
      return price;
    },
    valued: () => valued,
  };
};

const toRates = (tickers: readonly TickerPrice[]): Rates => {
  const rates: Rates = new Map();
  const rowOf = (asset: string): Map<string, Edge> => {
    let row = rates.get(asset);
    if (row === undefined) rates.set(asset, (row = new Map<string, Edge>()));
    return row;
  };
  const priced = tickers.filter(({ last }) => !isZero(last));
  for (const { base, quote, last } of priced) rowOf(base).set(quote, { last, fromQuote: false });
  for (const { base, quote, last } of priced) {
    const row = rowOf(quote);
    if (!row.has(base)) row.set(base, { last, fromQuote: true });
  }
  return rates;
};

const rateOf = ({ last, fromQuote }: Edge): DecimalString => (fromQuote ? divide('1', last) : last);

const priceIn = (rates: Rates, asset: string, unit: string): DecimalString | null => {
  if (asset === unit) return '1';
  const row = rates.get(asset);
  if (row === undefined) return null;
  const direct = row.get(unit);
  if (direct !== undefined) return round(rateOf(direct), PRICE_PLACES);
  for (const bridge of [...BRIDGES, ...[...row.keys()].sort()]) {
    const first = row.get(bridge);
    const second = rates.get(bridge)?.get(unit);
    if (first !== undefined && second !== undefined) {
      return round(multiply(rateOf(first), rateOf(second)), PRICE_PLACES);
    }
  }
  return null;
};
