/** Seals what lies under one key of a tenant anew to its active one: opened here, written only where nothing changed meanwhile. */
import { errorFields, type Logger } from '../shared/logger.ts';
import type { CustodyStore } from './custody-store.ts';
import type { KeyChain } from './key-chain.ts';
import {
  type KeyPlace,
  type KeyRotationStore,
  type Lease,
  NO_ID,
  type ResealedRow,
} from './key-rotation-store.ts';
import { openKeys } from './open.ts';
import { readSealingKey, sealWith } from './seal.ts';

export interface KeyMover {
  /** Answers how many records stay under the key, because they do not open. Throws LeaseLost. */
  empty(from: KeyPlace, lease: Lease | undefined, beforeBatch: () => Promise<void>): Promise<number>;
}

// One transaction with as many audit rows; opening and sealing them takes a tenth of a second outside of it.
const BATCH = 50;

export const createKeyMover = (deps: {
  readonly store: CustodyStore;
  readonly rotations: KeyRotationStore;
  readonly keyChain: KeyChain;
  readonly logger: Logger;
}): KeyMover => {
  const { store, rotations, keyChain, logger } = deps;

  return {
    async empty(from, lease, beforeBatch) {
      const { tenantId, keyId } = from;
      const [row, active] = await Promise.all([
        store.findKey(tenantId, keyId),
        store.findActiveKey(tenantId),
      ]);
      // A tenant that was deleted has nothing left to move.
      if (row === undefined || active === undefined || active.keyId === keyId) return 0;
      const to = await readSealingKey(active);
      let failed = 0;
      let after = NO_ID;
      for (;;) {
        await beforeBatch();
        const rows = await rotations.listSealed(from, after, BATCH);
        const last = rows.at(-1);
        if (last === undefined) return failed;
        after = last.id;
        const resealed: ResealedRow[] = [];
        let problem: string | undefined;
        for (const one of rows) {
          const place = { tenantId, credentialId: one.id, generation: one.generation, venueId: one.venue };
          try {
            const privateKey = await keyChain.privateKey(tenantId, row);
            const keys = await openKeys(one.sealed, place, { id: keyId, privateKey });
            resealed.push({ ...one, resealed: await sealWith(to, place, keys) });
          } catch (error) {
            failed += 1;
            problem = `the keys of credential ${one.id} of tenant ${tenantId} do not open`;
            logger.error('sealed keys not sealed anew', {
              tenantId,
              credentialId: one.id,
              ...errorFields(error),
            });
          }
        }
        const progress = { failed: rows.length - resealed.length, ...(problem !== undefined && { problem }) };
        await rotations.reseal(from, active, resealed, lease, progress);
      }
    },
  };
};
