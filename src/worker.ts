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
import { startHousekeeping } from './jobs/housekeeping.ts';
import type { JobDefinition } from './jobs/job-definition.ts';
import { startJobs } from './jobs/job-runner.ts';
import { createProfitDailyJob } from './jobs/profit-daily-job.ts';
import { createRetentionJob } from './jobs/retention-job.ts';
import { createTradeSyncJob } from './jobs/trade-sync-job.ts';

export interface BackgroundDeps extends PartsDeps {
  readonly config: Pick<Config, 'exchanges' | 'database' | 'jobs' | 'retention'>;
  /** Connection string of the gateway's login role. */
  readonly databaseUrl: string;
}

export interface Background extends AsyncDisposable {
  /** Looks for jobs that are due now. */
  wake(): void;
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
  const jobs = startJobs({
    database,
    definitions: defineJobs(parts, config),
    closedLanes: () => parts.pauses.list(),
    concurrency: config.jobs.atOnce,
    pollMs: config.jobs.pollMs,
    clock,
    logger,
  });
  const running: readonly AsyncDisposable[] = [jobs, startHousekeeping({ ...parts, config }), listener];
  let ended: Promise<void> | undefined;
  return {
    wake: () => jobs.wake(),
    [Symbol.asyncDispose]: () => (ended ??= endAll(running, database)),
  };
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
