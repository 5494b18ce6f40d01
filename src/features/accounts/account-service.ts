/** Use cases on connected accounts: list, read, sync, rename, remove. Another tenant's id is simply not there. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort, VenueAccount } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { recordSync } from '../balances/sync-recorder.ts';
import { valueBalances } from '../balances/valuation.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import type { PriceSource } from '../markets/price-source.ts';
import { pricingVenueId } from '../markets/pricing-venue.ts';
import { createTransferReader } from '../transfers/transfer-reader.ts';
import type { Account, AccountOrigin } from './account.ts';
import { createAccountStore } from './account-store.ts';
import { createKeyFailureLock } from './key-failure.ts';
import { type AccountSummary, createSummaryStore } from './summary-store.ts';

export interface AccountServiceDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'fetchAccount' | 'fetchWallet' | 'fetchTransfers'>;
  readonly prices: PriceSource;
  /** Whose prices value what lies on a chain. */
  readonly referenceVenueId: string;
  readonly fingerprint: Fingerprint;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface AccountPage {
  /** 1-based. */
  readonly page: number;
  readonly perPage: number;
  /** Only accounts with exactly this API key. */
  readonly apiKey?: string | undefined;
}

export interface AccountService {
  list(actor: Actor, page: AccountPage): Promise<Account[]>;
  get(actor: Actor, id: number): Promise<Account>;
  /** Sums of all accounts of the actor's mode that count in the summary. */
  summary(actor: Actor): Promise<AccountSummary>;
  /** Asks the venue what is there now, stores it as a snapshot and answers the account. */
  loadBalances(actor: Actor, id: number): Promise<Account>;
  rename(actor: Actor, id: number, name: string): Promise<Account>;
  /** Idempotent; destroys the keys with the last account that uses them. */
  remove(actor: Actor, id: number): Promise<void>;
}

export const createAccountService = (deps: AccountServiceDeps): AccountService => {
  const { database, clock } = deps;
  const accountsOf = (actor: Actor) => createAccountStore(database.session(actor.tenantId));
  const readTransfers = createTransferReader(deps);
  const withKeys = createKeyFailureLock(deps);
  const now = (): string => new Date(clock.now()).toISOString();

  return {
    list(actor, { page, perPage, apiKey }) {
      return accountsOf(actor).list({
        mode: actor.mode,
        limit: perPage,
        offset: (page - 1) * perPage,
        ...(apiKey !== undefined && { fingerprint: deps.fingerprint(actor.tenantId, apiKey) }),
      });
    },

    async get(actor, id) {
      return found(await accountsOf(actor).find(id));
    },

    summary(actor) {
      return createSummaryStore(database.session(actor.tenantId)).read(actor.mode, new Date(clock.now()));
    },

    async loadBalances(actor, id) {
      const origin = found(await accountsOf(actor).findOrigin(id));
      const [venueAccount, { book }] = await Promise.all([
        askVenue(actor, origin),
        deps.prices.current(
          pricingVenueId(deps.catalog.getMarket(origin.marketCode), deps.referenceVenueId),
          actor.requestId,
        ),
      ]);
      // After the balances: what arrives between the two answers is younger than the snapshot and counts with the next.
      const transfers = await readTransfers(actor, origin);
      const stored = await recordSync(database, actor.tenantId, id, {
        valuation: valueBalances(venueAccount.balances, book.price),
        openPositions: venueAccount.openPositions,
        hedgeModeEnabled: venueAccount.hedgeModeEnabled,
        asOf: venueAccount.asOf,
        transfers,
        prices: book,
      });
      // Nothing was written when a later answer of the venue is already stored: that one is the truth.
      return stored ?? found(await accountsOf(actor).find(id));
    },

    async rename(actor, id, name) {
      return database.transact(actor.tenantId, async (session) => {
        const renamed = found(await createAccountStore(session).rename(id, name, now()));
        await createAuditStore(session).append(auditEntry(actor, 'account.renamed', id));
        return renamed;
      });
    },

    async remove(actor, id) {
      await database.transact(actor.tenantId, async (session) => {
        const removed = found(await createAccountStore(session).remove(id, now()));
        if (removed.wasRemoved) return;
        const credentials = createCredentialStore(session);
        // The lock makes a connection with the same keys wait, so that no account is left with shredded ones.
        if (removed.credentialId !== null && (await credentials.lockLive(removed.credentialId))) {
          await credentials.shredUnused(removed.credentialId, now());
        }
        await createAuditStore(session).append(auditEntry(actor, 'account.removed', id));
      });
    },
  };

  async function askVenue(actor: Actor, origin: AccountOrigin): Promise<VenueAccount> {
    const context = { requestId: actor.requestId, purpose: 'sync' as const };
    const { marketCode } = origin;
    if (origin.kind === 'address')
      return deps.exchanges.fetchWallet(context, { marketCode, address: origin.address });
    const { credentialId, generation } = origin;
    const ref = { tenantId: actor.tenantId, credentialId, generation };
    return await withKeys(actor, origin, () => deps.exchanges.fetchAccount(context, ref, marketCode));
  }
};

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new AppError('not_found', 'Not Found');
  return value;
};

const auditEntry = (actor: Actor, action: string, accountId: number) => ({
  actor: `key:${actor.callerKeyId}`,
  action,
  object: `account:${accountId}`,
  outcome: 'success' as const,
  requestId: actor.requestId,
});
