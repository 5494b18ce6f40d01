/** Names that the two Coinbase venues share: products, chains, the wallets of an account. */
import type { AssetNetwork } from '../asset-networks.ts';
import type { Asset } from '../asset-universe.ts';
import type { Holding, SandboxAccount } from '../ledger.ts';
import type { SpotMarket } from '../market-list.ts';
import { stableUuid } from '../stable-uuid.ts';

export const productId = (market: SpotMarket): string => `${market.base.code}-${market.quote.code}`;

const CHAIN_NAMES: Readonly<Record<string, string>> = {
  BTC: 'bitcoin',
  ETH: 'ethereum',
  TRX: 'tron',
  BSC: 'bnb-chain',
  SOL: 'solana',
  ARBITRUM: 'arbitrum',
  LTC: 'litecoin',
  XRP: 'ripple',
  XLM: 'stellar',
  EOS: 'eosio',
  DOGE: 'dogecoin',
  ADA: 'cardano',
  DOT: 'polkadot',
};

/** `network` is the id of asset-networks.ts. */
export const chainName = (network: string): string => CHAIN_NAMES[network] ?? network.toLowerCase();
export const chainOf = (network: AssetNetwork): string => chainName(network.id);

// Wallets that an account has before it holds anything.
const USUAL = ['USD', 'USDC', 'BTC', 'ETH', 'USDT', 'SOL', 'XRP', 'LTC'];
const NOTHING: Holding = { free: '0', locked: '0' };

export interface CoinbaseWallet {
  readonly id: string;
  readonly asset: Asset;
  readonly holding: Holding;
}

/** Ordered by asset, so that pages stay the same from call to call. */
export const walletsOf = (
  account: SandboxAccount,
  assets: ReadonlyMap<string, Asset>,
): readonly CoinbaseWallet[] => {
  const held = account.wallets.spot;
  return [...new Set([...held.keys(), ...USUAL])]
    .sort()
    .map((code) => assets.get(code))
    .filter((asset) => asset !== undefined)
    .map((asset) => ({
      id: walletId(account, asset.code),
      asset,
      holding: held.get(asset.code) ?? NOTHING,
    }));
};

const walletId = (account: SandboxAccount, asset: string): string =>
  stableUuid(`wallet\n${account.keys.api_key}\n${asset}`);

export const isoTime = (ms: number): string => new Date(ms).toISOString();
