/** Asks the venue what is there now and stores it as a snapshot: one way for accounts and for stored keys. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort, VenueAccount } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Account, AccountOrigin } from '../accounts/account.ts';
import { createKeyFailureLock } from '../accounts/key-failure.ts';
import type { PriceSource } from '../markets/price-source.ts';
import { pricingVenueId } from '../markets/pricing-venue.ts';
import { createTransferReader } from '../transfers/transfer-reader.ts';
import { recordSync } from './sync-recorder.ts';
import { valueBalances } from './valuation.ts';

export interface BalanceSyncDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'fetchAccount' | 'fetchWallet' | 'fetchTransfers'>;
  readonly prices: PriceSource;
  /** Whose prices value what lies on a chain. */
  readonly referenceVenueId: string;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** undefined: a later answer of the venue is already stored, or the account was removed meanwhile. Throws as the port does. */
export type SyncBalances = (actor: Actor, origin: AccountOrigin) => Promise<Account | undefined>;

export const createBalanceSync = (deps: BalanceSyncDeps): SyncBalances => {
  const readTransfers = createTransferReader(deps);
  const withKeys = createKeyFailureLock(deps);

  const askVenue = async (actor: Actor, origin: AccountOrigin): Promise<VenueAccount> => {
    const context = { requestId: actor.requestId, purpose: 'sync' as const };
    const { marketCode } = origin;
    if (origin.kind === 'address')
      return deps.exchanges.fetchWallet(context, { marketCode, address: origin.address });
    const { credentialId, generation } = origin;
    const ref = { tenantId: actor.tenantId, credentialId, generation };
    return await withKeys(actor, origin, () => deps.exchanges.fetchAccount(context, ref, marketCode));
  };

  return async (actor, origin) => {
    const [venueAccount, { book }] = await Promise.all([
      askVenue(actor, origin),
      deps.prices.current(
        pricingVenueId(deps.catalog.getMarket(origin.marketCode), deps.referenceVenueId),
        actor.requestId,
      ),
    ]);
    // After the balances: what arrives between the two answers is younger than the snapshot and counts with the next.
    const transfers = await readTransfers(actor, origin);
    return await recordSync(deps.database, actor.tenantId, origin.id, {
      valuation: valueBalances(venueAccount.balances, book.price),
      openPositions: venueAccount.openPositions,
      hedgeModeEnabled: venueAccount.hedgeModeEnabled,
      asOf: venueAccount.asOf,
      transfers,
      prices: book,
      requestId: actor.requestId,
    });
  };
};
