/**
 * Background work: how fast leases are given, how long thousands of accounts that are due take against the same readings
 * without any queue, and what one dead exchange costs the others. `--accounts=10000` for more than the default.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createParts } from '../../src/app-parts.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Config } from '../../src/config/config-schema.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { systemActor } from '../../src/auth/actor.ts';
import { createBalanceSync } from '../../src/features/balances/balance-sync.ts';
import { createJobLeaseStore } from '../../src/features/jobs/job-lease-store.ts';
import { createSyncTargetStore } from '../../src/features/jobs/sync-target-store.ts';
import { AppError } from '../../src/shared/errors.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import { startBackground } from '../../src/worker.ts';
import { type CustodyRig, inParallel, withCustodyRig } from './custody-rig.ts';
import type { Row } from './rounds.ts';

const DEAD = 'okx';
const TENANTS_PER_VENUE = 10;
const MARKETS = 240;
const DEFAULT_ACCOUNTS = 1_100;
const DUE_ROWS = 10_000;
const CLAIMERS = 4;
const BATCH = 50;
const LANE_WIDTH = 200;
const LEASE_MS = 600_000;
// Together as many as a worker runs at once at most.
const WIDE = 18;

const logger = createLogger('bench', 'silent');
let asked = 0;

export const benchJobs = (): Promise<Row[]> =>
  withCustodyRig(MARKETS, async (rig) => {
    const claims = await claimAll(rig);
    const count = accountsAsked();
    const accounts = await connectAll(rig, Math.floor(count / EXCHANGE_IDS.length));
    await using gateway = createTenantDatabase({
      url: rig.gatewayUrl,
      logger,
      applicationName: 'bench-floor',
      maxConnections: 10,
    });
    const config = workerConfig();
    // Once around, so that markets are loaded and connections open for all alike.
    await drain(rig, config, EXCHANGE_IDS);
    const wide = await readDirectly(rig, gateway, accounts, WIDE);
    const floor = await readDirectly(rig, gateway, accounts, config.jobs.perVenue);
    const drained = await drain(rig, config, EXCHANGE_IDS);
    const living = EXCHANGE_IDS.filter((venue) => venue !== DEAD);
    const withoutDead = await drain(rig, config, living);
    await rig.setFault(DEAD, 'hang');
    const withDead = await drain(rig, config, living, EXCHANGE_IDS);
    await rig.setFault(DEAD, undefined);
    const total = accounts.length;
    return [
      {
        name: `leases: ${DUE_ROWS} due, ${CLAIMERS} claimers of ${BATCH} each`,
        value: claims.perSecond,
        unit: 'leases/s',
      },
      { name: 'leases given twice', value: claims.duplicates, unit: 'leases', aim: '0' },
      { name: `${total} accounts due: time to drain`, value: drained / 1_000, unit: 's' },
      { name: 'the same', value: total / (drained / 1_000), unit: 'accounts/s' },
      {
        name: `against the same readings without a queue, ${config.jobs.perVenue} at once of each venue`,
        value: floor / drained,
        unit: 'of its speed',
      },
      {
        name: `against them with ${WIDE} at once: limits and custody alone`,
        value: wide / drained,
        unit: 'of its speed',
      },
      {
        name: 'the other ten, with one dead venue among them: speed against without it',
        value: withoutDead / withDead,
        unit: 'ratio',
        aim: '1',
      },
    ];
  });

const accountsAsked = (): number => {
  const flag = process.argv.find((word) => word.startsWith('--accounts='));
  return flag === undefined ? DEFAULT_ACCOUNTS : Number(flag.slice('--accounts='.length));
};

const workerConfig = (): Config => {
  const config = loadConfig({ NODE_ENV: 'development' });
  return { ...config, jobs: { ...config.jobs, tradeSyncMinutes: 0, credentialCheckHours: 0, pollMs: 50 } };
};

const execute = <Row extends object>(
  rig: CustodyRig,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  asked += 1;
  return rig.owner.shared.query<Row>({ name: `bench.jobs-${asked}`, text }, values);
};

const claimAll = async (rig: CustodyRig): Promise<{ perSecond: number; duplicates: number }> => {
  await execute(
    rig,
    `insert into jobs (tenant_id, kind, subject, lane, due_at)
     select gen_random_uuid(), 'balance_sync', i::text, 'lane ' || i % 11, now() - random() * interval '1 hour'
       from generate_series(1, ${DUE_ROWS}) as i`,
  );
  await execute(rig, 'analyze jobs');
  await using gateway = createTenantDatabase({
    url: rig.gatewayUrl,
    logger,
    applicationName: 'bench-claim',
    maxConnections: CLAIMERS,
  });
  const leases = createJobLeaseStore(gateway.shared);
  const given: string[] = [];
  const started = performance.now();
  const claimer = async (): Promise<void> => {
    for (;;) {
      const room = {
        perLane: new Map([['balance_sync', LANE_WIDTH]] as const),
        running: [],
        restingLanes: [],
        limit: BATCH,
      };
      const claimed = await leases.claim(room, LEASE_MS);
      if (claimed.length === 0) return;
      given.push(...claimed.map(({ subject }) => subject));
    }
  };
  await Promise.all(Array.from({ length: CLAIMERS }, claimer));
  const seconds = (performance.now() - started) / 1_000;
  await execute(rig, 'delete from jobs');
  return { perSecond: given.length / seconds, duplicates: given.length - new Set(given).size };
};

interface BenchAccount {
  readonly tenantId: string;
  readonly accountId: number;
  readonly venue: string;
}

const connectAll = async (rig: CustodyRig, perVenue: number): Promise<BenchAccount[]> => {
  const catalog = createCatalog();
  const accounts: BenchAccount[] = [];
  for (const venue of EXCHANGE_IDS) {
    const marketCode = catalog.getVenue(venue).markets[0].code;
    for (const { ref } of await rig.connectMany(venue, perVenue, TENANTS_PER_VENUE)) {
      const [row] = await rig.owner.session(ref.tenantId).query<{ id: number }>(
        {
          name: 'bench.insert-account',
          text: `insert into accounts (tenant_id, credential_id, market_code, name)
                 values ($1, $2, $3, 'Bench') returning id`,
        },
        [ref.tenantId, ref.credentialId, marketCode],
      );
      accounts.push({ tenantId: ref.tenantId, accountId: row?.id ?? 0, venue });
    }
  }
  await execute(rig, "delete from jobs where kind <> 'balance_sync'");
  await execute(rig, 'analyze');
  return accounts;
};

/** Has the accounts of these venues be due, and waits until those of `waitFor` have been read; in milliseconds. */
const drain = async (
  rig: CustodyRig,
  config: Config,
  waitFor: readonly string[],
  due: readonly string[] = waitFor,
): Promise<number> => {
  await execute(rig, "update accounts set balances_synced_at = balances_synced_at - interval '1 day'");
  await execute(rig, "update jobs set due_at = now() + interval '1 day', failures = 0, last_outcome = null");
  await execute(rig, 'update jobs set due_at = now() where lane = any ($1::text[])', [due]);
  const started = performance.now();
  const worker = await startBackground({
    config,
    databaseUrl: rig.gatewayUrl,
    gatewayKek: randomBytes(32),
    custody: rig.client,
    clock: systemClock,
    logger,
  });
  try {
    await untilRead(rig, waitFor);
    return performance.now() - started;
  } finally {
    await worker[Symbol.asyncDispose]();
  }
};

