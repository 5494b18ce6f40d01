/** The Ed25519 keys that sign audit checkpoints: made here, wrapped by the root key, and shown to nobody. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { z } from 'zod';
import { type PublicJwk, publicSigningJwkSchema } from '../features/audit/checkpoint.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { CheckpointStore, SigningKeyRow } from './checkpoint-store.ts';
import { type RootKeys, unwrapKey, type WrapPlace, wrapKey } from './root-key.ts';

export interface CheckpointKey {
  readonly id: string;
  readonly publicJwk: PublicJwk;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CheckpointKeys {
  /** All that custody vouches for, newest first: the first one signs. Makes one when there is none. */
  load(): Promise<readonly CheckpointKey[]>;
  /** From the next `load` on, another key signs; what the ones before signed stays signed. */
  add(): Promise<void>;
  /** Wraps those by the primary root key that are wrapped by another; answers how many. */
  rewrap(): Promise<number>;
}

const privateSigningJwkSchema = publicSigningJwkSchema.extend({ d: z.string().regex(/^[\w-]{43}$/) });

const placeOf = (id: string): WrapPlace => ({ key: id, domain: 'audit-signing-key' });

export const createCheckpointKeys = (deps: {
  readonly store: Pick<CheckpointStore, 'listKeys' | 'insertKey' | 'rewrapKey'>;
  readonly rootKeys: RootKeys;
  readonly logger: Logger;
}): CheckpointKeys => {
  const { store, rootKeys, logger } = deps;

  const open = async (row: SigningKeyRow): Promise<CheckpointKey | undefined> => {
    try {
      const jwk = privateSigningJwkSchema.parse(
        await unwrapKey(rootKeys, placeOf(row.id), row.privateWrapped),
      );
      const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
      // The public half comes out of the private one: who can write to the table brings in no key of his own.
      const publicKey = createPublicKey(privateKey);
      return { id: row.id, publicJwk: publicSigningJwkSchema.parse(jwk), publicKey, privateKey };
    } catch (error) {
      logger.error('a key that signs audit checkpoints does not open', {
        keyId: row.id,
        ...errorFields(error),
      });
      return undefined;
    }
  };

  const add = async (): Promise<void> => {
    const jwk = privateSigningJwkSchema.parse(
      generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    );
    const publicJwk = publicSigningJwkSchema.parse(jwk);
    const id = await calculateJwkThumbprint(publicJwk);
    const privateWrapped = await wrapKey(rootKeys, placeOf(id), jwk);
    await store.insertKey({ id, publicJwk, privateWrapped, kekId: rootKeys.primary });
    logger.info('a new key signs audit checkpoints', { keyId: id, publicKey: publicJwk.x });
  };

  const openAll = async (): Promise<readonly CheckpointKey[]> =>
    (await Promise.all((await store.listKeys()).map(open))).filter((key) => key !== undefined);

  return {
    load: async () => {
      const found = await openAll();
      if (found.length > 0) return found;
      await add();
      return await openAll();
    },
    add,
    rewrap: async () => {
      const stale = (await store.listKeys()).filter(({ kekId }) => kekId !== rootKeys.primary);
      for (const row of stale) {
        const jwk = privateSigningJwkSchema.parse(
          await unwrapKey(rootKeys, placeOf(row.id), row.privateWrapped),
        );
        await store.rewrapKey(row, await wrapKey(rootKeys, placeOf(row.id), jwk), rootKeys.primary);
      }
      return stale.length;
    },
  };
};
