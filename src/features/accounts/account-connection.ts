/** The main job: keys come in, the venue confirms them, and one transaction stores the account with all it holds. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Connection, ExchangeKeys, ExchangePort } from '../../exchanges/exchange.ts';
import type { CredentialRef } from '../../exchanges/exchange-call.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { proofEvents } from '../credentials/credential-events.ts';
import {
  CAME_WITH_ACCOUNT,
  createCredentialStore,
  type IntakeState,
  type NewCredential,
} from '../credentials/credential-store.ts';
import type { Fingerprint } from '../credentials/fingerprint.ts';
import { createKeyProofStore } from '../credentials/key-proof-store.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';
import type { DatedPriceBook, PriceSource } from '../markets/price-source.ts';
import type { Account } from './account.ts';
import { type Intake, type IntakeParameters, readIntake } from './account-intake.ts';
import { adoptWallet, connectedData, recordAccount } from './account-recording.ts';
import { createAddressConnection } from './address-connection.ts';
import {
  alreadyConnected,
  keysState,
  maskParts,
  outcomeOf,
  refuseUnfitKeys,
  supersededKey,
  switchedOffKey,
} from './key-rules.ts';
import { createPaperLedgerStore } from './paper-ledger-store.ts';

/** Keys sealed to the tenant, and the id of the sealing key. */
export interface SealedKeys {
  readonly sealed: string;
  readonly sealingKeyId: string;
}

/** Seals exchange keys to the tenant of the reference, for that record, generation and venue alone. */
export type SealKeys = (
  place: CredentialRef & { readonly venueId: string },
  keys: ExchangeKeys,
) => Promise<SealedKeys>;

export interface AccountConnectionDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect' | 'fetchWallet'>;
  readonly prices: PriceSource;
  /** Whose prices value what lies on a chain. */
  readonly referenceVenueId: string;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly catalog: Pick<Catalog, 'findMarket' | 'relatedCodes'>;
  readonly clock: Clock;
}

export type ConnectAccount = (actor: Actor, parameters: IntakeParameters) => Promise<Account>;

/**
 * Answers the account of the type asked for; those of `types_to_create` exist too, or none does.
 * Throws record_invalid (bad parameters, or already connected), withdrawals_enabled, and every error of the port;
 * nothing is stored then.
 */
export const createAccountConnection = (deps: AccountConnectionDeps): ConnectAccount => {
  const { database, exchanges, prices, clock } = deps;
  const connectAddress = createAddressConnection(deps);

  return async (actor, parameters) => {
    // What it connects it could not reach: asked now, not by row security once the venue has answered.
    if (actor.accountIds !== null)
      throw new AppError(
        'access_denied',
        'The API key is limited to certain accounts and connects no others',
      );
    const { source, ...intake } = readIntake(parameters, deps.catalog);
    switch (source.kind) {
      case 'address': {
        const [marketCode] = intake.codes;
        return connectAddress(actor, { name: intake.name, marketCode, address: source.address });
      }
      case 'keys':
        return connectOnceMore(actor, { ...intake, keys: source.keys, isPaper: false });
      case 'paper':
        // Paper accounts are told apart by their mode, whichever the caller is in.
        return connectKeys({ ...actor, mode: 'paper' }, { ...intake, keys: paperKeys(), isPaper: true });
    }
  };

  /** Another type of the same keys may be stored at the same moment: then there is a credential to share. */
  async function connectOnceMore(actor: Actor, intake: KeyedIntake): Promise<Account> {
    try {
      return await connectKeys(actor, intake);
    } catch (error) {
      if (!isUniqueViolation(error, 'credentials_fingerprint_key')) throw error;
      return connectKeys(actor, intake);
    }
  }

  async function connectKeys(actor: Actor, intake: KeyedIntake): Promise<Account> {
    const fingerprint = deps.fingerprint(actor.tenantId, intake.keys.apiKey);
    const state = await createCredentialStore(database.session(actor.tenantId)).intakeState(
      intake.venueId,
      fingerprint,
    );
    if (state === undefined) throw new AppError('access_denied', 'The tenant no longer exists');
    if (intake.codes.some((code) => state.connectedCodes.includes(code))) throw alreadyConnected();
    if (state.isSuperseded) throw supersededKey();
    // Whoever switched the keys off did not mean a request that is sent again to switch them on.
    if (state.isSwitchedOff) throw switchedOffKey();

    const ref = {
      tenantId: actor.tenantId,
      credentialId: state.credentialId ?? randomUUID(),
      generation: state.generation ?? 1,
    };
    const sealed = await deps.seal({ ...ref, venueId: intake.venueId }, intake.keys);
    const [connection, priceBook] = await Promise.all([
      exchanges.connect(
        { requestId: actor.requestId, purpose: 'connect' },
        { ...ref, sealed: sealed.sealed, testnet: state.isForTestnet },
        intake.codes,
      ),
      prices.current(intake.venueId, actor.requestId),
    ]);
    refuseUnfitKeys(connection, state.withdrawalPolicy);
    return store({
      actor,
      intake,
      ref,
      sealed,
      fingerprint,
      connection,
      policy: state.withdrawalPolicy,
      priceBook,
      isNew: state.credentialId === null,
    });
  }

  async function store(found: Found): Promise<Account> {
    const at = new Date(clock.now()).toISOString();
    try {
      return await database.transact(found.actor.tenantId, async (session) => {
        const ofKeys = found.isNew
          ? await insertCredential(session, found, at)
          : await renewCredential(session, found, at);
        const stored = await recordAccounts(session, found, at);
        const [first] = stored;
        if (first === undefined) throw new Error('no account was stored');
        await createAuditStore(session).append({
          actor: `key:${found.actor.callerKeyId}`,
          action: 'account.connected',
          object: `account:${first.id}`,
          outcome: outcomeOf(found.connection, found.policy),
          requestId: found.actor.requestId,
        });
        await createEventStore(session).appendAll([...ofKeys, ...connectedEvents(found.actor, stored)]);
        return first;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'accounts_market_credential_key')) throw alreadyConnected();
      throw error;
    }
  }
};

