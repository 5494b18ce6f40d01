/** At least once, whatever ends in between: the worker between sending and noting it, and Postgres under load. */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { createEventStore } from '../../src/features/events/event-store.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { createWebhookService } from '../../src/features/webhooks/webhook-service.ts';
import { startDeliveryWorker } from '../../src/jobs/delivery-worker.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createDisposables, type Disposables } from '../support/disposables.ts';
import { fastFolder } from '../support/test-cluster.ts';
import { startWorkerProcess } from '../support/worker-process.ts';
import { accept, startReceiver } from './receiver.ts';
import { anActor, aTestEvent, createMovableClock, logger, until, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

const disposables: Disposables[] = [];
afterEach(async () => {
  for (const each of disposables.splice(0)) await each.dispose();
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-webhooks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const startProcess = () =>
  startWorkerProcess({
    workerEnvironment: {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      COUNTERSIGN_LOG_LEVEL: 'silent',
      COUNTERSIGN_DATA_DIR: folder,
      COUNTERSIGN_GATEWAY_DATABASE_URL: rig.test.gatewayUrl,
      COUNTERSIGN_GATEWAY_KEK: rig.gatewayKek.toString('hex'),
    },
  });

test('kill -9 between sending and noting it: another worker delivers again, under the same id', async () => {
  await using receiver = await startReceiver({ answer: () => undefined });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const worker = await startProcess();
  await rig.emit(tenant, aTestEvent());
  await receiver.untilReceived(1);
  await worker.kill();
  expect(await rig.log(tenant, endpoint.id)).toMatchObject([{ state: 'pending', attempts: 0 }]);
  receiver.answerWith(accept);
  // Its lease runs out.
  const endLease = {
    name: 'test.end-lease',
    text: `update webhook_queues set lease_until = now() - interval '1 s', next_due_at = now() - interval '1 s'
            where endpoint_id = $1 and lease_id is not null returning 1 as ended`,
  };
  expect(await rig.owner.shared.query(endLease, [endpoint.id])).toHaveLength(1);
  const heir = await startProcess();
  await rig.untilAll(tenant, endpoint.id, ({ state, attempts }) => state === 'delivered' && attempts === 1);
  const [first, second] = receiver.received;
  expect(receiver.received).toHaveLength(2);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
  expect(await heir.stop()).toBe(0);
}, 60_000);

test('SIGTERM waits for what is being sent, notes it and ends with 0', async () => {
  let answerNow = (): void => undefined;
  await using receiver = await startReceiver({
    answer: (_received, response) => (answerNow = () => response.writeHead(200).end()),
  });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const worker = await startProcess();
  await rig.emit(tenant, aTestEvent());
  await receiver.untilReceived(1);
  const stopped = worker.stop();
  answerNow();
  expect(await stopped).toBe(0);
  expect(await rig.log(tenant, endpoint.id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
}, 60_000);

test('Postgres restarted under load: every committed event arrives, and none that was rolled back', async () => {
  const data = await mkdtemp(path.join(fastFolder(), 'countersign-webhooks-'));
  // mkdtemp closes the folder to the user that root runs Postgres as.
  await chmod(data, 0o755);
  const stack = createDisposables();
  disposables.push(stack);
  stack.defer(() => rm(data, { recursive: true, force: true }));
  const cluster = await startEmbeddedPostgres({ dataDir: path.join(data, 'pg'), logger, durable: true });
  stack.defer(() => cluster.stop());
  await cluster.ensureDatabase('webhooks');
  const passwords = { gatewayPassword: 'g', custodyPassword: 'c', adminPassword: 'a' };
  await migrateDatabase(cluster.url('postgres', 'webhooks'), { ...passwords, clock: systemClock, logger });
  const databaseUrl = cluster.url(GATEWAY_ROLE, 'webhooks');
  const database = createTenantDatabase({ url: databaseUrl, logger, applicationName: 'test' });
  stack.defer(() => database[Symbol.asyncDispose]());
  const owner = createTenantDatabase({
    url: cluster.url('postgres', 'webhooks'),
    logger,
    applicationName: 'test-owner',
  });
  stack.defer(() => owner[Symbol.asyncDispose]());

  const receiver = await startReceiver();
  stack.defer(() => receiver[Symbol.asyncDispose]());
  const tenant = randomUUID();
  await owner.transact(tenant, (session) => createTenantStore(session).ensure('Test tenant'));
  const rules = { allowHttp: true, allowPrivate: true };
  const gatewayKek = randomBytes(32);
  const clock = createMovableClock();
  const refuseReplay = (): Promise<void> => Promise.resolve();
  const webhooks = createWebhookService({
    database,
    gatewayKek,
    refuseReplay,
    clock,
    rules,
    mostEndpoints: 9,
  });
  await webhooks.create(anActor(tenant), {
    ...{ url: receiver.url, description: null, eventTypes: ['*'], accountIds: undefined },
    ...{ signature: 'hmac', askedAt: undefined },
  });
  const config = { ...rules, endpointsAtOnce: 8, disableAfterHours: 120 };
  const startWorker = () => startDeliveryWorker({ database, databaseUrl, gatewayKek, clock, logger, config });
  for (const worker of [startWorker(), startWorker()]) stack.defer(() => worker[Symbol.asyncDispose]());

  let isOver = false;
  let acknowledged = 0;
  const emit = async (): Promise<void> => {
    for (let number = 0; !isOver; number += 1) {
      const isRolledBack = number % 5 === 4;
      const event = {
        ...aTestEvent(),
        data: { credential_id: randomUUID(), exchange: isRolledBack ? 'rolled back' : 'committed' },
      } as ReturnType<typeof aTestEvent>;
      await database
        .transact(tenant, async (session) => {
          await createEventStore(session).append(event);
          if (isRolledBack) throw new Error('rolled back');
          return undefined;
        })
        .then(
          () => (acknowledged += 1),
          () => delay(2),
        );
    }
  };
  const emitters = Promise.all([emit(), emit(), emit()]);
  for (const signal of ['SIGINT', 'SIGKILL', 'SIGKILL'] as const) {
    const before = acknowledged;
    await until(() => Promise.resolve(acknowledged > before + 50));
    const exited = new Promise<void>((resolve) => cluster.onExit(resolve));
    process.kill((await cluster.pid()) ?? 0, signal);
    await exited;
    await cluster.ensureRunning();
  }
  const before = acknowledged;
  await until(() => Promise.resolve(acknowledged > before + 50));
  isOver = true;
  await emitters;

  const look = { name: 'test.events', text: 'select id from events where tenant_id = $1' };
  const committed = (await database.session(tenant).query<{ id: string }>(look, [tenant])).map(
    ({ id }) => id,
  );
  expect(committed.length).toBeGreaterThanOrEqual(acknowledged);
  // Leases that went with a connection run out.
  clock.move(61_000);
  const idsReceived = () => new Set(receiver.received.map(({ headers }) => String(headers['webhook-id'])));
  await until(() => Promise.resolve(committed.every((id) => idsReceived().has(id))));
  expect([...idsReceived()].sort()).toEqual([...committed].sort());
  const bodies = receiver.received.map(({ body }) => JSON.parse(body) as { data: { exchange: string } });
  expect(bodies.filter(({ data: { exchange } }) => exchange === 'rolled back')).toEqual([]);
}, 120_000);
