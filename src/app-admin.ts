/** The part of the composition root that makes the admin API: a listener of its own, with identities and a role of its own. */
import path from 'node:path';
import { createAdminIdentity } from './admin-identity.ts';
import type { Parts } from './app-parts.ts';
import type { NonceStore } from './auth/nonce-store.ts';
import { ConfigError } from './config/config-error.ts';
import { findProjectRoot } from './config/config.ts';
import type { Config } from './config/config-schema.ts';
import { checkpointFolder } from './config/secrets.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import { findUnsafeForAdmin } from './db/safety-checks.ts';
import type { Session, TenantDatabase } from './db/tenant-database.ts';
import { type AuditedReads, createAuditedReads } from './features/administration/audited-reads.ts';
import { createOverviewService, type Depths } from './features/administration/overview.ts';
import { createTenantReader } from './features/administration/tenant-reader.ts';
import { createOperatorKeyAdministration } from './features/caller-keys/caller-key-administration.ts';
import { createTenantAdministration } from './features/tenants/tenant-administration.ts';
import { createUserAdministration } from './features/tenants/user-administration.ts';
import type { ReadinessCheck } from './http/health.ts';
import type { RequestWork } from './http/idempotency.ts';
import { readBrowserPage } from './http/browser-pages.ts';
import type { PublicDocument, Redirect } from './http/public-documents.ts';
import type { Route } from './http/route.ts';
import { createHttpServer, type HttpServer } from './http/server.ts';
import type { Surface } from './http/surface.ts';
import { createAuditAdministration } from './features/audit/audit-administration.ts';
import { listChains } from './features/audit/audit-reading-store.ts';
import { createFreezeAdministration } from './features/freezes/freeze-administration.ts';
import { createSealingKeyAdministration } from './features/sealing-keys/sealing-key-administration.ts';
import { createJobAdministration } from './features/jobs/job-administration.ts';
import { createDeliveryAdministration } from './features/webhooks/delivery-administration.ts';
import { createDeliveryService } from './features/webhooks/delivery-service.ts';
import { createVenueAdministration } from './features/venues/venue-administration.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { createMetrics } from './metrics/metrics.ts';
import { createQueueStore } from './metrics/queue-store.ts';
import { createQueueSource } from './metrics/queue-source.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { createAdminAccountRoutes } from './surfaces/admin/account-routes.ts';
import { createTenantKeyRoutes } from './surfaces/admin/tenant-key-routes.ts';
import { createTenantRoutes } from './surfaces/admin/tenant-routes.ts';
import { createAdminSurface } from './surfaces/admin/admin-surface.ts';
import { createAdminAuditRoutes } from './surfaces/admin/audit-routes.ts';
import { createAdminFreezeRoutes } from './surfaces/admin/freeze-routes.ts';
import { createAdminSealingKeyRoutes } from './surfaces/admin/sealing-key-routes.ts';
import { createAdminDeliveryRoutes } from './surfaces/admin/delivery-routes.ts';
import { createAdminJobRoutes } from './surfaces/admin/job-routes.ts';
import { createOverviewRoutes } from './surfaces/admin/overview-routes.ts';
import { createAdminVenueRoutes } from './surfaces/admin/venue-routes.ts';
import { buildOpenApi, type OpenApiDocument } from './surfaces/openapi.ts';

