/** A whole gateway for a test file: its own database, sandbox venues over HTTP, custody as a process, the real server. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGateway, type Gateway } from '../../src/app.ts';
import type { Scope } from '../../src/auth/actor.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Config } from '../../src/config/config-schema.ts';
import { createCustodyClient, type CustodyClient } from '../../src/custody/rpc-client.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { type IssuedKeyOptions, issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import type { Surface } from '../../src/http/surface.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger, type Logger } from '../../src/shared/logger.ts';
import { type Background, startBackground } from '../../src/worker.ts';
import { startCustodyProcess } from './custody-process.ts';
import { createDisposables } from './disposables.ts';
import { createTestAdmin, type TestAdmin } from './test-admin.ts';
import { createTestCaller, type TestCaller } from './test-caller.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { createSandboxControl, type SandboxControl } from './sandbox-control.ts';

export interface TestGateway {
  readonly baseUrl: string;
  readonly database: TestDatabase;
  readonly sandbox: SandboxControl;
  /** As the owner, for looking at what was stored. */
  readonly owner: TenantDatabase;
  /** As gateways and workers reach it. */
  readonly custody: CustodyClient;
  /** Base URL of the admin API. */
  readonly adminUrl: string;
  readonly adminSurface: Surface;
  /** What it serves, as declared. */
  readonly surfaces: readonly Surface[];
  /** The gateway's key, for keys that a test stores itself. */
  readonly gatewayKek: Buffer;
  /** One more gateway on the same database, Redis and custody; answers its base URL. */
  addGateway(): Promise<string>;
  /** What a worker needs that is a process of its own. */
  readonly workerEnvironment: Readonly<Record<string, string>>;
  /** One more process' worth of background work, in this process. */
  addWorker(jobs?: Partial<Config['jobs']>, worker?: Partial<Config['worker']>): Promise<Background>;
  /** A new tenant with one HMAC key. */
  newCaller(options?: CallerOptions): Promise<TestCaller>;
  /** A new operator, who signs with an admin key of its own. */
  newAdmin(): Promise<TestAdmin>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface CallerOptions {
  readonly scopes?: readonly Scope[];
  /** A second key of that tenant instead of a new tenant. */
  readonly tenantId?: string;
  /** What else the key is limited to. */
  readonly key?: Partial<IssuedKeyOptions>;
}

export interface TestGatewayOptions {
  readonly limits?: Partial<Config['limits']>;
  /** Spot markets on each simulated venue; as many as the sandbox has when not given. */
  readonly markets?: number;
  readonly admin?: Partial<Config['admin']>;
  /** Given, background work is done too, in this process. */
  readonly jobs?: Partial<Config['jobs']>;
  /** Whether the page /docs is served. */
  readonly docs?: boolean;
  /** Without it nonces and limits are those of the one process. */
  readonly redisUrl?: string;
  readonly outsideIssuers?: Config['tokens']['outside'];
  /** Longest time for one answer of a venue. */
  readonly callDeadlineMs?: number;
  readonly clock?: { now(): number };
  /** Of the gateway; custody is a process of its own. */
  readonly logger?: Logger;
}

// Tests run from one address; only those about limits want low ones.
const WIDE_LIMITS = {
  keyPerMinute: 100_000,
  tenantPerMinute: 100_000,
  ipPerMinute: 100_000,
  failedAuthPerMinute: 100_000,
  publicPerMinute: 100_000,
  streams: 1_000,
  streamsPerKey: 100,
  idempotencyKeysPerTenant: 100_000,
  keyTrialsPerMinute: 100_000,
  refusedKeysPerMinute: 100_000,
};

