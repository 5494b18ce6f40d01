/** Root key → tenant key pair → sealed record: makes tenant key pairs and opens their private halves. */
import { randomUUID } from 'node:crypto';
import {
  CompactEncrypt,
  type CryptoKey,
  compactDecrypt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  importJWK,
} from 'jose';
import { z } from 'zod';
import type { SealingKey } from '../exchanges/exchange.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { type BoundedCache, createBoundedCache } from '../shared/bounded-cache.ts';
import type { CustodyStore, TenantKeyRow } from './custody-store.ts';
import { publicJwkSchema, SEALING_ALG } from './sealed-header.ts';

/** Root keys by id, 32 bytes each; new tenant keys are wrapped by the primary one. */
export interface RootKeys {
  readonly primary: string;
  readonly keys: Readonly<Record<string, Buffer>>;
}

export interface KeyChain {
  /** The tenant's active public key; makes the pair when there is none. Safe to call at once from many places. */
  ensureTenantKey(tenantId: string): Promise<SealingKey>;
  /** The private half of a stored pair. Throws unknown_error when it is destroyed or does not belong there. */
  privateKey(tenantId: string, row: TenantKeyRow): Promise<CryptoKey>;
  /** Forgets the private halves that are open. */
  forgetAll(): void;
}

const WRAP_ALG = 'dir';
const WRAP_ENC = 'A256GCM';
const WRAP_DOMAIN = 'tenant-key';
// A rotated key is used within this time; the one before it still opens.
const FRESH_MS = 10_000;
// An opened tenant key is a few hundred bytes; opening one costs 0.2 ms.
const CACHED_KEYS = 1_024;

const privateJwkSchema = publicJwkSchema.extend({ d: z.string().regex(/^[\w-]{43}$/) });

export const createKeyChain = (deps: { store: CustodyStore; rootKeys: RootKeys; clock: Clock }): KeyChain => {
  const { store, rootKeys, clock } = deps;
  assertRootKeys(rootKeys);
  const opened: BoundedCache<Promise<CryptoKey>> = createBoundedCache(CACHED_KEYS);
  const active: BoundedCache<{ readonly key: Promise<SealingKey>; readonly untilMs: number }> =
    createBoundedCache(CACHED_KEYS);

  const findOrMake = async (tenantId: string): Promise<SealingKey> => {
    const found = await store.findActiveKey(tenantId);
    if (found !== undefined) return found;
    const made = await makeTenantKey(tenantId, rootKeys);
    if (await store.insertKey(tenantId, made.row)) return made.key;
    const other = await store.findActiveKey(tenantId);
    if (other === undefined) throw new AppError('unknown_error', 'The tenant has no sealing key');
    return other;
  };

  return {
    ensureTenantKey: async (tenantId) => {
      const known = active.get(tenantId);
      if (known !== undefined && known.untilMs > clock.now()) return await known.key;
      const key = findOrMake(tenantId);
      active.set(tenantId, { key, untilMs: clock.now() + FRESH_MS });
      try {
        return await key;
      } catch (error) {
        active.delete(tenantId);
        throw error;
      }
    },

    privateKey: async (tenantId, row) => {
      if (row.state === 'destroyed' || row.privateWrapped === null) throw shut();
      // The wrapped text is part of the name: a row that was changed is opened, and checked, anew.
      const name = `${tenantId}\0${row.id}\0${row.privateWrapped}`;
      const key =
        opened.get(name) ?? opened.set(name, unwrap(tenantId, row.id, row.privateWrapped, rootKeys));
      try {
        return await key;
      } catch (error) {
        opened.delete(name);
        throw error;
      }
    },

    forgetAll: () => opened.clear(),
  };
};

const shut = (): AppError => new AppError('unknown_error', 'The tenant key does not open');

const assertRootKeys = (rootKeys: RootKeys): void => {
  if (rootKeys.keys[rootKeys.primary] === undefined) throw new Error('the primary root key is missing');
  for (const key of Object.values(rootKeys.keys)) {
    if (key.length !== 32) throw new Error('a root key is not 32 bytes long');
  }
};

const makeTenantKey = async (
  tenantId: string,
  rootKeys: RootKeys,
): Promise<{ key: SealingKey; row: TenantKeyRow & { readonly publicJwk: SealingKey['publicJwk'] } }> => {
  const pair = await generateKeyPair(SEALING_ALG, { crv: 'X25519', extractable: true });
  const jwk = privateJwkSchema.parse(await exportJWK(pair.privateKey));
  const id = randomUUID();
  const kekId = rootKeys.primary;
  const wrapped = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(jwk)))
    .setProtectedHeader(wrapHeader(tenantId, id, kekId))
    .encrypt(rootKeys.keys[kekId] ?? new Uint8Array());
  const publicJwk = publicJwkSchema.parse(jwk);
  return {
    key: { keyId: id, publicJwk },
    row: { id, publicJwk, privateWrapped: wrapped, kekId, state: 'active' },
  };
};

const wrapHeader = (tenantId: string, keyId: string, kekId: string) => ({
  alg: WRAP_ALG,
  enc: WRAP_ENC,
  kid: kekId,
  tenant: tenantId,
  key: keyId,
  domain: WRAP_DOMAIN,
});

const unwrap = async (
  tenantId: string,
  keyId: string,
  wrapped: string,
  rootKeys: RootKeys,
): Promise<CryptoKey> => {
  try {
    const header: Readonly<Record<string, unknown>> = decodeProtectedHeader(wrapped);
    const kekId = typeof header['kid'] === 'string' ? header['kid'] : '';
    const kek = Object.hasOwn(rootKeys.keys, kekId) ? rootKeys.keys[kekId] : undefined;
    if (kek === undefined) throw shut();
    for (const [name, expected] of Object.entries(wrapHeader(tenantId, keyId, kekId))) {
      if (header[name] !== expected) throw shut();
    }
    const { plaintext } = await compactDecrypt(wrapped, kek, {
      keyManagementAlgorithms: [WRAP_ALG],
      contentEncryptionAlgorithms: [WRAP_ENC],
    });
    const jwk = privateJwkSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    const key = await importJWK(jwk, SEALING_ALG, { extractable: false });
    if (key instanceof Uint8Array) throw shut();
    return key;
  } catch {
    throw shut();
  }
};
