/** The kinds of wallets that an account has, over all venues. */

/** `spot` is the account that trading uses (on okx the trading account, on kraken the only one). */
export const WALLETS = ['spot', 'margin', 'linear', 'inverse', 'funding'] as const;
export type Wallet = (typeof WALLETS)[number];
