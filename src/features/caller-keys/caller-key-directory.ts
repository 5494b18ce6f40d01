/**
 * Answers the verifier's question "whose key is this?" from memory, so that a signed read costs one query, not three.
 * A change of a key reaches every process by NOTIFY; while the listener is down nothing is kept.
 */
import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import type { CallerKey, FindCallerKey } from '../../auth/caller-key.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { createBoundedCache } from '../../shared/bounded-cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { type CallerKeyRow, createCallerKeyStore, findTenantOfKey } from './caller-key-store.ts';
import { openCallerSecret } from './caller-secret.ts';

export interface CallerKeyDirectoryDeps {
  readonly database: TenantDatabase;
  /** The gateway's key, 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly clock: Clock;
  /** Keys kept in memory at most. */
  readonly capacity?: number;
}

export interface CallerKeyDirectory {
  readonly find: FindCallerKey;
  /** Asks for the key as one that is not known is asked for: so a refusal takes as long for either. */
  probe(keyId: string): Promise<void>;
  /** The key changed in the database. */
  forget(keyId: string): void;
  /** Whether changes are being heard of; while they are not, every look-up asks the database. */
  setListening(listening: boolean): void;
}

const DEFAULT_CAPACITY = 50_000;

interface KnownKey {
  readonly key: CallerKey;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export const createCallerKeyDirectory = (deps: CallerKeyDirectoryDeps): CallerKeyDirectory => {
  const { database, gatewayKek, clock, capacity = DEFAULT_CAPACITY } = deps;
  let known = createBoundedCache<KnownKey>(capacity);
  let listening = false;
  // Grows with every change heard of: a row read before a change must not be kept after it.
  let changes = 0;

  const load = async (keyId: string) => {
    const tenantId = await findTenantOfKey(database.shared, keyId);
    if (tenantId === undefined) return undefined;
    const row = await createCallerKeyStore(database.session(tenantId)).find(keyId);
    if (row === undefined) return undefined;
    const key = await toCallerKey(row, tenantId, gatewayKek, clock.now());
    return { key, until: endOfOverlap(row, clock.now()) };
  };

  return {
    async find(keyId) {
      const kept = known.get(keyId);
      if (kept !== undefined && clock.now() < kept.until) return kept.key;
      const before = changes;
      const loaded = await load(keyId);
      if (loaded !== undefined && listening && before === changes) known.set(keyId, loaded);
      return loaded?.key;
    },
    async probe(keyId) {
      await findTenantOfKey(database.shared, keyId);
    },
    forget(keyId) {
      changes += 1;
      known.delete(keyId);
    },
    setListening(now) {
      listening = now;
      changes += 1;
      known = createBoundedCache(capacity);
    },
  };
};

/** When the set of secrets that were opened changes by itself: a rotated one ends. */
const endOfOverlap = (row: CallerKeyRow, now: number): number => {
  const ends = row.previousSecretExpiresAt?.getTime() ?? 0;
  return ends > now ? ends : Number.POSITIVE_INFINITY;
};

/** Nobody knows which secret a token was asked for with: those from before the end of any are over. */
const endOfLastSecret = (row: CallerKeyRow, now: number): number | null => {
  const overlapEnd = row.previousSecretExpiresAt?.getTime() ?? 0;
  // What is written counts, whatever our clock says: the one that wrote it may run ahead.
  const latest = Math.max(row.tokensValidFrom?.getTime() ?? 0, overlapEnd <= now ? overlapEnd : 0);
  return latest === 0 ? null : latest;
};

const toCallerKey = async (
  row: CallerKeyRow,
  tenantId: string,
  kek: Buffer,
  now: number,
): Promise<CallerKey> => ({
  id: row.id,
  keyId: row.keyId,
  tenantId,
  user:
    row.userId === null || row.userExternalId === null
      ? null
      : { id: row.userId, externalId: row.userExternalId },
  algorithm: row.algorithm,
  profileFloor: row.profileFloor,
  keys: await openKeys(row, tenantId, kek, now),
  scopes: new Set(row.scopes),
  accountIds: row.allowedAccountIds,
  ipAllowlist: row.ipAllowlist,
  notBefore: row.notBefore?.getTime() ?? null,
  expiresAt: row.expiresAt?.getTime() ?? null,
  // The keys of a suspended tenant answer as revoked ones do.
  revokedAt: row.tenantStatus !== 'active' ? 0 : (row.revokedAt?.getTime() ?? null),
  tokensValidFrom: endOfLastSecret(row, now),
  tenantPerMinute: row.tenantPerMinute,
  mode: row.mode,
  explained: row.explained,
});

const openKeys = async (
  row: CallerKeyRow,
  tenantId: string,
  kek: Buffer,
  now: number,
): Promise<KeyObject[]> => {
  const overlaps = row.previousSecretExpiresAt !== null && row.previousSecretExpiresAt.getTime() > now;
  if (row.publicKey !== null) {
    const pems = overlaps ? [row.publicKey, row.previousPublicKey] : [row.publicKey];
    return pems.filter((pem) => pem !== null).map((pem) => createPublicKey(pem));
  }
  const sealed = overlaps ? [row.secretJwe, row.previousSecretJwe] : [row.secretJwe];
  const place = { tenantId, callerKeyId: row.id };
  return Promise.all(
    sealed
      .filter((jwe) => jwe !== null)
      .map(async (jwe) => createSecretKey(await openCallerSecret(kek, place, jwe))),
  );
};
