/** Bitstamp's names: `btcusd`, `BTC/USD`, and chains by their full names. */
import type { SpotMarket } from '../market-list.ts';

export const pairId = (market: SpotMarket): string => `${market.base.code}${market.quote.code}`.toLowerCase();

export const pairName = (market: SpotMarket): string => `${market.base.code}/${market.quote.code}`;

const CHAINS: Readonly<Record<string, string>> = {
  BTC: 'bitcoin',
  ETH: 'ethereum',
  LTC: 'litecoin',
  XLM: 'stellar',
  XRP: 'xrpl',
  TRX: 'tron',
  SOL: 'solana',
  DOT: 'polkadot',
  DOGE: 'doge',
  ADA: 'cardano',
};

/** `network` is the id of asset-networks.ts. */
export const chainName = (network: string): string => CHAINS[network] ?? network.toLowerCase();

/** `2021-11-25 12:59:59.322000`, in UTC. */
export const databaseTime = (ms: number): string =>
  `${new Date(ms).toISOString().replace('T', ' ').slice(0, -1)}000`;
