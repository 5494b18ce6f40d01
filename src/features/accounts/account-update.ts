/** Changes a connected account. New keys are proven at the venue before they take the place of the old ones. */
import type { Actor } from '../../auth/actor.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangeKeys, ExchangePort, VenueAccount } from '../../exchanges/exchange.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { recordSync } from '../balances/sync-recorder.ts';
import { valueBalances } from '../balances/valuation.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import { createReplacementStore } from '../credentials/replacement-store.ts';
import type { PriceBook } from '../markets/price-book.ts';
import type { PriceSource } from '../markets/price-source.ts';
import type { Account } from './account.ts';
import { type AccountChange, type ChangeParameters, readChange } from './account-change.ts';
import type { SealKeys } from './account-connection.ts';
import { createAccountStore } from './account-store.ts';
import {
  alreadyConnected,
  keysState,
  maskParts,
  outcomeOf,
  refuseUnfitKeys,
  supersededKey,
} from './key-rules.ts';

export interface AccountUpdateDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect' | 'fetchWallet'>;
  readonly prices: PriceSource;
  /** Whose prices value what lies on a chain. */
  readonly referenceVenueId: string;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly catalog: Pick<Catalog, 'getMarket'>;
  readonly clock: Clock;
}

/** Parameters that are not sent stay as they are. Throws as connecting does; nothing is changed then. */
export type UpdateAccount = (actor: Actor, id: number, parameters: ChangeParameters) => Promise<Account>;

/** What the venue or the chain answered about what comes in, to be stored once it is in place. */
interface Answer {
  /** By account id. */
  readonly accounts: readonly (readonly [id: number, found: VenueAccount])[];
  readonly book: PriceBook;
}

export const createAccountUpdate = (deps: AccountUpdateDeps): UpdateAccount => {
  const { database, exchanges, prices, clock } = deps;
  const now = (): string => new Date(clock.now()).toISOString();
  const find = async (actor: Actor, id: number): Promise<Account> => {
    const account = await createAccountStore(database.session(actor.tenantId)).find(id);
    if (account === undefined) throw new AppError('not_found', 'Not Found');
    return account;
  };

  return async (actor, id, parameters) => {
    const account = await find(actor, id);
    const change = readChange(parameters, account, deps.catalog.getMarket(account.marketCode));
    const answer = await apply(actor, account, change);
    for (const [accountId, found] of answer?.accounts ?? [])
      await storeAnswer(actor, accountId, found, answer?.book);
    return find(actor, id);
  };

  function apply(actor: Actor, account: Account, change: AccountChange): Promise<Answer | undefined> {
    const { credentialId } = account;
    if (change.keys !== null && credentialId !== null)
      return replaceKeys(actor, { ...account, credentialId }, change, change.keys);
    if (change.address !== null) return replaceAddress(actor, account, change, change.address);
    return edit(actor, account, change).then(() => undefined);
  }

  async function replaceKeys(
    actor: Actor,
    account: Account & { readonly credentialId: string },
    change: AccountChange,
    keys: ExchangeKeys,
  ): Promise<Answer> {
    const { tenantId, requestId } = actor;
    const { credentialId } = account;
    const fingerprint = deps.fingerprint(tenantId, keys.apiKey);
    const state = await createReplacementStore(database.session(tenantId)).state(credentialId, fingerprint);
    if (state === undefined) throw new AppError('not_found', 'Not Found');
    if (state.isSuperseded) throw supersededKey();
    if (state.isConnectedElsewhere) throw alreadyConnected();

    const ref = { tenantId, credentialId, generation: state.generation + 1 };
    const sealed = await deps.seal({ ...ref, venueId: state.venueId }, keys);
    const [connection, { book }] = await Promise.all([
      // Every account that the keys are for must work with the new ones.
      exchanges.connect({ requestId, purpose: 'connect' }, { ...ref, sealed: sealed.sealed }, [
        ...new Set(state.marketCodes),
      ]),
      prices.current(state.venueId, requestId),
    ]);
    refuseUnfitKeys(connection, state.withdrawalPolicy);

    const at = now();
    try {
      await database.transact(tenantId, async (session) => {
        const store = createReplacementStore(session);
        const isReplaced = await store.replace({
          credentialId,
          generation: state.generation,
          ...sealed,
          fingerprint,
          ...maskParts(keys.apiKey),
          hasPassphrase: keys.passphrase !== undefined,
          rights: connection.rights,
          at,
        });
        if (!isReplaced) throw changedMeanwhile();
        await store.renewAccounts(credentialId, {
          apiKeysState: keysState(connection.rights.expiresAt, at),
          customerId: keys.customerId ?? null,
          subaccountName: keys.subaccountName ?? null,
          at,
        });
        await createAccountStore(session).edit(account.id, { ...change, at });
        const audit = createAuditStore(session);
        await audit.append({
          ...auditEntry(actor, 'credential.replaced', `credential:${credentialId}`),
          outcome: outcomeOf(connection, state.withdrawalPolicy),
        });
        await audit.append(auditEntry(actor, 'account.updated', `account:${account.id}`));
      });
    } catch (error) {
      if (isUniqueViolation(error, 'credentials_fingerprint_key')) throw alreadyConnected();
      throw error;
    }
    const accounts = connection.accounts.flatMap((found) =>
      state.accountIds
        .filter((_id, index) => state.marketCodes[index] === found.marketCode)
        .map((id) => [id, found] as const),
    );
    return { accounts, book };
  }

  async function replaceAddress(
    actor: Actor,
    account: Account,
    change: AccountChange,
    address: string,
  ): Promise<Answer> {
    const { requestId } = actor;
    const [found, { book }] = await Promise.all([
      exchanges.fetchWallet({ requestId, purpose: 'connect' }, { marketCode: account.marketCode, address }),
      prices.current(deps.referenceVenueId, requestId),
    ]);
    try {
      await edit(actor, account, change);
    } catch (error) {
      if (isUniqueViolation(error, 'accounts_address_key'))
        throw invalidParameters({ address: ['This account is already connected!'] });
      throw error;
    }
    return { accounts: [[account.id, found]], book };
  }

  async function edit(actor: Actor, { id }: Account, change: AccountChange): Promise<void> {
    await database.transact(actor.tenantId, async (session) => {
      await createAccountStore(session).edit(id, { ...change, at: now() });
      await createAuditStore(session).append(auditEntry(actor, 'account.updated', `account:${id}`));
    });
  }

  /** The profits stay until the next sync: it reads deposits and withdrawals too. */
  async function storeAnswer(
    actor: Actor,
    accountId: number,
    found: VenueAccount,
    book: PriceBook | undefined,
  ): Promise<void> {
    if (book === undefined) return;
    await recordSync(database, actor.tenantId, accountId, {
      valuation: valueBalances(found.balances, book.price),
      openPositions: found.openPositions,
      hedgeModeEnabled: found.hedgeModeEnabled,
      asOf: found.asOf,
      transfers: 'unknown',
      prices: book,
    });
  }
};

const changedMeanwhile = (): AppError =>
  new AppError(
    'service_unavailable',
    'These keys were being changed at the same moment; send the request again',
  );

const auditEntry = (actor: Actor, action: string, object: string) => ({
  actor: `key:${actor.callerKeyId}`,
  action,
  object,
  outcome: 'success' as const,
  requestId: actor.requestId,
});
