/** Writes an account as /ver1 shows it at this moment. */
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Account } from '../../features/accounts/account.ts';
import { withCurrentProfit } from '../../features/accounts/current-profit.ts';
import type { Clock } from '../../shared/clock.ts';
import { type AccountWire, toAccountWire } from './account-wire.ts';

export interface AccountPresenterDeps {
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly iconUrl: (path: string) => string;
  readonly clock: Clock;
}

export const createAccountPresenter =
  ({ catalog, iconUrl, clock }: AccountPresenterDeps) =>
  (account: Account): AccountWire =>
    toAccountWire(
      withCurrentProfit(account, new Date(clock.now())),
      catalog.getMarket(account.marketCode),
      iconUrl,
    );
