/** The composition root of the gateway: everything is made here and handed to what needs it. */
import { createAccessTokens } from './auth/access-token.ts';
import { createAuthenticator } from './auth/authenticator.ts';
import { createMemoryNonceStore } from './auth/memory-nonce-store.ts';
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config-schema.ts';
import { createSealer } from './custody/sealer.ts';
import { startNotificationListener } from './db/notification-listener.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import { findPendingMigrations, findUnsafe } from './db/safety-checks.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import { type Catalog, createCatalog } from './exchanges/catalog.ts';
import type { ExchangePort, SealingKeyIssuer } from './exchanges/exchange.ts';
import { createAccountConnection } from './features/accounts/account-connection.ts';
import { createAccountService } from './features/accounts/account-service.ts';
import { createAccountUpdate } from './features/accounts/account-update.ts';
import { createConnectableTypes } from './features/accounts/connectable-types.ts';
import { createVenueReadService } from './features/accounts/venue-read-service.ts';
import {
  type CallerKeyDirectory,
  createCallerKeyDirectory,
} from './features/caller-keys/caller-key-directory.ts';
import { createCallerKeyService } from './features/caller-keys/caller-key-service.ts';
import { createChartService } from './features/charts/chart-service.ts';
import { createCredentialChoice } from './features/credentials/credential-choice.ts';
import { createFingerprint } from './features/credentials/fingerprint.ts';
import { createMarketService } from './features/markets/market-service.ts';
import { createPriceSource } from './features/markets/price-source.ts';
import { createPriceStore } from './features/markets/price-store.ts';
import { createVenueMarketService } from './features/markets/venue-market-service.ts';
import { createAutobalanceService } from './features/portfolios/autobalance-service.ts';
import { createPortfolioService } from './features/portfolios/portfolio-service.ts';
import { createTradeRouteService } from './features/routing/trade-route-service.ts';
import { createVenueHealthService } from './features/venues/venue-health-service.ts';
import { createWalletService } from './features/wallets/wallet-service.ts';
import { createTokenKeyRing } from './features/tokens/token-key-ring.ts';
import { createTokenService, type TokenService } from './features/tokens/token-service.ts';
import type { Route } from './http/route.ts';
import { createHttpServer } from './http/server.ts';
import { checkRedis, startRedisConnection } from './redis/redis-connection.ts';
import { createRedisTakes } from './redis/redis-takes.ts';
import type { Surface } from './http/surface.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { drawIcons } from './surfaces/venue-icons.ts';
import { buildOpenApi } from './surfaces/openapi.ts';
import { createApiSurface } from './surfaces/api/api-surface.ts';
import { createAutobalanceRoutes } from './surfaces/api/autobalance-routes.ts';
import { createPortfolioRoutes } from './surfaces/api/portfolio-routes.ts';
import { createTokenRoutes } from './surfaces/api/token-routes.ts';
import { createMarketDataRoutes } from './surfaces/exchange/market-data-routes.ts';
import { createTradeRouteRoutes } from './surfaces/exchange/trade-route-routes.ts';
import { createVenueRoutes } from './surfaces/exchange/venue-routes.ts';
import { createWalletRoutes } from './surfaces/exchange/wallet-routes.ts';
import { createAccountChangeRoutes } from './surfaces/ver1/account-change-routes.ts';
import { createAccountRoutes } from './surfaces/ver1/account-routes.ts';
import { createChartRoutes } from './surfaces/ver1/chart-routes.ts';
import { CURRENCY_ICON } from './surfaces/ver1/chart-wire.ts';
import { SUMMARY_ICON } from './surfaces/ver1/summary-wire.ts';
import { createMarketRoutes } from './surfaces/ver1/market-routes.ts';
import { createSystemRoutes } from './surfaces/ver1/system-routes.ts';
import { createUserRoutes } from './surfaces/ver1/user-routes.ts';
import { createVenueReadRoutes } from './surfaces/ver1/venue-read-routes.ts';
import { createVer1Surface } from './surfaces/ver1/ver1-surface.ts';

// The `iss` of our tokens where nobody gave the gateway a name.
const DEFAULT_ISSUER = 'countersign';

const API_INFO = { title: 'Countersign', version: '0.1.0' };

/** Custody as the gateway sees it. */
export type Custody = ExchangePort & SealingKeyIssuer & { ping(): Promise<unknown> };

