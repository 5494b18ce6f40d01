/** What a caller can ask and change about the key that it signs with. */
import type { AccountMode, Actor } from '../../auth/actor.ts';
import type { CallerKey, FindCallerKey } from '../../auth/caller-key.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createCallerKeyStore } from './caller-key-store.ts';
import { recordKeyChange } from './key-record.ts';

export interface CallerKeyServiceDeps {
  readonly database: TenantDatabase;
  readonly findCallerKey: FindCallerKey;
  /** Drops what this process keeps of a key; the others hear of a change by NOTIFY. */
  readonly forgetCallerKey: (keyId: string) => void;
  readonly clock: Clock;
}

export interface CallerKeyService {
  /** The key that signed the request. */
  describe(actor: Actor): Promise<Omit<CallerKey, 'keys'>>;
  /** Which accounts the key sees from now on unless a request says otherwise. */
  changeMode(actor: Actor, mode: AccountMode): Promise<void>;
}

export const createCallerKeyService = (deps: CallerKeyServiceDeps): CallerKeyService => ({
  async describe(actor) {
    const key = await deps.findCallerKey(actor.keyId);
    if (key === undefined) throw new AppError('signature_invalid', 'Provided signature is invalid');
    return key;
  },

  async changeMode(actor, mode) {
    await deps.database.transact(actor.tenantId, async (session) => {
      const at = new Date(deps.clock.now()).toISOString();
      if (!(await createCallerKeyStore(session).changeMode(actor.callerKeyId, mode, at))) return;
      await recordKeyChange(session, {
        type: 'key.updated',
        action: `key.mode_${mode}`,
        keyId: actor.callerKeyId,
        actor: `key:${actor.callerKeyId}`,
        requestId: actor.requestId,
      });
    });
    deps.forgetCallerKey(actor.keyId);
  },
});
