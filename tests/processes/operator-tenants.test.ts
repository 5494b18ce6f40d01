/** `countersign admin` and the rest of `countersign tenant`, as an operator runs them beside a gateway that serves. */
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signStrict } from '../support/request-signer.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-admin-'));
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const countersign = (...words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: gateway.database.ownerUrl,
      COUNTERSIGN_DATA_DIR: folder,
      COUNTERSIGN_ADMIN_PUBLIC_URL: gateway.adminUrl,
    };
    const child = execFile(process.execPath, [ENTRY, ...words], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

const told = async <Told>(...words: string[]): Promise<Told> => {
  const { code, stdout, stderr } = await countersign(...words, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Told;
};

test('a link of the command line signs in to the console once', async () => {
  const { url, token } = await told<{ url: string; token: string }>('admin', 'link');
  expect(url).toBe(`${gateway.adminUrl}/console/#/sign-in?token=${token}`);
  const signIn = () =>
    fetch(`${gateway.adminUrl}/api/admin/session`, { method: 'POST', body: JSON.stringify({ token }) });
  expect((await signIn()).status).toBe(200);
  expect((await signIn()).status).toBe(401);
}, 30_000);

test('an admin key is added, signs, is listed and revoked', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [file, secret] = [path.join(folder, 'public.pem'), path.join(folder, 'private.pem')];
  await writeFile(file, publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const key = await told<{ id: string; keyId: string }>('admin', 'key', 'add', 'Ada', '--public-key', file);
  const target = '/api/admin/session';
  const ask = async (): Promise<number> => {
    const signer = { keyId: key.keyId, algorithm: 'ed25519', key: privateKey } as const;
    const headers = signStrict(signer, { method: 'GET', target, host: new URL(gateway.adminUrl).host });
    return (await fetch(gateway.adminUrl + target, { headers })).status;
  };
  expect(await ask()).toBe(200);
  expect(await told('admin', 'key', 'list')).toContainEqual(
    expect.objectContaining({ id: key.id, name: 'Ada', createdBy: expect.stringMatching(/^operator /) }),
  );
  expect(await told('admin', 'key', 'revoke', key.id)).toEqual({ id: key.id, revoked: true });
  expect(await ask()).toBe(401);
  const refused = await countersign('admin', 'key', 'add', 'Eve', '--public-key', secret);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('private key')]);
}, 60_000);

test('a tenant is suspended, resumed, limited and deleted', async () => {
  const { id } = await told<{ id: string }>('tenant', 'create', 'Acme', '--withdrawals', 'warn');
  const caller = await gateway.newCaller({ tenantId: id });
  expect((await caller.get('/ver1/accounts')).status).toBe(200);
  expect(await told('tenant', 'suspend', id)).toMatchObject({
    status: 'suspended',
    withdrawalPolicy: 'warn',
  });
  while ((await caller.get('/ver1/accounts')).status !== 401);
  expect(await told('tenant', 'resume', id)).toMatchObject({ status: 'active', callerKeys: 1 });
  while ((await caller.get('/ver1/accounts')).status !== 200);
  const limits = ['--requests-per-minute', '600', '--openings-per-minute', '30'];
  expect(await told('tenant', 'limits', id, ...limits)).toMatchObject({
    requestsPerMinute: 600,
    openingsPerMinute: 30,
  });
  expect(await told('tenant', 'limits', id, '--openings-per-minute', 'default')).toMatchObject({
    requestsPerMinute: 600,
    openingsPerMinute: null,
  });
  const unconfirmed = await countersign('tenant', 'delete', id, '--confirm', 'acme');
  expect([unconfirmed.code, unconfirmed.stderr]).toEqual([
    64,
    expect.stringContaining('letter for letter: Acme'),
  ]);
  expect(await told('tenant', 'delete', id, '--confirm', 'Acme')).toEqual({ id, deleted: true });
  const again = await countersign('tenant', 'delete', id, '--confirm', 'Acme');
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('There is no such tenant')]);
  expect((await countersign('tenant', 'show', id)).stdout).toMatch(/status +deleted/);
  expect(await told<object[]>('tenant', 'list')).not.toContainEqual(expect.objectContaining({ id }));
}, 60_000);

test.each([
  [['admin', 'key'], 'Which command of admin key?'],
  [['admin', 'key', 'make'], 'There is no command "admin key make"'],
  [['admin', 'key', 'add', 'Ada'], '--public-key is missing'],
  [['admin', 'key', 'add', 'Ada', '--public-key', '/no/such/file'], 'cannot read /no/such/file'],
  [
    ['tenant', 'limits', '00000000-0000-4000-8000-000000000000', '--requests-per-minute', '0'],
    '0 is no number',
  ],
])(
  '%j is told what is wrong with it',
  async (words, problem) => {
    const { code, stderr } = await countersign(...words);
    expect([code, stderr]).toEqual([64, expect.stringContaining(problem)]);
  },
  30_000,
);
