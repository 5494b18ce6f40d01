/** In whose name caller keys are made and changed: a caller, who grants nothing that his own key lacks, or an operator. */
import { type Actor, SCOPES } from '../../auth/actor.ts';
import type { Administrator } from '../../auth/administrator.ts';
import type { FindCallerKey } from '../../auth/caller-key.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import { createTenantStore } from '../tenants/tenant-store.ts';
import type { ManagedKey, Powers } from './managed-key.ts';

export interface KeyManager {
  /** Whose keys are managed. */
  readonly tenantId: string;
  readonly requestId: string;
}

/** An operator, at the keys of one tenant. */
export interface KeyOperator extends KeyManager {
  readonly administrator: Administrator;
}

/** What a new key has where its maker does not say. */
export type OwnPowers = Powers & Pick<ManagedKey, 'ipAllowlist' | 'userExternalId'>;

export interface KeyAuthority<Manager extends KeyManager> {
  /** As audit rows name the manager. */
  actorOf(manager: Manager): string;
  /** What a key may do at most. Throws access_denied for one who manages no keys. */
  powersOf(manager: Manager): Promise<OwnPowers>;
  refuseReplay(manager: Manager, askedAt: number | undefined, purpose: string): Promise<void>;
  /** In the transaction of a change, while the keys that manage keys are held. Throws AppError. */
  admit(session: TenantSession, manager: Manager, managers: readonly string[]): Promise<void>;
  /** Whether a change must leave the tenant a key that manages keys. */
  readonly keepsManager: boolean;
}

export const createCallerAuthority = (deps: {
  readonly findCallerKey: FindCallerKey;
  readonly refuseReplay: RefuseReplay;
}): KeyAuthority<Actor> => ({
  actorOf: ({ callerKeyId }) => `key:${callerKeyId}`,
  powersOf: async (actor) => {
    // A token lives for minutes: what it grants must not live longer.
    if (actor.provenBy === 'bearer')
      throw new AppError('access_denied', 'Keys are managed with signed requests, not with an access token');
    const key = await deps.findCallerKey(actor.keyId);
    if (key === undefined) throw new AppError('signature_invalid', 'Provided signature is invalid');
    return {
      scopes: [...actor.scopes],
      profileFloor: key.profileFloor,
      expiresAt: key.expiresAt === null ? null : new Date(key.expiresAt),
      allowedAccountIds: actor.accountIds,
      userExternalId: actor.user?.externalId ?? null,
      ipAllowlist: key.ipAllowlist,
    };
  },
  refuseReplay: deps.refuseReplay,
  // A key that was revoked since it signed makes no change any more.
  admit: (_session, { callerKeyId }, managers) =>
    managers.includes(callerKeyId)
      ? Promise.resolve()
      : Promise.reject(new AppError('access_denied', 'The API key may no longer manage keys')),
  keepsManager: true,
});

/** Stands above all keys; a tenant that is left without any can be given another. */
export const createOperatorAuthority = (): KeyAuthority<KeyOperator> => ({
  actorOf: ({ administrator }) => administrator.actor,
  powersOf: () =>
    Promise.resolve({
      scopes: SCOPES,
      profileFloor: 'legacy',
      expiresAt: null,
      allowedAccountIds: null,
      userExternalId: null,
      ipAllowlist: [],
    }),
  refuseReplay: () => Promise.resolve(),
  admit: async (session) => {
    if (!(await createTenantStore(session).exists()))
      throw new AppError('not_found', 'There is no such tenant');
  },
  keepsManager: false,
});
