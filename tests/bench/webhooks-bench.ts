/** Webhooks: deliveries a second to one, ten and a thousand endpoints, the time from commit to receipt, and what a dead one costs. */
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Actor, SCOPES } from '../../src/auth/actor.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { createEventStore } from '../../src/features/events/event-store.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { createWebhookService } from '../../src/features/webhooks/webhook-service.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startPinned } from './pinned-process.ts';
import { interleave, median, type Row } from './rounds.ts';

const SERVER_CORE = 0;
const DELIVERIES = 5_000;
const ENDPOINTS = [1, 10, 1_000] as const;
const SAMPLES = 300;
const PAUSE_MS = 15;
const ROUNDS = 3;
const AMONG = 100;
const EVENTS_AMONG = 30;
const DEAD_BACKLOG = 2_000;

interface Rig {
  readonly database: TenantDatabase;
  readonly owner: TenantDatabase;
  readonly receiver: Receiver;
  readonly gatewayKek: Buffer;
  startWorker(): Promise<{ stop(): Promise<void> }>;
}

export const benchWebhooks = async (): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  await chmod(folder, 0o711);
  const logger = createLogger('bench', 'warn');
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pgdata'), logger });
  const stops: (() => Promise<unknown>)[] = [
    () => postgres.stop(),
    () => rm(folder, { recursive: true, force: true }),
  ];
  try {
    await postgres.ensureDatabase('bench');
    const ownerUrl = postgres.url('postgres', 'bench');
    const passwords = { gatewayPassword: 'bench', custodyPassword: 'bench', adminPassword: 'bench' };
    await migrateDatabase(ownerUrl, { ...passwords, clock: systemClock, logger });
    const databaseUrl = postgres.url(GATEWAY_ROLE, 'bench');
    const open = (url: string) => createTenantDatabase({ url, logger, applicationName: 'bench' });
    const [database, owner] = [open(databaseUrl), open(ownerUrl)];
    const receiver = await startCountingReceiver();
    stops.unshift(
      async () => await receiver[Symbol.asyncDispose](),
      () => database[Symbol.asyncDispose](),
      () => owner[Symbol.asyncDispose](),
    );
    const gatewayKek = randomBytes(32);
    const startWorker = () =>
      startPinned('delivery-server.js', SERVER_CORE, { databaseUrl, gatewayKek: gatewayKek.toString('hex') });
    const rig: Rig = { database, owner, receiver, gatewayKek, startWorker };
    return [...(await measureRates(rig)), ...(await measureLatency(rig)), ...(await measureDead(rig))];
  } finally {
    for (const stop of stops) await stop();
  }
};

/** What was written before the worker starts, from its first delivery to the last. */
const measureRates = async (rig: Rig): Promise<Row[]> => {
  const contestants = ENDPOINTS.map((count) => async (): Promise<number> => {
    const tenant = await newTenant(rig, Array<string>(count).fill('good'));
    await emit(rig, tenant, DELIVERIES / count);
    return await timeDrain(rig, DELIVERIES);
  });
  const rates = await interleave(contestants, ROUNDS);
  return ENDPOINTS.map((count, index) => ({
    name: `deliveries to ${count} endpoint${count === 1 ? '' : 's'}`,
    value: median(rates[index] ?? []),
    unit: '/s',
  }));
};

/** Deliveries a second. */
const timeDrain = async (rig: Rig, expected: number): Promise<number> => {
  const done = rig.receiver.expect(expected);
  const worker = await rig.startWorker();
  try {
    const { firstAt, lastAt } = await done;
    return (expected * 1_000) / (lastAt - firstAt);
  } finally {
    await worker.stop();
  }
};

const measureLatency = async (rig: Rig): Promise<Row[]> => {
  const tenant = await newTenant(rig, ['good']);
  const worker = await rig.startWorker();
  const samples: number[] = [];
  try {
    for (let sample = -20; sample < SAMPLES; sample += 1) {
      const done = rig.receiver.expect(1);
      await emit(rig, tenant, 1);
      const committedAt = performance.now();
      const { lastAt } = await done;
      // The first ones open connections.
      if (sample >= 0) samples.push(Math.max(0, lastAt - committedAt));
      await delay(PAUSE_MS);
    }
  } finally {
    await worker.stop();
  }
  samples.sort((a, b) => a - b);
  const at = (share: number): number => samples[Math.floor(samples.length * share)] ?? Number.NaN;
  return [
    { name: 'commit to receipt, idle, p50', value: at(0.5), unit: 'ms', aim: '<= 50' },
    { name: 'commit to receipt, idle, p99', value: at(0.99), unit: 'ms' },
  ];
};

