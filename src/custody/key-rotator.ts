/**
 * Does the work on sealing keys that an operator asked for, one rotation at a time over all custody processes: a lease
 * covers one that dies, and every step can be taken again. Destroys retired keys that nothing is sealed to any more.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { CheckpointKeys } from './checkpoint-keys.ts';
import type { CustodyStore } from './custody-store.ts';
import type { KeyChain } from './key-chain.ts';
import type { KeyMover } from './key-mover.ts';
import {
  type KeyPlace,
  type KeyRotationStore,
  type Lease,
  LeaseLost,
  NO_ID,
  type Rotation,
} from './key-rotation-store.ts';
import type { RootKeys } from './root-key.ts';
import { startWakingLoop } from './waking-loop.ts';

export interface KeyRotatorDeps {
  readonly store: CustodyStore;
  readonly rotations: KeyRotationStore;
  readonly keyChain: KeyChain;
  readonly mover: KeyMover;
  readonly checkpointKeys: CheckpointKeys;
  readonly rootKeys: RootKeys;
  readonly databaseUrl: string;
  readonly logger: Logger;
}

const LOOK_MS = 10_000;
const FROZEN_MS = 1_000;
// Longer than any request: whoever sealed to a key before it retired has stored it, or given up.
const GRACE_MS = 15 * 60_000;
const UPKEEP_EVERY = 30;
const START: KeyPlace = { tenantId: NO_ID, keyId: NO_ID };

export const startKeyRotator = (deps: KeyRotatorDeps): AsyncDisposable => {
  const { store, rotations, keyChain, mover, logger } = deps;
  let looks = 0;

  const look = async (signal: AbortSignal): Promise<void> => {
    const leaseId = randomUUID();
    const rotation = await rotations.claim(leaseId);
    if (rotation !== undefined) await carryOut(rotation, { rotationId: rotation.id, leaseId }, signal);
    else if (looks % UPKEEP_EVERY === 0) await destroyRetired(signal);
    looks += 1;
  };

  const carryOut = async (rotation: Rotation, lease: Lease, signal: AbortSignal): Promise<void> => {
    logger.info('work on sealing keys begins', { rotation: rotation.id, kind: rotation.kind });
    try {
      const problem = await STEPS[rotation.kind](rotation, lease, signal);
      await rotations.finish(lease, problem);
      logger.info('work on sealing keys ends', { rotation: rotation.id, problem });
    } catch (error) {
      if (signal.aborted) await rotations.release(lease);
      else if (error instanceof LeaseLost) logger.warn('work on sealing keys goes on elsewhere');
      else {
        // The lease runs out, and the work goes on from where it stands: what failed is most likely the database.
        logger.error('work on sealing keys failed, and is tried again', {
          rotation: rotation.id,
          ...errorFields(error),
        });
      }
    }
  };

  /** Keeps the lease; waits while custody is frozen. */
  const keep = async (lease: Lease, signal: AbortSignal): Promise<void> => {
    for (;;) {
      signal.throwIfAborted();
      await rotations.renew(lease);
      if (!(await store.isFrozen())) return;
      await delay(FROZEN_MS, undefined, { signal });
    }
  };

  const STEPS: Readonly<
    Record<
      Rotation['kind'],
      (rotation: Rotation, lease: Lease, signal: AbortSignal) => Promise<string | null>
    >
  > = {
    rotate: async (rotation, lease, signal) => {
      for await (const place of walk((last) => rotations.listToRotate(rotation, last.tenantId))) {
        await keep(lease, signal);
        await rotations.addKey(place, await keyChain.makeTenantKey(place.tenantId), lease);
        keyChain.forgetTenant(place.tenantId);
      }
      for await (const place of walk((last) => rotations.listRetired(rotation.tenantId, last, 0)))
        await mover.empty(place, lease, () => keep(lease, signal));
      return null;
    },

    rewrap: async (rotation, lease, signal) => {
      const { primary } = deps.rootKeys;
      if (rotation.total === 0)
        await rotations.renew(lease, { total: await rotations.countToRewrap(primary) });
      for await (const place of walk((last) => rotations.listToRewrap(primary, last))) {
        await keep(lease, signal);
        await rewrapOne(place, lease);
      }
      await deps.checkpointKeys.rewrap();
      return null;
    },

    retire: async ({ tenantId, keyId }, lease, signal) => {
      if (tenantId === null || keyId === null) return 'no key is named';
      const place = { tenantId, keyId };
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const failed = await mover.empty(place, lease, () => keep(lease, signal));
        if (failed > 0) return null;
        if (await rotations.destroy(place, lease.rotationId)) {
          keyChain.forgetAll();
          return null;
        }
        const row = await store.findKey(tenantId, keyId);
        if (row?.state !== 'retired') return `key ${keyId} is ${row?.state ?? 'not there'}, and not retired`;
      }
      return `keys are sealed to key ${keyId} again and again`;
    },
  };

  const rewrapOne = async (place: KeyPlace, lease: Lease): Promise<void> => {
    const row = await store.findKey(place.tenantId, place.keyId);
    if (row === undefined || row.state === 'destroyed') return;
    try {
      const wrapped = await keyChain.rewrap(place.tenantId, row);
      await rotations.rewrap(place, row, wrapped, deps.rootKeys.primary, lease);
    } catch (error) {
      if (error instanceof LeaseLost) throw error;
      const problem = `key ${place.keyId} of tenant ${place.tenantId} does not open under root key ${row.kekId}`;
      logger.error('a sealing key was not wrapped anew', {
        ...place,
        kekId: row.kekId,
        ...errorFields(error),
      });
      await rotations.renew(lease, { failed: 1, problem });
    }
  };

  /** Keys that stopped to seal long ago; what was sealed to one by a request that was under way then is moved first. */
  const destroyRetired = async (signal: AbortSignal): Promise<void> => {
    if (await store.isFrozen()) return;
    for await (const place of walk((last) => rotations.listRetired(null, last, GRACE_MS))) {
      if (signal.aborted) return;
      const failed = await mover.empty(place, undefined, () => Promise.resolve());
      if (failed > 0 || !(await rotations.destroy(place, 'upkeep'))) continue;
      keyChain.forgetAll();
      logger.info('a retired sealing key is destroyed', { ...place });
    }
  };

  return startWakingLoop({
    name: 'sealing keys',
    everyMs: LOOK_MS,
    work: look,
    databaseUrl: deps.databaseUrl,
    channel: 'key_rotation_due',
    onPayload: () => {
      looks = 0;
    },
    logger,
  });
};

/** All that `list` answers, page by page; each begins after the last of the one before. */
async function* walk(list: (last: KeyPlace) => Promise<readonly KeyPlace[]>): AsyncGenerator<KeyPlace> {
  let last = START;
  for (;;) {
    const page = await list(last);
    yield* page;
    const newest = page.at(-1);
    if (newest === undefined) return;
    last = newest;
  }
}
