/** Applies a change that the admin API was asked for to an account, and shows an account without its secret. */
import type { AccountChange } from './admin-input.ts';
import { type SandboxAccount, setHolding } from './ledger.ts';
import { WALLETS, type Wallet } from './wallets.ts';

export const applyChange = (account: SandboxAccount, change: AccountChange): void => {
  const hold = (wallet: Wallet, balances: AccountChange['balances']): void => {
    for (const [asset, holding] of Object.entries(balances ?? {}))
      setHolding(account, wallet, asset, holding);
  };
  hold('spot', change.balances);
  for (const wallet of WALLETS) hold(wallet, change.wallets?.[wallet]);
  if (change.permissions !== undefined) account.permissions = new Set(change.permissions);
  if (change.ip_restricted !== undefined) account.ipRestricted = change.ip_restricted;
  if (change.expires_at !== undefined) {
    account.expiresAtMs = change.expires_at === null ? null : Date.parse(change.expires_at);
  }
  if (change.hedge_mode !== undefined) account.hedgeMode = change.hedge_mode;
  if (change.positions !== undefined) {
    account.positions = change.positions.map(({ entry_price, ...rest }) => ({
      ...rest,
      entryPrice: entry_price,
    }));
  }
  if (change.trades !== undefined) account.tradeCount = change.trades;
  if (change.faults !== undefined) account.faults = change.faults;
  if (change.bare_numbers !== undefined) account.bareNumbers = change.bare_numbers;
};

/** Everything but the secret. */
export const accountView = (account: SandboxAccount) => ({
  venue: account.venue,
  api_key: account.keys.api_key,
  permissions: [...account.permissions],
  ip_restricted: account.ipRestricted,
  expires_at: account.expiresAtMs === null ? null : new Date(account.expiresAtMs).toISOString(),
  hedge_mode: account.hedgeMode,
  wallets: Object.fromEntries(WALLETS.map((wallet) => [wallet, Object.fromEntries(account.wallets[wallet])])),
  trades: account.tradeCount,
  positions: account.positions.map(({ contract, amount, entryPrice }) => ({
    contract,
    amount,
    entry_price: entryPrice,
  })),
  orders: account.activity.orders.length,
  fills: account.activity.fills.length,
  transfers: account.activity.transfers.length,
  faults: account.faults.map(({ kind }) => kind),
  bare_numbers: account.bareNumbers,
});