const untilRead = async (rig: CustodyRig, venues: readonly string[]): Promise<void> => {
  for (;;) {
    const [row] = await execute<{ left: number }>(
      rig,
      `select count(*)::int as left from jobs
        where lane = any ($1::text[]) and last_outcome is distinct from 'synced'`,
      [venues],
    );
    if (row?.left === 0) return;
    await delay(50);
  }
};

/** The same readings, so many at once of each venue, with nothing between them and custody. */
const readDirectly = async (
  rig: CustodyRig,
  database: TenantDatabase,
  accounts: readonly BenchAccount[],
  width: number,
): Promise<number> => {
  const config = workerConfig();
  const deps = { config, gatewayKek: randomBytes(32), custody: rig.client, clock: systemClock, logger };
  const syncBalances = createBalanceSync(createParts(deps, database, createCatalog()));
  const started = performance.now();
  await Promise.all(
    EXCHANGE_IDS.map((venue) =>
      inParallel(
        accounts.filter((account) => account.venue === venue),
        width,
        async ({ tenantId, accountId }) => {
          const target = await createSyncTargetStore(database.session(tenantId)).find(accountId);
          if (target === undefined) throw new Error('an account of the benchmark is gone');
          await insist(() => syncBalances(systemActor(tenantId, randomUUID()), target.origin));
        },
      ),
    ),
  );
  return performance.now() - started;
};

/** A machine that is busy with something else refuses now and then; the queue would try again too. */
const insist = async (work: () => Promise<unknown>): Promise<void> => {
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof AppError) || error.status < 500) throw error;
      await delay(100);
    }
  }
};
