/** Quotes of all markets of a venue at one step of time, computed once a step and only when asked for. */
import { type Fixed, divideFixed, formatFixed, multiplyFixed } from './fixed-point.ts';
import { type SpotMarket, tickOf } from './market-list.ts';
import { type PriceWalk, hashText } from './price-walk.ts';

/** Figures of one market over the last 24 hours; prices have the market's decimals, amounts eight. */
export interface Quote {
  readonly market: SpotMarket;
  readonly last: string;
  readonly bid: string;
  readonly bidSize: string;
  readonly ask: string;
  readonly askSize: string;
  readonly lastSize: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly average: string;
  readonly change: string;
  /** Per cent with three decimals. */
  readonly changePercent: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  readonly tradeCount: number;
}

export interface MarketFeed {
  readonly markets: readonly SpotMarket[];
  /** Whether the market is one of this feed's own, and not a like one of another. */
  has(market: SpotMarket): boolean;
  /** How long prices stand still. */
  readonly stepMs: number;
  /** Start of the step that `atMs` lies in; quotes and payloads are the same all through it. */
  stepStart(atMs: number): number;
  quotes(atMs: number): readonly Quote[];
  /** A market's middle price at any moment, with the market's decimals. */
  priceAt(market: SpotMarket, atMs: number): string;
}

/** How often prices change. */
const PRICE_STEP_MS = 2_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// Highs and lows come from samples at whole multiples of this, so they are computed once per multiple.
const SAMPLE_MS = 4 * HOUR_MS;
const SIZE_DECIMALS = 8;
const HALF_SPREAD_PARTS = 4_000n;

interface Range {
  readonly high: Fixed;
  readonly low: Fixed;
}

export const createMarketFeed = (markets: readonly SpotMarket[], walk: PriceWalk): MarketFeed => {
  const own = new Set(markets);
  let ranges: { at: number; values: readonly Range[] } | undefined;
  let current: { at: number; values: readonly Quote[] } | undefined;

  const rate = (market: SpotMarket, atMs: number): Fixed => walk.rate(market.base, market.quote, atMs);

  const rangesAt = (stepMs: number): readonly Range[] => {
    const at = Math.floor(stepMs / SAMPLE_MS) * SAMPLE_MS;
    if (ranges?.at !== at) {
      const values = markets.map((market) => {
        const samples = Array.from({ length: DAY_MS / SAMPLE_MS }, (_, i) =>
          rate(market, at - i * SAMPLE_MS),
        );
        return { high: greatest(samples), low: least(samples) };
      });
      ranges = { at, values };
    }
    return ranges.values;
  };

  const stepStart = (atMs: number): number => Math.floor(atMs / PRICE_STEP_MS) * PRICE_STEP_MS;

  return {
    markets,
    has: (market) => own.has(market),
    stepMs: PRICE_STEP_MS,
    stepStart,
    quotes: (atMs) => {
      const step = stepStart(atMs);
      if (current?.at !== step) {
        const sampled = rangesAt(step);
        const values = markets.map((market, index) => {
          const last = rate(market, step);
          const open = rate(market, step - DAY_MS);
          return quoteOf(market, last, open, sampled[index] ?? { high: last, low: last });
        });
        current = { at: step, values };
      }
      return current.values;
    },
    priceAt: (market, atMs) => formatFixed(rate(market, atMs), market.priceDecimals),
  };
};

const quoteOf = (market: SpotMarket, last: Fixed, open: Fixed, sampled: Range): Quote => {
  const price = (value: Fixed): string => formatFixed(value, market.priceDecimals);
  const size = (value: Fixed): string => formatFixed(value, SIZE_DECIMALS);
  const high = greatest([sampled.high, last, open]);
  const low = least([sampled.low, last, open]);
  const average = (high + low + last + open) / 4n;
  const tick = tickOf(market);
  const halfSpread = greatest([tick, last / HALF_SPREAD_PARTS]);
  const lot = divideFixed(BigInt(1 + (hashText(market.base.code) % 900)) * 10n ** 18n, market.base.usd);
  const volume = lot * BigInt(2_000 + (hashText(market.quote.code, hashText(market.base.code)) % 90_000));
  return {
    market,
    last: price(last),
    bid: price(last - halfSpread),
    bidSize: size(lot),
    ask: price(last + halfSpread),
    askSize: size(lot + lot / 3n),
    lastSize: size(lot / 7n),
    open: price(open),
    high: price(high),
    low: price(low),
    average: price(average),
    change: price(last - open),
    changePercent: formatFixed(divideFixed((last - open) * 100n, open), 3),
    baseVolume: size(volume),
    quoteVolume: size(multiplyFixed(volume, average)),
    tradeCount: 500 + (hashText(market.base.code, 7) % 50_000),
  };
};

const greatest = (values: readonly Fixed[]): Fixed => values.reduce((a, b) => (b > a ? b : a));
const least = (values: readonly Fixed[]): Fixed => values.reduce((a, b) => (b < a ? b : a));
