/** Signed reads and connections against the floor, in interleaved rounds on one machine. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startAnsweringCustody } from './answering-custody.ts';
import { BENCH_TENANT_KEY_ID, type BenchCaller } from './bench-data.ts';
import { type LoadResult, runLoad } from './load.ts';
import { type PinnedProcess, startPinned } from './pinned-process.ts';
import { interleave, median, type Row } from './rounds.ts';
import { signedRequest } from './signed-request.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 16;
const SERVER_CORE = 0;

interface Target {
  readonly process: PinnedProcess;
  readonly port: number;
  readonly callers: readonly BenchCaller[];
}

let turn = 0;

const newAccountRequest = ({ callers }: Target): Buffer => {
  const caller = callerAt(callers, turn++);
  const keys = { api_key: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') };
  return signedRequest(
    caller,
    'POST',
    '/ver1/accounts/new',
    JSON.stringify({ type: 'binance', name: 'Bench', ...keys }),
  );
};

export const benchAccounts = async (): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  const logger = createLogger('bench', 'warn');
  const postgres = await startEmbeddedPostgres({ dataDir: folder, logger });
  const stops: (() => Promise<void>)[] = [
    () => postgres.stop(),
    () => rm(folder, { recursive: true, force: true }),
  ];
  try {
    await postgres.ensureDatabase('bench');
    const ownerUrl = postgres.url('postgres', 'bench');
    await migrateDatabase(ownerUrl, { clock: systemClock, logger });
    const gatewayKek = randomBytes(32);
    const callers = await seedTenants(ownerUrl, gatewayKek);
    const socketPath = path.join(folder, 'run', 'custody.sock');
    const custody = await startAnsweringCustody(socketPath);
    stops.unshift(() => custody.close());

    const floorProcess = await startPinned('floor-server.js', SERVER_CORE, {
      databaseUrl: ownerUrl,
      callers,
    });
    stops.unshift(() => floorProcess.stop());
    const gatewayProcess = await startPinned('gateway-server.js', SERVER_CORE, {
      databaseUrl: postgres.url(GATEWAY_ROLE, 'bench'),
      socketPath,
      gatewayKek: gatewayKek.toString('hex'),
    });
    stops.unshift(() => gatewayProcess.stop());
    const floor = { callers, process: floorProcess, port: (floorProcess.ready as { port: number }).port };
    const gateway = {
      callers,
      process: gatewayProcess,
      port: Number(new URL((gatewayProcess.ready as { url: string }).url).port),
    };
    return await measure(floor, gateway);
  } finally {
    for (const stop of stops) await stop();
  }
};

const seedTenants = async (ownerUrl: string, gatewayKek: Buffer): Promise<BenchCaller[]> => {
  await using owner = createTenantDatabase({
    url: ownerUrl,
    logger: createLogger('bench', 'warn'),
    applicationName: 'bench',
  });
  return await Promise.all(Array.from({ length: CONNECTIONS }, () => seedTenant(owner, gatewayKek)));
};

const seedTenant = (owner: TenantDatabase, gatewayKek: Buffer): Promise<BenchCaller> => {
  const tenantId = randomUUID();
  return owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Bench');
    await session.query(
      {
        name: 'bench.tenant-key',
        text: `insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id, state)
               values ($1, $2, '{}', 'none', 'none', 'active')`,
      },
      [tenantId, BENCH_TENANT_KEY_ID],
    );
    const key = await issueHmacKey(session, gatewayKek, {
      name: 'Bench',
      scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
    });
    return { tenantId, ...key };
  });
};

const callerAt = (callers: readonly BenchCaller[], index: number): BenchCaller => {
  const caller = callers[index % callers.length];
  if (caller === undefined) throw new Error('the benchmark has no caller');
  return caller;
};

/** One kind of request, sent to the floor and to the gateway. */
interface Work {
  readonly name: string;
  /** Least ratio of requests/s. */
  readonly aim: number;
  readonly status: number;
  readonly next: (target: Target) => () => Buffer;
}

const WORKS: readonly Work[] = [
  {
    name: 'GET /ver1/accounts/:id',
    aim: 0.8,
    status: 200,
    next: (target) => {
      const whole = signedRequest(callerAt(target.callers, 0), 'GET', '/ver1/accounts/1');
      return () => whole;
    },
  },
  {
    name: 'POST /ver1/accounts/new, venue answering at once',
    aim: 0.5,
    status: 201,
    next: (target) => () => newAccountRequest(target),
  },
];

/** Requests/s and CPU of every round. */
interface Measured {
  readonly load: LoadResult;
  readonly cpuMicrosEach: number;
}

const measure = async (floor: Target, gateway: Target): Promise<Row[]> => {
  // The account that both read.
  await runOnce(gateway, () => newAccountRequest(gateway), 201, 1, 1);
  const rows: Row[] = [];
  for (const work of WORKS) {
    const rounds = await interleave(
      [floor, gateway].map((target) => () => measureRound(target, work)),
      ROUNDS,
    );
    const [base, ours] = rounds;
    if (base !== undefined && ours !== undefined) rows.push(...rowsOf(work, base, ours));
  }
  return rows;
};

const measureRound = async (target: Target, work: Work): Promise<Measured> => {
  const before = target.process.cpuMicros();
  const load = await runOnce(target, work.next(target), work.status, CONNECTIONS, ROUND_MS);
  return { load, cpuMicrosEach: (target.process.cpuMicros() - before) / load.requests };
};

const runOnce = async (
  { port }: Target,
  next: () => Buffer,
  status: number,
  connections: number,
  durationMs: number,
): Promise<LoadResult> => {
  const result = await runLoad({ port, connections, durationMs, next, status });
  if (result.failures > 0) throw new Error(`${result.failures} requests were not answered with ${status}`);
  return result;
};

const rowsOf = ({ name, aim }: Work, floor: readonly Measured[], gateway: readonly Measured[]): Row[] => {
  const speed = (rounds: readonly Measured[]) => median(rounds.map(({ load }) => load.requestsPerSecond));
  const cpu = (rounds: readonly Measured[]) => median(rounds.map(({ cpuMicrosEach }) => cpuMicrosEach));
  return [
    { name: `${name}: floor`, value: speed(floor), unit: 'requests/s' },
    { name: `${name}: gateway`, value: speed(gateway), unit: 'requests/s' },
    { name: `${name}: gateway, p50`, value: median(gateway.map(({ load }) => load.p50Ms)), unit: 'ms' },
    { name: `${name}: gateway, p99`, value: median(gateway.map(({ load }) => load.p99Ms)), unit: 'ms' },
    { name: `${name}: floor, CPU`, value: cpu(floor), unit: 'µs a request' },
    { name: `${name}: gateway, CPU`, value: cpu(gateway), unit: 'µs a request' },
    { name: `${name}: ratio`, value: speed(gateway) / speed(floor), unit: 'of the floor', aim: `>= ${aim}` },
    { name: `${name}: ratio by CPU`, value: cpu(floor) / cpu(gateway), unit: 'of the floor' },
  ];
};
