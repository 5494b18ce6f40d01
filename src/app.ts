/** The composition root of the gateway: everything is made here and handed to what needs it. */
import { EXPLAIN_PATH } from './auth/explainer.ts';
import type { Config } from './config/config-schema.ts';
import { startNotificationListener } from './db/notification-listener.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import { findPendingMigrations } from './db/safety-checks.ts';
import { assertSafe, UnsafeDatabaseError } from './db/unsafe-database.ts';
import { topicOfKey } from './features/events/event-follower.ts';
import { createKeyUsage } from './features/caller-keys/key-usage.ts';
import { createIdempotentWork } from './features/idempotency/idempotent-work.ts';
import { createHttpServer } from './http/server.ts';
import { checkRedis, startRedisConnection } from './redis/redis-connection.ts';
import { createRedisTakes } from './redis/redis-takes.ts';
import type { ReadinessCheck } from './http/health.ts';
import type { Surface } from './http/surface.ts';
import { createCustodySource } from './metrics/custody-source.ts';
import { createHttpSource } from './metrics/http-source.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { createProcessSource } from './metrics/process-source.ts';
import { createVenueCallSource } from './metrics/venue-source.ts';
import { drawIcons } from './surfaces/venue-icons.ts';
import { CURRENCY_ICON } from './surfaces/ver1/chart-wire.ts';
import { SUMMARY_ICON } from './surfaces/ver1/summary-wire.ts';
import { type AdminListener, createAdminListener } from './app-admin.ts';
import { readApiPage } from './app-api-page.ts';
import { listenForEvents } from './app-events.ts';
import { followPauses } from './app-parts.ts';
import { assemble, type AssemblyDeps, describeSurfaces } from './app-surfaces.ts';

export interface GatewayDeps extends AssemblyDeps {
  readonly config: AssemblyDeps['config'] &
    Pick<Config, 'admin' | 'audit' | 'dataDir' | 'database' | 'redis'>;
  /** Connection string of the gateway's login role. */
  readonly databaseUrl: string;
  /** Of the admin API's; without it the admin API is off. */
  readonly adminDatabaseUrl?: string | undefined;
  /** How far the event loop lags; measured, unless given. */
  readonly readLoopDelayMs?: () => number;
}

export interface Gateway {
  /** All that it serves. */
  readonly surfaces: readonly Surface[];
  /** Starts to listen; answers the base URL, e.g. `http://127.0.0.1:8080`. */
  listen(): Promise<string>;
  /** Where the admin API listens, once the gateway does; undefined: it is off. */
  adminUrl(): string | undefined;
  /** What the admin API serves. */
  readonly adminSurface: Surface | undefined;
  /** Finishes what is in flight, then lets go of everything. */
  close(): Promise<void>;
}

