/**
 * Trades: how fast they are stored, against what Postgres can do with the same table, among none and among very many;
 * and how fast a million of them is read. `--rows=10000000` stores that many first.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { GATEWAY_ROLE } from '../../src/db/roles.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import type { NewTrade } from '../../src/features/trades/trade.ts';
import { createTradeStore } from '../../src/features/trades/trade-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { startAnsweringCustody } from './answering-custody.ts';
import type { BenchCaller } from './bench-data.ts';
import { type LoadResult, runLoad } from './load.ts';
import { startPinned } from './pinned-process.ts';
import { interleave, median, type Row } from './rounds.ts';
import { signedRequest } from './signed-request.ts';
import { BENCH_OWNER, preload, someTrades } from './trades-data.ts';

const ROWS = 100_000;
const PAGE = 1_000;
const MANY = 1_000_000;
const ROUNDS = 3;
const READ_ROUNDS = 3;
const READ_MS = 2_000;
const CONNECTIONS = 8;
const SERVER_CORE = 0;

/** Tables like ours with the same indexes, in a schema that the gateway does not look at. */
const FLOORS = ['floor.by_copy', 'floor.by_values'] as const;

export const benchTrades = async (): Promise<Row[]> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-bench-'));
  // Postgres may run as a user of its own, and reads a file in it.
  await chmod(folder, 0o711);
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
    const gatewayKek = randomBytes(32);
    const stored = storedRows();
    const empty = await prepare(postgres, 'bench_none', gatewayKek, 0);
    const full = await prepare(postgres, 'bench_many', gatewayKek, stored);
    const ingestion = await measureIngestion(folder, empty, full, stored);

    const server = await startPinned('gateway-server.js', SERVER_CORE, {
      databaseUrl: postgres.url(GATEWAY_ROLE, 'bench_many'),
      socketPath,
      gatewayKek: gatewayKek.toString('hex'),
    });
    stops.unshift(() => server.stop());
    const port = Number(new URL((server.ready as { url: string }).url).port);
    return [...ingestion, ...(await measureReads(port, full))];
  } finally {
    for (const stop of stops) await stop();
  }
};

const storedRows = (): number => {
  const given = process.argv.find((word) => word.startsWith('--rows='));
  return given === undefined ? MANY : Number(given.slice('--rows='.length));
};

interface Bed {
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly caller: BenchCaller;
  readonly accountId: number;
}

/** A migrated database with one tenant, and so many trades in our table and in those of the floors. */
const prepare = async (
  postgres: EmbeddedPostgres,
  database: string,
  gatewayKek: Buffer,
  rows: number,
): Promise<Bed> => {
  await postgres.ensureDatabase(database);
  const ownerUrl = postgres.url('postgres', database);
  const logger = createLogger('bench', 'warn');
  await migrateDatabase(ownerUrl, { clock: systemClock, logger });
  await using owner = createTenantDatabase({ url: ownerUrl, logger, applicationName: 'bench' });
  const tenantId = randomUUID();
  const key = await owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Trader');
    return issueHmacKey(session, gatewayKek, { name: 'Trader', scopes: ['ACCOUNTS_READ'] });
  });
  await preload(ownerUrl, tenantId, rows);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query('create schema floor');
    for (const table of FLOORS) {
      await client.query(`create table ${table} (like trades including all)`);
      await client.query(`insert into ${table} overriding system value select * from trades`);
      await client.query(`select setval(pg_get_serial_sequence('${table}', 'id'), ${rows + 1})`);
    }
    // Keys that nobody opens need no sealing key.
    await client.query('set session_replication_role = replica');
    const ids = [tenantId, BENCH_OWNER.credentialId];
    await client.query(KEYS, ids);
    const { rows: accounts } = await client.query<{ id: string }>(ACCOUNT, ids);
    await client.query('vacuum analyze');
    const accountId = Number(accounts[0]?.id);
    return {
      ownerUrl,
      gatewayUrl: postgres.url(GATEWAY_ROLE, database),
      caller: { tenantId, ...key },
      accountId,
    };
  } finally {
    await client.end();
  }
};

const KEYS = `
  insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix)
  values ($1, $2, 'kraken', 'Keys', repeat('x', 400), $1, uuid_send(gen_random_uuid()), 'abcd', 'wxyz')`;

const ACCOUNT = `
  insert into accounts (tenant_id, credential_id, market_code, name) values ($1, $2, 'kraken', 'Account') returning id`;

const measureIngestion = async (folder: string, empty: Bed, full: Bed, stored: number): Promise<Row[]> => {
  const among = async (bed: Bed) => {
    const [copy = [], values = [], ours = []] = await interleave(
      [() => copyFloor(folder, bed), () => valuesFloor(bed), () => storeOurs(bed)],
      ROUNDS,
    );
    return { copy: median(copy), values: median(values), ours: median(ours) };
  };
  const none = await among(empty);
  const many = await among(full);
  const name = `${ROWS / 1_000},000 trades in pages of ${PAGE}, a tenth of them twice`;
  const millions = `${(stored / 1e6).toFixed(1)} million`;
  return [
    { name, value: none.ours, unit: 'rows/s' },
    {
      name: 'against COPY into the same table',
      value: none.ours / none.copy,
      unit: 'of its rows/s',
      aim: '>= 0.5',
    },
    { name: 'against VALUES of many rows', value: none.ours / none.values, unit: 'of its rows/s' },
    { name: `among ${millions}: ${name}`, value: many.ours, unit: 'rows/s' },
    {
      name: `among ${millions}: against COPY`,
      value: many.ours / many.copy,
      unit: 'of its rows/s',
      aim: '>= 0.5',
    },
    {
      name: `among ${millions} against none`,
      value: many.ours / none.ours,
      unit: 'of the rows/s',
      aim: 'about 1',
    },
    { name: `COPY among ${millions} against none`, value: many.copy / none.copy, unit: 'of the rows/s' },
  ];
};

