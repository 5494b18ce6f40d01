/** The composition root of background work: every kind of job, and what else goes on by itself, is made and started here. */
import { createParts, followPauses, type Parts, type PartsDeps } from './app-parts.ts';
import type { Config } from './config/config-schema.ts';
import { createTenantDatabase } from './db/postgres-tenant-database.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import { assertSafe } from './db/unsafe-database.ts';
import { createCatalog } from './exchanges/catalog.ts';
import { createBalanceSync } from './features/balances/balance-sync.ts';
import { createExchangeBalanceService } from './features/balances/exchange-balance-service.ts';
import { createCredentialCheck } from './features/credentials/credential-check.ts';
import { createCredentialChoice } from './features/credentials/credential-choice.ts';
import { createDailyProfit } from './features/profit/daily-profit.ts';
import { createRetention } from './features/retention/retention.ts';
import { createTradeSync } from './features/trades/trade-sync.ts';
import { createTradeValuation } from './features/trades/trade-valuation.ts';
import { createBalanceSyncJob } from './jobs/balance-sync-job.ts';
import { createCredentialCheckJob } from './jobs/credential-check-job.ts';
import { startDeliveryWorker } from './jobs/delivery-worker.ts';
import { startHousekeeping } from './jobs/housekeeping.ts';
import type { JobDefinition } from './jobs/job-definition.ts';
import { startJobs } from './jobs/job-runner.ts';
import { createJobRuns } from './jobs/job-runs.ts';
import { createProfitDailyJob } from './jobs/profit-daily-job.ts';
import { createRetentionJob } from './jobs/retention-job.ts';
import { createTradeSyncJob } from './jobs/trade-sync-job.ts';
import { createCustodySource } from './metrics/custody-source.ts';
import { createJobSource } from './metrics/job-source.ts';
import type { MetricSource } from './metrics/metric-source.ts';
import { createMetrics } from './metrics/metrics.ts';
import { type MetricsListener, startMetricsListener } from './metrics/metrics-listener.ts';
import { createProcessSource } from './metrics/process-source.ts';
import { createVenueCallSource } from './metrics/venue-source.ts';

export interface BackgroundDeps extends PartsDeps {
  readonly config: Pick<Config, 'exchanges' | 'database' | 'jobs' | 'retention' | 'webhooks' | 'worker'>;
  /** Connection string of the gateway's login role. */
  readonly databaseUrl: string;
}

export interface Background extends AsyncDisposable {
  /** Looks for jobs that are due now. */
  wake(): void;
  /** Where it tells what it measures; undefined: nowhere. */
  readonly metricsUrl: string | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Throws UnsafeDatabaseError as the gateway does. Disposed it ends what runs, or gives it back for another to go on. */
export const startBackground = async (deps: BackgroundDeps): Promise<Background> => {
  const { config, clock, logger } = deps;
  const database = createTenantDatabase({
    url: deps.databaseUrl,
    logger,
    applicationName: 'countersign-worker',
    maxConnections: config.database.poolSize,
  });
  await assertSafe(database);
  const parts = createParts(deps, database, createCatalog());
  const listener = await followPauses(parts.pauses, deps);
  const runs = createJobRuns({ clock, logger });
  const jobs = startJobs({
    database,
    definitions: defineJobs(parts, config).map((job) => runs.following(job)),
    closedLanes: () => parts.pauses.list(),
    concurrency: config.jobs.atOnce,
    pollMs: config.jobs.pollMs,
    clock,
    logger,
  });
  const deliveries = startDeliveryWorker({ ...deps, database, config: config.webhooks });
  const metrics = await startMetrics(deps, [
    createProcessSource(database),
    createVenueCallSource(parts.venueCalls),
    createCustodySource(deps.custody, clock),
    createJobSource(runs),
  ]);
  const running: readonly AsyncDisposable[] = [
    ...(metrics === undefined ? [] : [metrics]),
    jobs,
    deliveries,
    startHousekeeping({ ...parts, config }),
    listener,
  ];
  let ended: Promise<void> | undefined;
  return {
    wake: () => jobs.wake(),
    metricsUrl: metrics?.url,
    [Symbol.asyncDispose]: () => (ended ??= endAll(running, database)),
  };
};

/** A worker has no listener unless it is given a port for this. */
const startMetrics = async (
  { config, logger }: BackgroundDeps,
  sources: readonly MetricSource[],
): Promise<MetricsListener | undefined> => {
  const { metricsHost, metricsPort } = config.worker;
  if (metricsPort === undefined) return undefined;
  return await startMetricsListener(createMetrics(sources, logger), { host: metricsHost, port: metricsPort });
};

const endAll = async (running: readonly AsyncDisposable[], database: TenantDatabase): Promise<void> => {
  await Promise.all(running.map((each) => each[Symbol.asyncDispose]()));
  await database[Symbol.asyncDispose]();
};

/** Those that the configuration has switched off are left out, and their rows wait. */
const defineJobs = (
  parts: Parts,
  { jobs, retention }: Pick<Config, 'jobs' | 'retention'>,
): JobDefinition[] => {
  const { credentialCheckHours, balanceSyncMinutes, tradeSyncMinutes, perVenue } = jobs;
  const { database, clock } = parts;
  const credentials = createCredentialChoice(parts);
  const syncTrades = createTradeSync({
    ...parts,
    credentials,
    balances: createExchangeBalanceService({ ...parts, credentials }),
    valueTrades: createTradeValuation(parts),
  });
  const areBalancesSynced = balanceSyncMinutes > 0;
  return [
    createRetentionJob(createRetention({ database, clock, settings: retention })),
    createProfitDailyJob({ closeDay: createDailyProfit({ database }), clock, areBalancesSynced }),
    ...(areBalancesSynced
      ? [
          createBalanceSyncJob({
            ...parts,
            syncBalances: createBalanceSync(parts),
            intervalMs: balanceSyncMinutes * MINUTE_MS,
            perLane: perVenue,
          }),
        ]
      : []),
    ...(tradeSyncMinutes > 0
      ? [
          createTradeSyncJob({
            ...parts,
            syncTrades,
            intervalMs: tradeSyncMinutes * MINUTE_MS,
            // A reading of trades takes seconds, and many calls: half as many leave the exchange to balances.
            perLane: Math.ceil(perVenue / 2),
          }),
        ]
      : []),
    ...(credentialCheckHours > 0
      ? [
          createCredentialCheckJob({
            check: createCredentialCheck(parts),
            intervalMs: credentialCheckHours * HOUR_MS,
          }),
        ]
      : []),
  ];
};
