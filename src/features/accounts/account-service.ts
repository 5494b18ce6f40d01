/** Use cases on connected accounts: list, read, sync, rename, remove. Another tenant's id is simply not there. */
import type { Actor } from '../../auth/actor.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { type BalanceSyncDeps, createBalanceSync } from '../balances/balance-sync.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import { createEventStore } from '../events/event-store.ts';
import type { Account } from './account.ts';
import { removeAccount } from './account-removal.ts';
import { createAccountStore } from './account-store.ts';
import { type AccountSummary, createSummaryStore } from './summary-store.ts';

export interface AccountServiceDeps extends BalanceSyncDeps {
  readonly fingerprint: Fingerprint;
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
  const syncBalances = createBalanceSync(deps);
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
      const stored = await syncBalances(actor, origin);
      // Nothing was written when a later answer of the venue is already stored: that one is the truth.
      return stored ?? found(await accountsOf(actor).find(id));
    },

    async rename(actor, id, name) {
      return database.transact(actor.tenantId, async (session) => {
        const renamed = found(await createAccountStore(session).rename(id, name, now()));
        await createAuditStore(session).append(auditEntry(actor, 'account.renamed', id));
        await createEventStore(session).append({
          type: 'account.updated',
          data: { account_id: id, changed: ['name'] },
          requestId: actor.requestId,
        });
        return renamed;
      });
    },

    async remove(actor, id) {
      const by = { actor: `key:${actor.callerKeyId}`, requestId: actor.requestId, at: now() };
      if (!(await database.transact(actor.tenantId, (session) => removeAccount(session, id, by))))
        throw notFound();
    },
  };
};

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw notFound();
  return value;
};

const notFound = (): AppError => new AppError('not_found', 'Not Found');

const auditEntry = (actor: Actor, action: string, accountId: number) => ({
  actor: `key:${actor.callerKeyId}`,
  action,
  object: `account:${accountId}`,
  outcome: 'success' as const,
  requestId: actor.requestId,
});
