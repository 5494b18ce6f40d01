import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { aTenant, execute, INSERT_USER, LIST_USERS, openDatabase } from './rows.ts';
import { randomUUID } from 'node:crypto';

let database: TestDatabase;
let tenants: TenantDatabase;
let tenant: string;

beforeEach(async () => {
  database = await createTestDatabase();
  tenants = openDatabase(database.gatewayUrl, 1);
  tenant = await aTenant(database.ownerUrl);
});

afterEach(async () => {
  await tenants[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const endSessions = (): Promise<object[]> =>
  execute(
    database.ownerUrl,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'test'",
  );

test('a session that the server ends in the middle is service_unavailable, and the next query works', async () => {
  const sleeping = tenants.session(tenant).query({ name: 'test_sleep', text: 'select pg_sleep(60)' }, []);
  const outcome = expect(sleeping).rejects.toMatchObject({ code: 'service_unavailable', status: 503 });
  const active = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'test' and query like '%pg_sleep(60)%'`;
  while ((await execute(database.ownerUrl, active)).length === 0);
  await endSessions();
  await outcome;
  expect(await tenants.session(tenant).query(LIST_USERS, [])).toEqual([]);
});

test('a transaction whose connection is lost stores nothing and is service_unavailable', async () => {
  const lost = tenants.transact(tenant, async (session) => {
    await session.query(INSERT_USER, [tenant, randomUUID(), 'a', null]);
    await endSessions();
    await session.query(INSERT_USER, [tenant, randomUUID(), 'b', null]);
  });
  await expect(lost).rejects.toMatchObject({ code: 'service_unavailable' });
  expect(await tenants.session(tenant).query(LIST_USERS, [])).toEqual([]);
});

test('an idle connection that the server ended is replaced', async () => {
  await tenants.session(tenant).query(LIST_USERS, []);
  await endSessions();
  const gone = `select 1 from pg_stat_activity where datname = current_database() and application_name = 'test'`;
  while ((await execute(database.ownerUrl, gone)).length > 0);
  expect(await tenants.session(tenant).query(LIST_USERS, [])).toEqual([]);
});

test('a server that is not there, or hangs up, is service_unavailable with the cause', async () => {
  await using server = await startHangingUp();
  for (const url of [server.url, 'postgresql://x@localhost/x?host=/nonexistent']) {
    await using absent = openDatabase(url);
    const error = await absent
      .session(tenant)
      .query(LIST_USERS, [])
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'service_unavailable', cause: { message: expect.any(String) } });
  }
});

const startHangingUp = async (): Promise<AsyncDisposable & { url: string }> => {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgresql://x@127.0.0.1:${String(port)}/x`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
};
