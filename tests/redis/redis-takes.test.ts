import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { type RedisConnection, startRedisConnection } from '../../src/redis/redis-connection.ts';
import { createRedisTakes } from '../../src/redis/redis-takes.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startLittleRedis } from '../support/little-redis.ts';
import { SCRIPTS, startTestRedis } from '../support/redis.ts';

const connectTo = async (url: string): Promise<RedisConnection> => {
  const connection = startRedisConnection({ url, logger: createLogger('test', 'silent') });
  while (!connection.isReady()) await delay(2);
  return connection;
};

// Real time goes on during a test: far less than this.
const HOUR = 3_600_000_000;

const withinAMinuteBelow = (aheads: readonly number[], expected: readonly number[]): void => {
  expect(aheads).toHaveLength(expected.length);
  aheads.forEach((ahead, index) => {
    const most = expected[index] ?? 0;
    expect(ahead).toBeLessThanOrEqual(most);
    expect(ahead).toBeGreaterThan(most - HOUR / 60);
  });
};

const addsUp = async (url: string): Promise<void> => {
  await using one = await connectTo(url);
  await using other = await connectTo(url);
  const takes = createRedisTakes(one);
  withinAMinuteBelow(await takes.add([]), []);
  withinAMinuteBelow(
    await takes.add([
      { key: 'ip:1', micros: HOUR },
      { key: 'ip:2', micros: 3 * HOUR },
    ]),
    [HOUR, 3 * HOUR],
  );
  // Another gateway, and twice the same key in one report.
  withinAMinuteBelow(
    await createRedisTakes(other).add([
      { key: 'ip:1', micros: HOUR },
      { key: 'ip:3', micros: HOUR },
      { key: 'ip:1', micros: HOUR },
    ]),
    [2 * HOUR, HOUR, 3 * HOUR],
  );
  const many = Array.from({ length: 1_001 }, (_, at) => ({ key: `key:${at}`, micros: HOUR + at }));
  withinAMinuteBelow(
    await takes.add(many),
    many.map(({ micros }) => micros),
  );
};

test('what gateways take adds up, key by key', async () => {
  await using redis = await startTestRedis();
  await addsUp(redis.url);
});

test('the little server adds up as Redis does', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-redis-'));
  const socketPath = path.join(folder, 'redis.sock');
  const server = await startLittleRedis(socketPath, SCRIPTS);
  try {
    await addsUp(`unix://${socketPath}`);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('nothing is kept of what has been given back by time', async () => {
  await using redis = await startTestRedis();
  await using connection = await connectTo(redis.url);
  const takes = createRedisTakes(connection);
  await takes.add([{ key: 'ip:1', micros: 1_000 }]);
  while ((await connection.send(['GET', '{countersign}:taken:ip:1'])) !== null) await delay(1);
  withinAMinuteBelow(await takes.add([{ key: 'ip:1', micros: HOUR }]), [HOUR]);
});

test('without Redis it says so, and rejects', async () => {
  await using redis = await startTestRedis();
  await using connection = await connectTo(redis.url);
  const takes = createRedisTakes(connection);
  await redis.kill();
  while (takes.isReady()) await delay(1);
  await expect(takes.add([{ key: 'ip:1', micros: 1 }])).rejects.toThrow('There is no connection');
});
