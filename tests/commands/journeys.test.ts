/** An operator's whole work from the command line alone, beside `countersign serve` as it runs on a machine of its own. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Client, createClient } from '../../src/sdk/client.ts';
import { countersign, type Ended } from '../support/countersign.ts';
import { createDisposables } from '../support/disposables.ts';
import { createSandboxControl, type SandboxControl } from '../support/sandbox-control.ts';
import { type ServedProgram, startServed } from '../support/served-program.ts';
import { accept, answerStatus, startReceiver } from '../webhooks/receiver.ts';

const SETTINGS = {
  // The load below asks as fast as it can.
  COUNTERSIGN_LIMIT_KEY_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMIT_TENANT_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMIT_IP_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMIT_KEY_TRIALS_PER_MINUTE: '1000000',
  COUNTERSIGN_TENANT_OPENINGS_PER_MINUTE: '1000000',
  COUNTERSIGN_VENUE_CHECK_SECONDS: '1',
  COUNTERSIGN_VENUE_REST_MS: '200',
};

const resources = createDisposables();
let program: ServedProgram;
let sandbox: SandboxControl;
let dataDir: string;

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-journeys-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  // Postgres runs as another user where the test runs as root.
  await chmod(folder, 0o711);
  dataDir = path.join(folder, 'data');
  program = await startServed(dataDir, SETTINGS);
  resources.defer(() => program.stop());
  sandbox = createSandboxControl(program.demo().sandbox);
}, 60_000);
afterAll(() => resources.dispose());
afterEach(() => sandbox.clearFaults());

const run = (words: readonly string[], environment: Record<string, string> = {}): Promise<Ended> =>
  countersign(words, { COUNTERSIGN_DATA_DIR: dataDir, ...environment });

const told = async <Told = unknown>(...words: string[]): Promise<Told> => {
  const { code, stdout, stderr } = await run([...words, '--json']);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Told;
};

interface Tenant {
  readonly id: string;
  /** A program of the tenant, with the key that the operator made. */
  readonly client: Client;
  /** The first so many events of these types, as `countersign webhook listen` prints them. */
  listen(types: string, count: number): Promise<readonly { readonly type: string; readonly data: object }[]>;
}

const SCOPES = 'ACCOUNTS_READ,ACCOUNTS_WRITE,WEBHOOKS_WRITE,KEYS_WRITE';

const aTenant = async (): Promise<Tenant> => {
  const { id } = await told<{ id: string }>('tenant', 'create', 'Acme', 'Trading');
  const key = await told<{ apiKey: string; apiSecret: string }>(
    'key',
    'create',
    id,
    'Bot',
    '--scopes',
    SCOPES,
  );
  const { baseUrl } = program.demo();
  return {
    id,
    // A request that fails is not tried again: what fails is seen.
    client: createClient({ baseUrl, key: { id: key.apiKey, secret: key.apiSecret }, retries: 0 }),
    async listen(types, count) {
      const { code, stdout, stderr } = await run(
        ['webhook', 'listen', '--after', '0', '--types', types, '--count', String(count), '--json'],
        { BASE_URL: baseUrl, API_KEY: key.apiKey, API_SECRET: key.apiSecret },
      );
      if (code !== 0) throw new Error(`listening ended with ${code}: ${stderr}`);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { type: string; data: object });
    },
  };
};

type VenueName = 'binance' | 'kraken' | 'okx' | 'bybit';

const connect = async ({ client }: Tenant, venue: VenueName, name = 'Main account'): Promise<number> => {
  const keys = await sandbox.openAccount({ venue, balances: { BTC: '1' } });
  return (await client.accounts.connect({ type: venue, name, ...keys })).id;
};

const isAnswered = ({ client }: Tenant, account_id: number): Promise<boolean> =>
  client.accounts.loadBalances({ account_id }).then(
    () => true,
    () => false,
  );