export interface GatewayDeps {
  readonly config: Pick<Config, 'gateway' | 'limits' | 'database' | 'redis' | 'exchanges' | 'tokens'>;
  /** Connection string of the gateway's login role. */
  readonly databaseUrl: string;
  /** Key of callers' secrets and fingerprints, 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly custody: Custody;
  readonly clock: Clock;
  readonly logger: Logger;
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
  const { config, clock, logger, custody } = deps;
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
  const keys = createCallerKeyDirectory({ database, gatewayKek: deps.gatewayKek, clock });
  const listener = startNotificationListener({
    url: deps.databaseUrl,
    channel: 'caller_key_changed',
    logger,
    onPayload: (keyId) => keys.forget(keyId),
    onLost: () => keys.setListening(false),
    onListening: () => keys.setListening(true),
  });
  const tokenKeys = createTokenKeyRing({
    shared: database.shared,
    gatewayKek: deps.gatewayKek,
    clock,
    logger,
  });
  const tokens = createAccessTokens({
    keys: tokenKeys,
    issuer: config.tokens.issuer ?? config.gateway.publicUrl ?? DEFAULT_ISSUER,
    audience: config.tokens.audience,
    clock,
  });
  const nonces = createMemoryNonceStore({ clock });
  const tokenService = createTokenService({ tokens, findCallerKey: keys.find, nonces, clock });
  let publicUrl = '';
  const catalog = createCatalog();
  const parts = createParts(deps, database, catalog);
  const iconUrl = (path: string): string => publicUrl + path;
  const surfaces = [createVer1(parts, keys, iconUrl), createApi(parts, tokenService, iconUrl)];
  const server = createHttpServer({
    surfaces,
    authenticator: createAuthenticator({ findCallerKey: keys.find, tokens, clock }),
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
      ...(redis !== undefined && { redis: () => checkRedis(redis) }),
    },
    documents: {
      '/openapi.json': {
        contentType: 'application/json',
        body: JSON.stringify(buildOpenApi(surfaces, API_INFO)),
      },
      '/.well-known/jwks.json': {
        contentType: 'application/jwk-set+json',
        body: async () => JSON.stringify({ keys: await tokenKeys.publicKeys() }),
      },
      ...drawIcons(catalog.markets, { [SUMMARY_ICON]: 'Summary', [CURRENCY_ICON]: 'Currency' }),
    },
    trustedProxies: config.gateway.trustedProxies,
    validateResponses: config.gateway.validateResponses,
    limits: config.limits,
    ...(redis !== undefined && { sharedTakes: createRedisTakes(redis) }),
  });

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
      await listener[Symbol.asyncDispose]();
      await redis?.[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
};

/** What the routes of more than one surface are made of: one book of prices, one sealer, one way to custody. */
const createParts = (
  { config, custody, clock, logger, gatewayKek }: GatewayDeps,
  database: TenantDatabase,
  catalog: Catalog,
) => {
  const { referenceVenue } = config.exchanges;
  const referenceVenueId = catalog.findVenue(referenceVenue)?.id;
  if (referenceVenueId === undefined) {
    throw new ConfigError([
      `exchanges.referenceVenue (COUNTERSIGN_REFERENCE_VENUE): ${referenceVenue} is no exchange`,
    ]);
  }
  return {
    database,
    exchanges: custody,
    prices: createPriceSource({
      exchanges: custody,
      store: createPriceStore(database.shared),
      clock,
      logger,
    }),
    referenceVenueId,
    fingerprint: createFingerprint(gatewayKek),
    seal: createSealer(custody, clock),
    catalog,
    clock,
    logger,
  };
};

type Parts = ReturnType<typeof createParts>;

const createVer1 = (parts: Parts, keys: CallerKeyDirectory, iconUrl: (path: string) => string): Surface => {
  const { database, catalog, clock } = parts;
  const markets = createMarketService(parts);
  return createVer1Surface([
    ...createAccountRoutes({
      connectAccount: createAccountConnection(parts),
      accounts: createAccountService(parts),
      portfolios: createPortfolioService({ database, clock }),
      catalog,
      iconUrl,
      clock,
    }),
    ...createAccountChangeRoutes({
      updateAccount: createAccountUpdate(parts),
      listConnectableTypes: createConnectableTypes(parts),
      catalog,
      iconUrl,
      clock,
    }),
    ...createUserRoutes(
      createCallerKeyService({
        database,
        findCallerKey: keys.find,
        forgetCallerKey: (keyId) => keys.forget(keyId),
        clock,
      }),
    ),
    ...createMarketRoutes({ markets, catalog, clock, iconUrl }),
    ...createVenueReadRoutes(createVenueReadService({ ...parts, markets })),
    ...createChartRoutes({ charts: createChartService({ database, clock }), catalog, clock, iconUrl }),
    ...createSystemRoutes(clock),
  ]);
};

const createApi = (parts: Parts, tokens: TokenService, iconUrl: (path: string) => string): Surface => {
  const { database, catalog, clock } = parts;
  const credentials = createCredentialChoice(parts);
  return createApiSurface([
    ...createPortfolioRoutes(createPortfolioService({ database, clock })),
    ...createAutobalanceRoutes(createAutobalanceService({ database, clock })),
    ...createTokenRoutes(tokens),
    ...createWalletRoutes({ wallets: createWalletService({ ...parts, credentials }), catalog, clock }),
    ...createVenueApi(parts, iconUrl),
  ]);
};

/** What /api/exchange tells of exchanges themselves. */
const createVenueApi = (parts: Parts, iconUrl: (path: string) => string): Route[] => {
  const { catalog, clock } = parts;
  const markets = createVenueMarketService(parts);
  const health = createVenueHealthService(parts);
  // Nobody compares, or waits for, prices that are made up.
  const venues = catalog.venues.filter(({ id }) => id !== 'paper_trading');
  return [
    ...createMarketDataRoutes({ markets, catalog, clock }),
    ...createTradeRouteRoutes(createTradeRouteService({ ...parts, markets, health, venues }), clock),
    ...createVenueRoutes({ catalog, venues, health, iconUrl, clock }),
  ];
};
