/** Whether and when the price of a market reaches the price of an order. */
import { type DecimalString, compare } from '../shared/money.ts';
import type { SandboxOrder, Side } from './account-activity.ts';
import type { MarketFeed } from './market-feed.ts';

// A look after a long time samples the path: a quarter of a day costs no more than an hour.
const MOST_SAMPLES = 1_800;

/** A buyer takes any price up to the limit, a seller any from it on. */
export const crosses = (side: Side, limit: DecimalString, price: DecimalString): boolean =>
  side === 'buy' ? compare(limit, price) >= 0 : compare(limit, price) <= 0;

/** When the middle price first reached the order's after the last look; undefined: not yet. */
export const crossingOf = (feed: MarketFeed, order: SandboxOrder, nowMs: number): number | undefined => {
  const until = feed.stepStart(nowMs);
  const stepMs = feed.stepStart(order.seenMs);
  const samples = Math.min(Math.ceil((until - stepMs) / feed.stepMs), MOST_SAMPLES);
  for (let i = 1; i <= samples; i += 1) {
    const at = feed.stepStart(stepMs + ((until - stepMs) * i) / samples);
    if (crosses(order.side, order.price ?? '0', feed.priceAt(order.market, at))) return at;
  }
  return undefined;
};