interface KeyedIntake extends Omit<Intake, 'source'> {
  readonly keys: ExchangeKeys;
  /** The keys are of our own making: nothing of them is shown. */
  readonly isPaper: boolean;
}

/** All that is known when the venue has answered. */
interface Found {
  readonly actor: Actor;
  readonly intake: KeyedIntake;
  readonly ref: CredentialRef;
  readonly sealed: SealedKeys;
  readonly fingerprint: Buffer;
  readonly connection: Connection;
  readonly policy: IntakeState['withdrawalPolicy'];
  readonly priceBook: DatedPriceBook;
  /** Whether the tenant has no credential with this API key yet. */
  readonly isNew: boolean;
}

const beingChanged = (): AppError =>
  new AppError(
    'service_unavailable',
    'These keys were being changed at the same moment; send the request again',
  );

const newCredential = (found: Found, at: string): NewCredential => ({
  ...CAME_WITH_ACCOUNT,
  id: found.ref.credentialId,
  userId: found.actor.user?.id ?? null,
  venueId: found.intake.venueId,
  name: found.intake.name,
  sealed: found.sealed.sealed,
  sealingKeyId: found.sealed.sealingKeyId,
  fingerprint: found.fingerprint,
  ...(found.intake.isPaper ? { keyPrefix: '', keySuffix: '' } : maskParts(found.intake.keys.apiKey)),
  hasPassphrase: found.intake.keys.passphrase !== undefined,
  rights: found.connection.rights,
  at,
});

/** Both answer what is to be told of the keys. */
const insertCredential = async (session: TenantSession, found: Found, at: string): Promise<NewEvent[]> => {
  await createCredentialStore(session).insert(newCredential(found, at));
  const data = { credential_id: found.ref.credentialId, exchange: found.intake.venueId };
  return [{ type: 'credential.stored', data, requestId: found.actor.requestId }];
};

/** What the keys may do is known anew. */
const renewCredential = async (session: TenantSession, found: Found, at: string): Promise<NewEvent[]> => {
  const { credentialId, generation } = found.ref;
  const { rights } = found.connection;
  const credentials = createCredentialStore(session);
  if (!(await credentials.lockAt(credentialId, generation))) throw beingChanged();
  const apiKeysState = keysState(rights.expiresAt, at);
  const proof = { rights, status: 'valid', error: null, isSwitchedOff: false, apiKeysState, at } as const;
  const before = await createKeyProofStore(session).recordProof(credentialId, generation, proof);
  const told = { credentialId, requestId: found.actor.requestId };
  return before === undefined ? [] : proofEvents(told, before, proof);
};

const connectedEvents = ({ requestId }: Actor, accounts: readonly Account[]): NewEvent[] =>
  accounts.map((account) => ({ type: 'account.connected', data: connectedData(account), requestId }));

/** A paper account gets a credential as well, so that whatever is done with accounts is done with it alike. */
const paperKeys = (): ExchangeKeys => ({
  apiKey: randomBytes(32).toString('hex'),
  secret: randomBytes(32).toString('hex'),
});

/** The account of the type asked for comes first. */
const recordAccounts = async (
  session: TenantSession,
  { intake, ref, connection, priceBook, actor, isNew }: Found,
  at: string,
): Promise<Account[]> => {
  const stored: Account[] = [];
  for (const venueAccount of connection.accounts) {
    const account = {
      credentialId: ref.credentialId,
      marketCode: venueAccount.marketCode,
      name: intake.name,
      mode: actor.mode,
      address: null,
      customerId: intake.keys.customerId ?? null,
      subaccountName: intake.keys.subaccountName ?? null,
      apiKeysState: keysState(connection.rights.expiresAt, at),
      at,
    };
    if (intake.isPaper) await createPaperLedgerStore(session).insert(ref.credentialId, venueAccount.balances);
    // Keys that are new have no wallet yet.
    const adopted = isNew ? undefined : await adoptWallet(session, account, venueAccount, priceBook.book);
    stored.push(adopted ?? (await recordAccount(session, account, venueAccount, priceBook.book)));
  }
  return stored;
};
