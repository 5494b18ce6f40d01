/** Past trades of an account: computed from its number, never stored, so that thousands of accounts cost nothing. */
import type { Fill, Trade } from './account-activity.ts';
import { type Fixed, formatFixed, multiplyFixed, parseFixed, unitOf } from './fixed-point.ts';
import type { SandboxAccount } from './ledger.ts';
import type { MarketFeed } from './market-feed.ts';
import type { SpotMarket } from './market-list.ts';
import { hashText } from './price-walk.ts';

export type { Trade } from './account-activity.ts';

/** 2025-06-02T00:00:00Z: the first trade of every account; fixed, so that a restart tells the same history. */
const FIRST_TRADE_MS = 1_748_822_400_000;
const TRADE_GAP_MS = 47 * 60_000;
const FEE_PARTS = 1_000n;
const CHOICE = 12;
/** Bounds `tradeCount`, so that no two accounts share a trade id. */
export const MOST_TRADES = 1_000;
/** Every so many trades the newest few are pieces of one order, of one moment. */
const GROUP = 8;
const PIECES = 3;
const ORDER_ID_OFFSET = 4_000_000_000_000;

/** Of a spot feed, oldest first: the computed past that every account has, then the fills of its orders. */
export const tradesOf = (account: SandboxAccount, feed: MarketFeed): Trade[] => [
  ...pastOf(account, feed),
  ...fillsOf(account, feed),
];

/** Fills on the markets of a feed, oldest first. */
export const fillsOf = (account: SandboxAccount, feed: MarketFeed): Fill[] =>
  account.activity.fills.filter((fill) => feed.has(fill.market));

const pastOf = (account: SandboxAccount, feed: MarketFeed): Trade[] => {
  // The majors come early in a venue's list: a history concentrates on few markets, as people's do.
  const liquid = feed.markets.filter((market) => market.base.kind === 'major').slice(0, CHOICE);
  return Array.from({ length: account.tradeCount }, (_, index) =>
    tradeAt(account, index, liquid, feed),
  ).filter((trade) => trade !== undefined);
};

const tradeAt = (
  account: SandboxAccount,
  index: number,
  liquid: readonly SpotMarket[],
  feed: MarketFeed,
): Trade | undefined => {
  const order = orderOf(index);
  const random = hashText(`${account.keys.api_key}/${order}`);
  const market = liquid[random % liquid.length];
  if (market === undefined) return undefined;
  const timeMs = FIRST_TRADE_MS + order * TRADE_GAP_MS + (random % TRADE_GAP_MS);
  const price = feed.priceAt(market, timeMs);
  const amount = amountOf(market, hashText(`${account.keys.api_key}/${index}`));
  const cost = multiplyFixed(parseFixed(price), amount);
  return {
    id: account.uid * MOST_TRADES + index,
    orderId: account.uid * MOST_TRADES + order + ORDER_ID_OFFSET,
    market,
    side: (random >>> 8) % 3 === 0 ? 'sell' : 'buy',
    maker: (random >>> 12) % 2 === 0,
    price,
    amount: formatFixed(amount, market.lotDecimals),
    cost: formatFixed(cost, 8),
    fee: formatFixed(cost / FEE_PARTS, 8),
    feeAsset: market.quote.code,
    timeMs,
  };
};

/** The first trade of the order that a trade belongs to. */
const orderOf = (index: number): number => index - Math.max(0, (index % GROUP) - (GROUP - PIECES));

/** Between about 10 and 1,000 dollars, in whole lots and at least one. */
const amountOf = (market: SpotMarket, random: number): Fixed => {
  const lot = unitOf(market.lotDecimals);
  const dollars = BigInt(10 + (random % 990)) * 10n ** 18n;
  const lots = (dollars * 10n ** 18n) / market.base.usd / lot;
  return lot * (lots > 0n ? lots : 1n);
};