/** Dispose it in `afterAll`. */
export const startTestGateway = async (options: TestGatewayOptions = {}): Promise<TestGateway> => {
  const resources = createDisposables();
  try {
    const database = await createTestDatabase();
    resources.defer(() => database[Symbol.asyncDispose]());
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-test-'));
    resources.defer(() => rm(folder, { recursive: true, force: true }));
    const venues = await startSandbox({
      port: 0,
      seed: randomBytes(16).toString('hex'),
      ...(options.markets !== undefined && { markets: options.markets }),
    });
    resources.defer(() => venues.close());

    const socketPath = path.join(folder, 'run', 'custody.sock');
    const callDeadlineMs = options.callDeadlineMs ?? 10_000;
    const logger = options.logger ?? createLogger('test', 'silent');
    const custodyProcess = await startCustodyProcess({
      dataDir: folder,
      custodyUrl: database.custodyUrl,
      sandboxUrl: venues.url,
      settings: { COUNTERSIGN_CUSTODY_DEADLINE_MS: String(callDeadlineMs) },
      logger,
    });
    resources.defer(() => custodyProcess.stop());
    const clock = options.clock ?? systemClock;
    const custody = createCustodyClient({ socketPath, logger, clock, callDeadlineMs });
    resources.defer(() => custody.close());

    const config = loadConfig({ NODE_ENV: 'test', COUNTERSIGN_DATA_DIR: folder });
    const gatewayKek = randomBytes(32);
    const newGateway = async (): Promise<Gateway> => {
      const made = await createGateway({
        config: {
          ...config,
          limits: { ...WIDE_LIMITS, ...options.limits },
          admin: { ...config.admin, ...options.admin },
          gateway: { ...config.gateway, docs: options.docs === true },
          redis: options.redisUrl === undefined ? {} : { url: options.redisUrl },
          tokens: { ...config.tokens, outside: options.outsideIssuers ?? [] },
        },
        databaseUrl: database.gatewayUrl,
        adminDatabaseUrl: database.adminUrl,
        gatewayKek,
        custody,
        clock,
        logger,
        // It shares its event loop with the tests, and the machine with those of other files.
        readLoopDelayMs: () => 0,
      });
      resources.defer(() => made.close());
      return made;
    };
    const gateway = await newGateway();
    const addWorker = async (
      jobs?: Partial<Config['jobs']>,
      metrics?: Partial<Config['worker']>,
    ): Promise<Background> => {
      const worker = await startBackground({
        config: {
          ...config,
          jobs: { ...config.jobs, ...options.jobs, ...jobs },
          worker: { ...config.worker, ...metrics },
        },
        databaseUrl: database.gatewayUrl,
        gatewayKek,
        custody,
        clock,
        logger,
      });
      resources.defer(() => worker[Symbol.asyncDispose]());
      return worker;
    };
    if (options.jobs !== undefined) await addWorker();
    const owner = createTenantDatabase({
      url: database.ownerUrl,
      logger,
      applicationName: 'test-owner',
      maxConnections: 2,
    });
    resources.defer(() => owner[Symbol.asyncDispose]());
    const baseUrl = await gateway.listen();

    const newCaller = async ({
      scopes,
      tenantId,
      key: limits = {},
    }: CallerOptions = {}): Promise<TestCaller> => {
      const tenant = tenantId ?? randomUUID();
      const key = await owner.transact(tenant, async (session) => {
        await createTenantStore(session).ensure('Test tenant');
        return issueHmacKey(session, gatewayKek, {
          name: 'Test key',
          scopes: scopes ?? ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
          ...limits,
        });
      });
      return createTestCaller({ baseUrl, tenantId: tenant, ...key });
    };
    const adminUrl = gateway.adminUrl();
    if (adminUrl === undefined || gateway.adminSurface === undefined) throw new Error('the admin API is off');
    return {
      baseUrl,
      adminUrl,
      adminSurface: gateway.adminSurface,
      newAdmin: () => createTestAdmin({ baseUrl: adminUrl, owner, clock, logger }),
      database,
      sandbox: createSandboxControl(venues),
      owner,
      custody,
      gatewayKek,
      surfaces: gateway.surfaces,
      addGateway: async () => (await newGateway()).listen(),
      addWorker,
      workerEnvironment: {
        PATH: process.env['PATH'] ?? '',
        NODE_ENV: 'test',
        COUNTERSIGN_LOG_LEVEL: 'silent',
        COUNTERSIGN_DATA_DIR: folder,
        COUNTERSIGN_CUSTODY_SOCKET: socketPath,
        COUNTERSIGN_GATEWAY_DATABASE_URL: database.gatewayUrl,
        COUNTERSIGN_GATEWAY_KEK: gatewayKek.toString('hex'),
      },
      newCaller,
      [Symbol.asyncDispose]: () => resources.dispose(),
    };
  } catch (error) {
    await resources.dispose();
    throw error;
  }
};
