/** Movements of money on an account of the ledger; exact, and never into debt. */
import { type DecimalString, add, compare, subtract } from '../shared/money.ts';
import { type Holding, type SandboxAccount, setHolding } from './ledger.ts';
import type { Wallet } from './wallets.ts';

const NOTHING: Holding = { free: '0', locked: '0' };

const holdingOf = (account: SandboxAccount, wallet: Wallet, asset: string): Holding =>
  account.wallets[wallet].get(asset) ?? NOTHING;

export const freeOf = (account: SandboxAccount, wallet: Wallet, asset: string): DecimalString =>
  holdingOf(account, wallet, asset).free;

export const credit = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  amount: DecimalString,
): void => {
  const { free, locked } = holdingOf(account, wallet, asset);
  setHolding(account, wallet, asset, { free: add(free, amount), locked });
};

/** false, and nothing happens, when less than `amount` is free. */
export const debit = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  amount: DecimalString,
): boolean => {
  const { free, locked } = holdingOf(account, wallet, asset);
  if (compare(free, amount) < 0) return false;
  setHolding(account, wallet, asset, { free: subtract(free, amount), locked });
  return true;
};

/** false, and nothing happens, when less than `amount` is free. */
export const lock = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  amount: DecimalString,
): boolean => {
  const { free, locked } = holdingOf(account, wallet, asset);
  if (compare(free, amount) < 0) return false;
  setHolding(account, wallet, asset, { free: subtract(free, amount), locked: add(locked, amount) });
  return true;
};

/** Frees what was locked, or what is left of it after the admin API changed the balance. */
export const unlock = (
  account: SandboxAccount,
  wallet: Wallet,
  asset: string,
  amount: DecimalString,
): void => {
  const { free, locked } = holdingOf(account, wallet, asset);
  const freed = compare(locked, amount) < 0 ? locked : amount;
  setHolding(account, wallet, asset, { free: add(free, freed), locked: subtract(locked, freed) });
};
