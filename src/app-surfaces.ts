/** The part of the composition root that makes the routes, and all that they are made of. */
import { createEventParts } from './app-events.ts';
import { createWebhookApi } from './app-webhooks.ts';
import { createParts, type Custody, type Parts } from './app-parts.ts';
import { type CallerAuth, createCallerAuth } from './caller-auth.ts';
import type { Config } from './config/config-schema.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import { createCatalog } from './exchanges/catalog.ts';
import { createAccountConnection } from './features/accounts/account-connection.ts';
import { createAccountService } from './features/accounts/account-service.ts';
import { createAccountUpdate } from './features/accounts/account-update.ts';
import { createConnectableTypes } from './features/accounts/connectable-types.ts';
import { createVenueReadService } from './features/accounts/venue-read-service.ts';
import {
  type CallerKeyDirectory,
  createCallerKeyDirectory,
} from './features/caller-keys/caller-key-directory.ts';
import {
  type CallerKeyAdministration,
  createCallerKeyAdministration,
} from './features/caller-keys/caller-key-administration.ts';
import { createExchangeBalanceService } from './features/balances/exchange-balance-service.ts';
import { createCallerKeyService } from './features/caller-keys/caller-key-service.ts';
import { createChartService } from './features/charts/chart-service.ts';
import { createCredentialChoice } from './features/credentials/credential-choice.ts';
import { createCredentialIntake } from './features/credentials/credential-intake.ts';
import { createCredentialService } from './features/credentials/credential-service.ts';
import { callOutsideUnits } from './features/idempotency/outside-calls.ts';
import { createKeyTrial } from './features/credentials/key-trial.ts';
import { limitTrials } from './features/credentials/trial-budget.ts';
import { createJobService } from './features/jobs/job-service.ts';
import { createMarketService } from './features/markets/market-service.ts';
import { createVenueMarketService } from './features/markets/venue-market-service.ts';
import { createAutobalanceService } from './features/portfolios/autobalance-service.ts';
import { createPortfolioService } from './features/portfolios/portfolio-service.ts';
import { createTradeRouteService } from './features/routing/trade-route-service.ts';
import { createVenueHealthService } from './features/venues/venue-health-service.ts';
import { createTradeService } from './features/trades/trade-service.ts';
import { createTradeSync } from './features/trades/trade-sync.ts';
import { createTradeValuation } from './features/trades/trade-valuation.ts';
import { createVolumeService } from './features/trades/volume-service.ts';
import { createWalletService } from './features/wallets/wallet-service.ts';
import type { Route } from './http/route.ts';
import { createTakeExchange } from './http/take-exchange.ts';
import { createTrialLimits } from './http/trial-limits.ts';
import type { RedisConnection } from './redis/redis-connection.ts';
import { createRedisTakes } from './redis/redis-takes.ts';
import type { Surface } from './http/surface.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { buildOpenApi, type OpenApiDocument } from './surfaces/openapi.ts';
import { describeWebhooks } from './surfaces/openapi-webhooks.ts';
import { createApiSurface } from './surfaces/api/api-surface.ts';
import { createAutobalanceRoutes } from './surfaces/api/autobalance-routes.ts';
import { createEventRoutes } from './surfaces/api/event-routes.ts';
import { createJobRoutes } from './surfaces/api/job-routes.ts';
import { createKeyRoutes } from './surfaces/api/key-routes.ts';
import { createExplainRoutes } from './surfaces/api/explain-routes.ts';
import { createPortfolioRoutes } from './surfaces/api/portfolio-routes.ts';
import { createTokenRoutes } from './surfaces/api/token-routes.ts';
import { createMarketDataRoutes } from './surfaces/exchange/market-data-routes.ts';
import { createTradeRouteRoutes } from './surfaces/exchange/trade-route-routes.ts';
import { createVenueRoutes } from './surfaces/exchange/venue-routes.ts';
import { createTradeRoutes } from './surfaces/exchange/trade-routes.ts';
import { createBalanceRoutes } from './surfaces/exchange/balance-routes.ts';
import { createCredentialRoutes } from './surfaces/exchange/credential-routes.ts';
import { createWalletRoutes } from './surfaces/exchange/wallet-routes.ts';
import { createAccountChangeRoutes } from './surfaces/ver1/account-change-routes.ts';
import { createAccountRoutes } from './surfaces/ver1/account-routes.ts';
import { createChartRoutes } from './surfaces/ver1/chart-routes.ts';
import { createMarketRoutes } from './surfaces/ver1/market-routes.ts';
import { createSystemRoutes } from './surfaces/ver1/system-routes.ts';
import { createUserRoutes } from './surfaces/ver1/user-routes.ts';
import { createVolumeRoutes } from './surfaces/ver1/volume-routes.ts';
import { createVenueReadRoutes } from './surfaces/ver1/venue-read-routes.ts';
import { createVer1Surface } from './surfaces/ver1/ver1-surface.ts';

