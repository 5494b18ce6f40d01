import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HttpLimits } from '../../src/http/limits.ts';
import { createRateLimiter, type RateLimiter } from '../../src/http/rate-limiter.ts';
import type { SharedTakes } from '../../src/http/shared-takes.ts';
import { createTakeExchange } from '../../src/http/take-exchange.ts';
import { type RedisConnection, startRedisConnection } from '../../src/redis/redis-connection.ts';
import { createRedisTakes } from '../../src/redis/redis-takes.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { createDisposables } from '../support/disposables.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { aCallerKey, aClock, startTestServer, type TestKey, type TestServer } from './sample-surface.ts';

const THING = '/ver1/things/7';
const GATEWAYS = 3;

const isDown = async (connection: RedisConnection): Promise<void> => {
  while (connection.isReady()) await delay(1);
};

const isUp = async (connection: RedisConnection): Promise<void> => {
  while (!connection.isReady()) await delay(1);
};

describe('three gateways with one Redis', () => {
  const resources = createDisposables();
  const connections: RedisConnection[] = [];
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startTestRedis();
    resources.defer(() => redis[Symbol.asyncDispose]());
    for (let at = 0; at < GATEWAYS; at += 1) {
      const connection = startRedisConnection({ url: redis.url, logger: createLogger('test', 'silent') });
      resources.defer(() => connection[Symbol.asyncDispose]());
      connections.push(connection);
      await isUp(connection);
    }
  });
  afterAll(() => resources.dispose());

  /** Their clocks stand: nothing comes back within a test. */
  const startThree = async (
    keys: readonly TestKey[],
    limits: Partial<HttpLimits>,
  ): Promise<
    AsyncDisposable & { ask(key: TestKey, gateway: number): Promise<Response>; all: TestServer[] }
  > => {
    const clock = aClock();
    const all = await Promise.all(
      connections.map((connection) =>
        startTestServer({ keys, limits, clock, sharedTakes: createRedisTakes(connection) }),
      ),
    );
    const at = (index: number): TestServer => {
      const server = all[index % GATEWAYS];
      if (server === undefined) throw new Error('there is no such gateway');
      return server;
    };
    return {
      all,
      ask: (key, gateway) => at(gateway).signed(key, 'GET', THING),
      [Symbol.asyncDispose]: async () => {
        for (const server of all) await server[Symbol.asyncDispose]();
      },
    };
  };

  const countOk = (answers: readonly Response[]): number =>
    answers.filter(({ status }) => status === 200).length;

  test('a flood of one key through all of them gets its limit and 5 % for each other gateway at most', async () => {
    const key = aCallerKey();
    await using gateways = await startThree([key], { keyPerMinute: 100 });
    const flood = await Promise.all(Array.from({ length: 300 }, (_, at) => gateways.ask(key, at)));
    expect(countOk(flood)).toBeGreaterThanOrEqual(100);
    expect(countOk(flood)).toBeLessThanOrEqual(100 + 2 * 5);
    const late = await Promise.all(Array.from({ length: 30 }, (_, at) => gateways.ask(key, at)));
    expect(countOk([...flood, ...late])).toBeLessThanOrEqual(100 + 2 * 5);
  });

  test('one after the other, what one let pass the others know of; another key goes on', async () => {
    const [key, other] = [aCallerKey(), aCallerKey()];
    await using gateways = await startThree([key, other], { keyPerMinute: 6 });
    const answers: Response[] = [];
    for (let at = 0; at < 12; at += 1) answers.push(await gateways.ask(key, at));
    expect(countOk(answers)).toBeGreaterThanOrEqual(6);
    expect(countOk(answers)).toBeLessThanOrEqual(8);
    const refused = await gateways.ask(key, 0);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('ratelimit')).toMatch(/^"key";r=0;t=\d+$/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(9);
    expect((await gateways.ask(other, 0)).status).toBe(200);
  });

  test('failed authentications at one count at the others', async () => {
    const key = aCallerKey();
    await using gateways = await startThree([key], { failedAuthPerMinute: 4 });
    const fail = (at: number): Promise<Response> => gateways.ask({ ...key, secret: 'wrong' }, at);
    const statuses: number[] = [];
    for (let at = 0; at < 12; at += 1) statuses.push((await fail(at)).status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(4 + 2);
    expect(statuses.slice(-3)).toEqual([429, 429, 429]);
  });

  test('the keys of one tenant share its limit, another tenant has its own', async () => {
    const [one, two] = [aCallerKey({ tenantId: 'shared' }), aCallerKey({ tenantId: 'shared' })];
    const stranger = aCallerKey();
    await using gateways = await startThree([one, two, stranger], { tenantPerMinute: 10 });
    const answers: Response[] = [];
    for (let at = 0; at < 20; at += 1) answers.push(await gateways.ask(at % 2 === 0 ? one : two, at));
    expect(countOk(answers)).toBeGreaterThanOrEqual(10);
    expect(countOk(answers)).toBeLessThanOrEqual(12);
    const refused = await gateways.ask(two, 1);
    expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"tenant";q=10;w=60']);
    expect((await gateways.ask(stranger, 1)).status).toBe(200);
  });

  test('without Redis each limits by itself; when it is back they share again', async () => {
    const key = aCallerKey();
    await using gateways = await startThree([key], { keyPerMinute: 5 });
    await redis.kill();
    await Promise.all(connections.map(isDown));
    const apart: Response[] = [];
    for (let at = 0; at < 8 * GATEWAYS; at += 1) apart.push(await gateways.ask(key, at));
    expect(countOk(apart)).toBe(5 * GATEWAYS);
    await redis.start();
    await Promise.all(connections.map(isUp));

    const fresh = aCallerKey();
    await using shared = await startThree([fresh], { keyPerMinute: 5 });
    const together: Response[] = [];
    for (let at = 0; at < 12; at += 1) together.push(await shared.ask(fresh, at));
    expect(countOk(together)).toBeGreaterThanOrEqual(5);
    expect(countOk(together)).toBeLessThanOrEqual(7);
  });
});

