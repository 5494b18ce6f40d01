/** The token contracts that exist on the simulated chains: those of the real ones, with their real decimals. */
import type { DecimalString } from '../../shared/money.ts';
import type { Ledger } from '../ledger.ts';
import { totalOf } from '../ledger.ts';

export interface TokenContract {
  readonly asset: string;
  readonly decimals: number;
}

/** By address in lower case. */
export const ETHEREUM_TOKENS: ReadonlyMap<string, TokenContract> = new Map([
  ['0xdac17f958d2ee523a2206206994597c13d831ec7', { asset: 'USDT', decimals: 6 }],
  ['0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48', { asset: 'USDC', decimals: 6 }],
  ['0x6b175474e89094c44da98b954eedeac495271d0f', { asset: 'DAI', decimals: 18 }],
  ['0x6c3ea9036406852006290770bedfcaba0e23a0e8', { asset: 'PYUSD', decimals: 6 }],
  ['0x0000000000085d4780b73119b644ae5ecd22b376', { asset: 'TUSD', decimals: 18 }],
  ['0x2260fac5e5542a773aa44fbcfedf7c193bc2c599', { asset: 'WBTC', decimals: 8 }],
  ['0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2', { asset: 'WETH', decimals: 18 }],
  ['0x514910771af9ca656af840dff83e8264ecf986ca', { asset: 'LINK', decimals: 18 }],
  ['0x1f9840a85d5af5bf1d1762f925bdaddc4201f984', { asset: 'UNI', decimals: 18 }],
  ['0x7fc66500c84a76ad7e9c93437bfc5ac33e2ddae9', { asset: 'AAVE', decimals: 18 }],
  ['0x9f8f72aa9304c8b593d555f12ef6589cc3a579a2', { asset: 'MKR', decimals: 18 }],
  ['0x5a98fcbea516cf06857215779fd812ca3bef1b32', { asset: 'LDO', decimals: 18 }],
  ['0xd533a949740bb3306d119cc777fa900ba034cd52', { asset: 'CRV', decimals: 18 }],
  ['0xc18360217d8f7ab5e7c516566761ea12ce7f9d72', { asset: 'ENS', decimals: 18 }],
  ['0xc944e90c64b2c07662a292be6244bdf05cda44a7', { asset: 'GRT', decimals: 18 }],
  ['0x95ad61b0a150d79219dcf64e1e6cc01f0b64c4ce', { asset: 'SHIB', decimals: 18 }],
  ['0x6982508145454ce325ddbe47a25d4ec3d2311933', { asset: 'PEPE', decimals: 18 }],
]);

export const TRON_TOKENS: ReadonlyMap<string, TokenContract> = new Map([
  ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', { asset: 'USDT', decimals: 6 }],
  ['TEkxiTehnzSmSe2XqrBj4w32RUN966rdz8', { asset: 'USDC', decimals: 6 }],
  ['TUpMhErZL2fhh4sVNULAbNKLokS4GjC1F4', { asset: 'TUSD', decimals: 18 }],
  ['TCFLL5dx5ZJdKnWuesXxi1VPwjLVmWZZy9', { asset: 'JST', decimals: 18 }],
  ['TSSMHYeV2uE9qYH95DqyoCuNCzEL1NvU3S', { asset: 'SUN', decimals: 18 }],
]);

/** What an address holds of an asset in whole units; an address that nobody opened holds nothing. */
export const unitsHeld = (
  ledger: Ledger,
  chain: 'ethereumwallet' | 'trx',
  address: string,
  { asset, decimals }: TokenContract,
): bigint => {
  const holding = ledger.find(chain, address)?.wallets.spot.get(asset);
  return holding === undefined ? 0n : toUnits(totalOf(holding), decimals);
};

/** Digits finer than a unit are cut off: a chain has none. */
export const toUnits = (amount: DecimalString, decimals: number): bigint => {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
};
