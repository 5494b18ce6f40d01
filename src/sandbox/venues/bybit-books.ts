/** Bybit: what it trades, by category, with the orders on it; and the form of its answers. */
import type { Contract } from '../contract-settlement.ts';
import { listContracts } from '../contract-list.ts';
import { unitText } from '../fixed-point.ts';
import { type MarketFeed, createMarketFeed } from '../market-feed.ts';
import type { MarketRules, SpotMarket } from '../market-list.ts';
import type { OrderEngine } from '../order-engine.ts';
import { type Answer, json } from '../venue.ts';
import type { World } from '../world.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'USDC', 'BTC', 'ETH', 'EUR'],
  priceDigits: 6,
  minPriceDecimals: 2,
  maxPriceDecimals: 10,
  maxLotDecimals: 6,
  without: ['USD', 'GBP', 'FDUSD', 'TUSD'],
};

export type BybitCategory = 'spot' | 'linear' | 'inverse';

export interface BybitBook {
  readonly category: BybitCategory;
  readonly feed: MarketFeed;
  readonly orders: OrderEngine;
  /** By the venue's symbol. */
  readonly markets: ReadonlyMap<string, SpotMarket>;
  /** Spot has none. */
  contractOf(market: SpotMarket): Contract | undefined;
}

export type BybitBooks = Readonly<Record<BybitCategory, BybitBook>>;

export const symbolOf = (market: SpotMarket): string => market.base.code + market.quote.code;

/** Smallest value of a spot order, in its quote. */
export const leastCost = (market: SpotMarket): string =>
  market.notionalDecimals === 0 ? '5' : unitText(market.notionalDecimals);

export const createBybitBooks = (world: World): BybitBooks => {
  const contracts = (category: 'linear' | 'inverse'): BybitBook => {
    const inverse = category === 'inverse';
    const pairs = listContracts(world.assets, RULES, inverse ? 'USD' : 'USDT');
    const feed = createMarketFeed(pairs, world.walk);
    const contractOf = (market: SpotMarket): Contract => ({
      id: symbolOf(market),
      size: '1',
      inverse,
      amountDecimals: inverse ? 0 : Math.max(market.lotDecimals, 1),
    });
    // One unified account: margin lies where the money of spot orders lies.
    const orders = world.contractOrders(feed, { wallet: 'spot', contractOf });
    return { category, feed, orders, contractOf, markets: bySymbol(feed) };
  };
  const spotFeed = world.spotFeed(RULES);
  return {
    spot: {
      category: 'spot',
      feed: spotFeed,
      orders: world.spotOrders(spotFeed, { minCost: leastCost }),
      contractOf: () => undefined,
      markets: bySymbol(spotFeed),
    },
    linear: contracts('linear'),
    inverse: contracts('inverse'),
  };
};

export const bookOf = (books: BybitBooks, category: string | undefined): BybitBook | undefined =>
  category === 'spot' || category === 'linear' || category === 'inverse' ? books[category] : undefined;

const bySymbol = (feed: MarketFeed): ReadonlyMap<string, SpotMarket> =>
  new Map(feed.markets.map((market) => [symbolOf(market), market]));

export const bybitOk = (nowMs: number, result: unknown): Answer =>
  json(200, { retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: nowMs });

/** Errors come with status 200 and a code. */
export const bybitRefusal = (nowMs: number, retCode: number, retMsg: string): Answer =>
  json(200, { retCode, retMsg, result: {}, retExtInfo: {}, time: nowMs });

export const badParameter = (nowMs: number, what: string): Answer =>
  bybitRefusal(nowMs, 10001, `params error: ${what}`);
