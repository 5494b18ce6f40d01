import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { NotificationListener } from '../../src/db/notification-listener.ts';
import { startNotificationListener } from '../../src/db/notification-listener.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { aTenant, execute, silent } from './rows.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

/** A listener whose events are read one by one, in order. */
const listen = (): NotificationListener & { next(): Promise<string> } => {
  const events: string[] = [];
  const waiting: ((event: string) => void)[] = [];
  const add = (event: string): void => {
    const reader = waiting.shift();
    if (reader === undefined) events.push(event);
    else reader(event);
  };
  const listener = startNotificationListener({
    url: database.gatewayUrl,
    channel: 'caller_key_changed',
    logger: silent,
    onPayload: (payload) => add(`payload ${payload}`),
    onLost: () => add('lost'),
    onListening: () => add('listening'),
  });
  const next = (): Promise<string> => {
    const event = events.shift();
    return event === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(event);
  };
  return { ...listener, next };
};

test('each change of a caller key is told by its key id, a mere use is not', async () => {
  await using listener = listen();
  expect(listener.isListening()).toBe(false);
  expect(await listener.next()).toBe('listening');
  expect(listener.isListening()).toBe(true);
  const tenant = await aTenant(database.ownerUrl);
  const id = randomUUID();
  await execute(
    database.ownerUrl,
    `insert into caller_keys (tenant_id, id, key_id, name, algorithm, secret_jwe)
     values ($1, $2, 'key-1', 'mine', 'hmac-sha256', 'sealed')`,
    [tenant, id],
  );
  expect(await listener.next()).toBe('payload key-1');
  await execute(database.ownerUrl, 'update caller_keys set last_used_at = now(), updated_at = now()');
  await execute(database.ownerUrl, 'update caller_keys set revoked_at = now()');
  expect(await listener.next()).toBe('payload key-1');
  await execute(database.ownerUrl, 'delete from caller_keys');
  expect(await listener.next()).toBe('payload key-1');
  await execute(database.ownerUrl, `notify caller_key_changed, 'end'`);
  expect(await listener.next()).toBe('payload end');
});

test('a lost connection is told, and again when it is back', async () => {
  await using listener = listen();
  expect(await listener.next()).toBe('listening');
  await execute(
    database.ownerUrl,
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'countersign-listener'",
  );
  expect(await listener.next()).toBe('lost');
  expect(listener.isListening()).toBe(false);
  expect(await listener.next()).toBe('listening');
  await execute(database.ownerUrl, `notify caller_key_changed, 'heard again'`);
  expect(await listener.next()).toBe('payload heard again');
});

test('the look-up of tenants follows caller keys, and a key id belongs to one tenant only', async () => {
  const [one, two] = [await aTenant(database.ownerUrl), await aTenant(database.ownerUrl)];
  const insert = (tenant: string): Promise<object[]> =>
    execute(
      database.ownerUrl,
      `insert into caller_keys (tenant_id, id, key_id, name, algorithm, public_key)
       values ($1, $2, 'key-2', 'mine', 'ed25519', 'pem')`,
      [tenant, randomUUID()],
    );
  const lookUp = (): Promise<object[]> =>
    execute(
      database.gatewayUrl,
      "select key_id, tenant_id from caller_key_tenants where key_id like 'key-2%'",
    );
  await insert(one);
  expect(await lookUp()).toEqual([{ key_id: 'key-2', tenant_id: one }]);
  await expect(insert(two)).rejects.toMatchObject({ code: '23505', constraint: 'caller_key_tenants_pkey' });
  await execute(database.ownerUrl, "update caller_keys set key_id = 'key-2b' where key_id = 'key-2'");
  expect(await lookUp()).toEqual([{ key_id: 'key-2b', tenant_id: one }]);
  await execute(database.ownerUrl, "delete from caller_keys where key_id = 'key-2b'");
  expect(await lookUp()).toEqual([]);
});
