/** Use cases on stored credentials: list, read, change, delete. Another tenant's id is simply not there. */
import type { Actor } from '../../auth/actor.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import type { Clock } from '../../shared/clock.ts';
import { createKeyReplacement, type KeyReplacementDeps } from '../accounts/key-replacement.ts';
import { servesOthers } from '../accounts/key-rules.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';
import { createHistoryStore } from '../balances/history-store.ts';
import { createTradeStore } from '../trades/trade-store.ts';
import { type AskedExchange, isCredentialId, noSuchCredential } from './credential-choice.ts';
import { alreadyStored } from './credential-intake.ts';
import { createCredentialStore } from './credential-store.ts';
import { readKeys, type SentKeys } from './sent-keys.ts';
import {
  type CredentialMetadata,
  isForTestnet,
  type Permission,
  type StoredCredential,
  walletOf,
} from './stored-credential.ts';
import { createStoredCredentialStore } from './stored-credential-store.ts';

/** What is null stays as it is. */
export interface CredentialChange {
  readonly name: string | null;
  readonly keys: SentKeys | null;
  readonly declaredPermissions: readonly Permission[] | null;
  readonly ipWhitelist: readonly string[] | null;
  readonly metadata: CredentialMetadata | null;
  readonly isActive: boolean | null;
}

export interface CredentialService {
  /** Oldest first; undefined: of all exchanges. */
  list(actor: Actor, exchange: AskedExchange | undefined): Promise<StoredCredential[]>;
  get(actor: Actor, id: string): Promise<StoredCredential>;
  /**
   * New keys are proven first; throws as storing does, and access_denied when accounts use the keys that the actor does
   * not reach; nothing is changed then. `askedAt`: when the caller says that it asks, milliseconds since the epoch; a
   * request that others could repeat switches keys on only as RefuseReplay says.
   */
  change(
    actor: Actor,
    id: string,
    change: CredentialChange,
    askedAt: number | undefined,
  ): Promise<StoredCredential>;
  /** Destroys the keys. Throws conflict when connected accounts use them. */
  remove(actor: Actor, id: string, options: { readonly withHistory: boolean }): Promise<void>;
}

export interface CredentialServiceDeps extends KeyReplacementDeps {
  readonly database: TenantDatabase;
  readonly catalog: Pick<Catalog, 'findExchange' | 'getVenue'>;
  readonly refuseReplay: RefuseReplay;
  readonly clock: Clock;
}

export const createCredentialService = (deps: CredentialServiceDeps): CredentialService => {
  const { database, catalog, clock } = deps;
  const replaceKeys = createKeyReplacement(deps);
  const now = (): string => new Date(clock.now()).toISOString();
  const storeOf = (actor: Actor) => createStoredCredentialStore(database.session(actor.tenantId));

  const get = async (actor: Actor, id: string): Promise<StoredCredential> => {
    const found = isCredentialId(id) ? await storeOf(actor).find(id) : undefined;
    if (found === undefined) throw noSuchCredential();
    return found;
  };

  /** What of the change this request may do. */
  const unreplayed = async (
    actor: Actor,
    credential: StoredCredential,
    change: CredentialChange,
    askedAt: number | undefined,
  ): Promise<CredentialChange> => {
    const refuseReplay = () => deps.refuseReplay(actor, askedAt, `credential.update ${credential.id}`);
    if (askedAt !== undefined) await refuseReplay();
    if (askedAt !== undefined || actor.provenBy !== 'legacy' || change.isActive !== true) return change;
    if (!credential.isActive) await refuseReplay();
    // Whoever switches the keys off at this moment finds them off.
    return { ...change, isActive: null };
  };

  const replace = async (
    actor: Actor,
    credential: StoredCredential,
    change: CredentialChange,
    sent: SentKeys,
  ): Promise<void> => {
    const { id } = credential;
    const { venue, market } = walletOf(credential, catalog);
    const metadata = change.metadata ?? credential.metadata;
    const { subaccountName, customerId } = await storeOf(actor).findKeyFacts(id);
    await replaceKeys(actor, {
      credentialId: id,
      keys: readKeys(venue, sent, metadata, { subaccountName, customerId }),
      marketCode: market.code,
      isForTestnet: isForTestnet(metadata),
      duplicate: alreadyStored,
      alongside: (session, at) => edit(session, actor, id, change, at),
    });
  };

  return {
    list: (actor, exchange) =>
      storeOf(actor).list(exchange && { name: exchange.name, venueId: exchange.venue.id }),

    get,

    async change(actor, id, asked, askedAt) {
      const credential = await get(actor, id);
      checkMetadata(credential, asked);
      const change = await unreplayed(actor, credential, asked, askedAt);
      if (change.keys !== null) await replace(actor, credential, change, change.keys);
      else if (Object.values(change).some((value) => value !== null))
        await database.transact(actor.tenantId, (session) => edit(session, actor, id, change, now()));
      return get(actor, id);
    },

    async remove(actor, id, { withHistory }) {
      const { tenantId } = actor;
      await get(actor, id);
      if (withHistory) {
        // Nobody connects keys that are switched off, so nothing is recorded any more while the rows are deleted.
        await database.transact(tenantId, async (session) => {
          await assertUnused(session, id);
          await createStoredCredentialStore(session).edit(id, { ...NO_CHANGE, isActive: false, at: now() });
        });
        await createHistoryStore(database.session(tenantId)).removeAll(id);
        await createTradeStore(database.session(tenantId)).removeTrades(id);
      }
      await database.transact(tenantId, async (session) => {
        await assertUnused(session, id);
        const exchange = await createCredentialStore(session).shred(id, now());
        if (exchange === undefined) throw stillUsed('others');
        const outcome = withHistory ? 'success; with its history' : 'success';
        await createAuditStore(session).append(auditEntry(actor, 'credential.deleted', id, outcome));
        await createEventStore(session).append({
          type: 'credential.deleted',
          data: { credential_id: id, exchange },
          requestId: actor.requestId,
        });
      });
    },
  };
};

