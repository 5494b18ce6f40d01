/** What operators do with sealing keys: see how they stand, and ask custody to turn them over. Custody alone opens any. */
import type { Administrator } from '../../auth/administrator.ts';
import { isUniqueViolation } from '../../db/database-errors.ts';
import type { Session } from '../../db/tenant-database.ts';
import { AppError } from '../../shared/errors.ts';
import type { AuditedReads } from '../administration/audited-reads.ts';
import {
  createSealingKeyStore,
  type KeyRotation,
  type RootKeyUse,
  type RotationKind,
  type SealingKeyRow,
} from './sealing-key-store.ts';

export interface SealingKeyStatus {
  /** The primary one first. */
  readonly rootKeys: readonly RootKeyUse[];
  /** `active` seal and open, `retiring` only open, `retired` are destroyed. */
  readonly tenantKeys: { readonly active: number; readonly retiring: number; readonly retired: number };
  /** Those that could be retired, 100 at most. */
  readonly retiring: readonly SealingKeyRow[];
  /** The one that runs, or else the last one. */
  readonly rotation: KeyRotation | null;
}

export interface SealingKeyAdministration {
  status(admin: Administrator): Promise<SealingKeyStatus>;
  /** New sealing keys, and all that is sealed sealed anew; `tenantId` undefined: of all tenants. Throws conflict, not_found. */
  rotate(admin: Administrator, tenantId: string | undefined): Promise<KeyRotation>;
  /** Private halves under the primary root key. Throws conflict. */
  rewrap(admin: Administrator): Promise<KeyRotation>;
  /** Destroys the private half of a key that does not seal any more. Throws conflict, not_found. */
  retire(admin: Administrator, keyId: string): Promise<KeyRotation>;
  find(rotationId: string): Promise<KeyRotation | undefined>;
}

/** `shared` is of the admin API's role, or of the owner. */
export const createSealingKeyAdministration = ({
  shared,
  reads,
}: {
  readonly shared: Session;
  readonly reads: AuditedReads;
}): SealingKeyAdministration => {
  const store = createSealingKeyStore(shared);

  const start = async (
    admin: Administrator,
    kind: RotationKind,
    tenantId: string | null,
    keyId: string | null,
  ): Promise<KeyRotation> => {
    try {
      return await store.start(kind, tenantId, keyId, admin.actor);
    } catch (error) {
      if (!isUniqueViolation(error, 'key_rotations_one_at_a_time')) throw error;
      throw alreadyRunning(await store.findLatest());
    }
  };

  return {
    status: (admin) =>
      reads.read(admin, { action: 'sealing_keys.read' }, async (session) => {
        const seen = createSealingKeyStore(session);
        const states = await seen.countStates();
        return {
          rootKeys: await seen.countRoots(),
          tenantKeys: {
            active: states.get('active') ?? 0,
            retiring: states.get('retired') ?? 0,
            retired: states.get('destroyed') ?? 0,
          },
          retiring: await seen.listRetired(),
          rotation: (await seen.findLatest()) ?? null,
        };
      }),

    async rotate(admin, tenantId) {
      if (tenantId !== undefined && !(await store.hasKey(tenantId)))
        throw new AppError(
          'not_found',
          `There is no tenant ${tenantId} with a sealing key; a tenant gets its first one with its first exchange keys`,
        );
      return await start(admin, 'rotate', tenantId ?? null, null);
    },

    rewrap: (admin) => start(admin, 'rewrap', null, null),

    async retire(admin, keyId) {
      const key = await store.findKey(keyId);
      if (key === undefined) throw new AppError('not_found', `There is no sealing key ${keyId}`);
      if (key.state === 'active')
        throw new AppError(
          'conflict',
          `The sealing key ${keyId} seals new exchange keys of tenant ${key.tenantId}; rotate the keys of the tenant first`,
        );
      if (key.state === 'destroyed')
        throw new AppError('conflict', `The sealing key ${keyId} is destroyed already`);
      return await start(admin, 'retire', key.tenantId, keyId);
    },

    find: (rotationId) => store.findRotation(rotationId),
  };
};

const alreadyRunning = (running: KeyRotation | undefined): AppError =>
  new AppError(
    'conflict',
    running?.state === 'running'
      ? `Work on sealing keys runs already: ${running.kind} ${running.id}, started by ${running.startedBy} at ${running.startedAt.toISOString()}, ${running.done} of ${running.total} done; wait for its end`
      : 'Work on sealing keys ran at that moment; try again',
  );
