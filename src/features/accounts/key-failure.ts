/** What follows when a venue no longer accepts an account's keys. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createCredentialStore } from '../credentials/credential-store.ts';
import type { AccountCredential } from './account.ts';
import { createAccountStore } from './account-store.ts';

/** Runs a call with the account's keys; where the venue refuses them, every account that uses them says so until they work again. */
export type WithAccountKeys = <T>(
  actor: Actor,
  target: AccountCredential,
  call: () => Promise<T>,
) => Promise<T>;

export const createKeyFailureLock = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): WithAccountKeys => {
  const lock = async (actor: Actor, target: AccountCredential): Promise<void> => {
    const at = new Date(deps.clock.now()).toISOString();
    await deps.database.transact(actor.tenantId, async (session) => {
      const credentials = createCredentialStore(session);
      // The keys that the venue refused may have been replaced meanwhile: their successors are not to blame.
      if (!(await credentials.lockAt(target.credentialId, target.generation))) return;
      await createAccountStore(session).markKeysInvalid(target.credentialId, at);
      await credentials.markValidation(target.credentialId, 'invalid', at);
      await createAuditStore(session).append({
        actor: `key:${actor.callerKeyId}`,
        action: 'account.locked',
        object: `account:${target.id}`,
        outcome: 'success' as const,
        requestId: actor.requestId,
      });
    });
  };

  return async (actor, target, call) => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof AppError && error.code === 'invalid_credentials') await lock(actor, target);
      throw error;
    }
  };
};
