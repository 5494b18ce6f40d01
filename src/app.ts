/** The composition root of the gateway: everything is made here and handed to what needs it. */
import { EXPLAIN_PATH } from './auth/explainer.ts';
import type { Config } from './config/config-schema.ts';
import { startNotificationListener } from './db/notification-listener.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import { findPendingMigrations, findUnsafe } from './db/safety-checks.ts';
import { createKeyUsage } from './features/caller-keys/key-usage.ts';
import { createCredentialCheck } from './features/credentials/credential-check.ts';
import { createIdempotentWork } from './features/idempotency/idempotent-work.ts';
import { createHttpServer } from './http/server.ts';
import { checkRedis, startRedisConnection } from './redis/redis-connection.ts';
import { createRedisTakes } from './redis/redis-takes.ts';
import type { Surface } from './http/surface.ts';
import { startCredentialCheckWorker } from './jobs/credential-check-worker.ts';
import { drawIcons } from './surfaces/venue-icons.ts';
import { CURRENCY_ICON } from './surfaces/ver1/chart-wire.ts';
import { SUMMARY_ICON } from './surfaces/ver1/summary-wire.ts';
import { assemble, type AssemblyDeps, describeSurfaces, type Parts } from './app-surfaces.ts';

export interface GatewayDeps extends AssemblyDeps {
  readonly config: AssemblyDeps['config'] & Pick<Config, 'jobs' | 'database' | 'redis'>;
  /** Connection string of the gateway's login role. */
  readonly databaseUrl: string;
  /** How far the event loop lags; measured, unless given. */
  readonly readLoopDelayMs?: () => number;
}

export interface Gateway {
  /** All that it serves. */
  readonly surfaces: readonly Surface[];
  /** Starts to listen; answers the base URL, e.g. `http://127.0.0.1:8080`. */
  listen(): Promise<string>;
  /** Finishes what is in flight, then lets go of everything. */
  close(): Promise<void>;
}

/** The database does not hold what the gateway relies on: it must not serve. */
class UnsafeDatabaseError extends Error {
  override readonly name = 'UnsafeDatabaseError';

  constructor(problems: readonly string[]) {
    super(
      `The database is not safe to serve from:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
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
  const problems = await findUnsafe(database.shared);
  if (problems.length > 0) {
    await database[Symbol.asyncDispose]();
    throw new UnsafeDatabaseError(problems);
  }

  const { url: redisUrl } = config.redis;
  const redis = redisUrl === undefined ? undefined : startRedisConnection({ url: redisUrl, logger });
  let publicUrl = '';
  const assembled = assemble(deps, database, redis, (path) => publicUrl + path);
  const { custody, keys, callerAuth, catalog, parts, surfaces, takes } = assembled;
  const { authenticator, explainsAlways } = callerAuth;
  const usage = createKeyUsage({ database, clock, logger });
  const listener = startNotificationListener({
    url: deps.databaseUrl,
    channel: 'caller_key_changed',
    logger,
    onPayload: (keyId) => keys.forget(keyId),
    onLost: () => keys.setListening(false),
    onListening: () => keys.setListening(true),
  });
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
    work: createIdempotentWork({ database, gatewayKek: deps.gatewayKek, clock, logger }),
    logger,
    clock,
    readinessChecks: {
      database: async () => {
        const pending = await findPendingMigrations(database.shared);
        if (pending.length > 0) throw new UnsafeDatabaseError(pending);
      },
      custody: async () => {
        await custody.ping();
      },
      ...(redis !== undefined && {
        redis: async () => {
          await checkRedis(redis);
          await callerAuth.nonces.begin();
        },
      }),
    },
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
    },
    trustedProxies: config.gateway.trustedProxies,
    validateResponses: config.gateway.validateResponses,
    ...(explainsAlways && { authHelp: EXPLAIN_PATH }),
    limits: config.limits,
    ...(redis !== undefined && { sharedTakes: createRedisTakes(redis) }),
  });

  const checks = startChecks(parts, config.jobs);
  return {
    surfaces,
    async listen() {
      const { port } = await server.listen(config.gateway.port, config.gateway.host);
      const host = config.gateway.host.includes(':') ? `[${config.gateway.host}]` : config.gateway.host;
      const url = `http://${host}:${port}`;
      publicUrl = config.gateway.publicUrl ?? url;
      return url;
    },
    async close() {
      await server.close();
      await checks?.[Symbol.asyncDispose]();
      await usage.settled();
      await listener[Symbol.asyncDispose]();
      takes?.[Symbol.dispose]();
      await redis?.[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
};

const HOUR_MS = 3_600_000;

const startChecks = (
  parts: Parts,
  { credentialCheckHours, pollMs }: Config['jobs'],
): AsyncDisposable | undefined => {
  if (credentialCheckHours === 0) return undefined;
  const { database, clock, logger } = parts;
  const check = createCredentialCheck(parts);
  const intervalMs = credentialCheckHours * HOUR_MS;
  return startCredentialCheckWorker({ database, check, clock, logger, intervalMs, pollMs });
};
