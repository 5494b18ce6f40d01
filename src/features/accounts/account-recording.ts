/** Stores a newly connected account with all that was found in it; part of the connecting transaction. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { VenueAccount } from '../../exchanges/exchange.ts';
import { createBalanceStore, type SyncResult } from '../balances/balance-store.ts';
import { type Valuation, valueBalances } from '../balances/valuation.ts';
import type { EventData } from '../events/event-types.ts';
import type { PriceBook } from '../markets/price-book.ts';
import { computeProfits, type Profits } from '../profit/profit.ts';
import type { Account } from './account.ts';
import { createAccountStore, type NewAccount } from './account-store.ts';

export const recordAccount = async (
  session: TenantSession,
  account: NewAccount,
  found: VenueAccount,
  book: PriceBook,
): Promise<Account> => {
  const result = toResult(found, book);
  // Of a first snapshot: there is nothing to compare it with, and what was brought in before is part of it.
  const profits = firstProfits(result.valuation, found.asOf);
  return await createBalanceStore(session).recordNew(account, { ...result, profits });
};

/** Makes the wallet of stored keys an account; undefined: no such wallet is kept. */
export const adoptWallet = async (
  session: TenantSession,
  account: NewAccount,
  found: VenueAccount,
  book: PriceBook,
): Promise<Account | undefined> => {
  const accounts = createAccountStore(session);
  const id = await accounts.adopt(account);
  if (id === undefined) return undefined;
  // It has a history, and keeps its profits until the next sync, which reads deposits and withdrawals too.
  const result = { ...toResult(found, book), profits: null };
  // It may have been synced while the exchange answered: the later answer is the truth.
  const recorded = await createBalanceStore(session).record(id, result);
  return recorded?.account ?? (await accounts.find(id));
};

/** What an event tells of it. */
export const connectedData = (account: Account): EventData<'account.connected'> => ({
  account_id: account.id,
  credential_id: account.credentialId,
  market_code: account.marketCode,
  mode: account.mode,
});

const toResult = (found: VenueAccount, book: PriceBook): Omit<SyncResult, 'profits'> => ({
  valuation: valueBalances(found.balances, book.price),
  openPositions: found.openPositions,
  hedgeModeEnabled: found.hedgeModeEnabled,
  asOf: found.asOf,
  transfersReadUntil: null,
});

const firstProfits = ({ btcAmount, usdAmount }: Valuation, asOf: string): Profits =>
  computeProfits([{ at: new Date(asOf), btc: btcAmount, usd: usdAmount }], []);