test('a tenant and a key are made, and its first account is seen to connect', async () => {
  const tenant = await aTenant();
  expect(await told('account', 'list', tenant.id)).toEqual([]);
  const heard = tenant.listen('account.*', 1);
  const id = await connect(tenant, 'binance');
  expect(await heard).toMatchObject([{ type: 'account.connected', data: { account_id: id } }]);
  expect(await told('account', 'list', tenant.id)).toMatchObject([
    { tenantId: tenant.id, id, name: 'Main account', marketCode: 'binance', state: 'ok' },
  ]);
  expect(await told('account', 'show', tenant.id, String(id))).toMatchObject({
    balances: [{ asset: 'BTC', total: '1' }],
  });
}, 60_000);

test('an exchange is seen to go down and to come back, and the tenant is told of both', async () => {
  const tenant = await aTenant();
  const account_id = await connect(tenant, 'kraken');
  const venue = async () =>
    (await told<{ venue: string }[]>('venue', 'list')).find(({ venue: id }) => id === 'kraken');
  /** Goes on asking until the tenant has heard of it. */
  const untilHeard = async (type: string): Promise<object | undefined> => {
    let event: object | undefined;
    const heard = tenant.listen(type, 1).then(([first]) => (event = first));
    while (event === undefined) await Promise.race([heard, isAnswered(tenant, account_id)]);
    return event;
  };
  await sandbox.addFault({ venue: 'kraken', kind: 'reset' });
  expect(await untilHeard('exchange.degraded')).toMatchObject({
    data: { exchange: 'kraken', reason: expect.any(String) },
  });
  expect(await venue()).toMatchObject({ state: 'degraded', reason: expect.any(String) });
  expect(await isAnswered(tenant, account_id)).toBe(false);
  await sandbox.clearFaults();
  expect(await untilHeard('exchange.recovered')).toMatchObject({ data: { exchange: 'kraken' } });
  expect(await venue()).toMatchObject({ state: 'healthy', reason: null });
  while (!(await isAnswered(tenant, account_id)));
}, 120_000);

test('what an endpoint missed while it was gone is replayed', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(410) });
  const tenant = await aTenant();
  const { id } = await tenant.client.webhooks.create({
    url: receiver.url,
    event_types: ['account.connected'],
  });
  const list = () => told<{ status: string }[]>('webhook', 'list', '--tenant', tenant.id);
  const first = await connect(tenant, 'bybit', 'First account');
  await tenant.listen('webhook.disabled', 1);
  expect(await list()).toMatchObject([{ id, status: 'disabled' }]);
  // Of this event nothing is sent at all.
  const second = await connect(tenant, 'bybit', 'Second account');
  receiver.answerWith(accept);
  await tenant.client.webhooks.update({ endpoint_id: id, enabled: true });
  const replay = ['webhook', 'replay', id, '--tenant', tenant.id];
  expect(await told(...replay)).toMatchObject({ replayed: expect.any(Number), status: 'enabled' });
  // The first was refused and waited, unless its time had come; the second was missed.
  const received = await receiver.untilReceived(3);
  const accounts = received.map(
    ({ body }) => (JSON.parse(body) as { data: { account_id: number } }).data.account_id,
  );
  expect(accounts.sort((a, b) => a - b)).toEqual([first, first, second]);
  expect(await told(...replay)).toMatchObject({ replayed: 0 });
  expect(await told('webhook', 'trigger', id, '--tenant', tenant.id)).toMatchObject({
    eventType: 'webhook.test',
  });
  expect(JSON.parse((await receiver.untilReceived(4))[3]?.body ?? '')).toMatchObject({
    type: 'webhook.test',
  });
}, 60_000);