/** Throws UnsafeDatabaseError when row security, roles, grants or migrations are not as they must be. */
export const createGateway = async (deps: GatewayDeps): Promise<Gateway> => {
  const { config, clock, logger } = deps;
  const database = createTenantDatabase({
    url: deps.databaseUrl,
    logger,
    applicationName: 'countersign-gateway',
    maxConnections: config.database.poolSize,
  });
  await assertSafe(database);

  const { url: redisUrl } = config.redis;
  const redis = redisUrl === undefined ? undefined : startRedisConnection({ url: redisUrl, logger });
  let publicUrl = '';
  const assembled = assemble(deps, database, redis, (path) => publicUrl + path);
  const { custody, keys, callerAuth, catalog, parts, surfaces, takes, eventParts } = assembled;
  const { hub, notices } = eventParts;
  const pauses = await followPauses(parts.pauses, deps);
  const { authenticator, explainsAlways } = callerAuth;
  const usage = createKeyUsage({ database, clock, logger });
  const listener = startNotificationListener({
    url: deps.databaseUrl,
    channel: 'caller_key_changed',
    logger,
    onPayload: (keyId) => {
      keys.forget(keyId);
      hub.wake(topicOfKey(keyId));
    },
    onLost: () => keys.setListening(false),
    onListening: () => keys.setListening(true),
  });
  const keyListener = startNotificationListener({
    url: deps.databaseUrl,
    channel: 'tenant_key_changed',
    logger,
    onPayload: (tenantId) => parts.seal.forgetTenant(tenantId),
    // What is missed is learnt within a minute, and the key before opens for longer than that.
    onLost: () => undefined,
  });
  const eventListener = listenForEvents(deps.databaseUrl, hub, logger);
  const readinessChecks = {
    database: async () => {
      const pending = await findPendingMigrations(database.shared);
      if (pending.length > 0) throw new UnsafeDatabaseError(pending);
    },
    custody: async () =>
      (await custody.ping()).frozen
        ? 'frozen: exchange keys are not used until an operator lifts this'
        : undefined,
    ...(redis !== undefined && {
      redis: async () => {
        await checkRedis(redis);
        await callerAuth.nonces.begin();
      },
    }),
  };
  const server = createHttpServer({
    surfaces,
    authenticator: {
      authenticate: async (request) => {
        const actor = await authenticator.authenticate(request);
        usage.note(actor);
        return actor;
      },
    },
    ...(deps.readLoopDelayMs !== undefined && { readLoopDelayMs: deps.readLoopDelayMs }),
    work: createIdempotentWork({
      database,
      gatewayKek: deps.gatewayKek,
      keysPerTenant: config.limits.idempotencyKeysPerTenant,
      clock,
      logger,
    }),
    logger,
    clock,
    readinessChecks,
    documents: {
      '/openapi.json': {
        contentType: 'application/json',
        body: JSON.stringify(describeSurfaces(surfaces)),
      },
      '/.well-known/jwks.json': {
        contentType: 'application/jwk-set+json',
        body: async () => JSON.stringify({ keys: await callerAuth.tokenKeys.publicKeys() }),
      },
      ...drawIcons(catalog.markets, { [SUMMARY_ICON]: 'Summary', [CURRENCY_ICON]: 'Currency' }),
      ...(config.gateway.docs && readApiPage()),
    },
    trustedProxies: config.gateway.trustedProxies,
    validateResponses: config.gateway.validateResponses,
    ...(explainsAlways && { authHelp: EXPLAIN_PATH }),
    limits: config.limits,
    onKeyFailing: notices.noteFailures,
    ...(redis !== undefined && { sharedTakes: createRedisTakes(redis) }),
  });

  const metricSources = [
    createHttpSource(server.counts),
    createVenueCallSource(parts.venueCalls),
    createCustodySource(deps.custody, clock),
    createProcessSource(database, callerAuth.nonces),
  ];
  const admin = await createAdmin(deps, assembled, readinessChecks, metricSources);

  let adminUrl: string | undefined;
  return {
    surfaces,
    adminSurface: admin?.surface,
    adminUrl: () => adminUrl,
    async listen() {
      adminUrl = await admin?.listen();
      const { port } = await server.listen(config.gateway.port, config.gateway.host);
      const host = config.gateway.host.includes(':') ? `[${config.gateway.host}]` : config.gateway.host;
      const url = `http://${host}:${port}`;
      publicUrl = config.gateway.publicUrl ?? url;
      return url;
    },
    async close() {
      await Promise.all([server.close(), admin?.close()]);
      await Promise.all([usage.settled(), notices.settled()]);
      await eventListener[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
      await keyListener[Symbol.asyncDispose]();
      await pauses[Symbol.asyncDispose]();
      takes?.[Symbol.dispose]();
      await redis?.[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
};

/** undefined, with a line in the log that says why, where it is off. */
const createAdmin = async (
  deps: GatewayDeps,
  { parts, callerAuth, keys }: ReturnType<typeof assemble>,
  readinessChecks: Readonly<Record<string, ReadinessCheck>>,
  metricSources: readonly MetricSource[],
): Promise<AdminListener | undefined> => {
  const { adminDatabaseUrl, config, logger } = deps;
  if (config.admin.port === undefined) {
    logger.info('the admin API is off: set admin.port (COUNTERSIGN_ADMIN_PORT) to have it');
    return undefined;
  }
  if (adminDatabaseUrl === undefined) {
    logger.warn(
      'the admin API is off: database.adminUrl (COUNTERSIGN_ADMIN_DATABASE_URL), its own login role, is not set',
    );
    return undefined;
  }
  return await createAdminListener({
    ...deps,
    databaseUrl: adminDatabaseUrl,
    database: parts.database,
    gateway: parts,
    nonces: callerAuth.nonces,
    forgetCallerKey: (keyId) => keys.forget(keyId),
    readinessChecks,
    metricSources,
  });
};
