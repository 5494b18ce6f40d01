/** The client signs so that the gateway agrees, under every profile and algorithm. */
import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Client, createClient } from '../../src/sdk/client.ts';
import type { Attempt } from '../../src/sdk/sender.ts';
import type { Algorithm, ClientKey } from '../../src/sdk/signing-key.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { aClient, ALGORITHMS, newKey, newKeyPair } from './sdk-fixture.ts';

let gateway: TestGateway;
let manager: Client;
const keys = new Map<Algorithm, ClientKey>();

beforeAll(async () => {
  gateway = await startTestGateway();
  ({ client: manager } = await aClient(gateway));
  for (const algorithm of ALGORITHMS) keys.set(algorithm, await newKey(manager, algorithm));
});
afterAll(() => gateway[Symbol.asyncDispose]());

const keyFor = (algorithm: Algorithm): ClientKey => {
  const key = keys.get(algorithm);
  if (key === undefined) throw new Error(`there is no key of ${algorithm}`);
  return key;
};

const WAYS = [
  ['legacy', 'hmac-sha256'],
  ['legacy', 'rsa-v1_5-sha256'],
  ...ALGORITHMS.flatMap((algorithm) => [['strict', algorithm] as const, ['rfc9421', algorithm] as const]),
] as const;

describe.each(WAYS)('%s with %s', (profile, algorithm) => {
  const attempts: Attempt[] = [];
  const client = (): Client =>
    createClient({
      baseUrl: gateway.baseUrl,
      key: keyFor(algorithm),
      profile,
      retries: 0,
      mode: 'real',
      onAttempt: (attempt) => attempts.push(attempt),
    });

  test('reads with a query, writes with a body, changes and deletes are accepted', async () => {
    const { portfolios, accounts, exchange } = client();
    // A space, a plus, an umlaut, an apostrophe and braces: what encoders differ on.
    expect(await accounts.list({ api_key: "a b+c'ü{}", per_page: 1 })).toEqual([]);
    const made = await portfolios.create({ name: "Köpfe & 'Zahlen' {1}", weights: { BTC: 60, ETH: 40 } });
    expect(made).toMatchObject({ name: "Köpfe & 'Zahlen' {1}" });
    const { id: portfolio_id } = made;
    expect(await portfolios.replace({ portfolio_id, name: 'Other', weights: { BTC: 100 } })).toMatchObject({
      name: 'Other',
    });
    await portfolios.remove({ portfolio_id });
    await expect(portfolios.get({ portfolio_id })).rejects.toMatchObject({ status: 404 });
    // A write without a body, its parameters in the query.
    await expect(exchange.syncBalance({ exchange: 'kraken' })).rejects.toMatchObject({ status: 404 });
    const profiles = attempts.map(({ headers }) =>
      'signature-input' in headers ? 'rfc9421' : 'x-nonce' in headers ? 'strict' : 'legacy',
    );
    expect(new Set(profiles)).toEqual(new Set([profile]));
  });

  test('what is signed is what the gateway says must be signed', async () => {
    attempts.length = 0;
    await client().accounts.list({ page: 2 });
    const [{ url, headers, signedText = '' } = {} as Attempt] = attempts;
    const explained = await manager.system.explain({
      request: {
        method: 'GET',
        target: url.slice(gateway.baseUrl.length),
        headers: { ...headers, host: new URL(url).host },
      },
      canonical: signedText,
    });
    const mine = explained.tried.filter(({ is_yours }) => is_yours === true);
    expect({ ...explained, mine: mine.length }).toMatchObject({ profile, signature_fits: true, mine: 1 });
  });
});

test('a profile that the algorithm is not in is refused before anything is sent', () => {
  for (const algorithm of ['ed25519', 'rsa-pss-sha512'] as const)
    expect(() =>
      createClient({ baseUrl: gateway.baseUrl, key: keyFor(algorithm), profile: 'legacy' }),
    ).toThrow(TypeError);
});

test('a private key may be a PEM, a JWK, or a key that WebCrypto holds and nobody can read', async () => {
  const { privateKey, publicKey } = newKeyPair('ed25519');
  const { api_key: id } = await manager.keys.create({
    name: 'One key in three forms',
    scopes: ['ACCOUNTS_READ'],
    algorithm: 'ed25519',
    public_key: { ...publicKey.export({ format: 'jwk' }) },
  });
  const jwk = privateKey.export({ format: 'jwk' });
  const held = await webcrypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['sign']);
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const form of [pem, { ...jwk }, held]) {
    const key = { id, algorithm: 'ed25519', privateKey: form } as const;
    const client = createClient({ baseUrl: gateway.baseUrl, key });
    expect(await client.accounts.list()).toEqual([]);
  }
});

test('a key that cannot be read says so, and nothing of itself', async () => {
  const secret = 'MC4CAQAwBQYDK2VwBCIEIPlantedPlantedPlanted';
  const wrong = [secret, `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`, { d: secret }];
  for (const privateKey of wrong) {
    const client = createClient({
      baseUrl: gateway.baseUrl,
      key: { id: 'a', algorithm: 'ed25519', privateKey },
    });
    const error = await client.accounts.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String((error as Error).stack)).not.toContain('Planted');
  }
});

test('every request is signed anew, so that one that was seen is of no use', async () => {
  const attempts: Attempt[] = [];
  const { client } = await aClient(gateway, { onAttempt: (attempt) => attempts.push(attempt) });
  await client.accounts.list();
  await client.accounts.list();
  const [first, second] = attempts;
  expect(first?.headers['x-nonce']).not.toBe(second?.headers['x-nonce']);
  const again = await fetch(first?.url ?? '', { headers: first?.headers ?? {} });
  expect(again.status).toBe(401);
});
