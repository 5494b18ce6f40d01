/** Which spot markets a venue lists, with the steps in which prices and amounts move there. */
import type { Asset } from './asset-universe.ts';
import { type Fixed, divideFixed, exponentOf, unitOf } from './fixed-point.ts';
import { hashText } from './price-walk.ts';

export interface SpotMarket {
  readonly base: Asset;
  readonly quote: Asset;
  readonly priceDecimals: number;
  readonly lotDecimals: number;
  /** Decimals of the smallest order value, which is 10^-n of the quote. */
  readonly notionalDecimals: number;
  /** false: listed, but halted. */
  readonly trading: boolean;
}

export interface MarketRules {
  /** Quotes by importance; the first is the one that every `alt` has. */
  readonly quotes: readonly string[];
  /** Significant digits of a price, and the bounds of its decimals. */
  readonly priceDigits: number;
  readonly minPriceDecimals: number;
  readonly maxPriceDecimals: number;
  readonly maxLotDecimals: number;
  /** Assets that the venue does not list. */
  readonly without: readonly string[];
}

// A price of fewer ticks than this says too little: such a market is not opened.
const FEWEST_TICKS = 100n;

/** The first `count` markets of the venue: pegs, money and majors, then one-quote assets, then the long tail. */
export const listMarkets = (
  assets: readonly Asset[],
  rules: MarketRules,
  count: number,
): readonly SpotMarket[] => {
  const byCode = new Map(assets.map((asset) => [asset.code, asset]));
  const markets: SpotMarket[] = [];
  for (const asset of assets) {
    if (rules.without.includes(asset.code)) continue;
    for (const quoteCode of quotesOf(asset, rules)) {
      const quote = byCode.get(quoteCode);
      if (quote === undefined || !mayPair(asset, quote, rules)) continue;
      const market = openMarket(asset, quote, rules);
      if (market !== undefined) markets.push(market);
      if (markets.length === count) return markets;
    }
  }
  return markets;
};

const quotesOf = (asset: Asset, rules: MarketRules): readonly string[] => {
  switch (asset.kind) {
    case 'btc_only':
      return ['BTC'];
    case 'eth_only':
      return ['ETH'];
    case 'fiat':
    case 'stable':
      return rules.quotes.filter((code) => code !== 'BTC' && code !== 'ETH' && code !== 'BNB').slice(0, 3);
    case 'major':
      return rules.quotes;
    case 'alt': {
      const others = rules.quotes.slice(1);
      const second = others[hashText(asset.code) % others.length];
      const main = rules.quotes.slice(0, 1);
      return second === undefined || hashText(`${asset.code}/2`) % 3 === 0 ? main : [...main, second];
    }
  }
};

/** A pair of two quotes exists in one direction only: the less important one is the base. */
const mayPair = (base: Asset, quote: Asset, rules: MarketRules): boolean => {
  if (base.code === quote.code) return false;
  const rank = rules.quotes.indexOf(base.code);
  if (rank < 0) return true;
  if (base.kind === 'major' && quote.kind !== 'major') return true;
  if (base.kind !== 'major' && quote.kind === 'major') return false;
  return rank > rules.quotes.indexOf(quote.code);
};

const openMarket = (base: Asset, quote: Asset, rules: MarketRules): SpotMarket | undefined => {
  const reference = divideFixed(base.usd, quote.usd);
  const wanted = rules.priceDigits - 1 - exponentOf(reference);
  const priceDecimals = clamp(wanted, rules.minPriceDecimals, rules.maxPriceDecimals);
  if (reference / unitOf(priceDecimals) < FEWEST_TICKS) return undefined;
  const halted =
    base.kind === 'alt' && quote.code !== rules.quotes[0] && hashText(`${base.code}-halt`) % 16 === 0;
  return {
    base,
    quote,
    priceDecimals,
    lotDecimals: clamp(exponentOf(base.usd) + 1, 0, rules.maxLotDecimals),
    notionalDecimals: clamp(exponentOf(quote.usd), 0, 8),
    trading: !halted,
  };
};

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** One unit of the least significant decimal of the market's price. */
export const tickOf = (market: SpotMarket): Fixed => unitOf(market.priceDecimals);
