/** Stores a newly connected account with all that was found in it; part of the connecting transaction. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { VenueAccount } from '../../exchanges/exchange.ts';
import { createBalanceStore } from '../balances/balance-store.ts';
import { type Valuation, valueBalances } from '../balances/valuation.ts';
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
  const accounts = createAccountStore(session);
  const adopted = await accounts.adopt(account);
  const id = adopted ?? (await accounts.insert(account));
  const valuation = valueBalances(found.balances, book.price);
  const stored = await createBalanceStore(session).record(id, {
    valuation,
    openPositions: found.openPositions,
    hedgeModeEnabled: found.hedgeModeEnabled,
    asOf: found.asOf,
    // Of a first snapshot: there is nothing to compare it with, and what was brought in before is part of it. A wallet
    // with a history keeps its profits until the next sync, which reads deposits and withdrawals too.
    profits: adopted === undefined ? firstProfits(valuation, found.asOf) : null,
    transfersReadUntil: null,
  });
  // A wallet may have been synced while the exchange answered: the later answer is the truth.
  const recorded = stored ?? (adopted === undefined ? undefined : await accounts.find(id));
  if (recorded === undefined) throw new Error('the new account was not found again');
  return recorded;
};

const firstProfits = ({ btcAmount, usdAmount }: Valuation, asOf: string): Profits =>
  computeProfits([{ at: new Date(asOf), btc: btcAmount, usd: usdAmount }], []);
