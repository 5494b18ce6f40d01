/** Stores a newly connected account with all that was found in it; part of the connecting transaction. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { VenueAccount } from '../../exchanges/exchange.ts';
import { createBalanceStore } from '../balances/balance-store.ts';
import { valueBalances } from '../balances/valuation.ts';
import type { PriceBook } from '../markets/price-book.ts';
import type { Account } from './account.ts';
import { createAccountStore, type NewAccount } from './account-store.ts';

export const recordAccount = async (
  session: TenantSession,
  account: NewAccount,
  found: VenueAccount,
  book: PriceBook,
): Promise<Account> => {
  const id = await createAccountStore(session).insert(account);
  const stored = await createBalanceStore(session).record(id, {
    valuation: valueBalances(found.balances, book.price),
    openPositions: found.openPositions,
    hedgeModeEnabled: found.hedgeModeEnabled,
    asOf: found.asOf,
  });
  if (stored === undefined) throw new Error('the new account was not found again');
  return stored;
};
