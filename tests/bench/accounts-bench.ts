/** Signed reads and connections against the floor, in interleaved rounds on one machine. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startAnsweringCustody } from './answering-custody.ts';
import { BENCH_TENANT_ID, BENCH_TENANT_KEY_ID } from './bench-data.ts';
import { type LoadResult, runLoad } from './load.ts';
import { startPinned } from './pinned-process.ts';
import { interleave, type Row } from './rounds.ts';

const ROUNDS = 5;
const ROUND_MS = 2_000;
const CONNECTIONS = 16;
const SERVER_CORE = 0;

interface Target {
  readonly port: number;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const request = (target: Target, method: string, path_: string, body = ''): Buffer => {
  const signature = createHmac('sha256', target.apiSecret)
    .update(path_ + body)
    .digest('hex');
  const head = [
    `${method} ${path_} HTTP/1.1`,
    'Host: 127.0.0.1',
    `Apikey: ${target.apiKey}`,
    `Signature: ${signature}`,
    ...(body === '' ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
};

const newAccountRequest = (target: Target): Buffer => {
  const keys = { api_key: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') };
  return request(
    target,
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
    const key = await seedTenant(ownerUrl, gatewayKek);
    const socketPath = path.join(folder, 'run', 'custody.sock');
    const custody = await startAnsweringCustody(socketPath);
    stops.unshift(() => custody.close());

    const floorProcess = await startPinned('floor-server.js', SERVER_CORE, {
      databaseUrl: ownerUrl,
      secret: key.apiSecret,
      tenantId: BENCH_TENANT_ID,
    });
    stops.unshift(() => floorProcess.stop());
    const gatewayProcess = await startPinned('gateway-server.js', SERVER_CORE, {
      databaseUrl: postgres.url(GATEWAY_ROLE, 'bench'),
      socketPath,
      gatewayKek: gatewayKek.toString('hex'),
    });
    stops.unshift(() => gatewayProcess.stop());
    const floor = { ...key, port: (floorProcess.ready as { port: number }).port };
    const gateway = { ...key, port: Number(new URL((gatewayProcess.ready as { url: string }).url).port) };
    return await measure(floor, gateway);
  } finally {
    for (const stop of stops) await stop();
  }
};

const seedTenant = async (ownerUrl: string, gatewayKek: Buffer) => {
  await using owner = createTenantDatabase({
    url: ownerUrl,
    logger: createLogger('bench', 'warn'),
    applicationName: 'bench',
  });
  return owner.transact(BENCH_TENANT_ID, async (session) => {
    await createTenantStore(session).ensure('Bench');
    await session.query(
      {
        name: 'bench.tenant-key',
        text: `insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id, state)
               values ($1, $2, '{}', 'none', 'none', 'active')`,
      },
      [BENCH_TENANT_ID, BENCH_TENANT_KEY_ID],
    );
    return issueHmacKey(session, gatewayKek, { name: 'Bench', scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'] });
  });
};

const measure = async (floor: Target, gateway: Target): Promise<Row[]> => {
  // The account that both read.
  await runOnce(gateway, () => newAccountRequest(gateway), 201, 1);
  const last = new Map<string, LoadResult>();
  const contestant = (name: string, target: Target, next: () => Buffer, status: number) => ({
    name,
    run: async () => {
      const result = await runOnce(target, next, status, CONNECTIONS);
      last.set(name, result);
      return result.requestsPerSecond;
    },
  });
  const read = (target: Target) => {
    const whole = request(target, 'GET', '/ver1/accounts/1');
    return () => whole;
  };
  const figures = await interleave(
    [
      contestant('read floor', floor, read(floor), 200),
      contestant('read', gateway, read(gateway), 200),
      contestant('connect floor', floor, () => newAccountRequest(floor), 201),
      contestant('connect', gateway, () => newAccountRequest(gateway), 201),
    ],
    ROUNDS,
  );
  return [
    ...rowsOf('GET /ver1/accounts/:id', 'read', 0.8, figures, last),
    ...rowsOf('POST /ver1/accounts/new, venue answering at once', 'connect', 0.5, figures, last),
  ];
};

const runOnce = async (
  target: Target,
  next: () => Buffer,
  status: number,
  connections: number,
): Promise<LoadResult> => {
  const result = await runLoad({
    port: target.port,
    connections,
    durationMs: connections === 1 ? 1 : ROUND_MS,
    next,
    status,
  });
  if (result.failures > 0) throw new Error(`${result.failures} requests were not answered with ${status}`);
  return result;
};

const rowsOf = (
  title: string,
  name: string,
  aim: number,
  figures: ReadonlyMap<string, number>,
  last: ReadonlyMap<string, LoadResult>,
): Row[] => {
  const floor = figures.get(`${name} floor`) ?? Number.NaN;
  const gateway = figures.get(name) ?? Number.NaN;
  return [
    { name: `${title}: floor`, value: floor, unit: 'requests/s' },
    { name: `${title}: gateway`, value: gateway, unit: 'requests/s' },
    { name: `${title}: gateway, p50`, value: last.get(name)?.p50Ms ?? Number.NaN, unit: 'ms' },
    { name: `${title}: gateway, p99`, value: last.get(name)?.p99Ms ?? Number.NaN, unit: 'ms' },
    { name: `${title}: ratio`, value: gateway / floor, unit: 'of the floor', aim: `>= ${aim}` },
  ];
};
