/** The keys of access tokens over months, as several processes see them. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createTokenKeyRing, type TokenKeyRing } from '../../src/features/tokens/token-key-ring.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { execute } from '../db/rows.ts';
import { aClock } from '../http/sample-surface.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 0, 1);
const gatewayKek = randomBytes(32);

let database: TestDatabase;
let tenants: TenantDatabase;
let clock: ReturnType<typeof aClock>;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = createTenantDatabase({
    url: database.gatewayUrl,
    logger: createLogger('test', 'silent'),
    applicationName: 'test',
  });
});
afterAll(async () => {
  await tenants[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await execute(database.ownerUrl, 'delete from token_keys');
  clock = aClock(NOW);
});

const ring = (kek = gatewayKek): TokenKeyRing =>
  createTokenKeyRing({
    shared: tenants.shared,
    gatewayKek: kek,
    clock,
    logger: createLogger('test', 'silent'),
  });

const count = async (): Promise<number> =>
  (await execute<{ count: number }>(database.ownerUrl, 'select count(*)::int as count from token_keys'))[0]
    ?.count ?? 0;

test('processes that start at once agree on one key', async () => {
  const rings = Array.from({ length: 8 }, () => ring());
  const kids = await Promise.all(rings.map(async (one) => (await one.current()).kid));
  expect(new Set(kids).size).toBe(1);
  expect(await count()).toBe(1);
  for (const one of rings) expect(await one.find(kids[0] ?? '')).toBeDefined();
});

test('the next key is published days ahead, signs when its time has come, and the old one verifies on', async () => {
  const [here, there] = [ring(), ring()];
  const first = await here.current();
  clock.advance(26 * DAY_MS);
  expect((await here.publicKeys()).map(({ kid }) => kid)).toEqual([first.kid]);
  clock.advance(2 * DAY_MS);
  const published = (await here.publicKeys()).map(({ kid }) => kid);
  expect(published).toEqual([first.kid, expect.any(String)]);
  expect((await here.current()).kid).toBe(first.kid);
  expect((await there.publicKeys()).map(({ kid }) => kid)).toEqual(published);

  clock.advance(2 * DAY_MS - 1);
  expect((await there.current()).kid).toBe(first.kid);
  clock.advance(1);
  expect((await there.current()).kid).toBe(published[1]);
  expect(await here.find(first.kid)).toBeDefined();
  // A token of its last moment, and a minute more.
  clock.advance(16 * 60_000);
  expect(await here.find(first.kid)).toBeUndefined();
  expect((await here.publicKeys()).map(({ kid }) => kid)).toEqual([published[1]]);
  expect(await count()).toBe(2);
});

test('after a long silence there is a key again', async () => {
  const one = ring();
  const first = await one.current();
  clock.advance(400 * DAY_MS);
  const next = await one.current();
  expect(next.kid).not.toBe(first.kid);
  expect(await one.find(first.kid)).toBeUndefined();
});

test('a key that another process has made is found, and looking for an unknown one has a floor', async () => {
  const [here, there] = [ring(), ring()];
  const first = await here.current();
  const retireAt = (ms: number) =>
    execute(
      database.ownerUrl,
      `update token_keys set retires_at = '${new Date(ms).toISOString()}' where kid = '${first.kid}'`,
    );
  await retireAt(NOW + 1);
  clock.advance(500);
  const next = await there.current();
  expect(next.kid).not.toBe(first.kid);
  expect(await here.find(next.kid)).toBeUndefined();
  clock.advance(500);
  expect(await here.find(next.kid)).toBeDefined();
});

test('a key that was put into the table without the key of the gateway is never used', async () => {
  const stranger = await ring(randomBytes(32)).current();
  const own = ring();
  expect(await own.find(stranger.kid)).toBeUndefined();
  expect((await own.current()).kid).not.toBe(stranger.kid);
  expect((await own.publicKeys()).map(({ kid }) => kid)).not.toContain(stranger.kid);
});

test('a public half that was exchanged in the table changes nothing', async () => {
  const { kid } = await ring().current();
  await execute(database.ownerUrl, `update token_keys set public_jwk = '{"kty":"OKP","x":"AAAA"}'`);
  const after = ring();
  expect((await after.publicKeys()).map((jwk) => jwk.x)).not.toContain('AAAA');
  expect((await after.current()).kid).toBe(kid);
});
