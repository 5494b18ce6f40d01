/** `countersign tenant` and `countersign key`, as an operator runs them against a configured database. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute } from '../db/rows.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
const gatewayKek = randomBytes(32);
let database: TestDatabase;
let dataDir: string;
let gateways: GatewayProcess[];

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'countersign-keys-'));
  const start = () => startGatewayProcess({ dataDir, gatewayUrl: database.gatewayUrl, gatewayKek });
  gateways = await Promise.all([start(), start(), start()]);
}, 60_000);
afterAll(async () => {
  await Promise.all(gateways.map((gateway) => gateway.kill()));
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const countersign = (words: readonly string[], environment: object = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: database.ownerUrl,
      COUNTERSIGN_DATA_DIR: dataDir,
      COUNTERSIGN_GATEWAY_KEK: gatewayKek.toString('hex'),
      ...environment,
    };
    const child = execFile(process.execPath, [ENTRY, ...words], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

const told = async <Told>(...words: string[]): Promise<Told> => {
  const { code, stdout, stderr } = await countersign([...words, '--json']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Told;
};

interface Issued {
  readonly id: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

const aTenant = async (): Promise<string> => (await told<{ id: string }>('tenant', 'create', 'Acme')).id;

const callersOf = (tenantId: string, { apiKey, apiSecret }: Issued): TestCaller[] =>
  gateways.map(({ baseUrl }) => createTestCaller({ baseUrl, tenantId, apiKey, apiSecret }));

const statuses = (callers: readonly TestCaller[]): Promise<number[]> =>
  Promise.all(callers.map(async (caller) => (await caller.get('/ver1/validate')).status));

/** How long it takes is measured, not waited for. */
const msUntil = async (callers: readonly TestCaller[], status: number): Promise<number> => {
  const started = performance.now();
  while (!(await statuses(callers)).every((each) => each === status)) await delay(5);
  return performance.now() - started;
};

test('an operator makes a tenant and its first key, which every gateway then knows', async () => {
  const tenantId = await aTenant();
  expect(await told<object[]>('tenant', 'list')).toContainEqual(
    expect.objectContaining({ id: tenantId, name: 'Acme', status: 'active' }),
  );
  const first = await told<Issued>(
    ...['key', 'create', tenantId, 'First', '--scopes', 'ACCOUNTS_READ,KEYS_WRITE'],
    ...['--allow-ip', '127.0.0.0/8,::1', '--user', 'ops', '--expires', '2099-01-01T00:00:00Z'],
    ...['--not-before', '2026-01-01', '--explain'],
  );
  expect(first).toMatchObject({
    name: 'First',
    scopes: ['ACCOUNTS_READ', 'KEYS_WRITE'],
    ipAllowlist: ['127.0.0.0/8', '::1/128'],
    userExternalId: 'ops',
    notBefore: '2026-01-01T00:00:00.000Z',
    expiresAt: '2099-01-01T00:00:00.000Z',
    explained: true,
  });
  expect(await statuses(callersOf(tenantId, first))).toEqual([200, 200, 200]);
  const listed = await countersign(['key', 'list', tenantId, '--json']);
  expect(listed.stdout).toContain(first.apiKey);
  expect(listed.stdout).not.toContain(first.apiSecret);
  expect((await countersign(['key', 'list', tenantId])).stdout).toMatch(/^id .*\n.*First/);
  const rows = await execute<{ action: string; actor: string }>(
    database.ownerUrl,
    'select action, actor from audit_log where tenant_id = $1 order by seq',
    [tenantId],
  );
  expect(rows).toEqual(
    ['tenant.created', 'key.created'].map((action) => ({
      action,
      actor: expect.stringMatching(/^operator ./),
    })),
  );
}, 60_000);

test('for people the secret is printed once, with the words that say so', async () => {
  const tenantId = await aTenant();
  const { stdout } = await countersign(['key', 'create', tenantId, 'Mine', '--scopes', 'ACCOUNTS_READ']);
  expect(stdout).toMatch(
    /^id {10}[0-9a-f-]{36}\nApikey {6}[0-9a-f]{64}\nsecret {6}[0-9a-f]{64} {3}\(shown this once\)\n$/,
  );
}, 60_000);

test('a rotation, a revocation and a change over the API reach three gateways in less than a second', async () => {
  const tenantId = await aTenant();
  const first = await told<Issued>(
    'key',
    'create',
    tenantId,
    'First',
    '--scopes',
    'ACCOUNTS_READ,KEYS_WRITE',
  );
  const old = callersOf(tenantId, first);
  expect(await statuses(old)).toEqual([200, 200, 200]);

  const rotated = await told<Issued>('key', 'rotate', tenantId, first.id, '--overlap', '0');
  const callers = callersOf(tenantId, rotated);
  expect(await msUntil(callers, 200)).toBeLessThan(1_000);
  expect(await statuses(old)).toEqual([401, 401, 401]);

  const [one] = callers;
  const made = await one?.post('/api/keys', {
    name: 'Second',
    scopes: ['ACCOUNTS_READ'],
    timestamp: Date.now(),
  });
  const { id, api_key: apiKey, api_secret: apiSecret } = made?.body as Record<string, string>;
  const seconds = callersOf(tenantId, { id: id ?? '', apiKey: apiKey ?? '', apiSecret: apiSecret ?? '' });
  expect(await statuses(seconds)).toEqual([200, 200, 200]);
  expect((await one?.delete(`/api/keys/${id ?? ''}`))?.status).toBe(204);
  expect(await msUntil(seconds, 401)).toBeLessThan(1_000);

  expect(await told('key', 'revoke', tenantId, first.id)).toEqual({ id: first.id, revoked: true });
  expect(await msUntil(callers, 401)).toBeLessThan(1_000);
  expect((await countersign(['key', 'revoke', tenantId, first.id])).stdout).toBe(
    `Key ${first.id} was revoked before.\n`,
  );
  expect(await told<unknown[]>('key', 'list', tenantId)).toEqual([]);
  expect(await told<unknown[]>('key', 'list', tenantId, '--all')).toHaveLength(2);
}, 60_000);

