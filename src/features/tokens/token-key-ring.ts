/**
 * Keeps the keys that sign access tokens: makes the next one ahead of its time, agrees with the other processes through
 * the table, and hands out what is needed to sign, to verify and to publish.
 */
import type { JWK } from 'jose';
import { LONGEST_TOKEN_SECONDS, type TokenKeys } from '../../auth/access-token.ts';
import type { Session } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { makeTokenKey, openTokenKey, type TokenKey } from './token-key.ts';
import { createTokenKeyStore, type TokenKeyRow } from './token-key-store.ts';

export interface TokenKeyRing extends TokenKeys {
  /** Public halves of all keys that sign, will sign next, or have signed tokens that can be alive. */
  publicKeys(): Promise<readonly JWK[]>;
}

const DAY_MS = 86_400_000;
const SIGNING_MS = 30 * DAY_MS;
/** Published this long before it signs: whoever keeps the key set has read it again by then. */
const AHEAD_MS = 3 * DAY_MS;
/** After a key has signed its last token. */
const VERIFYING_MS = LONGEST_TOKEN_SECONDS * 1_000 + 60_000;
const RELOAD_MS = 60_000;
/** An unknown key id is anybody's to send: it costs a query this often at most. */
const LEAST_RELOAD_MS = 1_000;

export const createTokenKeyRing = (deps: {
  readonly shared: Session;
  /** 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly clock: Clock;
  readonly logger: Logger;
}): TokenKeyRing => {
  const { gatewayKek, clock, logger } = deps;
  const store = createTokenKeyStore(deps.shared);
  let keys: readonly TokenKey[] = [];
  let loadedAt = Number.NEGATIVE_INFINITY;
  let loading: Promise<void> | undefined;

  const open = async (row: TokenKeyRow): Promise<TokenKey | undefined> => {
    const known = keys.find(({ kid, generation }) => kid === row.kid && generation === row.generation);
    if (known !== undefined)
      return { ...known, notBefore: row.notBefore.getTime(), retiresAt: row.retiresAt.getTime() };
    try {
      return await openTokenKey(gatewayKek, row);
    } catch (error) {
      logger.error('a token key cannot be opened', { kid: row.kid, ...errorFields(error) });
      return undefined;
    }
  };

  const load = async (): Promise<readonly TokenKey[]> => {
    const rows = await store.list(new Date(clock.now() - VERIFYING_MS));
    return (await Promise.all(rows.map(open))).filter((key) => key !== undefined);
  };

  const insert = async (generation: number, notBefore: number): Promise<void> => {
    const times = { notBefore: new Date(notBefore), retiresAt: new Date(notBefore + SIGNING_MS) };
    await store.insert({ generation, ...times, ...(await makeTokenKey(gatewayKek)) });
  };

  const renew = async (): Promise<void> => {
    const now = clock.now();
    // Read before the keys: when another process makes the next one meanwhile, either it is seen or its place is taken.
    const greatest = await store.greatestGeneration();
    keys = await load();
    const lastRetires = Math.max(now, ...keys.map(({ retiresAt }) => retiresAt));
    if (lastRetires - now < AHEAD_MS) {
      await insert(greatest + 1, lastRetires);
      keys = await load();
    }
    loadedAt = now;
  };

  /** One load at a time, for all who wait. */
  const reload = (): Promise<void> => {
    loading ??= renew().finally(() => {
      loading = undefined;
    });
    return loading;
  };

  const reloadIfOlder = async (ageMs: number): Promise<void> => {
    if (Math.abs(clock.now() - loadedAt) >= ageMs) await reload();
  };

  const findLoaded = (kid: string): TokenKey | undefined => {
    const key = keys.find((one) => one.kid === kid);
    return key === undefined || clock.now() >= key.retiresAt + VERIFYING_MS ? undefined : key;
  };

  return {
    async current() {
      await reloadIfOlder(RELOAD_MS);
      const now = clock.now();
      const live = keys.filter(({ retiresAt }) => now < retiresAt);
      // The very first key may have been made by a process whose clock is ahead.
      const key = live.findLast(({ notBefore }) => notBefore <= now) ?? live[0];
      if (key === undefined) throw new Error('there is no key that signs tokens now');
      return key;
    },
    async find(kid) {
      const age = findLoaded(kid) === undefined ? LEAST_RELOAD_MS : RELOAD_MS;
      // Keys that are known go on to serve while the database is away.
      await reloadIfOlder(age).catch((error: unknown) => {
        if (findLoaded(kid) === undefined) throw error;
      });
      return findLoaded(kid)?.publicKey;
    },
    async publicKeys() {
      await reloadIfOlder(RELOAD_MS);
      return keys.map(({ publicJwk }) => publicJwk);
    },
  };
};
