/** What all venues share: the assets, their prices, and the book of accounts. */
import { type Asset, createAssets } from './asset-universe.ts';
import { type ContractRules, createContractSettlement } from './contract-settlement.ts';
import { type Ledger, createLedger } from './ledger.ts';
import { type MarketFeed, createMarketFeed } from './market-feed.ts';
import { type MarketRules, listMarkets } from './market-list.ts';
import { type OrderEngine, createOrderEngine, orderNumbers } from './order-engine.ts';
import { type PriceWalk, createPriceWalk } from './price-walk.ts';
import { type SpotRules, createSpotSettlement } from './spot-settlement.ts';

export interface World {
  readonly assets: readonly Asset[];
  readonly assetByCode: ReadonlyMap<string, Asset>;
  readonly walk: PriceWalk;
  readonly ledger: Ledger;
  /** The spot markets of a venue. */
  spotFeed(rules: MarketRules): MarketFeed;
  /** Orders on the markets of a feed; a venue also names their `settle` in its declaration. */
  spotOrders(feed: MarketFeed, rules?: SpotRules): OrderEngine;
  contractOrders(feed: MarketFeed, rules: ContractRules): OrderEngine;
}

/** `marketCount`: spot markets on each venue. A world that is to be gone on with later brings its own numbers. */
export const createWorld = (seed: string, marketCount: number, numbers = orderNumbers()): World => {
  const assets = createAssets();
  const walk = createPriceWalk(seed);
  return {
    assets,
    assetByCode: new Map(assets.map((asset) => [asset.code, asset])),
    walk,
    ledger: createLedger(),
    spotFeed: (rules) => createMarketFeed(listMarkets(assets, rules, marketCount), walk),
    spotOrders: (feed, rules = {}) =>
      createOrderEngine({ feed, numbers, settlement: createSpotSettlement(rules) }),
    contractOrders: (feed, rules) =>
      createOrderEngine({ feed, numbers, settlement: createContractSettlement(rules) }),
  };
};