export interface AssemblyDeps {
  readonly config: Pick<Config, 'environment' | 'exchanges' | 'gateway' | 'limits' | 'tokens' | 'webhooks'>;
  /** Key of callers' secrets and fingerprints, 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly custody: Custody;
  readonly clock: Clock;
  readonly logger: Logger;
}

const API_INFO = { title: 'Countersign', version: '0.1.0' };

export const describeSurfaces = (surfaces: readonly Surface[]): OpenApiDocument =>
  buildOpenApi(surfaces, API_INFO, describeWebhooks);

/** All that is served, with what it is made of; nothing of it asks anybody before it is asked itself. */
export const assemble = (
  deps: AssemblyDeps,
  database: TenantDatabase,
  redis: RedisConnection | undefined,
  iconUrl: (path: string) => string,
) => {
  const takes = redis === undefined ? undefined : createTakeExchange(createRedisTakes(redis));
  const trials = createTrialLimits(deps.config.limits, deps.clock, takes);
  const custody = limitTrials(callOutsideUnits(deps.custody, database), trials);
  const keys = createCallerKeyDirectory({ database, gatewayKek: deps.gatewayKek, clock: deps.clock });
  const eventParts = createEventParts({ ...deps, database, keys });
  const callerAuth = createCallerAuth({
    ...deps,
    database,
    keys,
    redis,
    onAddressRefused: eventParts.notices.noteAddress,
  });
  const catalog = createCatalog();
  const parts = createParts({ ...deps, custody }, database, catalog);
  const callerKeys = createCallerKeyAdministration({
    database,
    gatewayKek: deps.gatewayKek,
    findCallerKey: keys.find,
    forgetCallerKey: (keyId) => keys.forget(keyId),
    refuseReplay: callerAuth.refuseReplay,
    clock: deps.clock,
  });
  const { refuseReplay } = callerAuth;
  const surfaces = [
    createVer1(parts, keys, iconUrl),
    createApi(parts, callerAuth, callerKeys, iconUrl, [
      ...createEventRoutes(eventParts),
      ...createWebhookApi({ ...deps, database, refuseReplay }),
    ]),
  ];
  return { custody, keys, callerAuth, catalog, parts, surfaces, takes, eventParts };
};

/** The API document; neither a database nor custody has to be there. */
export const describeApi = (deps: AssemblyDeps & { readonly databaseUrl: string }): OpenApiDocument => {
  const database = createTenantDatabase({
    url: deps.databaseUrl,
    logger: deps.logger,
    applicationName: 'countersign-docs',
  });
  return describeSurfaces(assemble(deps, database, undefined, (path) => path).surfaces);
};

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
    ...createVolumeRoutes({ volumes: createVolumeService({ database }), clock }),
    ...createSystemRoutes(clock),
  ]);
};

const createApi = (
  parts: Parts,
  { tokenService, explainer, refuseReplay }: Pick<CallerAuth, 'tokenService' | 'explainer' | 'refuseReplay'>,
  callerKeys: CallerKeyAdministration,
  iconUrl: (path: string) => string,
  webhooks: readonly Route[],
): Surface => {
  const { database, catalog, clock } = parts;
  const credentials = createCredentialChoice(parts);
  const balances = createExchangeBalanceService({ ...parts, credentials });
  return createApiSurface([
    ...createPortfolioRoutes(createPortfolioService({ database, clock })),
    ...createAutobalanceRoutes(createAutobalanceService({ database, clock })),
    ...createTokenRoutes(tokenService),
    ...createExplainRoutes(explainer, clock),
    ...createKeyRoutes(callerKeys),
    ...createJobRoutes(createJobService({ database })),
    ...webhooks,
    ...createTradeRoutes({
      trades: createTradeService({ database, credentials }),
      syncTrades: createTradeSync({
        ...parts,
        credentials,
        balances,
        valueTrades: createTradeValuation(parts),
      }),
      catalog,
      clock,
    }),
    ...createWalletRoutes({ wallets: createWalletService({ ...parts, credentials }), catalog, clock }),
    ...createCredentialRoutes({
      credentials: createCredentialService({ ...parts, refuseReplay }),
      storeCredential: createCredentialIntake({ ...parts, refuseReplay }),
      tryKeys: createKeyTrial(parts),
      catalog,
      clock,
    }),
    ...createBalanceRoutes({ balances, catalog, clock }),
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
