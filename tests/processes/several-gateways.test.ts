/** Three gateways on one database and one Redis, as behind a load balancer. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createDisposables } from '../support/disposables.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const resources = createDisposables();
let redis: TestRedis;
let gateway: TestGateway;
let urls: readonly string[];

beforeAll(async () => {
  redis = await startTestRedis();
  resources.defer(() => redis[Symbol.asyncDispose]());
  gateway = await startTestGateway({
    redisUrl: redis.url,
    limits: { keyPerMinute: 60, tenantPerMinute: 80 },
  });
  resources.defer(() => gateway[Symbol.asyncDispose]());
  urls = [gateway.baseUrl, await gateway.addGateway(), await gateway.addGateway()];
  await allAnswer(200);
});
afterAll(() => resources.dispose());

const readiness = (url: string): Promise<Response> => fetch(`${url}/readyz`);

const allAnswer = async (status: number): Promise<void> => {
  for (const url of urls) while ((await readiness(url)).status !== status) await delay(50);
};

const everywhere = (caller: TestCaller): TestCaller[] =>
  urls.map((baseUrl) => createTestCaller({ ...caller, baseUrl }));

/** How many of so many requests, sent to all gateways at once, are let in. */
const flood = async (callers: readonly TestCaller[], times: number): Promise<number> => {
  const sent = Array.from({ length: times }, () => callers.map((caller) => caller.get('/ver1/validate')));
  const answers = await Promise.all(sent.flat());
  for (const { status } of answers) expect([200, 204, 429]).toContain(status);
  return answers.filter(({ status }) => status !== 429).length;
};

// What comes back while a flood lasts: the clocks are real here. 5 % for each other gateway come on top.
const backSince = (limit: number, startedAt: number): number =>
  Math.ceil((limit * (performance.now() - startedAt)) / 60_000);

test('a key and a tenant have one limit at all of them, another tenant has its own', async () => {
  const caller = await gateway.newCaller();
  const startedAt = performance.now();
  const ofKey = await flood(everywhere(caller), 40);
  expect(ofKey).toBeGreaterThanOrEqual(60);
  expect(ofKey).toBeLessThanOrEqual(60 + 2 * 3 + backSince(60, startedAt));

  const second = await gateway.newCaller({ tenantId: caller.tenantId });
  const ofTenant = ofKey + (await flood(everywhere(second), 40));
  expect(ofTenant).toBeGreaterThanOrEqual(80);
  expect(ofTenant).toBeLessThanOrEqual(80 + 2 * 4 + backSince(80, startedAt));
  // A little comes back every second.
  const third = await gateway.newCaller({ tenantId: caller.tenantId });
  let refused = await third.get('/ver1/validate');
  while (refused.status !== 429) refused = await third.get('/ver1/validate');
  expect(refused.headers.get('ratelimit-policy')).toBe('"tenant";q=80;w=60');

  const stranger = await gateway.newCaller();
  for (const each of everywhere(stranger))
    expect((await each.get('/ver1/validate')).status).toBeLessThan(300);
});

test('without Redis they are not ready and go on answering reads, each with limits of its own', async () => {
  const caller = await gateway.newCaller();
  await redis.kill();
  await allAnswer(503);
  const [first = ''] = urls;
  expect(await (await readiness(first)).json()).toMatchObject({
    status: 'not ready',
    checks: { database: 'ok', custody: 'ok', redis: 'failed' },
  });
  expect(await flood(everywhere(caller), 40)).toBe(40 * 3);
  await redis.start();
  await allAnswer(200);
});
