/** Storing exchange keys for themselves: the exchange confirms them, or cannot be asked and a check does it later. */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../../auth/actor.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { ExchangePort, KeyRights } from '../../exchanges/exchange.ts';
import type { CredentialRef } from '../../exchanges/exchange-call.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import type { SealKeys } from '../accounts/account-connection.ts';
import { maskParts, outcomeOf, refuseUnfitKeys, supersededKey } from '../accounts/key-rules.ts';
import { createWalletStore } from '../accounts/wallet-store.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';
import { createCredentialStore, type IntakeState } from './credential-store.ts';
import type { Fingerprint } from './fingerprint.ts';
import { getIntakeState, type OfferedKeys } from './key-trial.ts';
import { statusOf, type StoredCredential } from './stored-credential.ts';

/** What a caller says of the keys beside them. */
export interface CredentialFacts
  extends Pick<StoredCredential, 'name' | 'declaredPermissions' | 'ipWhitelist' | 'metadata'> {
  /** As the caller wrote it. */
  readonly exchangeName: string;
  /** When the caller says that it asks, milliseconds since the epoch. */
  readonly askedAt: number | undefined;
}

export interface CredentialIntakeDeps {
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'connect'>;
  readonly seal: SealKeys;
  readonly fingerprint: Fingerprint;
  readonly refuseReplay: RefuseReplay;
  readonly clock: Clock;
}

/**
 * Answers the new id. Throws access_denied for an actor limited to certain accounts, conflict for a key that is stored
 * already, record_invalid for one that was replaced, withdrawals_enabled, and every error of the port that is about the
 * keys; nothing is stored then. A request that others could repeat stores a deleted key only as RefuseReplay says.
 */
export type StoreCredential = (actor: Actor, offered: OfferedKeys, facts: CredentialFacts) => Promise<string>;

export const createCredentialIntake = (deps: CredentialIntakeDeps): StoreCredential => {
  const { database, clock } = deps;

  return async (actor, offered, { askedAt, ...facts }) => {
    const { tenantId } = actor;
    const { venueId, keys } = offered;
    // Row security would say so too, once the keys have been opened and the venue has answered.
    if (actor.accountIds !== null)
      throw new AppError(
        'access_denied',
        'The API key is limited to certain accounts and stores no new keys',
      );
    const fingerprint = deps.fingerprint(tenantId, keys.apiKey);
    const refuseReplay = () =>
      deps.refuseReplay(actor, askedAt, `credential.store ${fingerprint.toString('hex')}`);
    // What says when it was sent counts once, even while nothing is deleted: it will be.
    if (askedAt !== undefined) await refuseReplay();
    const state = await getIntakeState(database, tenantId, venueId, fingerprint);
    if (state.credentialId !== null) throw alreadyStored(state.credentialId);
    if (state.isSuperseded) throw supersededKey();
    if (state.wasDeleted && askedAt === undefined) await refuseReplay();

    const ref = { tenantId, credentialId: randomUUID(), generation: 1 };
    const { sealed, sealingKeyId } = await deps.seal({ ...ref, venueId }, keys);
    const rights = await prove(actor, offered, { ...ref, sealed, testnet: offered.isForTestnet }, state);
    const at = new Date(clock.now()).toISOString();
    try {
      await database.transact(tenantId, async (session) => {
        await createCredentialStore(session).insert({
          ...facts,
          id: ref.credentialId,
          userId: actor.user?.id ?? null,
          venueId,
          sealed,
          sealingKeyId,
          fingerprint,
          ...maskParts(keys.apiKey),
          hasPassphrase: keys.passphrase !== undefined,
          rights,
          isKept: true,
          validationStatus: rights === null ? 'exchange_unavailable' : 'valid',
          validationError: rights === null ? 'The exchange could not be asked yet' : null,
          at,
        });
        // From now on its balances and trades are read without being asked for.
        await createWalletStore(session).ensure(ref.credentialId, offered.marketCode, at);
        // The same key may have been stored and deleted while the exchange was asked.
        if (askedAt === undefined && actor.provenBy === 'legacy') {
          const now = await createCredentialStore(session).intakeState(venueId, fingerprint);
          if (now?.wasDeleted === true) await refuseReplay();
        }
        await createAuditStore(session).append({
          actor: `key:${actor.callerKeyId}`,
          action: 'credential.stored',
          object: `credential:${ref.credentialId}`,
          outcome: outcome(rights, state.withdrawalPolicy),
          requestId: actor.requestId,
        });
        await createEventStore(session).append({
          type: 'credential.stored',
          data: { credential_id: ref.credentialId, exchange: venueId },
          requestId: actor.requestId,
        });
      });
    } catch (error) {
      if (!isUniqueViolation(error, 'credentials_fingerprint_key')) throw error;
      // Another request brought the same key at the same moment.
      const { credentialId } = await getIntakeState(database, tenantId, venueId, fingerprint);
      throw alreadyStored(credentialId);
    }
    return ref.credentialId;
  };

  /** null: the exchange cannot be asked now. */
  async function prove(
    { requestId }: Actor,
    { marketCode }: OfferedKeys,
    ref: CredentialRef,
    { withdrawalPolicy }: IntakeState,
  ): Promise<KeyRights | null> {
    try {
      const connection = await deps.exchanges.connect({ requestId, purpose: 'connect' }, ref, [marketCode]);
      refuseUnfitKeys(connection, withdrawalPolicy);
      return connection.rights;
    } catch (error) {
      if (statusOf(error) === 'exchange_unavailable') return null;
      throw error;
    }
  }
};

/** The id of the one that is there; null: it is gone again. */
export const alreadyStored = (credentialId: string | null): AppError =>
  new AppError(
    'conflict',
    credentialId === null
      ? 'This API key was being stored at the same moment; send the request again'
      : `This API key is stored already as credential ${credentialId}`,
  );

const outcome = (rights: KeyRights | null, policy: IntakeState['withdrawalPolicy']): string =>
  rights === null ? 'success; the exchange could not be asked' : outcomeOf({ rights }, policy);
