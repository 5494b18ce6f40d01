/** Root key → tenant key pair → sealed record: makes tenant key pairs and opens their private halves. */
import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import { z } from 'zod';
import type { SealingKey } from '../exchanges/exchange.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { type BoundedCache, createBoundedCache } from '../shared/bounded-cache.ts';
import type { CustodyStore, NewTenantKey, TenantKeyRow } from './custody-store.ts';
import { assertRootKeys, type RootKeys, unwrapKey, type WrapPlace, wrapKey } from './root-key.ts';
import { publicJwkSchema, SEALING_ALG } from './sealed-header.ts';

export interface KeyChain {
  /** The tenant's active public key; makes the pair when there is none. Safe to call at once from many places. */
  ensureTenantKey(tenantId: string): Promise<SealingKey>;
  /** The private half of a stored pair. Throws unknown_error when it is destroyed or does not belong there. */
  privateKey(tenantId: string, row: TenantKeyRow): Promise<CryptoKey>;
  /** A new key pair of the tenant, not stored yet. */
  makeTenantKey(tenantId: string): Promise<NewTenantKey>;
  /** The private half of a stored pair, wrapped by the primary root key. Throws as `privateKey` does. */
  rewrap(tenantId: string, row: TenantKeyRow): Promise<string>;
  /** Forgets which key of the tenant seals. */
  forgetTenant(tenantId: string): void;
  /** Forgets the private halves that are open. */
  forgetAll(): void;
}

// A rotated key is used within this time, even when the word of it is lost; the one before it still opens.
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

  const makeTenantKey = async (tenantId: string): Promise<NewTenantKey> => {
    const pair = await generateKeyPair(SEALING_ALG, { crv: 'X25519', extractable: true });
    const jwk = privateJwkSchema.parse(await exportJWK(pair.privateKey));
    const id = randomUUID();
    const privateWrapped = await wrapKey(rootKeys, placeOf(tenantId, id), jwk);
    const publicJwk = publicJwkSchema.parse(jwk);
    return { id, publicJwk, privateWrapped, kekId: rootKeys.primary, state: 'active' };
  };

  const findOrMake = async (tenantId: string): Promise<SealingKey> => {
    const found = await store.findActiveKey(tenantId);
    if (found !== undefined) return found;
    const made = await makeTenantKey(tenantId);
    if (await store.insertKey(tenantId, made)) return { keyId: made.id, publicJwk: made.publicJwk };
    const other = await store.findActiveKey(tenantId);
    if (other === undefined) throw new AppError('unknown_error', 'The tenant has no sealing key');
    return other;
  };

  const unwrap = async (tenantId: string, { id, privateWrapped }: TenantKeyRow) => {
    if (privateWrapped === null) throw shut();
    try {
      return privateJwkSchema.parse(await unwrapKey(rootKeys, placeOf(tenantId, id), privateWrapped));
    } catch {
      throw shut();
    }
  };

  const importPrivate = async (tenantId: string, row: TenantKeyRow): Promise<CryptoKey> => {
    const key = await importJWK(await unwrap(tenantId, row), SEALING_ALG, { extractable: false });
    if (key instanceof Uint8Array) throw shut();
    return key;
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
      const key = opened.get(name) ?? opened.set(name, importPrivate(tenantId, row));
      try {
        return await key;
      } catch (error) {
        opened.delete(name);
        throw error;
      }
    },

    makeTenantKey,
    rewrap: async (tenantId, row) =>
      wrapKey(rootKeys, placeOf(tenantId, row.id), await unwrap(tenantId, row)),
    forgetTenant: (tenantId) => active.delete(tenantId),
    forgetAll: () => opened.clear(),
  };
};

const shut = (): AppError => new AppError('unknown_error', 'The tenant key does not open');

const placeOf = (tenantId: string, keyId: string): WrapPlace => ({
  tenant: tenantId,
  key: keyId,
  domain: 'tenant-key',
});
