/** Perpetual contracts: the majors against USDT (linear) and against their own coin (inverse). */
import type { Asset } from './asset-universe.ts';
import type { MarketRules, SpotMarket } from './market-list.ts';
import { listMarkets } from './market-list.ts';

const CONTRACT_BASES = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'LTC', 'DOT'];

/** Described as spot markets of base and quote: a contract's price follows its spot market here. */
export const listContracts = (
  assets: readonly Asset[],
  rules: MarketRules,
  quote: 'USDT' | 'USD',
): readonly SpotMarket[] => {
  const pairs = listMarkets(assets, { ...rules, quotes: [quote], without: [] }, assets.length);
  return pairs.filter((pair) => CONTRACT_BASES.includes(pair.base.code));
};
