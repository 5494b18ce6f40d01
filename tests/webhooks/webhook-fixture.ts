/** Tenants, endpoints, events and workers on a database of their own, and a clock that a test moves. For one test file. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { type Actor, type Scope, SCOPES } from '../../src/auth/actor.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createEventStore, type NewEvent } from '../../src/features/events/event-store.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { createDeliveryService, type DeliveryService } from '../../src/features/webhooks/delivery-service.ts';
import type { Delivery } from '../../src/features/webhooks/webhook-endpoint.ts';
import {
  createWebhookService,
  type EndpointIntake,
  type IssuedEndpoint,
  type WebhookService,
} from '../../src/features/webhooks/webhook-service.ts';
import { type DeliveryWorkerDeps, startDeliveryWorker } from '../../src/jobs/delivery-worker.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

export const logger = createLogger('test', 'silent');

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** The system's time, and what the test added. */
export const createMovableClock = () => {
  let addedMs = 0;
  return {
    now: () => Date.now() + addedMs,
    move: (ms: number): void => {
      addedMs += ms;
    },
  };
};

export type MovableClock = ReturnType<typeof createMovableClock>;

export const anActor = (tenantId: string, change: Partial<Actor> = {}): Actor => ({
  tenantId,
  callerKeyId: randomUUID(),
  keyId: 'a key',
  user: null,
  scopes: new Set<Scope>(SCOPES),
  accountIds: null,
  tenantPerMinute: null,
  mode: 'real',
  provenBy: 'strict',
  requestId: 'a request',
  ...change,
});

export const aTestEvent = (number = 1): NewEvent => ({
  type: 'credential.stored',
  data: { credential_id: randomUUID(), exchange: `exchange ${number}` },
  requestId: undefined,
});

const WAKE = { name: 'test.wake', text: "select pg_notify($1, '')" };

/** Polls: what a worker does in the database nobody hears of. */
export const until = async <T>(look: () => Promise<T | undefined | false>): Promise<T> => {
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    await delay(5);
  }
};

export interface WebhookRig {
  readonly test: TestDatabase;
  readonly database: TenantDatabase;
  readonly owner: TenantDatabase;
  readonly gatewayKek: Buffer;
  /** Of this test alone. */
  readonly clock: MovableClock;
  readonly webhooks: WebhookService;
  readonly deliveries: DeliveryService;
  /** Moves the clock, and has workers look at once. */
  pass(ms: number): Promise<void>;
  newTenant(): Promise<string>;
  newEndpoint(
    tenantId: string,
    url: string,
    intake?: Partial<EndpointIntake>,
    actor?: Partial<Actor>,
  ): Promise<IssuedEndpoint>;
  emit(tenantId: string, ...events: NewEvent[]): Promise<void>;
  startWorker(change?: Partial<DeliveryWorkerDeps>): AsyncDisposable;
  /** Of an endpoint, oldest event first. */
  log(tenantId: string, endpointId: string): Promise<readonly Delivery[]>;
  /** Resolves when all deliveries of the endpoint are as the test says. */
  untilAll(
    tenantId: string,
    endpointId: string,
    isReached: (delivery: Delivery) => boolean,
  ): Promise<readonly Delivery[]>;
}

export const useWebhooks = (): WebhookRig => {
  let test: TestDatabase;
  let database: TenantDatabase;
  let owner: TenantDatabase;
  let clock = createMovableClock();
  let workers: AsyncDisposable[] = [];
  const gatewayKek = randomBytes(32);
  const rules = { allowHttp: true, allowPrivate: true };

  beforeAll(async () => {
    test = await createTestDatabase();
    const open = (url: string, maxConnections: number) =>
      createTenantDatabase({ url, logger, applicationName: 'test', maxConnections });
    database = open(test.gatewayUrl, 10);
    owner = open(test.ownerUrl, 2);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()));
    workers = [];
    clock = createMovableClock();
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await owner[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  const rig: WebhookRig = {
    get test() {
      return test;
    },
    get database() {
      return database;
    },
    get owner() {
      return owner;
    },
    get clock() {
      return clock;
    },
    gatewayKek,
    get webhooks() {
      const refuseReplay = (): Promise<void> => Promise.resolve();
      return createWebhookService({ database, gatewayKek, refuseReplay, clock, rules, mostEndpoints: 100 });
    },
    get deliveries() {
      return createDeliveryService({ database, clock });
    },
    async pass(ms) {
      clock.move(ms);
      await owner.shared.query(WAKE, ['event_written']);
    },
    async newTenant() {
      const tenantId = randomUUID();
      await owner.transact(tenantId, (session) => createTenantStore(session).ensure('Test tenant'));
      return tenantId;
    },
    newEndpoint: (tenantId, url, intake = {}, actor = {}) =>
      rig.webhooks.create(anActor(tenantId, actor), {
        ...{ url, description: null, eventTypes: ['*'], accountIds: undefined, signature: 'hmac' },
        askedAt: undefined,
        ...intake,
      }),
    emit: (tenantId, ...events) =>
      database.transact(tenantId, (session) => createEventStore(session).appendAll(events)),
    startWorker(change = {}) {
      const worker = startDeliveryWorker({
        database,
        databaseUrl: test.gatewayUrl,
        gatewayKek,
        clock,
        logger,
        config: { ...rules, endpointsAtOnce: 8, disableAfterHours: 120 },
        random: () => 0.5,
        ...change,
      });
      workers.push(worker);
      return worker;
    },
    async log(tenantId, endpointId) {
      const page = { state: undefined, eventType: undefined, before: Number.MAX_SAFE_INTEGER, limit: 500 };
      const { deliveries } = await rig.deliveries.list({ tenantId }, endpointId, page);
      return [...deliveries].reverse();
    },
    untilAll: (tenantId, endpointId, isReached) =>
      until(async () => {
        const log = await rig.log(tenantId, endpointId);
        return log.length > 0 && log.every(isReached) && log;
      }),
  };
  return rig;
};