export interface AdminDeps {
  readonly config: Pick<Config, 'admin' | 'audit' | 'dataDir' | 'gateway' | 'limits'>;
  /** Connection string of the admin API's login role. */
  readonly databaseUrl: string;
  readonly nonces: NonceStore;
  /** Key of callers' secrets, 32 bytes. */
  readonly gatewayKek: Buffer;
  /** Drops what this process keeps of a caller key. */
  readonly forgetCallerKey: (keyId: string) => void;
  /** The gateway's own, for changes inside one tenant. */
  readonly database: TenantDatabase;
  /** What the gateway's surfaces are made of too. */
  readonly gateway: Pick<Parts, 'catalog' | 'exchanges' | 'pauses'>;
  readonly readinessChecks: Readonly<Record<string, ReadinessCheck>>;
  /** What the gateway measures. */
  readonly metricSources: readonly MetricSource[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What routes of the admin API are made of. */
export interface AdminParts extends Pick<AdminDeps, 'gateway' | 'gatewayKek' | 'forgetCallerKey'> {
  /** The gateway's role, one tenant at a time. */
  readonly database: TenantDatabase;
  /** The admin API's role: what belongs to no tenant, and the rows of tenants themselves. */
  readonly adminDatabase: TenantDatabase;
  /** Across tenants. */
  readonly reads: AuditedReads;
  /** Where custody writes checkpoints of the audit chains. */
  readonly checkpointFolder: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface AdminListener {
  readonly surface: Surface;
  /** Starts to listen; answers the URL of the listener itself, e.g. `http://127.0.0.1:8081`. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

const ADMIN_INFO = { title: 'Countersign admin API', version: '0.1.0' };
const POOL_SIZE = 5;
// Deleting a tenant deletes all its history.
const STATEMENT_TIMEOUT_MS = 120_000;

/** Rejects with what is wrong when the role may do what it must not. */
export const createAdminListener = async (deps: AdminDeps): Promise<AdminListener> => {
  const { config, logger } = deps;
  const adminDatabase = createTenantDatabase({
    url: deps.databaseUrl,
    logger,
    applicationName: 'countersign-admin',
    maxConnections: POOL_SIZE,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  let url = '';
  try {
    const problems = await findUnsafeForAdmin(adminDatabase.shared);
    if (problems.length > 0)
      throw new Error(`The role of the admin API may do what it must not: ${problems.join('; ')}`);
    const { server, surface } = createServer(deps, createParts(deps, adminDatabase), () => url);
    return {
      surface,
      async listen() {
        const { host } = config.admin;
        const { port } = await server.listen(config.admin.port ?? 0, host).catch((error: unknown) => {
          throw portProblem(error, config.admin);
        });
        url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
        return url;
      },
      async close() {
        await server.close();
        await adminDatabase[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await adminDatabase[Symbol.asyncDispose]();
    throw error;
  }
};

/** Told by the name of the setting: whoever starts a second gateway on a machine changes two ports. */
const portProblem = (error: unknown, { host, port }: Config['admin']): unknown =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    ? new ConfigError([
        `admin.port (COUNTERSIGN_ADMIN_PORT): ${host}:${port ?? 0} is in use by another program; choose another port, or 0 for any`,
      ])
    : error;

const createParts = (
  {
    config,
    gateway,
    gatewayKek,
    forgetCallerKey,
    database,
    clock,
    logger,
  }: Omit<AdminDeps, 'readinessChecks' | 'metricSources'>,
  adminDatabase: TenantDatabase,
): AdminParts => ({
  gateway,
  gatewayKek,
  forgetCallerKey,
  database,
  adminDatabase,
  reads: createAuditedReads({ database: adminDatabase, clock }),
  checkpointFolder: checkpointFolder(config),
  clock,
  logger,
});

const createServer = (
  deps: AdminDeps,
  parts: AdminParts,
  listenerUrl: () => string,
): { server: HttpServer; surface: Surface } => {
  const { config, clock, logger } = deps;
  const identity = createAdminIdentity({ ...deps, ...parts, listenerUrl });
  const surface = createAdminSurface([...identity.routes, ...createAdminRoutes(parts)]);
  const queues = createQueueSource(parts.adminDatabase.shared, clock);
  const metrics = createMetrics([...deps.metricSources, queues], logger);
  const server = createHttpServer({
    surfaces: [surface],
    authenticator: identity.authenticator,
    work: KEEPS_NO_ANSWERS,
    logger,
    clock,
    readinessChecks: deps.readinessChecks,
    documents: {
      ...createDocuments(surface),
      '/metrics': {
        contentType: metrics.contentType,
        body: () => metrics.read(),
        cacheControl: 'no-store',
      },
    },
    pages: identity.pages,
    trustedProxies: config.admin.trustedProxies,
    validateResponses: config.gateway.validateResponses,
    limits: config.limits,
    // Operators are let in when there is too much to do for all others.
    readLoopDelayMs: () => 0,
  });
  return { server, surface };
};

/** Every route that operators call once they have signed in. */
const createAdminRoutes = (parts: AdminParts): Route[] => {
  const { clock, gateway } = parts;
  const ofAdmin = { database: parts.adminDatabase, clock };
  const reader = createTenantReader(parts);
  const venues = createVenueAdministration({ ...parts, ...gateway });
  return [
    ...createTenantRoutes({
      tenants: createTenantAdministration(ofAdmin),
      users: createUserAdministration(ofAdmin),
      reader,
    }),
    ...createTenantKeyRoutes({ keys: createOperatorKeyAdministration(parts), reader }),
    ...createAdminAccountRoutes({ reader, catalog: gateway.catalog }),
    ...createAdminJobRoutes(createJobAdministration(parts)),
    ...createAdminDeliveryRoutes(
      createDeliveryAdministration({ ...parts, deliveries: createDeliveryService(parts) }),
    ),
    ...createAdminAuditRoutes(
      createAuditAdministration({ ...parts, database: parts.adminDatabase, listChains }),
    ),
    ...createAdminSealingKeyRoutes(
      createSealingKeyAdministration({ shared: parts.adminDatabase.shared, reads: parts.reads }),
    ),
    ...createAdminFreezeRoutes(createFreezeAdministration({ shared: parts.adminDatabase.shared })),
    ...createAdminVenueRoutes({ venues, clock }),
    ...createOverviewRoutes({
      overview: createOverviewService({ ...parts, countQueues, custody: gateway.exchanges }),
      venues,
    }),
  ];
};

const countQueues = async (session: Session): Promise<{ jobs: Depths; deliveries: Depths }> => {
  const queues = createQueueStore(session);
  return { jobs: toDepths(await queues.jobs()), deliveries: toDepths(await queues.deliveries()) };
};

const toDepths = (rows: readonly { readonly state: string; readonly count: number }[]): Depths => {
  const depths: Record<string, number> = {};
  for (const { state, count } of rows) depths[state] = (depths[state] ?? 0) + count;
  return depths;
};

const createDocuments = (surface: Surface): Readonly<Record<string, PublicDocument | Redirect>> => ({
  '/openapi.json': { contentType: 'application/json', body: JSON.stringify(describeSurface(surface)) },
  '/': { redirectTo: '/console/' },
  ...readBrowserPage({
    folder: path.join(findProjectRoot(), 'dist', 'console'),
    root: '/console',
    contentSecurityPolicy: CONSOLE_POLICY,
  }),
});

// Nothing but what the build made and this listener serves; no style or script in the page itself.
const CONSOLE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

const describeSurface = (surface: Surface): OpenApiDocument => buildOpenApi([surface], ADMIN_INFO);

/** The document of the admin API; no database has to be there. */
export const describeAdminApi = (
  deps: Omit<AdminDeps, 'readinessChecks' | 'metricSources'>,
): OpenApiDocument => {
  const parts = createParts(deps, deps.database);
  const { routes } = createAdminIdentity({ ...deps, ...parts, listenerUrl: () => '' });
  return describeSurface(createAdminSurface([...routes, ...createAdminRoutes(parts)]));
};

/** An operator looks before doing a thing again: there are few of them, and few changes. */
const KEEPS_NO_ANSWERS: RequestWork = {
  withinReach: (_actor, work) => work(),
  once: async (_request, answer) => ({ answer: await answer(), isReplay: false }),
};