/** A store whose answers arrive when the test says so, in any order of gateways. */
const aHeldStore = () => {
  const taken = new Map<string, number>();
  const held: (() => void)[] = [];
  const shared: SharedTakes = {
    isReady: () => true,
    add: (takes) =>
      new Promise((resolve) => {
        held.push(() => {
          resolve(
            takes.map(({ key, micros }) => {
              const ahead = (taken.get(key) ?? 0) + micros;
              taken.set(key, ahead);
              return ahead;
            }),
          );
        });
      }),
  };
  return { shared, held };
};

const aGateway = (limit: number, shared: SharedTakes): RateLimiter =>
  createTakeExchange(shared).join(
    'key',
    createRateLimiter({ limit, windowMs: 60_000, capacity: 100, clock: aClock() }),
  );

test('whatever the order of requests and answers, no more passes than the limit and a share for each other', async () => {
  const plan = fc.array(
    fc.record({ gateway: fc.nat({ max: 3 }), burst: fc.nat({ max: 40 }), answer: fc.boolean() }),
    {
      maxLength: 60,
    },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 4 }),
      plan,
      async (limit, count, steps) => {
        const { shared, held } = aHeldStore();
        const gateways = Array.from({ length: count }, () => aGateway(limit, shared));
        let passed = 0;
        const pending: Promise<void>[] = [];
        for (const { gateway, burst, answer } of steps) {
          for (let sent = 0; sent < burst; sent += 1) {
            const verdict = Promise.resolve(gateways[gateway % count]?.take('caller'));
            pending.push(
              verdict.then((known) => {
                if (known?.allowed === true) passed += 1;
              }),
            );
          }
          if (answer) held.shift()?.();
          await new Promise((resolve) => setImmediate(resolve));
        }
        let answered = 0;
        for (const each of pending) void each.then(() => (answered += 1));
        while (answered < pending.length) {
          held.shift()?.();
          await new Promise((resolve) => setImmediate(resolve));
        }
        const share = Math.max(1, Math.floor(limit * 0.05));
        expect(passed).toBeLessThanOrEqual(limit + (count - 1) * share);
        expect(passed).toBeGreaterThanOrEqual(Math.min(limit, pending.length / count));
      },
    ),
    { numRuns: 200 },
  );
});

test('a store that fails costs no request its answer, and what it was told is not told again', async () => {
  let failures = 0;
  const told: number[] = [];
  const limiter = aGateway(100, {
    isReady: () => true,
    add: (takes) => {
      failures += 1;
      told.push(...takes.map(({ micros }) => micros));
      return Promise.reject(new Error('no answer'));
    },
  });
  for (let sent = 0; sent < 100; sent += 1) expect((await limiter.take('caller')).allowed).toBe(true);
  expect((await limiter.take('caller')).allowed).toBe(false);
  expect(failures).toBeGreaterThan(0);
  expect(told.reduce((sum, micros) => sum + micros, 0)).toBeLessThanOrEqual(60_000_000);
});
