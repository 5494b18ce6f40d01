/** The three processes of production as users of their own: they work together, and keep their keys from each other. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { issueHmacKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createTenantStore } from '../../src/features/tenants/tenant-store.ts';
import { silent } from '../db/rows.ts';
import { createDisposables } from '../support/disposables.ts';
import { createTestCaller } from '../support/test-caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
// Numbers suffice: no account of this machine has these.
const SOCKET_GROUP = 61_900;
const USERS = { custody: 61_901, gateway: 61_902, worker: 61_903, stranger: 61_904 } as const;
type Part = 'custody' | 'gateway' | 'worker';

/** What another user may not do here, nobody can be started as: not as root, or in a folder that is closed to others. */
const canBe = (uid: number): boolean =>
  process.getuid?.() === 0 &&
  spawnSync(process.execPath, [ENTRY, '--version'], { uid, gid: uid, cwd: '/' }).status === 0;

const testAsRoot = canBe(USERS.gateway) ? test : test.skip;

const resources = createDisposables();
const rootKek = randomBytes(32);
const gatewayKek = randomBytes(32);
const processes: Partial<Record<Part, ChildProcess>> = {};
let folder: string;
let database: TestDatabase;
let baseUrl: string;

/** The Postgres of the tests is closed to other users: this stands in its place for them. */
const openPostgres = async (): Promise<string> => {
  const url = new URL(database.ownerUrl);
  const target = path.join(url.searchParams.get('host') ?? '', '.s.PGSQL.5432');
  const place = path.join(folder, 'postgres');
  mkdirSync(place);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const postgres = connect(target);
    for (const socket of [client, postgres]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(postgres).pipe(client);
  });
  server.listen(path.join(place, '.s.PGSQL.5432'));
  await once(server, 'listening');
  chmodSync(path.join(place, '.s.PGSQL.5432'), 0o777);
  resources.defer(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return place;
};

const ownedFile = (name: string, uid: number, content: string): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content, { mode: 0o400 });
  chownSync(file, uid, uid);
  return file;
};

