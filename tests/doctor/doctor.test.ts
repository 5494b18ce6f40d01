/** `countersign doctor` on an installation that works, and on one that is broken in one place after the other. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { examine } from '../../src/commands/doctor/doctor.ts';
import type { Finding } from '../../src/commands/doctor/finding.ts';
import { loadConfig } from '../../src/config/config.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { aTenant, execute, silent } from '../db/rows.ts';
import { createDisposables } from '../support/disposables.ts';
import { startTestRedis } from '../support/redis.ts';
import { createSandboxControl } from '../support/sandbox-control.ts';
import { type ServedParts, serveParts } from '../support/served-parts.ts';
import { createTestCaller } from '../support/test-caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
const rootKek = randomBytes(32).toString('hex');
const gatewayKek = randomBytes(32);
const resources = createDisposables();
let folder: string;
let database: TestDatabase;
let parts: ServedParts;
let tenantId: string;
/** What a test has broken, to be mended after it. */
let mend: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-doctor-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  database = await createTestDatabase();
  resources.defer(() => database[Symbol.asyncDispose]());
  const venues = await startSandbox({ port: 0, seed: randomBytes(16).toString('hex') });
  resources.defer(() => venues.close());
  parts = await serveParts({ folder, database, rootKek, gatewayKek, sandboxUrl: venues.url });
  resources.defer(() => parts.stop());
  await using owner = createTenantDatabase({
    url: database.ownerUrl,
    logger: silent,
    applicationName: 'test-owner',
  });
  tenantId = await aTenant(database.ownerUrl);
  const key = await owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Doctor');
    return await issueHmacKey(session, gatewayKek, { name: 'Key', scopes: ['ACCOUNTS_WRITE'] });
  });
  const caller = createTestCaller({ baseUrl: parts.baseUrl, tenantId, ...key });
  const keys = await createSandboxControl(venues).openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  const connected = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Mine', ...keys });
  expect(connected.status).toBe(201);
}, 60_000);
afterAll(() => resources.dispose());
afterEach(async () => {
  for (const step of mend) await step();
  mend = [];
});

const environment = (): Record<string, string> => ({
  NODE_ENV: 'test',
  COUNTERSIGN_DATA_DIR: parts.dataDir,
  COUNTERSIGN_PORT: new URL(parts.baseUrl).port,
  DATABASE_URL: database.ownerUrl,
  COUNTERSIGN_GATEWAY_DATABASE_URL: database.gatewayUrl,
  COUNTERSIGN_CUSTODY_DATABASE_URL: database.custodyUrl,
  COUNTERSIGN_ADMIN_DATABASE_URL: database.adminUrl,
  COUNTERSIGN_ROOT_KEK: rootKek,
  COUNTERSIGN_GATEWAY_KEK: gatewayKek.toString('hex'),
});

const doctor = (changes: Record<string, string> = {}): Promise<Finding[]> =>
  examine(() => loadConfig({ ...environment(), ...changes }), silent);

/** What is neither well nor left out. */
const illsOf = (findings: readonly Finding[]): string[] =>
  findings
    .filter(({ state }) => state === 'problem' || state === 'warning')
    .map(({ state, check, found, mend: how }) => `${state}: ${check}: ${found} → ${how ?? 'no way'}`);

const sql = (text: string, ...values: unknown[]): Promise<object[]> =>
  execute(database.ownerUrl, text, values);

/** Runs a statement, and another one when the test is over. */
const breakBy = async (text: string, undo: string): Promise<void> => {
  await sql(text);
  mend.push(() => sql(undo));
};

const countersign = (changes: Record<string, string>): Promise<{ code: number; stdout: string }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...environment(), ...changes };
    const words = changes['WORDS']?.split(' ') ?? [];
    const child = execFile(process.execPath, [ENTRY, 'doctor', ...words], { env }, (_error, stdout) =>
      resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });

test('an installation that works is found well, and the command ends with 0', async () => {
  const findings = await doctor();
  expect(illsOf(findings)).toEqual([]);
  expect(findings.filter(({ state }) => state === 'ok').map(({ check }) => check)).toEqual(
    expect.arrayContaining([
      ...['node', 'configuration', 'data folder', 'disk', 'root key', 'gateway key', 'database', 'clock'],
      ...['migrations', 'roles', 'partitions', 'root key fits', 'gateway key fits', 'audit checkpoints'],
      ...['background work', 'failing jobs', 'webhooks', 'gateway login', 'custody login', 'admin login'],
      ...['custody', 'gateway'],
    ]),
  );
  const told = await countersign({ WORDS: '--json' });
  expect([told.code, (JSON.parse(told.stdout) as { ok: boolean }).ok]).toEqual([0, true]);
}, 60_000);

