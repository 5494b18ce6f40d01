/** The drill of the runbook: back up while it is used, restore into another Postgres, and serve from there. */
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { CUSTODY_ROLE, GATEWAY_ROLE } from '../../src/db/roles.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { createDisposables } from '../support/disposables.ts';
import { createSandboxControl, type SandboxControl } from '../support/sandbox-control.ts';
import { type ServedParts, serveParts } from '../support/served-parts.ts';
import { fastFolder } from '../support/test-cluster.ts';
import { createTestCaller } from '../support/test-caller.ts';
import { administer, createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
const rootKek = randomBytes(32).toString('hex');
const gatewayKek = randomBytes(32);
const logger = createLogger('test', 'silent');
const resources = createDisposables();
let folder: string;
let source: TestDatabase;
let elsewhere: EmbeddedPostgres;
let sandbox: SandboxControl & { readonly url: string };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-backup-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  source = await createTestDatabase();
  resources.defer(() => source[Symbol.asyncDispose]());
  const venues = await startSandbox({ port: 0, seed: randomBytes(16).toString('hex') });
  resources.defer(() => venues.close());
  sandbox = { ...createSandboxControl(venues), url: venues.url };
  elsewhere = await startEmbeddedPostgres({
    dataDir: path.join(fastFolder(), `countersign-elsewhere-${randomUUID()}`),
    durable: false,
    runAsUser: process.env['EMBEDDED_PG_USER'],
    logger,
  });
  resources.defer(() => elsewhere.stop());
}, 60_000);
afterAll(() => resources.dispose());

interface Place {
  readonly ownerUrl: string;
  readonly gatewayUrl: string;
  readonly custodyUrl: string;
}

interface Account {
  readonly id: number;
  readonly btc_amount: string;
  readonly usd_amount: string;
}

const countersign = (
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], COUNTERSIGN_DATA_DIR: folder, ...environment };
    const child = execFile(process.execPath, [ENTRY, ...words], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

/** How far the work has come, told when it takes a while. */
const NOTHING_BUT_PROGRESS = expect.stringMatching(/^(?:Rows: .*\n)*$/);

const backUp = async (ownerUrl: string): Promise<string> => {
  const file = path.join(folder, `${randomUUID()}.ndjson.gz`);
  const ended = await countersign(['backup', file, '--json'], { DATABASE_URL: ownerUrl });
  expect(ended).toMatchObject({ code: 0, stderr: NOTHING_BUT_PROGRESS });
  return file;
};

const restore = (file: string, ownerUrl: string) =>
  countersign(['restore', file, '--json'], { DATABASE_URL: ownerUrl });

const linesOf = async (file: string): Promise<string[]> =>
  gunzipSync(await readFile(file))
    .toString()
    .split('\n');

/** Rows are in no order that means anything. */
const rowsOf = async (file: string): Promise<string[]> =>
  (await linesOf(file)).filter((line) => line.startsWith('{"table"')).sort();

const serve = async (database: Place): Promise<ServedParts> => {
  const parts = await serveParts({ folder, database, rootKek, gatewayKek, sandboxUrl: sandbox.url });
  resources.defer(() => parts.stop());
  return parts;
};

const aTenantWithKey = async (ownerUrl: string) => {
  await using owner = createTenantDatabase({ url: ownerUrl, logger, applicationName: 'test-owner' });
  const tenantId = randomUUID();
  const key = await owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Drill');
    return await issueHmacKey(session, gatewayKek, {
      name: 'Key',
      scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
    });
  });
  return { tenantId, ...key };
};

const anEmptyDatabase = async (): Promise<Place> => {
  const name = `restored_${randomBytes(4).toString('hex')}`;
  await elsewhere.ensureDatabase(name);
  return {
    ownerUrl: elsewhere.url('postgres', name),
    gatewayUrl: elsewhere.url(GATEWAY_ROLE, name),
    custodyUrl: elsewhere.url(CUSTODY_ROLE, name),
  };
};

const inEveryForm = (secret: string): string[] => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
  ];
};