/** The same deliveries to 99 endpoints, with and without a hundredth that never answers and has much to get. */
const measureDead = async (rig: Rig): Promise<Row[]> => {
  const run = (isDead: boolean) => async (): Promise<number> => {
    const kinds = [...Array<string>(AMONG - 1).fill('good'), isDead ? 'dead' : 'good'];
    const tenant = await newTenant(rig, kinds.slice(-1));
    if (isDead) await emit(rig, tenant, DEAD_BACKLOG);
    await addEndpoints(rig, tenant, kinds.slice(0, -1));
    await emit(rig, tenant, EVENTS_AMONG);
    return await timeDrain(rig, (isDead ? AMONG - 1 : AMONG) * EVENTS_AMONG);
  };
  const [without = [], withDead = []] = await interleave([run(false), run(true)], ROUNDS);
  return [
    { name: `deliveries to ${AMONG} endpoints`, value: median(without), unit: '/s' },
    {
      name: 'the same while one of them hangs',
      value: median(withDead) / median(without),
      unit: 'x',
      aim: '>= 0.9',
    },
  ];
};

const newTenant = async (rig: Rig, kinds: readonly string[]): Promise<string> => {
  const tenantId = randomUUID();
  // Whatever an earlier round left on its way belongs to nobody now.
  await rig.owner.shared.query(FORGET, [[]]);
  await rig.owner.transact(tenantId, (session) => createTenantStore(session).ensure('Bench'));
  await addEndpoints(rig, tenantId, kinds);
  return tenantId;
};

const FORGET = {
  name: 'bench.forget',
  text: 'update webhook_queues set next_due_at = null, lease_id = null, lease_until = null where endpoint_id <> all ($1::uuid[])',
};

const addEndpoints = async (
  { database, gatewayKek, receiver }: Rig,
  tenantId: string,
  kinds: readonly string[],
): Promise<void> => {
  const webhooks = createWebhookService({
    database,
    gatewayKek,
    refuseReplay: () => Promise.resolve(),
    clock: systemClock,
    rules: { allowHttp: true, allowPrivate: true },
    mostEndpoints: 10_000,
  });
  for (const [index, kind] of kinds.entries())
    await webhooks.create(anActor(tenantId), {
      ...{ url: `${receiver.url}/${kind}/${index}`, description: null, eventTypes: ['*'], accountIds: null },
      ...{ signature: 'hmac', askedAt: undefined },
    });
};

const anActor = (tenantId: string): Actor => ({
  ...{ tenantId, callerKeyId: randomUUID(), keyId: 'bench', user: null, scopes: new Set(SCOPES) },
  ...{ accountIds: null, mode: 'real', tenantPerMinute: null, provenBy: 'strict', requestId: 'bench' },
});

const BATCH = 100;

const emit = async ({ database }: Rig, tenantId: string, count: number): Promise<void> => {
  for (let left = count; left > 0; left -= BATCH)
    await database.transact(tenantId, (session) =>
      createEventStore(session).appendAll(
        Array.from({ length: Math.min(BATCH, left) }, () => ({
          type: 'credential.stored' as const,
          data: { credential_id: randomUUID(), exchange: 'binance' },
          requestId: undefined,
        })),
      ),
    );
};

interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Resolves when so many more came to those that answer; times of `performance.now()`. */
  expect(count: number): Promise<{ readonly firstAt: number; readonly lastAt: number }>;
}

/** Under /dead it never answers. */
const startCountingReceiver = async (): Promise<Receiver> => {
  let left = 0;
  let firstAt = 0;
  let done: (times: { firstAt: number; lastAt: number }) => void = () => undefined;
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/dead') === true) return;
    const now = performance.now();
    if (firstAt === 0) firstAt = now;
    left -= 1;
    if (left === 0) done({ firstAt, lastAt: now });
    response.writeHead(204).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect: (count) => {
      left = count;
      firstAt = 0;
      return new Promise((resolve) => (done = resolve));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