test('a problem is told with its mend, and the command ends with 1', async () => {
  const told = await countersign({ DATABASE_URL: `${database.ownerUrl.split('?')[0] ?? ''}x` });
  expect(told.code).toBe(1);
  expect(told.stdout).toMatch(/^problem +database +.*\n +mend: /m);
  expect(told.stdout).toMatch(/\d problems? found\.\n$/);
}, 30_000);

test('a bad configuration is told problem by problem', async () => {
  const ills = illsOf(await doctor({ COUNTERSIGN_PORT: '99999', COUNTERSIGN_TYPO: '1' }));
  expect(ills).toEqual([
    expect.stringContaining('COUNTERSIGN_TYPO is not a variable'),
    expect.stringContaining('gateway.port (COUNTERSIGN_PORT)'),
  ]);
});

test.each([
  [
    'a migration that is missing',
    "delete from knex_migrations where name = '004_audit'",
    "insert into knex_migrations (name, batch, migration_time) values ('004_audit', 1, now())",
    /^problem: migrations: migration 004_audit is not applied → countersign migrate$/,
  ],
  [
    'a database of a newer version',
    "insert into knex_migrations (name, batch, migration_time) values ('999_later', 99, now())",
    "delete from knex_migrations where name = '999_later'",
    /^problem: migrations: migration 999_later is of a newer version → run the newest version/,
  ],
  [
    'a secret that the wrong role can read',
    'grant select (sealed) on credentials to countersign_gateway',
    'revoke select (sealed) on credentials from countersign_gateway',
    /^problem: roles: countersign_gateway reads credentials\.sealed: .* → countersign migrate$/,
  ],
  [
    'a table without row security',
    'alter table trades disable row level security',
    'alter table trades enable row level security',
    /^problem: gateway login: table trades has no forced row level security → countersign migrate/,
  ],
  [
    'a role that may not connect',
    `do $$ begin execute format('revoke connect on database %I from countersign_custody', current_database()); end $$`,
    `do $$ begin execute format('grant connect on database %I to countersign_custody', current_database()); end $$`,
    /^problem: roles: countersign_custody may not connect to this database → countersign migrate$/,
  ],
  [
    'work that nobody does',
    `update jobs set due_at = now() - interval '1 hour'`,
    'update jobs set due_at = now()',
    /^problem: background work: \d+ jobs have been due .* → start countersign worker/,
  ],
  [
    'jobs that fail again and again',
    'update jobs set failures = 7',
    'update jobs set failures = 0',
    /^warning: failing jobs: \d+ failed .* at kraken.* → look at them/,
  ],
  [
    'an audit chain that nobody signs',
    `insert into audit_unsigned (tenant_id, since) select id, now() - interval '1 hour' from tenants
     on conflict (tenant_id) do update set since = excluded.since`,
    'update audit_unsigned set since = now()',
    /^problem: audit checkpoints: \d+ chains have not been signed since .* → custody signs them/,
  ],
])('%s is found', async (_what, text, undo, expected) => {
  await breakBy(text, undo);
  expect(illsOf(await doctor())).toContainEqual(expect.stringMatching(expected));
});

test('a partition that is not made ahead is a warning', async () => {
  const [next] = (await sql(
    "select to_char(now() at time zone 'UTC' + interval '1 month', 'YYYY_MM') as month",
  )) as [{ month: string }];
  await breakBy(
    `drop table equity_snapshots_${next.month}`,
    "select ensure_partitions(now() + interval '1 month')",
  );
  expect(illsOf(await doctor())).toEqual([
    expect.stringContaining(`warning: partitions: equity_snapshots_${next.month} not there`),
  ]);
});

test('frozen custody, and custody that is away, are told apart', async () => {
  await breakBy(
    "insert into custody_freezes (frozen_by, reason) values ('doctor test', 'why not')",
    "update custody_freezes set lifted_at = now(), lifted_by = 'test' where lifted_at is null",
  );
  expect(illsOf(await doctor())).toEqual([
    expect.stringMatching(/^problem: custody: frozen: .* → countersign unfreeze/),
  ]);
  const away = { COUNTERSIGN_CUSTODY_SOCKET: path.join(folder, 'nobody.sock') };
  expect(illsOf(await doctor(away))).toEqual([
    expect.stringMatching(
      /^problem: custody: nobody listens at .*nobody\.sock \(ENOENT\) → start countersign custody/,
    ),
  ]);
});

