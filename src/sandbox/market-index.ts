/** Finds a venue's markets and their quotes by the id that the venue gives them. */
import type { MarketFeed, Quote } from './market-feed.ts';
import type { SpotMarket } from './market-list.ts';

export interface MarketIndex {
  readonly ids: readonly string[];
  market(id: string): SpotMarket | undefined;
  quote(id: string, nowMs: number): Quote | undefined;
}

export const createMarketIndex = (feed: MarketFeed, idOf: (market: SpotMarket) => string): MarketIndex => {
  const places = new Map(feed.markets.map((market, index) => [idOf(market), index]));
  return {
    ids: [...places.keys()],
    market: (id) => feed.markets[places.get(id) ?? -1],
    quote: (id, nowMs) => feed.quotes(nowMs)[places.get(id) ?? -1],
  };
};
