/** The signing examples of the README, run as they stand against a gateway. */
import { execFile, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
const run = async (name: string): Promise<string> => {
  const { language = '', code = '' } = examples.get(name) ?? {};
  const [program = '', ...options] = PROGRAMS[language]?.run ?? [];
  const { stdout } = await promisify(execFile)(program, [...options, code], { env: environment });
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

test('every example of the README is run here', () => {
  expect([...examples.keys()].sort()).toEqual(['client', 'ed25519', 'legacy', 'python', 'rfc9421', 'strict']);
});