test('a backup restored into another Postgres serves the same callers, opens the same secrets and goes on', async () => {
  const key = await aTenantWithKey(source.ownerUrl);
  const keys = await sandbox.openAccount({ venue: 'binance', balances: { BTC: '1.5' } });
  const before = await serve(source);
  const caller = createTestCaller({ baseUrl: before.baseUrl, ...key });
  const connected = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Mine', ...keys });
  expect(connected.status).toBe(201);
  const { id, btc_amount } = connected.body as Account;
  const file = await backUp(source.ownerUrl);
  await before.stop();

  const text = (await linesOf(file)).join('\n');
  for (const secret of [keys.secret, keys.api_key, key.apiSecret, rootKek, gatewayKek.toString('hex')])
    for (const form of inEveryForm(secret)) expect(text).not.toContain(form);
  expect((await stat(file)).mode & 0o777).toBe(0o600);

  const place = await anEmptyDatabase();
  expect(await restore(file, place.ownerUrl)).toMatchObject({ code: 0 });
  expect(await rowsOf(await backUp(place.ownerUrl))).toEqual(await rowsOf(file));

  const owner = { DATABASE_URL: place.ownerUrl, COUNTERSIGN_GATEWAY_KEK: gatewayKek.toString('hex') };
  const verified = await countersign(['audit', 'verify', '--json'], owner);
  expect(verified).toMatchObject({ code: 0 });
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true });
  const examined = async (key: string): Promise<string> =>
    (await countersign(['doctor'], { ...owner, COUNTERSIGN_ROOT_KEK: key })).stdout;
  expect(await examined(rootKek)).toMatch(/^ok +root key fits .* opens a stored sealing key$/m);
  expect(await examined(randomBytes(32).toString('hex'))).toMatch(
    /^problem +root key fits .* stored keys are wrapped by/m,
  );
  expect(await examined(rootKek)).toMatch(/^ok +gateway key fits .* opens a stored secret$/m);

  const after = await serve(place);
  const again = createTestCaller({ baseUrl: after.baseUrl, ...key });
  const read = await again.get(`/ver1/accounts/${id}`);
  expect(read.body).toMatchObject({ id, name: 'Mine', usd_amount: (connected.body as Account).usd_amount });
  const synced = await again.post(`/ver1/accounts/${id}/load_balances`, {});
  expect(synced).toMatchObject({ status: 201, body: { btc_amount } });
  const more = await sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  const second = await again.post('/ver1/accounts/new', { type: 'kraken', name: 'More', ...more });
  expect(second.status).toBe(201);
  expect((second.body as Account).id).toBeGreaterThan(id);
}, 120_000);

test('an owner that is no superuser restores all rows, and backs them up', async () => {
  await aTenantWithKey(source.ownerUrl);
  await aTenantWithKey(source.ownerUrl);
  const file = await backUp(source.ownerUrl);
  const [owner, name] = [
    `owner_${randomBytes(4).toString('hex')}`,
    `restored_${randomBytes(4).toString('hex')}`,
  ];
  await administer(`create role ${owner} login`);
  await administer(`create database ${name} owner ${owner}`);
  resources.defer(() => administer(`drop database if exists ${name} with (force)`));
  const url = new URL(source.ownerUrl);
  url.username = owner;
  url.pathname = `/${name}`;
  expect(await restore(file, url.href)).toMatchObject({ code: 0, stderr: NOTHING_BUT_PROGRESS });
  expect(await rowsOf(await backUp(url.href))).toEqual(await rowsOf(file));
}, 120_000);

test('a backup that is cut off, damaged or something else is refused, and leaves no row', async () => {
  await aTenantWithKey(source.ownerUrl);
  const file = await backUp(source.ownerUrl);
  const lines = await linesOf(file);
  const place = await anEmptyDatabase();
  const broken = async (text: string | Buffer): Promise<string> => {
    const bad = path.join(folder, `${randomUUID()}.gz`);
    await writeFile(bad, typeof text === 'string' ? gzipSync(text) : text);
    const ended = await restore(bad, place.ownerUrl);
    expect(ended.code).toBe(1);
    return ended.stderr;
  };
  const whole = await readFile(file);
  expect(await broken(lines.slice(0, -2).join('\n'))).toContain('the backup is cut off');
  expect(await broken(lines.join('\n').replace('"Drill"', '"Drull"'))).toContain('the backup is damaged');
  expect(await broken(whole.subarray(0, whole.length - 20))).toContain('is damaged, or no backup');
  expect(await broken('{"format":"something else"}\n')).toContain('this is no backup');
  const newer = (lines[0] ?? '').replace('"migrations":[', '"migrations":["999_later",');
  expect(await broken([newer, ...lines.slice(1)].join('\n'))).toContain(
    'newer version, which has migration 999_later',
  );
  // The whole one still goes in, and then nothing does any more.
  expect(await restore(file, place.ownerUrl)).toMatchObject({ code: 0 });
  expect(await restore(file, place.ownerUrl)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('the database holds tenants already'),
  });
}, 120_000);

test('a file that is there is not written over, and one that is missing is named', async () => {
  const file = path.join(folder, `${randomUUID()}.gz`);
  await writeFile(file, 'mine');
  expect(await countersign(['backup', file], { DATABASE_URL: source.ownerUrl })).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('is there already'),
  });
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await restore(`${file}.missing`, source.ownerUrl)).toMatchObject({
    code: 64,
    stderr: expect.stringContaining('There is no file'),
  });
}, 30_000);
