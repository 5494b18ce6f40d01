/** Tells at the start that a root key is missing, instead of one request after the other later. */
import { ConfigError } from '../config/config-error.ts';
import type { KeyRotationStore } from './key-rotation-store.ts';
import type { RootKeys } from './root-key.ts';

/** Throws ConfigError when private halves are wrapped by root keys that custody was not given; notes those that it was. */
export const assertRootKeysKnown = async (
  store: Pick<KeyRotationStore, 'listRootKeys' | 'noteRootKeys'>,
  rootKeys: RootKeys,
): Promise<void> => {
  const unknown = (await store.listRootKeys()).filter(({ kekId }) => !Object.hasOwn(rootKeys.keys, kekId));
  if (unknown.length === 0) {
    await store.noteRootKeys(Object.keys(rootKeys.keys), rootKeys.primary);
    return;
  }
  throw new ConfigError([
    `COUNTERSIGN_ROOT_KEK: the root key that was given is ${rootKeys.primary}, but ${unknown
      .map(({ kekId, count }) => `${count} stored keys are wrapped by root key ${kekId}`)
      .join(', ')}. Give that key; or, to change over to a new one, name the old one in ` +
      'COUNTERSIGN_PREVIOUS_ROOT_KEK_FILES and run: countersign keys rewrap',
  ]);
};
