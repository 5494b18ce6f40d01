/** What all venues share: the assets, their prices, and the book of accounts. */
import { type Asset, createAssets } from './asset-universe.ts';
import { type Ledger, createLedger } from './ledger.ts';
import { type MarketFeed, createMarketFeed } from './market-feed.ts';
import { type MarketRules, listMarkets } from './market-list.ts';
import { type PriceWalk, createPriceWalk } from './price-walk.ts';

export interface World {
  readonly assets: readonly Asset[];
  readonly assetByCode: ReadonlyMap<string, Asset>;
  readonly walk: PriceWalk;
  readonly ledger: Ledger;
  /** The spot markets of a venue. */
  spotFeed(rules: MarketRules): MarketFeed;
}

/** `marketCount`: spot markets on each venue. */
export const createWorld = (seed: string, marketCount: number): World => {
  const assets = createAssets();
  const walk = createPriceWalk(seed);
  return {
    assets,
    assetByCode: new Map(assets.map((asset) => [asset.code, asset])),
    walk,
    ledger: createLedger(),
    spotFeed: (rules) => createMarketFeed(listMarkets(assets, rules, marketCount), walk),
  };
};
