/** Order books around the feed's best prices: levels a few ticks apart, with more on offer further out. */
import { type Fixed, formatFixed, parseFixed } from './fixed-point.ts';
import type { Quote } from './market-feed.ts';
import { type SpotMarket, tickOf } from './market-list.ts';
import { hashText } from './price-walk.ts';

/** Price and amount as the feed writes them. */
type Level = readonly [price: string, amount: string];

export interface Depth {
  /** Best first: falling prices. */
  readonly bids: readonly Level[];
  /** Best first: rising prices. */
  readonly asks: readonly Level[];
  /** Grows with time; the same all through a step. */
  readonly sequence: number;
}

const MOST_LEVELS = 1_000;

/** At most `levels` on each side; fewer bids where the price would reach zero. */
export const depthOf = (quote: Quote, levels: number, stepMs: number): Depth => ({
  bids: side(quote.market, parseFixed(quote.bid), parseFixed(quote.bidSize), levels, -1n),
  asks: side(quote.market, parseFixed(quote.ask), parseFixed(quote.askSize), levels, 1n),
  sequence: Math.floor(stepMs / 1_000),
});

const side = (market: SpotMarket, best: Fixed, size: Fixed, levels: number, sign: bigint): Level[] => {
  const rows: Level[] = [];
  const tick = tickOf(market);
  // A hundredth of a per cent between levels, at least one tick.
  const gap = best / 10_000n > tick ? best / 10_000n : tick;
  for (let i = 0; i < Math.min(levels, MOST_LEVELS); i += 1) {
    const price = best + sign * gap * BigInt(i);
    if (price < tick) break;
    const share = BigInt(10 + i * 2 + (hashText(market.base.code, i) % 10));
    rows.push([formatFixed(price, market.priceDecimals), formatFixed((size * share) / 10n, 8)]);
  }
  return rows;
};
