/** Reads of accounts and charts: how fast, against a floor that does the essential alone, and whether a million other accounts in the database make them slower. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startAnsweringCustody } from './answering-custody.ts';
import { type LoadResult, runLoad } from './load.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';
import { type ReadsTenant, seedReads } from './reads-data.ts';
import { interleave, median, type Row } from './rounds.ts';
import { signedRequest } from './signed-request.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 8;
const SERVER_CORE = 0;
const FEW = 1_000;
const MANY = 1_000_000;

interface Target {
  readonly process: PinnedProcess;
  readonly port: number;
  readonly tenant: ReadsTenant;
}

interface Read {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly status: number;
  readonly target: (accountId: number, credentialId: string) => string;
}

const yearAgo = (): string => new Date(Date.now() - 366 * 24 * 3_600_000).toISOString().slice(0, 10);

const READS: readonly Read[] = [
  { name: 'GET /ver1/accounts, 100 accounts', method: 'GET', status: 200, target: () => '/ver1/accounts' },
  { name: 'GET /ver1/accounts/:id', method: 'GET', status: 200, target: (id) => `/ver1/accounts/${id}` },
  { name: 'GET /ver1/accounts/summary', method: 'GET', status: 200, target: () => '/ver1/accounts/summary' },
  {
    name: 'account_table_data, 500 assets',
    method: 'POST',
    status: 201,
    target: (id) => `/ver1/accounts/${id}/account_table_data`,
  },
  {
    name: 'balance_chart_data, a year of hours',
    method: 'GET',
    status: 200,
    target: (id) => `/ver1/accounts/${id}/balance_chart_data?date_from=${yearAgo()}`,
  },
  {
    name: 'balance/history, 100 of a year of hours',
    method: 'GET',
    status: 200,
    target: (_id, credentialId) =>
      `/api/exchange/balance/history?exchange=binance&currency=ASSET1&credential_id=${credentialId}`,
  },
];

export const benchReads = async (options: { readonly accounts?: number } = {}): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const logger = createLogger('bench', 'warn');
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pgdata'), logger });
  const stops: (() => Promise<void>)[] = [
    () => postgres.stop(),
    () => rm(folder, { recursive: true, force: true }),
  ];
  try {
    const socketPath = path.join(folder, 'run', 'custody.sock');
    const custody = await startAnsweringCustody(socketPath);
    stops.unshift(() => custody.close());
    const targets: Target[] = [];
    for (const accounts of [FEW, options.accounts ?? MANY]) {
      const target = await startTarget(postgres, socketPath, accounts);
      stops.unshift(() => target.process.stop());
      targets.push(target);
    }
    const floor = await startFloor(postgres, options.accounts ?? MANY, targets.at(-1));
    stops.unshift(() => floor.process.stop());
    return await measure([...targets, floor]);
  } finally {
    for (const stop of stops) await stop();
  }
};

/** A gateway on a database of its own, in which there are so many accounts. */
const startTarget = async (
  postgres: EmbeddedPostgres,
  socketPath: string,
  accounts: number,
): Promise<Target> => {
  const database = databaseName(accounts);
  const gatewayKek = randomBytes(32);
  await postgres.ensureDatabase(database);
  const ownerUrl = postgres.url('postgres', database);
  await migrateDatabase(ownerUrl, { clock: systemClock, logger: createLogger('bench', 'warn') });
  const tenant = await seedReads(ownerUrl, gatewayKek, accounts);
  const process = await startPinned('gateway-server.js', SERVER_CORE, {
    databaseUrl: postgres.url(GATEWAY_ROLE, database),
    socketPath,
    gatewayKek: gatewayKek.toString('hex'),
  });
  return { process, port: Number(new URL((process.ready as { url: string }).url).port), tenant };
};

/** On the database of the greatest number. */
const startFloor = async (
  postgres: EmbeddedPostgres,
  accounts: number,
  target: Target | undefined,
): Promise<Target> => {
  if (target === undefined) throw new Error('there is no gateway to compare with');
  const process = await startPinned('floor-server.js', SERVER_CORE, {
    databaseUrl: postgres.url('postgres', databaseName(accounts)),
    callers: [target.tenant],
  });
  return { process, port: (process.ready as { port: number }).port, tenant: target.tenant };
};

const databaseName = (accounts: number): string => `bench_${accounts}`;

const measure = async (targets: readonly Target[]): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const read of READS) {
    const [few, many, floor] = await interleave(
      targets.map((target) => () => measureRound(target, read)),
      ROUNDS,
    );
    if (few !== undefined && many !== undefined && floor !== undefined)
      rows.push(...rowsOf(read.name, few, many, floor));
  }
  return rows;
};

const measureRound = async ({ port, tenant }: Target, read: Read): Promise<LoadResult> => {
  const whole = signedRequest(tenant, read.method, read.target(tenant.accountId, tenant.credentialId));
  const result = await runLoad({
    port,
    connections: CONNECTIONS,
    durationMs: ROUND_MS,
    next: () => whole,
    status: read.status,
  });
  if (result.failures > 0)
    throw new Error(`${result.failures} requests were not answered with ${read.status}`);
  return result;
};

const rowsOf = (
  name: string,
  few: readonly LoadResult[],
  many: readonly LoadResult[],
  floor: readonly LoadResult[],
): Row[] => {
  const of = (rounds: readonly LoadResult[], figure: 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
    median(rounds.map((round) => round[figure]));
  return [
    { name, value: of(many, 'requestsPerSecond'), unit: 'requests/s' },
    {
      name: `${name}: ratio`,
      value: of(many, 'requestsPerSecond') / of(floor, 'requestsPerSecond'),
      unit: 'of the floor',
    },
    { name: `${name}: p50`, value: of(many, 'p50Ms'), unit: 'ms' },
    { name: `${name}: p99`, value: of(many, 'p99Ms'), unit: 'ms' },
    {
      name: `${name}: p50 among 1,000,000 accounts`,
      value: of(many, 'p50Ms') / of(few, 'p50Ms'),
      unit: 'of that among 1,000',
      aim: '<= 1.1',
    },
  ];
};