const NO_CHANGE: CredentialChange = {
  name: null,
  keys: null,
  declaredPermissions: null,
  ipWhitelist: null,
  metadata: null,
  isActive: null,
};

/** Holds the credential until the transaction ends. */
const assertUnused = async (session: TenantSession, id: string): Promise<void> => {
  if (!(await createCredentialStore(session).lockLive(id))) throw noSuchCredential();
  const store = createStoredCredentialStore(session);
  const accountIds = await store.listAccountIds(id);
  if (accountIds.length > 0) throw stillUsed(accountIds.join(', '));
  // Accounts that the caller's key does not reach count all the same.
  if (await store.servesOthers(id)) throw stillUsed('others');
};

const stillUsed = (accounts: string): AppError =>
  new AppError('conflict', `Connected accounts use these exchange keys; remove them first: ${accounts}`);

const edit = async (
  session: TenantSession,
  actor: Actor,
  id: string,
  change: CredentialChange,
  at: string,
): Promise<void> => {
  const store = createStoredCredentialStore(session);
  const exchange = await store.edit(id, { ...change, at });
  if (exchange === undefined) throw noSuchCredential();
  // Asked when the row is held: nobody connects an account with these keys meanwhile.
  if (actor.accountIds !== null && (await store.servesOthers(id))) throw servesOthers();
  await createAuditStore(session).append(auditEntry(actor, 'credential.updated', id, outcomeOf(change)));
  const changed = Object.entries(WIRE_NAMES)
    .filter(([field]) => change[field as keyof typeof WIRE_NAMES] !== null)
    .map(([, name]) => name);
  if (changed.length > 0)
    await createEventStore(session).append({
      type: 'credential.updated',
      data: { credential_id: id, exchange, changed },
      requestId: actor.requestId,
    });
};

/** As callers know them; of new keys the replacement tells. */
const WIRE_NAMES = {
  name: 'credential_name',
  declaredPermissions: 'permissions',
  ipWhitelist: 'ip_whitelist',
  metadata: 'exchange_metadata',
  isActive: 'is_active',
} as const satisfies Partial<Readonly<Record<keyof CredentialChange, string>>>;

/** Which network and which customer the keys belong to is proven with them: it cannot change alone. */
const checkMetadata = (credential: StoredCredential, { metadata, keys }: CredentialChange): void => {
  if (metadata === null) return;
  const refuse = (problem: string): never => {
    throw invalidParameters({ exchange_metadata: [problem] });
  };
  if ((metadata['use_us'] === true) !== (credential.metadata['use_us'] === true))
    refuse('use_us names another exchange; store the keys anew');
  if (keys !== null) return;
  if (isForTestnet(metadata) !== isForTestnet(credential.metadata))
    refuse('testnet is changed together with the keys');
  if (metadata['customer_id'] !== credential.metadata['customer_id'])
    refuse('customer_id is changed together with the keys');
};

const outcomeOf = (change: CredentialChange): string => {
  const fields = Object.entries(change).filter(([, value]) => value !== null);
  return ['success', ...fields.map(([name]) => name)].join('; ');
};

const auditEntry = (actor: Actor, action: string, id: string, outcome: string) => ({
  actor: `key:${actor.callerKeyId}`,
  action,
  object: `credential:${id}`,
  outcome,
  requestId: actor.requestId,
});
