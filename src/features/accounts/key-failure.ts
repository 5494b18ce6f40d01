/** Uses of stored exchange keys: what follows when they work, and when the exchange no longer accepts them. */
import { type Actor, auditName } from '../../auth/actor.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { switchedOff } from '../credentials/credential-choice.ts';
import { validationEvents } from '../credentials/credential-events.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';
import { createKeyProofStore } from '../credentials/key-proof-store.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';

/** Keys as they were when they were looked up. */
export interface KeysInUse {
  readonly credentialId: string;
  readonly generation: number;
  readonly isActive: boolean;
}

/**
 * Runs a call with the keys and remembers that they worked. Where the exchange refuses them, every account that uses
 * them is locked until they work again. Throws conflict when they are switched off.
 */
export type WithAccountKeys = <T>(actor: Actor, keys: KeysInUse, call: () => Promise<T>) => Promise<T>;

export const createKeyFailureLock = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): WithAccountKeys => {
  const { database, clock } = deps;
  const now = (): string => new Date(clock.now()).toISOString();

  const lock = async (actor: Actor, keys: KeysInUse, error: AppError): Promise<void> => {
    const { requestId } = actor;
    await database.transact(actor.tenantId, async (session) => {
      const events = await lockRefusedKeys(session, keys, { error, at: now(), requestId });
      if (events === undefined) return;
      await createAuditStore(session).append({
        actor: auditName(actor),
        action: 'credential.refused',
        object: `credential:${keys.credentialId}`,
        outcome: 'success; the accounts that use it are locked',
        requestId,
      });
      await createEventStore(session).appendAll(events);
    });
  };

  const renew = async (actor: Actor, { credentialId, generation }: KeysInUse): Promise<void> => {
    await database.transact(actor.tenantId, async (session) => {
      const exchange = await createKeyProofStore(session).markRenewed(credentialId, generation, now());
      if (exchange === undefined) return;
      await createEventStore(session).append({
        type: 'credential.validated',
        data: { credential_id: credentialId, exchange, validation_status: 'valid' },
        requestId: actor.requestId,
      });
    });
  };

  return async (actor, keys, call) => {
    if (!keys.isActive) throw switchedOff();
    const { credentialId, generation } = keys;
    let result;
    try {
      result = await call();
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid_credentials') await lock(actor, keys, error);
      throw error;
    }
    const proofs = createKeyProofStore(database.session(actor.tenantId));
    if (await proofs.markUsed(credentialId, generation, now())) await renew(actor, keys);
    return result;
  };
};

/**
 * Answers what is to be told of it, at the end of the transaction. undefined: the keys that the exchange refused have been
 * replaced or deleted meanwhile; their successors are not to blame.
 */
export const lockRefusedKeys = async (
  session: TenantSession,
  { credentialId, generation }: Pick<KeysInUse, 'credentialId' | 'generation'>,
  {
    error,
    at,
    requestId,
  }: { readonly error: AppError; readonly at: string; readonly requestId: string | undefined },
): Promise<NewEvent[] | undefined> => {
  if (!(await createCredentialStore(session).lockAt(credentialId, generation))) return undefined;
  const proofs = createKeyProofStore(session);
  const lockedIds = await proofs.markKeysInvalid(credentialId, at);
  const found = { status: 'invalid', error: error.message, at } as const;
  const before = await proofs.markValidation(credentialId, found);
  return [
    ...(before === undefined ? [] : validationEvents({ credentialId, requestId }, before, 'invalid')),
    ...lockedIds.flatMap((id): NewEvent[] => [
      { type: 'account.keys_invalid', data: { account_id: id, credential_id: credentialId }, requestId },
      { type: 'account.locked', data: { account_id: id, reason: 'invalid_api_key' }, requestId },
    ]),
  ];
};