const rate = (startedMs: number): number => ROWS / ((performance.now() - startedMs) / 1_000);

/** From a file that the server reads itself; no row twice, which COPY cannot bear. */
const copyFloor = async (folder: string, { ownerUrl, caller }: Bed): Promise<number> => {
  const file = path.join(folder, 'trades.tsv');
  const trades = someTrades(ROWS).map((trade, index) => ({ ...trade, id: `${trade.id}-${index}` }));
  await writeFile(file, trades.map((trade) => `${cells(caller.tenantId, trade).join('\t')}\n`).join(''), {
    mode: 0o644,
  });
  return withClient(ownerUrl, async (client) => {
    const started = performance.now();
    await client.query(`copy floor.by_copy (${COLUMNS.join(', ')}) from '${file}'`);
    return rate(started);
  });
};

const COLUMNS = [
  'tenant_id',
  'credential_id',
  'venue',
  'market_code',
  'exchange_trade_id',
  'symbol',
  'side',
  'price',
  'amount',
  'total',
  'fee',
  'fee_currency',
  'traded_at',
  'btc_value',
  'usd_value',
];

const cells = (tenantId: string, trade: NewTrade): string[] => [
  tenantId,
  BENCH_OWNER.credentialId,
  BENCH_OWNER.venueId,
  BENCH_OWNER.marketCode,
  trade.id,
  trade.symbol,
  trade.side,
  trade.price,
  trade.amount,
  trade.total,
  trade.fee?.amount ?? '0',
  trade.fee?.asset ?? '',
  trade.at,
  trade.btcValue ?? '0',
  trade.usdValue ?? '0',
];

const valuesFloor = ({ ownerUrl, caller }: Bed): Promise<number> => {
  const pages = pagesOf(someTrades(ROWS));
  return withClient(ownerUrl, async (client) => {
    const started = performance.now();
    for (const page of pages) {
      const values = page.flatMap((trade) => cells(caller.tenantId, trade));
      const rows = page.map(
        (_, row) => `(${COLUMNS.map((__, column) => `$${row * COLUMNS.length + column + 1}`).join()})`,
      );
      await client.query(
        `insert into floor.by_values (${COLUMNS.join(', ')}) values ${rows.join()} on conflict do nothing`,
        values,
      );
    }
    return rate(started);
  });
};

const storeOurs = async ({ gatewayUrl, caller }: Bed): Promise<number> => {
  const pages = pagesOf(someTrades(ROWS));
  await using database = createTenantDatabase({
    url: gatewayUrl,
    logger: createLogger('bench', 'warn'),
    applicationName: 'bench',
  });
  const started = performance.now();
  for (const page of pages)
    await database.transact(caller.tenantId, async (session) => {
      const store = createTradeStore(session);
      await store.takeTurn(BENCH_OWNER.marketCode);
      await store.insert(BENCH_OWNER, page);
    });
  return rate(started);
};

const pagesOf = (trades: readonly NewTrade[]): NewTrade[][] =>
  Array.from({ length: ROWS / PAGE }, (_, index) => trades.slice(index * PAGE, (index + 1) * PAGE));

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const READS: readonly (readonly [name: string, target: (accountId: number) => string])[] = [
  ['GET /trades, page 1', () => '/api/exchange/trades?exchange=kraken'],
  ['GET /trades, page 1,000', () => '/api/exchange/trades?exchange=kraken&offset=99900'],
  ['GET /trades/stats', () => '/api/exchange/trades/stats?exchange=kraken'],
  [
    'GET /trades/stats, from noon to noon',
    () => '/api/exchange/trades/stats?start_date=2021-03-01T12:00:00Z&end_date=2022-03-01T12:00:00Z',
  ],
  ['GET volume/total', (id) => `/ver1/accounts/${id}/volume/total`],
];

const measureReads = async (port: number, { caller, accountId }: Bed): Promise<Row[]> => {
  const rows: Row[] = [];
  for (const [name, target] of READS) {
    const whole = signedRequest(caller, 'GET', target(accountId));
    const [results = []] = await interleave(
      [
        () =>
          runLoad({ port, connections: CONNECTIONS, durationMs: READ_MS, next: () => whole, status: 200 }),
      ],
      READ_ROUNDS,
    );
    if (results.some(({ failures }) => failures > 0)) throw new Error(`${name} was not answered with 200`);
    const of = (figure: 'requestsPerSecond' | 'p50Ms' | 'p99Ms') =>
      median(results.map((result: LoadResult) => result[figure]));
    rows.push(
      { name, value: of('requestsPerSecond'), unit: 'requests/s' },
      { name: `${name}: p50`, value: of('p50Ms'), unit: 'ms' },
      { name: `${name}: p99`, value: of('p99Ms'), unit: 'ms' },
    );
  }
  return rows;
};
