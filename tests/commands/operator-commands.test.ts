/** Accounts, exchanges, webhooks and the database in the hands of an operator, on a gateway that runs. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { verifyWebhook } from '../../src/sdk/webhook.ts';
import { execute } from '../db/rows.ts';
import { countersign } from '../support/countersign.ts';
import { createDisposables } from '../support/disposables.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { nextMoment } from '../support/test-token.ts';

const resources = createDisposables();
let gateway: TestGateway;
let folder: string;

beforeAll(async () => {
  gateway = await startTestGateway({ jobs: {} });
  resources.defer(() => gateway[Symbol.asyncDispose]());
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-commands-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
}, 60_000);
afterAll(() => resources.dispose());

const owner = (): Record<string, string> => ({
  DATABASE_URL: gateway.database.ownerUrl,
  COUNTERSIGN_DATA_DIR: folder,
  COUNTERSIGN_GATEWAY_KEK: gateway.gatewayKek.toString('hex'),
});

const told = async <Told>(words: string[], environment: Record<string, string> = owner()): Promise<Told> => {
  const { code, stdout, stderr } = await countersign([...words, '--json'], environment);
  if (code !== 0) throw new Error(`${code}: ${stderr}`);
  return JSON.parse(stdout) as Told;
};

const asCaller = ({ baseUrl, apiKey, apiSecret }: TestCaller): Record<string, string> => ({
  BASE_URL: baseUrl,
  API_KEY: apiKey,
  API_SECRET: apiSecret,
  COUNTERSIGN_DATA_DIR: folder,
});

const connect = async (caller: TestCaller): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '2' } });
  const answer = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Mine', ...keys });
  expect(answer.status).toBe(201);
  return (answer.body as { id: number }).id;
};

test('accounts are listed, shown, synced and removed, with what was done in the audit log', async () => {
  const caller = await gateway.newCaller();
  const { tenantId } = caller;
  const id = await connect(caller);
  expect(await told(['account', 'list', tenantId])).toEqual([
    expect.objectContaining({ tenantId, id, name: 'Mine', marketCode: 'kraken', state: 'ok' }),
  ]);
  expect(await told<object[]>(['account', 'list'])).toContainEqual(expect.objectContaining({ id }));
  expect(await told(['account', 'list', tenantId, '--status', 'locked'])).toEqual([]);
  const shown = await told<{ balances: object[] }>(['account', 'show', tenantId, String(id)]);
  expect(shown.balances).toContainEqual(expect.objectContaining({ asset: 'BTC' }));
  const people = await countersign(['account', 'show', tenantId, String(id)], owner());
  expect(people.stdout).toMatch(/^name +Mine$/m);
  const synced = await told<{ jobs: string[] }>(['account', 'sync', tenantId, String(id)]);
  expect(synced.jobs).toContain('balance_sync');
  expect(await told(['account', 'remove', tenantId, String(id)])).toMatchObject({ removed: true });
  expect((await caller.get(`/ver1/accounts/${id}`)).status).toBe(404);
  const rows = await execute<{ action: string }>(
    gateway.database.ownerUrl,
    "select action from audit_log where tenant_id = $1 and actor like 'operator %' order by seq",
    [tenantId],
  );
  expect(rows.map(({ action }) => action)).toEqual(expect.arrayContaining(['job.run', 'account.removed']));
  const missing = await countersign(['account', 'show', tenantId, String(id)], owner());
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining(`has no account ${id}`)]);
}, 60_000);

test('an exchange is paused with a reason, listed so, and resumed', async () => {
  expect(await told(['venue', 'pause', 'gemini', 'maintenance', 'until', 'noon'])).toMatchObject({
    venue: 'gemini',
    state: 'paused',
    reason: 'maintenance until noon',
  });
  expect(await told<object[]>(['venue', 'list'])).toContainEqual(
    expect.objectContaining({ venue: 'gemini', state: 'paused' }),
  );
  expect(await told(['venue', 'resume', 'gemini'])).not.toMatchObject({ state: 'paused' });
  const unknown = await countersign(['venue', 'pause', 'mtgox', 'gone'], owner());
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no exchange mtgox')]);
}, 60_000);

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const startReceiver = async () => {
  const received: Received[] = [];
  let arrived: (() => void) | undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(204).end();
      arrived?.();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  resources.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  const next = async (count: number): Promise<void> => {
    while (received.length < count) await new Promise<void>((resolve) => (arrived = resolve));
  };
  return { url, received, next };
};

test('events are printed as they happened, and passed on as deliveries are', async () => {
  const caller = await gateway.newCaller();
  await connect(caller);
  const receiver = await startReceiver();
  const ended = await countersign(
    [
      'webhook',
      'listen',
      '--after',
      '0',
      '--count',
      '1',
      '--types',
      'account.*',
      '--forward',
      receiver.url,
      '--json',
    ],
    asCaller(caller),
  );
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({ type: 'account.connected', sequence: expect.any(Number) });
  const secret = /whsec_\S+/.exec(ended.stderr)?.[0] ?? '';
  const [passed] = receiver.received;
  const { body = '', headers = {} } = passed ?? {};
  const event = await verifyWebhook({ body, headers, secret });
  expect(event).toMatchObject({ type: 'account.connected' });
}, 60_000);

test('an endpoint is listed, tried out and replayed to', async () => {
  const caller = await gateway.newCaller({ scopes: ['ACCOUNTS_READ', 'WEBHOOKS_WRITE'] });
  const receiver = await startReceiver();
  const made = await caller.post('/api/webhooks', {
    url: receiver.url,
    event_types: ['*'],
    timestamp: Date.now(),
  });
  const { id } = made.body as { id: string };
  const keyFile = path.join(folder, 'key.json');
  const { baseUrl, apiKey, apiSecret } = caller;
  await writeFile(keyFile, JSON.stringify({ baseUrl, apiKey, apiSecret }));
  const withFile = (words: string[]) =>
    told<object>([...words, '--key-file', keyFile], { COUNTERSIGN_DATA_DIR: folder });
  expect(await withFile(['webhook', 'list'])).toEqual([expect.objectContaining({ id, url: receiver.url })]);
  expect(await withFile(['webhook', 'trigger', id])).toMatchObject({ event_type: 'webhook.test' });
  await receiver.next(1);
  expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ type: 'webhook.test' });
  expect(await withFile(['webhook', 'replay', id])).toMatchObject({ replayed: expect.any(Number) });
}, 60_000);

test('an operator replays without a key of the tenant, and hears of what holds the deliveries up', async () => {
  const caller = await gateway.newCaller({ scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE', 'WEBHOOKS_WRITE'] });
  const { tenantId } = caller;
  const url = 'http://127.0.0.1:9/a-token-in-the-path';
  const made = await caller.post('/api/webhooks', {
    url,
    event_types: ['account.*'],
    timestamp: nextMoment(),
  });
  const { id } = made.body as { id: string };
  const off = JSON.stringify({ enabled: false, timestamp: nextMoment() });
  const headers = { 'Content-Type': 'application/json' };
  await caller.send({ method: 'PATCH', target: `/api/webhooks/${id}`, body: off, headers });
  await connect(caller);
  const listed = await countersign(['webhook', 'list', '--tenant', tenantId, '--json'], owner());
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id, urlHost: '127.0.0.1:9', status: 'disabled' }]);
  expect(listed.stdout).not.toContain('a-token');
  const replayed = await countersign(['webhook', 'replay', id, '--tenant', tenantId], owner());
  expect([replayed.code, replayed.stdout]).toEqual([
    0,
    expect.stringMatching(/^1 deliveries are due once more\.\nThey wait: the endpoint is switched off \(/),
  ]);
  const rows = await execute<{ actor: string; outcome: string }>(
    gateway.database.ownerUrl,
    "select actor, outcome from audit_log where tenant_id = $1 and action = 'webhook.replayed'",
    [tenantId],
  );
  expect(rows).toEqual([
    { actor: expect.stringMatching(/^operator /), outcome: expect.stringContaining('1 deliveries') },
  ]);
  const [switchedOff, elsewhere, both] = await Promise.all([
    countersign(['webhook', 'trigger', id, '--tenant', tenantId], owner()),
    countersign(['webhook', 'replay', id, '--tenant', randomUUID()], owner()),
    countersign(['webhook', 'list', '--tenant', tenantId, '--key-file', 'key.json'], owner()),
  ]);
  expect([switchedOff.code, switchedOff.stderr]).toEqual([1, expect.stringContaining('is switched off')]);
  expect([elsewhere.code, elsewhere.stderr]).toEqual([1, expect.stringContaining(`has no endpoint ${id}`)]);
  expect([both.code, both.stderr]).toEqual([64, expect.stringContaining('tenant and key-file')]);
}, 60_000);

test.each([
  [{ BASE_URL: 'http://127.0.0.1:1' }, 64, 'only some are set'],
  [{ BASE_URL: 'nowhere', API_KEY: 'a', API_SECRET: 'b' }, 64, 'BASE_URL: nowhere is no URL'],
  [{ BASE_URL: 'http://127.0.0.1:1', API_KEY: 'a', API_SECRET: 'b'.repeat(32) }, 1, 'no gateway answers'],
  [{}, 1, 'start the gateway first'],
])(
  'a caller that cannot be is told why: %j',
  async (environment, code, words) => {
    const ended = await countersign(['webhook', 'list'], { COUNTERSIGN_DATA_DIR: folder, ...environment });
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(words)]);
  },
  60_000,
);

test('a key without the scope is refused in the words of the gateway, with the scope that is missing', async () => {
  const caller = await gateway.newCaller({ scopes: ['ACCOUNTS_READ'] });
  const ended = await countersign(['webhook', 'list'], asCaller(caller));
  expect([ended.code, ended.stderr]).toEqual([1, expect.stringContaining('WEBHOOKS_WRITE')]);
}, 30_000);

test('an empty database is told apart, migrated and seeded; production is not seeded', async () => {
  await using empty = await createTestDatabase({ empty: true });
  const environment = { ...owner(), DATABASE_URL: empty.ownerUrl };
  const before = await countersign(['migrate', 'status', '--json'], environment);
  expect([before.code, JSON.parse(before.stdout)]).toEqual([
    1,
    expect.objectContaining({ pending: expect.arrayContaining(['migration 001_tenancy is not applied']) }),
  ]);
  expect((await countersign(['migrate'], environment)).code).toBe(0);
  expect(await told(['migrate', 'status'], environment)).toMatchObject({ pending: [] });
  const first = await told<{ apiKey: string }>(['seed'], environment);
  expect(await told(['seed'], environment)).toEqual(first);
  const production = {
    ...environment,
    NODE_ENV: 'production',
    COUNTERSIGN_ROOT_KEK: randomBytes(32).toString('hex'),
  };
  const refused = await countersign(['seed'], production);
  expect([refused.code, refused.stderr]).toEqual([
    78,
    expect.stringContaining('production refuses demo data'),
  ]);
}, 60_000);