test('a public key comes from a file; a private one is refused', async () => {
  const tenantId = await aTenant();
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const files = { public: path.join(dataDir, 'public.pem'), private: path.join(dataDir, 'private.pem') };
  await writeFile(files.public, publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(files.private, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const create = ['key', 'create', tenantId, 'Signer', '--scopes', 'ACCOUNTS_READ', '--algorithm', 'ed25519'];
  expect(await told(...create, '--public-key', files.public)).toMatchObject({
    algorithm: 'ed25519',
    profileFloor: 'strict',
    apiSecret: null,
  });
  const refused = await countersign([...create, '--public-key', files.private]);
  expect([refused.code, refused.stderr.includes('private key')]).toEqual([1, true]);
}, 60_000);

test.each([
  [['tenant']],
  [['tenant', 'create']],
  [['key', 'create', 'nobody', 'Name', '--scopes', 'ACCOUNTS_READ']],
  [['key', 'create', '00000000-0000-4000-8000-000000000000', 'Name']],
  [['key', 'create', '00000000-0000-4000-8000-000000000000', 'Name', '--scopes', 'EVERYTHING']],
  [['key', 'create', '00000000-0000-4000-8000-000000000000', 'Name', '--scopes', '', '--expires', 'soon']],
  [
    [
      'key',
      'create',
      '00000000-0000-4000-8000-000000000000',
      'Name',
      '--scopes',
      '',
      '--not-before',
      'later',
    ],
  ],
  [['key', 'list', '00000000-0000-4000-8000-000000000000', '--loud']],
  [['key', 'rotate', '00000000-0000-4000-8000-000000000000', 'x']],
])(
  '%j is answered with the usage',
  async (words) => {
    const { code, stdout, stderr } = await countersign(words);
    expect({ code, stdout, isHelp: stderr.length > 20 }).toEqual({ code: 64, stdout: '', isHelp: true });
  },
  30_000,
);

test('a tenant that does not exist gets no key', async () => {
  const words = [
    'key',
    'create',
    '00000000-0000-4000-8000-000000000000',
    'Name',
    '--scopes',
    'ACCOUNTS_READ',
  ];
  const { code, stderr } = await countersign(words);
  expect([code, stderr]).toEqual([1, expect.stringContaining('There is no such tenant')]);
}, 30_000);

test.each([
  [['tenant', 'create'], 'The name is missing'],
  [['tenant', 'destroy'], 'There is no command "tenant destroy"'],
  [['key', 'make'], 'There is no command "key make"'],
  [['key', 'list'], 'The tenant id is missing'],
  [['key', 'list', 'Acme'], 'Acme is no tenant id'],
  [['key', 'create', randomUUID(), 'First'], '--scopes is missing'],
  [['key', 'revoke', randomUUID(), 'First'], 'First is no key id'],
  [['no-such-command'], 'There is no command "no-such-command"'],
])('%j is refused with what is wrong, and the usage', async (words, reason) => {
  const { code, stdout, stderr } = await countersign(words);
  expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
  expect(stderr).toContain(reason);
  expect(stderr).toContain('Usage: countersign');
});

test('help that was asked for is an answer', async () => {
  const { code, stdout, stderr } = await countersign(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: countersign <command>\n/);
});

test('an owner that is no superuser lists tenants and makes keys as well', async () => {
  const tenantId = await aTenant();
  const name = `owner_${randomBytes(4).toString('hex')}`;
  await execute(database.ownerUrl, `create role ${name} login`);
  await execute(database.ownerUrl, `grant connect on database ${database.name} to ${name}`);
  await execute(
    database.ownerUrl,
    `do $$ declare t text; begin
       for t in select tablename from pg_tables where schemaname = 'public' loop
         execute format('alter table %I owner to ${name}', t);
       end loop; end $$`,
  );
  await execute(database.ownerUrl, `grant all on schema public to ${name}`);
  await execute(database.ownerUrl, `grant execute on all functions in schema public to ${name}`);
  const url = new URL(database.ownerUrl);
  url.username = name;
  const listed = await countersign(['tenant', 'list', '--json'], { DATABASE_URL: url.href });
  expect([listed.code, listed.stdout.includes(tenantId)]).toEqual([0, true]);
  const forced = await execute<{ forced: boolean }>(
    database.ownerUrl,
    "select relforcerowsecurity as forced from pg_class where relname = 'tenants'",
  );
  expect(forced).toEqual([{ forced: true }]);
  const made = await countersign(['key', 'create', tenantId, 'K', '--scopes', 'ACCOUNTS_READ'], {
    DATABASE_URL: url.href,
  });
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
}, 60_000);
