/** The client gets tokens by its key, uses them until shortly before they end, and gets over one that is refused. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Client, createClient } from '../../src/sdk/client.ts';
import type { Attempt } from '../../src/sdk/sender.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aClient, ALGORITHMS, keyOf, newKey } from './sdk-fixture.ts';

let gateway: TestGateway;
let offsetMs = 0;
const now = (): number => Date.now() + offsetMs;

beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const asking = (attempts: readonly Attempt[]): Attempt[] =>
  attempts.filter(({ url }) => url.endsWith('/api/auth/token'));

const aTokenClient = async (): Promise<{ client: Client; attempts: Attempt[] }> => {
  const attempts: Attempt[] = [];
  const { client } = await aClient(gateway, {
    tokenScopes: ['ACCOUNTS_READ'],
    onAttempt: (attempt) => attempts.push(attempt),
    now,
  });
  return { client, attempts };
};

test('one token serves all calls, those that begin together too', async () => {
  const { client, attempts } = await aTokenClient();
  await Promise.all(Array.from({ length: 20 }, () => client.accounts.list()));
  await client.portfolios.list();
  expect(asking(attempts)).toHaveLength(1);
  const others = attempts.filter((attempt) => !asking(attempts).includes(attempt));
  expect(others).toHaveLength(21);
  for (const { headers } of others) {
    expect(headers['authorization']).toMatch(/^Bearer /);
    expect(headers['signature']).toBeUndefined();
  }
});

test('it may do no more than its scopes', async () => {
  const { client } = await aTokenClient();
  await expect(client.portfolios.create({ name: 'No', weights: { BTC: 100 } })).rejects.toMatchObject({
    status: 403,
  });
});

test('it is renewed before it ends', async () => {
  const { client, attempts } = await aTokenClient();
  await client.accounts.list();
  for (const [laterMs, tokens] of [
    [11 * 60_000, 1],
    [2 * 60_000, 2],
    [60 * 60_000, 3],
  ] as const) {
    offsetMs += laterMs;
    await client.accounts.list();
    expect(asking(attempts)).toHaveLength(tokens);
  }
  expect(attempts.map(({ answer }) => answer?.status)).toEqual(attempts.map(() => 200));
});

test('one that is refused is replaced at once, and a key that is refused is not asked for more', async () => {
  await using proxy = await startFaultProxy(gateway.baseUrl);
  const { caller } = await aClient(gateway);
  const tokenScopes = ['ACCOUNTS_READ'] as const;
  const client = createClient({ baseUrl: proxy.url, key: keyOf(caller), tokenScopes, now, retries: 0 });
  await client.accounts.list();
  proxy.expect({ kind: 'answer', status: 401 });
  expect(await client.accounts.list()).toEqual([]);
  // Token, list, list refused, token, list.
  expect(proxy.seen.map(({ url }) => url?.split('/').at(-1))).toEqual(
    'token accounts accounts token accounts'.split(' '),
  );
  proxy.expect({ kind: 'answer', status: 401 }, { kind: 'answer', status: 401 });
  await expect(client.accounts.list()).rejects.toMatchObject({ status: 401 });
});

test.each(ALGORITHMS)('a key of %s gets one', async (algorithm) => {
  const { client: manager } = await aClient(gateway, { now });
  const key = await newKey(manager, algorithm);
  const client = createClient({ baseUrl: gateway.baseUrl, key, tokenScopes: ['ACCOUNTS_READ'], now });
  expect(await client.accounts.list()).toEqual([]);
});

test('a legacy key gets one, and again after the answer was lost', async () => {
  await using proxy = await startFaultProxy(gateway.baseUrl);
  const { caller } = await aClient(gateway);
  proxy.expect({ kind: 'answer_lost' });
  const client = createClient({
    baseUrl: proxy.url,
    key: keyOf(caller),
    profile: 'legacy',
    tokenScopes: ['ACCOUNTS_READ'],
    now,
  });
  expect(await client.accounts.list()).toEqual([]);
});

test('tokens of somebody else are asked for every try', async () => {
  const { client: issuer } = await aClient(gateway, { now });
  let given = 0;
  const token = async (): Promise<string> => {
    given += 1;
    const { access_token } = await issuer.system.issueToken({ scopes: ['ACCOUNTS_READ'] });
    return given === 1 ? 'a.bad.token' : access_token;
  };
  const client = createClient({ baseUrl: gateway.baseUrl, token, now });
  expect(await client.accounts.list()).toEqual([]);
  expect(given).toBe(2);
});