const start = async (part: Part, environment: Record<string, string>): Promise<{ url?: string }> => {
  const dataDir = path.join(folder, `${part}-data`);
  mkdirSync(dataDir, { mode: 0o700 });
  chownSync(dataDir, USERS[part], SOCKET_GROUP);
  const child = fork(ENTRY, [part], {
    uid: USERS[part],
    gid: SOCKET_GROUP,
    cwd: '/',
    execArgv: [],
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      COUNTERSIGN_LOG_LEVEL: 'silent',
      COUNTERSIGN_DATA_DIR: dataDir,
      COUNTERSIGN_CUSTODY_SOCKET: path.join(folder, 'run', 'custody.sock'),
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  processes[part] = child;
  resources.defer(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  return await new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${part} ended with ${String(code)}`)));
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'ready') resolve(message);
    });
  });
};

/** Runs a line of Node as another user; answers what it printed, or how it failed. */
const asUser = (uid: number, gid: number, script: string): string => {
  const ran = spawnSync(process.execPath, ['-e', script], { uid, gid, cwd: '/', encoding: 'utf8', env: {} });
  return ran.stdout.trim();
};

const reading = (file: string): string =>
  `try { require('fs').readFileSync(${JSON.stringify(file)}); console.log('read') } catch (e) { console.log(e.code) }`;

const connecting = (file: string): string =>
  `const s = require('net').connect(${JSON.stringify(file)});
   s.on('connect', () => { console.log('connected'); s.destroy() }).on('error', (e) => console.log(e.code))`;

beforeAll(async () => {
  if (!canBe(USERS.gateway)) return;
  folder = mkdtempSync(path.join(tmpdir(), 'countersign-users-'));
  chmodSync(folder, 0o711);
  resources.defer(() => {
    rmSync(folder, { recursive: true, force: true });
    return Promise.resolve();
  });
  database = await createTestDatabase();
  resources.defer(() => database[Symbol.asyncDispose]());
  const place = await openPostgres();
  const reached = (url: string): string => {
    const changed = new URL(url);
    changed.searchParams.set('host', place);
    return changed.href;
  };
  mkdirSync(path.join(folder, 'run'));
  chownSync(path.join(folder, 'run'), USERS.custody, SOCKET_GROUP);
  await start('custody', {
    COUNTERSIGN_CUSTODY_DATABASE_URL: reached(database.custodyUrl),
    COUNTERSIGN_ROOT_KEK_FILE: ownedFile('root-kek', USERS.custody, rootKek.toString('hex')),
    COUNTERSIGN_CUSTODY_SOCKET_GROUP: String(SOCKET_GROUP),
  });
  const kek = gatewayKek.toString('hex');
  const gateway = await start('gateway', {
    COUNTERSIGN_GATEWAY_DATABASE_URL: reached(database.gatewayUrl),
    COUNTERSIGN_GATEWAY_KEK_FILE: ownedFile('gateway-kek', USERS.gateway, kek),
    COUNTERSIGN_PORT: '0',
  });
  baseUrl = gateway.url ?? '';
  await start('worker', {
    COUNTERSIGN_GATEWAY_DATABASE_URL: reached(database.gatewayUrl),
    COUNTERSIGN_GATEWAY_KEK_FILE: ownedFile('worker-kek', USERS.worker, kek),
  });
}, 60_000);
afterAll(() => resources.dispose());

testAsRoot('custody is reached over its socket, and a caller is served', async () => {
  const ready = await fetch(`${baseUrl}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ready' })]);
  const tenantId = randomUUID();
  await using owner = createTenantDatabase({
    url: database.ownerUrl,
    logger: silent,
    applicationName: 'test-owner',
  });
  const key = await owner.transact(tenantId, async (session) => {
    await createTenantStore(session).ensure('Production');
    return await issueHmacKey(session, gatewayKek, { name: 'Key', scopes: ['ACCOUNTS_READ'] });
  });
  const caller = createTestCaller({ baseUrl, tenantId, ...key });
  expect(await caller.get('/ver1/accounts')).toMatchObject({ status: 200, body: [] });
});

testAsRoot('no process reads the key of another, nor its environment or memory', () => {
  for (const part of ['gateway', 'worker'] as const) {
    const reads = (file: string): string => asUser(USERS[part], SOCKET_GROUP, reading(file));
    expect(reads(path.join(folder, 'root-kek'))).toBe('EACCES');
    const custody = `/proc/${String(processes.custody?.pid)}`;
    expect([reads(`${custody}/environ`), reads(`${custody}/mem`)]).toEqual(['EACCES', 'EACCES']);
    expect(reads(path.join(folder, 'custody-data', 'audit'))).toBe('EACCES');
  }
  expect(asUser(USERS.custody, SOCKET_GROUP, reading(path.join(folder, 'gateway-kek')))).toBe('EACCES');
  expect(asUser(USERS.custody, SOCKET_GROUP, reading(path.join(folder, 'root-kek')))).toBe('read');
});

testAsRoot('only the group of the socket talks to custody', () => {
  const socket = path.join(folder, 'run', 'custody.sock');
  expect(asUser(USERS.worker, SOCKET_GROUP, connecting(socket))).toBe('connected');
  expect(asUser(USERS.stranger, USERS.stranger, connecting(socket))).toBe('EACCES');
});

testAsRoot('production refuses the sandbox, whoever starts it', () => {
  const ran = spawnSync(process.execPath, [ENTRY, 'custody'], {
    uid: USERS.custody,
    gid: SOCKET_GROUP,
    cwd: '/',
    encoding: 'utf8',
    env: {
      NODE_ENV: 'production',
      COUNTERSIGN_EXCHANGES: 'sandbox',
      COUNTERSIGN_CUSTODY_DATABASE_URL: 'postgresql://nobody@localhost/nowhere',
    },
  });
  expect([ran.status, ran.stderr.includes('production refuses the sandbox')]).toEqual([78, true]);
});
