/** How many answers are kept for one tenant, so that ever new keys do not fill the disk. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aPaperAccount, ask, queryAs, replayed } from './idempotency-fixture.ts';

let nowMs = Date.now();
let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => nowMs }, limits: { idempotencyKeysPerTenant: 3 } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('a tenant that has used up its keys is told so; what it sent before is answered, and others are not touched', async () => {
  const caller = await gateway.newCaller();
  const sent = Array.from({ length: 3 }, () => ({ ...aPaperAccount(), key: randomUUID() }));
  for (const request of sent) expect((await ask(caller, request)).status).toBe(201);
  const tooMany = { ...aPaperAccount(), key: randomUUID() };
  const refused = await ask(caller, tooMany);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('60');
  // Nothing was done, and nothing of it is kept.
  const [count] = await queryAs<{ accounts: number; keys: number }>(
    gateway,
    caller,
    `select (select count(*)::int from accounts where tenant_id = $1) as accounts,
            (select count(*)::int from idempotency_keys where tenant_id = $1) as keys`,
  );
  expect(count).toEqual({ accounts: 3, keys: 3 });
  for (const request of sent) expect(replayed(await ask(caller, request))).toBe('true');
  expect((await ask(caller, aPaperAccount())).status).toBe(201);
  expect((await ask(await gateway.newCaller(), tooMany)).status).toBe(201);

  nowMs += 24 * 3_600_000 + 1_000;
  expect((await ask(caller, tooMany)).status).toBe(201);
});
