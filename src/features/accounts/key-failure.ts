/** Uses of stored exchange keys: what follows when they work, and when the exchange no longer accepts them. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { switchedOff } from '../credentials/credential-choice.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';

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
    await database.transact(actor.tenantId, async (session) => {
      if (!(await lockRefusedKeys(session, keys, { error, at: now() }))) return;
      await createAuditStore(session).append({
        actor: `key:${actor.callerKeyId}`,
        action: 'credential.refused',
        object: `credential:${keys.credentialId}`,
        outcome: 'success; the accounts that use it are locked',
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
    await createCredentialStore(database.session(actor.tenantId)).markUsed(credentialId, generation, now());
    return result;
  };
};

/** false: the keys that the exchange refused have been replaced or deleted meanwhile; their successors are not to blame. */
export const lockRefusedKeys = async (
  session: TenantSession,
  { credentialId, generation }: Pick<KeysInUse, 'credentialId' | 'generation'>,
  { error, at }: { readonly error: AppError; readonly at: string },
): Promise<boolean> => {
  const credentials = createCredentialStore(session);
  if (!(await credentials.lockAt(credentialId, generation))) return false;
  await credentials.markKeysInvalid(credentialId, at);
  await credentials.markValidation(credentialId, { status: 'invalid', error: error.message, at });
  return true;
};
