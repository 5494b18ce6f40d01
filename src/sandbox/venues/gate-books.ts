/** Gate: what it trades, spot and perpetual contracts by settlement, with the orders on it. */
import type { Contract } from '../contract-settlement.ts';
import { listContracts } from '../contract-list.ts';
import { unitText } from '../fixed-point.ts';
import { type MarketFeed, createMarketFeed } from '../market-feed.ts';
import type { MarketRules, SpotMarket } from '../market-list.ts';
import type { OrderEngine } from '../order-engine.ts';
import type { World } from '../world.ts';
import type { Wallet } from '../wallets.ts';

const RULES: MarketRules = {
  quotes: ['USDT', 'BTC', 'ETH', 'USDC'],
  priceDigits: 6,
  minPriceDecimals: 1,
  maxPriceDecimals: 12,
  maxLotDecimals: 6,
  without: ['USD', 'EUR', 'GBP', 'FDUSD'],
};

interface GateBook {
  readonly feed: MarketFeed;
  readonly orders: OrderEngine;
  /** By the venue's name of the pair or contract. */
  readonly markets: ReadonlyMap<string, SpotMarket>;
}

export interface GateFutures extends GateBook {
  readonly settle: 'usdt' | 'btc';
  readonly currency: 'USDT' | 'BTC';
  readonly wallet: Wallet;
  contractOf(market: SpotMarket): Contract;
}

export interface GateBooks {
  readonly spot: GateBook;
  readonly usdt: GateFutures;
  readonly btc: GateFutures;
}

export const pairOf = (market: SpotMarket): string => `${market.base.code}_${market.quote.code}`;

/** Smallest value of a spot order, in its quote. */
export const leastCost = (market: SpotMarket): string =>
  market.notionalDecimals === 0 ? '3' : unitText(market.notionalDecimals);

export const createGateBooks = (world: World): GateBooks => {
  const spotFeed = world.spotFeed(RULES);
  return {
    spot: {
      feed: spotFeed,
      orders: world.spotOrders(spotFeed, { minCost: leastCost }),
      markets: byName(spotFeed),
    },
    usdt: createFutures(world, 'usdt'),
    btc: createFutures(world, 'btc'),
  };
};

const createFutures = (world: World, settle: 'usdt' | 'btc'): GateFutures => {
  const inverse = settle === 'btc';
  const pairs = listContracts(world.assets, RULES, inverse ? 'USD' : 'USDT');
  // Settled in BTC there is one contract only.
  const listed = inverse ? pairs.filter(({ base }) => base.code === 'BTC') : pairs;
  const feed = createMarketFeed(listed, world.walk);
  const contractOf = (market: SpotMarket): Contract => ({
    id: pairOf(market),
    size: inverse ? '1' : unitText(market.lotDecimals),
    inverse,
    amountDecimals: 0,
  });
  const wallet = inverse ? 'inverse' : 'linear';
  return {
    settle,
    currency: inverse ? 'BTC' : 'USDT',
    wallet,
    feed,
    contractOf,
    orders: world.contractOrders(feed, { wallet, contractOf }),
    markets: byName(feed),
  };
};

const byName = (feed: MarketFeed): ReadonlyMap<string, SpotMarket> =>
  new Map(feed.markets.map((market) => [pairOf(market), market]));