test('keys of another installation are found to open nothing', async () => {
  const other = randomBytes(32).toString('hex');
  expect(illsOf(await doctor({ COUNTERSIGN_ROOT_KEK: other }))).toEqual([
    expect.stringMatching(
      /^problem: root key fits: the root key that is given is .* wrapped by .* → give the key/,
    ),
  ]);
  expect(illsOf(await doctor({ COUNTERSIGN_GATEWAY_KEK: other }))).toEqual([
    expect.stringMatching(
      /^problem: gateway key fits: gateway key .* does not open the secret .* → give the key/,
    ),
  ]);
  expect(illsOf(await doctor({ COUNTERSIGN_GATEWAY_KEK: rootKek }))).toEqual([
    expect.stringContaining('must be two different keys'),
  ]);
});

test('a sealing key whose row was changed is named', async () => {
  const [row] = (await sql(
    'select id, private_wrapped as wrapped from tenant_keys where tenant_id = $1',
    tenantId,
  )) as [{ id: string; wrapped: string }];
  const changed = row.wrapped.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')).replace(/..$/, 'zz');
  await sql('update tenant_keys set private_wrapped = $2 where id = $1', row.id, changed);
  mend.push(() => sql('update tenant_keys set private_wrapped = $2 where id = $1', row.id, row.wrapped));
  expect(illsOf(await doctor())).toEqual([
    expect.stringContaining(`sealing key ${row.id} of tenant ${tenantId} does not open`),
  ]);
});

test('a key file that others can read, or put another in the place of, is found', async () => {
  const keys = await mkdtemp(path.join(folder, 'keys-'));
  const file = path.join(keys, 'root');
  await writeFile(file, rootKek, { mode: 0o444 });
  const rest = Object.entries(environment()).filter(([name]) => name !== 'COUNTERSIGN_ROOT_KEK');
  const withFile = () =>
    examine(() => loadConfig({ ...Object.fromEntries(rest), COUNTERSIGN_ROOT_KEK_FILE: file }), silent);
  expect(illsOf(await withFile())).toEqual([expect.stringContaining(`chmod 0400 ${file}`)]);
  await chmod(file, 0o400);
  expect(illsOf(await withFile())).toEqual([]);
  await chmod(keys, 0o777);
  expect(illsOf(await withFile())).toEqual([expect.stringContaining(`chmod go-w ${keys}`)]);
});

test('a folder that others may write to is found', async () => {
  await chmod(parts.dataDir, 0o777);
  mend.push(() => chmod(parts.dataDir, 0o711));
  expect(illsOf(await doctor())).toEqual([expect.stringContaining(`chmod go-w ${parts.dataDir}`)]);
});

test('a port that another program has is told from one where the gateway answers, and from a free one', async () => {
  const stranger = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  const port = String((stranger.address() as AddressInfo).port);
  const taken = await doctor({ COUNTERSIGN_PORT: port, COUNTERSIGN_ADMIN_PORT: port });
  await new Promise((resolve) => stranger.close(resolve));
  expect(illsOf(taken)).toEqual([
    expect.stringMatching(/^problem: gateway: another program listens .* COUNTERSIGN_PORT$/),
    expect.stringMatching(/^problem: admin: another program listens .* COUNTERSIGN_ADMIN_PORT$/),
  ]);
  expect(await doctor({ COUNTERSIGN_PORT: port })).toContainEqual(
    expect.objectContaining({ check: 'gateway', state: 'ok', found: expect.stringContaining('is free') }),
  );
  expect(illsOf(await doctor({ COUNTERSIGN_HOST: '192.0.2.1', COUNTERSIGN_PORT: '8099' }))).toEqual([
    expect.stringContaining('cannot be listened at (EADDRNOTAVAIL)'),
  ]);
});

test('Redis that is away is a problem, and one that takes writes is not', async () => {
  expect(illsOf(await doctor({ REDIS_URL: `unix://${folder}/no-redis.sock` }))).toEqual([
    expect.stringMatching(/^problem: redis: no answer/),
  ]);
  await using redis = await startTestRedis();
  expect(illsOf(await doctor({ REDIS_URL: redis.url }))).toEqual([]);
}, 30_000);

test('a database that is away, unknown or empty is told from one another', async () => {
  const url = new URL(database.ownerUrl);
  url.pathname = '/no_such_database';
  expect(illsOf(await doctor({ DATABASE_URL: url.href }))).toContainEqual(
    expect.stringContaining('there is no such database'),
  );
  expect(illsOf(await doctor({ DATABASE_URL: 'postgresql://x@127.0.0.1:1/x' }))).toContainEqual(
    expect.stringMatching(/^problem: database: no answer \(ECONNREFUSED\) → start Postgres/),
  );
  await using empty = await createTestDatabase({ empty: true });
  expect(illsOf(await doctor({ DATABASE_URL: empty.ownerUrl }))).toContainEqual(
    expect.stringMatching(
      /^problem: migrations: migration 001_tenancy is not applied.* → countersign migrate$/,
    ),
  );
}, 30_000);
