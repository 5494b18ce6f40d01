/** Over which chains an asset moves, and the addresses that an account receives it at. */
import { createHash } from 'node:crypto';
import type { Asset } from './asset-universe.ts';
import { divideFixed, formatFixed } from './fixed-point.ts';
import type { SandboxAccount } from './ledger.ts';

type AddressKind = 'bitcoin' | 'hex' | 'tron' | 'base58' | 'ripple';

interface Chain {
  /** The usual short name: venues translate it where theirs differs. */
  readonly id: string;
  readonly name: string;
  readonly kind: AddressKind;
  readonly needsTag: boolean;
  readonly confirmations: number;
}

export interface AssetNetwork extends Chain {
  readonly isDefault: boolean;
  readonly withdrawFee: string;
  readonly withdrawMin: string;
  readonly depositMin: string;
  /** Regular expressions; the second is empty where there is no tag. */
  readonly addressPattern: string;
  readonly tagPattern: string;
}

export interface DepositAddress {
  readonly address: string;
  /** Empty where the network has none. */
  readonly tag: string;
}

const chain = (
  id: string,
  name: string,
  kind: AddressKind,
  confirmations: number,
  needsTag = false,
): Chain => ({
  id,
  name,
  kind,
  confirmations,
  needsTag,
});

const ETHEREUM = chain('ETH', 'Ethereum (ERC20)', 'hex', 12);
const TRON = chain('TRX', 'Tron (TRC20)', 'tron', 20);
const BSC = chain('BSC', 'BNB Smart Chain (BEP20)', 'hex', 15);
const SOLANA = chain('SOL', 'Solana', 'base58', 1);
const ARBITRUM = chain('ARBITRUM', 'Arbitrum One', 'hex', 120);

const CHAINS: Readonly<Record<string, readonly Chain[]>> = {
  BTC: [chain('BTC', 'Bitcoin', 'bitcoin', 2), BSC],
  ETH: [ETHEREUM, ARBITRUM, BSC],
  USDT: [ETHEREUM, TRON, BSC, SOLANA],
  USDC: [ETHEREUM, SOLANA, BSC, ARBITRUM],
  BNB: [BSC],
  SOL: [SOLANA],
  TRX: [TRON],
  LTC: [chain('LTC', 'Litecoin', 'bitcoin', 3)],
  XRP: [chain('XRP', 'Ripple', 'ripple', 1, true)],
  XLM: [chain('XLM', 'Stellar', 'base58', 1, true)],
  EOS: [chain('EOS', 'EOS', 'base58', 1, true)],
  DOGE: [chain('DOGE', 'Dogecoin', 'base58', 50)],
  ADA: [chain('ADA', 'Cardano', 'base58', 30)],
  DOT: [chain('DOT', 'Polkadot', 'base58', 25)],
};

const PATTERNS: Readonly<Record<AddressKind, string>> = {
  bitcoin: '^(bc1|ltc1)[0-9a-z]{39,59}$',
  hex: '^(0x)[0-9A-Fa-f]{40}$',
  tron: '^T[1-9A-HJ-NP-Za-km-z]{33}$',
  base58: '^[1-9A-HJ-NP-Za-km-z]{32,56}$',
  ripple: '^r[1-9A-HJ-NP-Za-km-z]{25,34}$',
};

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const DOLLAR = 10n ** 18n;

/** The default first; none for money, which moves through banks. What has no chain of its own is a token on Ethereum. */
export const networksOf = (asset: Asset): readonly AssetNetwork[] => {
  if (asset.kind === 'fiat') return [];
  const dollars = (amount: bigint): string => formatFixed(divideFixed(amount * DOLLAR, asset.usd), 6);
  return (CHAINS[asset.code] ?? [ETHEREUM]).map((found, index) => ({
    ...found,
    isDefault: index === 0,
    withdrawFee: dollars(found.id === 'ETH' ? 3n : 1n),
    withdrawMin: dollars(10n),
    depositMin: dollars(1n),
    addressPattern: PATTERNS[found.kind],
    tagPattern: found.needsTag ? '^[0-9]{1,12}$' : '',
  }));
};

/** Always the same for an account and a network. Of the right form, but nobody's: it is made from a hash. */
export const depositAddress = (account: SandboxAccount, network: AssetNetwork): DepositAddress => {
  const seed = network.kind === 'hex' ? 'hex' : network.id;
  const bytes = createHash('sha512').update(`deposit\n${account.keys.api_key}\n${seed}`).digest();
  const tag = network.needsTag ? (bytes.readUInt32BE(60) % 1_000_000_000).toString() : '';
  return { address: addressOf(network, bytes), tag };
};

const addressOf = (network: AssetNetwork, bytes: Buffer): string => {
  switch (network.kind) {
    case 'hex':
      return `0x${bytes.toString('hex').slice(0, 40)}`;
    case 'bitcoin':
      return `${network.id === 'LTC' ? 'ltc1' : 'bc1'}q${letters(bytes, BECH32, 39)}`;
    case 'tron':
      return `T${letters(bytes, BASE58, 33)}`;
    case 'ripple':
      return `r${letters(bytes, BASE58, 33)}`;
    case 'base58':
      return letters(bytes, BASE58, 44);
  }
};

const letters = (bytes: Buffer, alphabet: string, count: number): string =>
  Array.from(bytes.subarray(0, count), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
