/** Planted secrets must be found nowhere: not in the database, the log, an answer, an event, a metric; and the gateway's role cannot read them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createSandboxControl, type SandboxControl } from '../support/sandbox-control.ts';
import { type ServedProgram, startServed } from '../support/served-program.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let dataDir: string;
let program: ServedProgram;
let caller: TestCaller;
let sandbox: SandboxControl;

beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = await mkdtemp(path.join(tmpdir(), 'countersign-secrets-'));
  program = await startServed(dataDir, {
    DATABASE_URL: database.ownerUrl,
    COUNTERSIGN_GATEWAY_DATABASE_URL: database.gatewayUrl,
    COUNTERSIGN_CUSTODY_DATABASE_URL: database.custodyUrl,
    COUNTERSIGN_ADMIN_DATABASE_URL: database.adminUrl,
    COUNTERSIGN_WORKER_METRICS_PORT: '0',
    COUNTERSIGN_LOG_LEVEL: 'debug',
  });
  const demo = program.demo();
  caller = createTestCaller({ ...demo, tenantId: '' });
  sandbox = createSandboxControl({ url: demo.sandbox.url });
}, 60_000);

afterAll(async () => {
  await program.stop();
  await database[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

/** The forms in which a secret leaks. */
const formsOf = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('base64url'),
  encodeURIComponent(secret),
];

const expectNone = (place: string, text: string, secrets: readonly string[]): void => {
  for (const secret of secrets) {
    const found = formsOf(secret).filter((form) => text.includes(form));
    expect({ place, found: found.length }).toEqual({ place, found: 0 });
  }
};

const query = async <Row extends object>(url: string, text: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
};

/** Every row of every table as text. */
const dump = async (): Promise<string> => {
  const tables = await query<{ name: string }>(
    database.ownerUrl,
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'public'",
  );
  const texts = await Promise.all(
    tables.map(({ name }) =>
      query<{ row: string }>(database.ownerUrl, `select t::text as row from ${name} t`),
    ),
  );
  return JSON.stringify(texts);
};

/** What a line of the log says of where something listens. */
const loggedUrl = (name: string): string => {
  const url = new RegExp(`"${name}":"([^"]+)"`).exec(program.output())?.[1];
  if (url === undefined) throw new Error(`no line of the log has ${name}`);
  return url;
};

const metrics = async (): Promise<string> => {
  const urls = [`${loggedUrl('adminUrl')}/metrics`, loggedUrl('metricsUrl')];
  return (await Promise.all(urls.map(async (url) => (await fetch(url)).text()))).join('\n');
};

/** Tries, stores and replaces keys over /api/exchange, wrong ones too; answers what came back. */
const useStoredKeys = async (venue: string, secrets: string[]): Promise<string[]> => {
  const openKeys = async () => {
    const { api_key, secret, passphrase } = await sandbox.openAccount({ venue, balances: { BTC: '1' } });
    secrets.push(secret, `wrong${secret.slice(5)}`, ...(passphrase === undefined ? [] : [passphrase]));
    return { api_key, api_secret: secret, api_passphrase: passphrase };
  };
  const path = '/api/exchange/credentials';
  const [first, second] = [await openKeys(), await openKeys()];
  const wrong = { ...second, api_secret: `wrong${second.api_secret.slice(5)}` };
  const stored = await caller.post(path, { exchange_name: venue, ...first });
  expect(stored.status).toBe(200);
  const { id } = stored.body as { id: string };
  const replaced = await caller.put(`${path}/${id}`, second);
  expect(replaced.status).toBe(200);
  const others = [
    await caller.post('/api/exchange/validate', { exchange: venue, ...first }),
    await caller.post('/api/exchange/validate', { exchange: venue, ...wrong }),
    await caller.post(path, { exchange_name: venue, ...wrong }),
    await caller.post(path, { exchange_name: venue, ...second, exchange_metadata: { ...second } }),
    await caller.put(`${path}/${id}`, wrong),
    await caller.get(`${path}/${id}`),
    await caller.post(`/api/exchange/balance/sync?exchange=${venue}&credential_id=${id}`),
    await caller.delete(`${path}/${id}`),
  ];
  return [stored, replaced, ...others].map(({ text }) => text);
};

test('after every kind of use and refusal no secret is anywhere but sealed', async () => {
  const secrets: string[] = [caller.apiSecret];
  const answers: string[] = [];
  for (const [venue, type] of [
    ['binance', 'binance'],
    ['kraken', 'kraken'],
    ['okx', 'okex'],
  ] as const) {
    const keys = await sandbox.openAccount({ venue, balances: { BTC: '1' } });
    const { secret, passphrase } = keys;
    secrets.push(secret, ...(passphrase === undefined ? [] : [passphrase]));
    const wrong = `wrong${secret.slice(5)}`;
    secrets.push(wrong);
    const parameters = { type, name: 'Planted', ...keys };
    for (const fault of ['server_error', 'html_200', 'truncated_json', 'rate_limited', 'reset']) {
      await sandbox.addFault({ venue, kind: fault, times: 1, retry_after_s: 0 });
      answers.push((await caller.post('/ver1/accounts/new', { ...parameters, secret: wrong })).text);
      await sandbox.clearFaults();
    }
    answers.push((await caller.post('/ver1/accounts/new', { ...parameters, secret: wrong })).text);
    const query_ = new URLSearchParams(parameters as Record<string, string>).toString();
    const connected = await caller.send({ method: 'POST', target: `/ver1/accounts/new?${query_}` });
    expect(connected.status).toBe(201);
    answers.push(connected.text);
    const { id } = connected.body as { id: number };
    answers.push((await caller.post(`/ver1/accounts/${id}/load_balances`)).text);
    answers.push((await caller.post('/ver1/accounts/new', parameters)).text);
    answers.push(...(await useStoredKeys(venue, secrets)));
    // A broken body with the secret in it.
    answers.push(
      (
        await caller.send({
          method: 'POST',
          target: '/ver1/accounts/new',
          body: `{"secret":"${secret}"`,
          headers: { 'Content-Type': 'application/json' },
        })
      ).text,
    );
  }
  const events = await caller.get('/api/events?limit=100');
  const told = await metrics();
  expectNone('events', events.text, secrets);
  expectNone('metrics', told, secrets);
  expectNone('answers', answers.join('\n'), secrets);
  expectNone('log', program.output(), secrets);
  expectNone('database', await dump(), secrets);
  expect(events.text).toContain('account.connected');
  expect(told).toContain('countersign_venue_calls_total{venue="kraken"');
  expect(told).toContain('countersign_job_runs_total');
  expect(program.output()).toContain('/ver1/accounts/new');
  expect(await dump()).toContain('Planted');
});

test("the gateway's role is denied the sealed column and the wrapped tenant key, and custody's role all of callers", async () => {
  const denied = /permission denied/;
  await expect(query(database.gatewayUrl, 'select sealed from credentials')).rejects.toThrow(denied);
  await expect(query(database.gatewayUrl, 'select * from credentials')).rejects.toThrow(denied);
  await expect(query(database.gatewayUrl, 'select private_wrapped from tenant_keys')).rejects.toThrow(denied);
  await expect(query(database.custodyUrl, 'select * from caller_keys')).rejects.toThrow(denied);
  await expect(query(database.custodyUrl, 'select * from accounts')).rejects.toThrow(denied);
});
