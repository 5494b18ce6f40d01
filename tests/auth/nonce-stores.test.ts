/** What was used once is known until it cannot pass any more, in memory and in Redis. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMemoryNonceStore } from '../../src/auth/memory-nonce-store.ts';
import { isFirstUse, type NonceStore, type NonceVerdict } from '../../src/auth/nonce-store.ts';
import { createRedisNonceStore, NONCES_SINCE } from '../../src/auth/redis-nonce-store.ts';
import { type RedisConnection, startRedisConnection } from '../../src/redis/redis-connection.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { aClock } from '../http/sample-surface.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';

const NOW = Date.UTC(2026, 0, 1);
const use = (store: NonceStore, nonce: string, more: object = {}): Promise<NonceVerdict> =>
  store.consume({ callerKeyId: 'key-1', nonce, keepMs: 10_000, signedAt: NOW, ...more });

const storeOf = (connection: RedisConnection): NonceStore => createRedisNonceStore(connection, aClock(NOW));

describe('in memory', () => {
  test('a nonce counts once per key until it is forgotten, and is not forgotten early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            callerKeyId: fc.constantFrom('a', 'b'),
            nonce: fc.constantFrom('x', 'y', 'z'),
            keepMs: fc.integer({ min: 1, max: 5_000 }),
            waitMs: fc.integer({ min: 0, max: 3_000 }),
          }),
          { maxLength: 60 },
        ),
        async (uses) => {
          const clock = aClock(NOW);
          const store = createMemoryNonceStore({ clock });
          const until = new Map<string, number>();
          for (const { waitMs, ...used } of uses) {
            clock.advance(waitMs);
            const name = `${used.callerKeyId} ${used.nonce}`;
            const verdict = await store.consume({ ...used, signedAt: NOW });
            const ends = until.get(name) ?? Number.NEGATIVE_INFINITY;
            if (clock.now() < ends) expect(verdict).toBe('used');
            // It may be kept a little longer, and never for seconds.
            if (clock.now() >= ends + 2_000) expect(verdict).toBe('fresh');
            if (verdict === 'fresh') until.set(name, clock.now() + used.keepMs);
          }
        },
      ),
    );
  });

  test('a key whose room is used up waits, forgets nothing, and keeps nobody else waiting', async () => {
    const clock = aClock(NOW);
    const store = createMemoryNonceStore({ clock, perKey: 3 });
    for (const nonce of ['1', '2', '3']) expect(await use(store, nonce)).toBe('fresh');
    expect(await use(store, '4')).toBe('full');
    expect(await use(store, '1')).toBe('used');
    expect(await use(store, '4', { callerKeyId: 'key-2' })).toBe('fresh');
    await expect(
      isFirstUse(store, { callerKeyId: 'key-1', nonce: '4', keepMs: 1, signedAt: NOW }, true),
    ).rejects.toMatchObject({ code: 'service_unavailable', details: { retryAfterMs: 1_000 } });
    clock.advance(11_000);
    expect(await use(store, '4')).toBe('fresh');
  });

  test('what was signed before the process began could have been used before', async () => {
    const store = createMemoryNonceStore({ clock: aClock(NOW) });
    expect(await use(store, 'before', { signedAt: NOW - 1 })).toBe('earlier');
    const used = { callerKeyId: 'key-1', nonce: 'before', keepMs: 10_000, signedAt: NOW - 1 };
    await expect(isFirstUse(store, used, true)).rejects.toMatchObject({ code: 'service_unavailable' });
    expect(await use(store, 'after', { signedAt: NOW })).toBe('fresh');
  });

  test('what was signed by a clock far ahead would outlive the process, and does not count', async () => {
    const store = createMemoryNonceStore({ clock: aClock(NOW) });
    expect(await use(store, 'ahead', { signedAt: NOW + 5_000 })).toBe('fresh');
    expect(await use(store, 'far ahead', { signedAt: NOW + 5_001 })).toBe('used');
  });
});

describe('in Redis', () => {
  let redis: TestRedis;
  const connections: RedisConnection[] = [];

  beforeAll(async () => {
    redis = await startTestRedis();
    for (let gateway = 0; gateway < 3; gateway += 1) {
      const connection = startRedisConnection({ url: redis.url, logger: createLogger('test', 'silent') });
      connections.push(connection);
    }
  });
  // One of the tests ends the server, and one empties it.
  beforeEach(async () => {
    for (const connection of connections) while (!connection.isReady()) await delay(5);
    await connections[0]?.send(['SET', NONCES_SINCE, '1']);
  });
  afterAll(async () => {
    for (const connection of connections) await connection[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  test('of copies that reach three gateways at once, one is the first', async () => {
    const stores = connections.map(storeOf);
    const nonce = randomUUID();
    const verdicts = await Promise.all(
      Array.from({ length: 99 }, (_, at) => use(stores[at % 3] as NonceStore, nonce)),
    );
    expect(verdicts.filter((verdict) => verdict === 'fresh').length).toBe(1);
    expect(verdicts.filter((verdict) => verdict === 'used').length).toBe(98);
    expect(await use(stores[0] as NonceStore, nonce, { callerKeyId: 'key-2' })).toBe('fresh');
  });

  test('a nonce ends by itself', async () => {
    const [store] = connections.map(storeOf) as [NonceStore];
    const nonce = randomUUID();
    expect(await use(store, nonce, { keepMs: 30 })).toBe('fresh');
    let verdict: NonceVerdict = 'used';
    while (verdict === 'used') {
      await delay(5);
      verdict = await use(store, nonce);
    }
    expect(verdict).toBe('fresh');
  });

  test('while it is away reads pass and writes are refused, and then it is asked again', async () => {
    const connection = startRedisConnection({ url: redis.url, logger: createLogger('test', 'silent') });
    try {
      while (!connection.isReady()) await delay(5);
      const store = storeOf(connection);
      await redis.kill();
      while (connection.isReady()) await delay(5);
      const used = { callerKeyId: 'key-1', nonce: randomUUID(), keepMs: 10_000, signedAt: NOW };
      expect(await store.consume(used)).toBe('unreachable');
      expect(await isFirstUse(store, used, true)).toBe(true);
      await expect(isFirstUse(store, used, false)).rejects.toMatchObject({ code: 'service_unavailable' });
      await redis.start();
      while (!connection.isReady()) await delay(5);
      expect(await store.consume({ ...used, signedAt: NOW + 4_999 })).toBe('unreachable');
      const signedAt = NOW + 5_000;
      const later = createRedisNonceStore(connection, aClock(signedAt));
      expect(await isFirstUse(later, { ...used, signedAt, nonce: 'later' }, false)).toBe(true);
      expect(await isFirstUse(later, { ...used, signedAt, nonce: 'later' }, false)).toBe(false);
    } finally {
      await connection[Symbol.asyncDispose]();
    }
  });

  test('once it was emptied, nothing counts that could have been used before', async () => {
    const connection = connections[0] as RedisConnection;
    const clock = aClock(NOW);
    const store = createRedisNonceStore(connection, clock);
    const seen = { nonce: randomUUID(), signedAt: NOW };
    await connection.send(['DEL', NONCES_SINCE]);
    await store.begin();
    clock.advance(60_000);
    const [used, ahead] = [
      { nonce: randomUUID(), signedAt: NOW + 59_000 },
      { nonce: randomUUID(), signedAt: NOW + 64_000 },
    ];
    expect(await use(store, used.nonce, used)).toBe('fresh');
    expect(await use(store, ahead.nonce, ahead)).toBe('fresh');
    expect(await use(store, randomUUID(), { signedAt: NOW + 65_001 })).toBe('used');
    await connection.send(['FLUSHALL']);
    expect(await use(store, used.nonce, used)).toBe('used');
    expect(await use(store, seen.nonce, seen)).toBe('used');
    clock.advance(4_000);
    // A write has to wait until no caller's clock can have been there before; a read goes on.
    expect(await use(store, ahead.nonce, ahead)).toBe('unreachable');
    clock.advance(2_000);
    expect(await use(store, ahead.nonce, ahead)).not.toBe('fresh');
    expect(await use(store, randomUUID(), { signedAt: NOW + 65_000 })).toBe('fresh');
    // Another gateway that asks does not begin anew.
    await storeOf(connections[1] as RedisConnection).begin();
    expect(await connection.send(['GET', NONCES_SINCE])).toBe(String(NOW + 60_000));
  });
});