test('sealing keys are rotated under load without one failed request', async () => {
  const tenant = await aTenant();
  const accounts = await Promise.all([1, 2, 3].map((n) => connect(tenant, 'okx', `Account ${n}`)));
  const failures: unknown[] = [];
  let requests = 0;
  let isOver = false;
  const reads = async (account_id: number): Promise<void> => {
    for (; !isOver; requests += 1)
      await tenant.client.accounts
        .loadBalances({ account_id })
        .catch((error: unknown) => failures.push(error));
  };
  const connects = async (): Promise<void> => {
    for (; !isOver; requests += 1)
      await connect(tenant, 'okx').catch((error: unknown) => failures.push(error));
  };
  const load = Promise.all([...accounts.map(reads), connects()]);
  const untilMore = async (count: number): Promise<void> => {
    for (const before = requests; requests < before + count; ) await delay(5);
  };
  await untilMore(4);
  const rotation = await told<{ done: number }>('keys', 'rotate');
  await untilMore(4);
  isOver = true;
  await load;
  expect(failures).toEqual([]);
  expect(rotation).toMatchObject({ kind: 'rotate', state: 'done', failed: 0, problem: null });
  expect(rotation.done).toBeGreaterThanOrEqual(accounts.length);
  // What was sealed before opens by the new keys alone.
  const { retiring } = await told<{ retiring: { keyId: string; tenantId: string }[] }>('keys', 'status');
  const old = retiring.find(({ tenantId }) => tenantId === tenant.id)?.keyId ?? '';
  expect(await told('keys', 'retire', old)).toMatchObject({ state: 'done', failed: 0 });
  for (const account_id of accounts) await tenant.client.accounts.loadBalances({ account_id });
}, 120_000);

test('the audit log is verified, and tells what the operator did', async () => {
  const tenant = await aTenant();
  await connect(tenant, 'binance');
  const report = await told<{ ok: boolean; chains: object[] }>('audit', 'verify');
  expect(report.ok).toBe(true);
  expect(report.chains).toContainEqual(expect.objectContaining({ tenantId: tenant.id, problem: null }));
  const { code, stdout } = await run(['audit', 'verify', '--tenant', tenant.id]);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^1 chains?, \d+ rows: whole\./)]);
  const { stdout: lines } = await run(['audit', 'export', '--tenant', tenant.id, '--json']);
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; actor: string });
  expect(rows.filter(({ actor }) => actor.startsWith('operator ')).map(({ action }) => action)).toEqual(
    expect.arrayContaining(['tenant.created', 'key.created']),
  );
  expect(rows.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['secret.opened', 'account.connected']),
  );
}, 60_000);

test('everything is frozen while calls are under way, and set free again', async () => {
  const tenant = await aTenant();
  const account = await connect(tenant, 'binance');
  await sandbox.addFault({ venue: 'binance', kind: 'latency', ms: 300 });
  const underWay = connect(tenant, 'binance', 'Late account').then(
    () => true,
    () => false,
  );
  expect(await told('freeze', 'keys', 'may', 'have', 'leaked')).toMatchObject({
    frozen: true,
    reason: 'keys may have leaked',
  });
  try {
    const refused = { status: 503, message: expect.stringContaining('frozen') };
    await expect(tenant.client.accounts.loadBalances({ account_id: account })).rejects.toMatchObject(refused);
    await expect(connect(tenant, 'binance')).rejects.toMatchObject(refused);
    // What was under way is there as a whole, or not at all.
    const isThere = await underWay;
    const names = (await told<{ name: string }[]>('account', 'list', tenant.id)).map(({ name }) => name);
    expect(names.includes('Late account')).toBe(isThere);
    expect(names).toHaveLength(isThere ? 2 : 1);
  } finally {
    expect(await told('unfreeze')).toEqual({ frozen: false, lifted: true });
  }
  await tenant.client.accounts.loadBalances({ account_id: account });
  expect(await told('unfreeze')).toEqual({ frozen: false, lifted: false });
}, 60_000);

test('rotating while rotating is refused with what runs', async () => {
  const tenant = await aTenant();
  await connect(tenant, 'binance');
  // A rotation does not end while custody is frozen.
  await told('freeze', 'a drill');
  let running: { id: string };
  try {
    running = await told('keys', 'rotate', '--tenant', tenant.id, '--no-wait');
    expect(running).toMatchObject({ state: 'running', tenantId: tenant.id });
    for (const again of ['rotate', 'rewrap'])
      expect(await run(['keys', again])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`rotate ${running.id}`),
      });
  } finally {
    await told('unfreeze');
  }
  for (;;) {
    const { rotation } = await told<{ rotation: { id: string; state: string } }>('keys', 'status');
    expect(rotation.id).toBe(running.id);
    if (rotation.state !== 'running') break;
  }
  expect(await told('keys', 'status')).toMatchObject({ rotation: { state: 'done', done: 1, failed: 0 } });
}, 60_000);
