/** What a tenant may try of exchange keys is counted by all gateways together. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTakeExchange, type TakeExchange } from '../../src/http/take-exchange.ts';
import { createTrialLimits } from '../../src/http/trial-limits.ts';
import { type RedisConnection, startRedisConnection } from '../../src/redis/redis-connection.ts';
import { createRedisTakes } from '../../src/redis/redis-takes.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { aClock } from './sample-surface.ts';

let redis: TestRedis;
const connections: RedisConnection[] = [];
const exchanges: TakeExchange[] = [];

const LIMITS = { keyTrialsPerMinute: 60, refusedKeysPerMinute: 20 };

beforeAll(async () => {
  redis = await startTestRedis();
  for (let gateway = 0; gateway < 2; gateway += 1) {
    const connection = startRedisConnection({ url: redis.url, logger: createLogger('test', 'silent') });
    while (!connection.isReady()) await delay(5);
    connections.push(connection);
    exchanges.push(createTakeExchange(createRedisTakes(connection)));
  }
});
afterAll(async () => {
  for (const exchange of exchanges) exchange[Symbol.dispose]();
  for (const connection of connections) await connection[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

const gateways = () => exchanges.map((exchange) => createTrialLimits(LIMITS, aClock(Date.now()), exchange));

test('two gateways together let a tenant try little more than one alone', async () => {
  const both = gateways();
  let admitted = 0;
  for (let round = 0; round < 60; round += 1)
    for (const { admit } of both)
      await admit('tenant-1').then(
        () => (admitted += 1),
        (error: unknown) => expect(error).toMatchObject({ code: 'rate_limited' }),
      );
  expect(admitted).toBeGreaterThanOrEqual(60);
  // 5 % for the second gateway, and what Redis's clock gives back meanwhile.
  expect(admitted).toBeLessThanOrEqual(70);
  await Promise.all(both.map(({ admit }) => admit('tenant-2')));
});

test('refusals that two gateways saw pause the tenant on both', async () => {
  const both = gateways();
  for (let round = 0; round < 13; round += 1)
    for (const { noteRefusal } of both) await noteRefusal('tenant-3');
  for (const { admit } of both)
    await expect(admit('tenant-3')).rejects.toMatchObject({
      code: 'rate_limited',
      details: { retryAfterMs: 60_000 },
    });
});
