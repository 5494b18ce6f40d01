/** The signing examples of the README, run as they stand against a gateway. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { SCOPES } from '../../src/auth/actor.ts';
import { createClient } from '../../src/sdk/client.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const EXAMPLE = /<!-- example: ([a-z0-9]+) -->\n```([a-z]+)\n([\s\S]*?)\n```/g;

const PROGRAMS: Readonly<
  Record<string, { readonly needs: readonly string[]; readonly run: readonly string[] }>
> = {
  sh: { needs: ['curl', 'openssl'], run: ['sh', '-euc'] },
  js: {
    needs: [],
    run: [process.execPath, '--disable-warning=ExperimentalWarning', '--input-type=module', '-e'],
  },
  python: { needs: ['python3'], run: ['python3', '-c'] },
};

const examples = new Map(
  Array.from(
    readFileSync('README.md', 'utf8').matchAll(EXAMPLE),
    ([, name = '', language = '', code = '']) => [name, { language, code }],
  ),
);

let gateway: TestGateway;
let environment: Record<string, string>;
let accountId: number;

beforeAll(async () => {
  gateway = await startTestGateway();
  const caller = await gateway.newCaller({ scopes: SCOPES });
  const { baseUrl } = gateway;
  const client = createClient({ baseUrl, key: { id: caller.apiKey, secret: caller.apiSecret } });
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  ({ id: accountId } = await client.accounts.connect({ type: 'binance', name: 'Shown', ...keys }));
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { api_key: keyId } = await client.keys.create({
    name: 'Of the examples',
    scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
    algorithm: 'ed25519',
    public_key: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  });
  environment = {
    PATH: process.env['PATH'] ?? '',
    BASE_URL: baseUrl,
    API_KEY: caller.apiKey,
    API_SECRET: caller.apiSecret,
    KEY_ID: keyId,
    PRIVATE_KEY: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** What the example printed; throws when it failed. */
const run = async (name: string, more: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { language = '', code = '' } = examples.get(name) ?? {};
  const [program = '', ...options] = PROGRAMS[language]?.run ?? [];
  const { stdout } = await promisify(execFile)(program, [...options, code], {
    env: { ...environment, ...more },
  });
  return stdout;
};

/** Node is all that has to be there; what else an example needs may be missing. */
const testWith = (name: string): typeof test => {
  const needs = PROGRAMS[examples.get(name)?.language ?? '']?.needs ?? [];
  const isThere = needs.every((program) => spawnSync(program, ['--version']).error === undefined);
  return (isThere ? test : test.skip) as typeof test;
};

const shownAccounts = (): object[] => [expect.objectContaining({ id: accountId, name: 'Shown' })];

testWith('legacy')('curl and openssl list accounts under legacy', async () => {
  expect(JSON.parse(await run('legacy'))).toEqual(shownAccounts());
});

testWith('connect')('curl and openssl connect an account', async () => {
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  // Of a tenant of its own: others list their accounts.
  const { apiKey, apiSecret } = await gateway.newCaller({ scopes: SCOPES });
  const connected = await run('connect', {
    API_KEY: apiKey,
    API_SECRET: apiSecret,
    EXCHANGE_KEY: keys.api_key,
    EXCHANGE_SECRET: keys.secret,
  });
  expect(JSON.parse(connected)).toMatchObject({ market_code: 'kraken', name: 'Main', api_keys_state: 'ok' });
});

testWith('strict')('curl and openssl make a portfolio under strict', async () => {
  expect(JSON.parse(await run('strict'))).toMatchObject({ name: 'Curl' });
});

testWith('python')('Python makes a portfolio under strict, and lists accounts under legacy', async () => {
  const [made = '', listed = ''] = (await run('python')).split('\n');
  expect(JSON.parse(made)).toMatchObject({ name: 'Python' });
  expect(JSON.parse(listed)).toEqual(shownAccounts());
});

test('Node lists accounts under strict with Ed25519', async () => {
  expect(JSON.parse(await run('ed25519'))).toEqual(shownAccounts());
});

test('Node makes a portfolio under rfc9421 with Ed25519', async () => {
  expect(JSON.parse(await run('rfc9421'))).toMatchObject({ name: 'Node' });
});

test('the client lists accounts, and tells what is wrong with a portfolio', async () => {
  const [account = '', ...refusal] = (await run('client')).split('\n');
  expect(account).toMatch(new RegExp(`^${accountId} Shown \\d`));
  expect(refusal.join('')).toMatch(/^422 .*weights/);
});

test('the client tells what happened, and then what happens', async () => {
  const { code = '' } = examples.get('events') ?? {};
  const [program = '', ...options] = PROGRAMS['js']?.run ?? [];
  const reader = spawn(program, [...options, code], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: reader.stdout })[Symbol.asyncIterator]();
    const until = async (wanted: RegExp): Promise<void> => {
      for (;;) {
        const line = await lines.next();
        if (line.done === true) throw new Error(`the example ended without ${wanted.source}`);
        if (wanted.test(line.value)) return;
      }
    };
    await until(/^happened account\.connected$/);
    const { BASE_URL: baseUrl = '', API_KEY: id = '', API_SECRET: secret = '' } = environment;
    const client = createClient({ baseUrl, key: { id, secret } });
    await client.accounts.update({ account_id: accountId, include_in_summary: false });
    // It may still be reading the list.
    await until(/^happen(?:s|ed) account\.updated$/);
  } finally {
    reader.kill();
  }
});

test('a receiver accepts a delivery that is signed, and no other', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-receiver-'));
  const socketPath = path.join(folder, 'receiver');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const { code = '' } = examples.get('receiver') ?? {};
  const [program = '', ...options] = PROGRAMS['js']?.run ?? [];
  const env = { ...environment, WEBHOOK_SECRET: secret, PORT: socketPath };
  const receiver = spawn(program, [...options, code], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const post = (headers: Record<string, string>, body: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request({ socketPath, method: 'POST', headers }, ({ statusCode }) =>
          resolve(statusCode),
        );
        sent.on('error', reject).end(body);
      });
    while (!existsSync(socketPath)) await delay(10);
    const id = randomUUID();
    const body = JSON.stringify({ id, type: 'account.removed', data: { account_id: 7 } });
    const at = new Date();
    const signed = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    };
    expect(await post(signed, body.replace('7', '8'))).toBe(400);
    const printed = once(receiver.stdout, 'data');
    expect(await post(signed, body)).toBe(204);
    expect(String(await printed)).toBe(`${id} account.removed { account_id: 7 }\n`);
  } finally {
    const gone = once(receiver, 'exit');
    receiver.kill();
    await gone;
    await rm(folder, { recursive: true, force: true });
  }
});

test('every example of the README is run here', () => {
  expect([...examples.keys()].sort()).toEqual([
    'client',
    'connect',
    'ed25519',
    'events',
    'legacy',
    'python',
    'receiver',
    'rfc9421',
    'strict',
  ]);
});
