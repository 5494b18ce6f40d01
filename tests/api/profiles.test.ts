/** Signed profiles through the whole gateway, and through several that share a Redis. */
import { request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PublicKeyAlgorithm } from '../../src/auth/registered-key.ts';
import { registerPublicKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { startTestRedis, type TestRedis } from '../support/redis.ts';
import {
  ALGORITHMS,
  newNonce,
  newSigningKey,
  type Signer,
  signMessage,
  signStrict,
  type Unsigned,
} from '../support/request-signer.ts';
import { createTestCaller, type RawRequest, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const SIGN = { strict: signStrict, rfc9421: signMessage };

const hostOf = (by: TestCaller): string => new URL(by.baseUrl).host;

const toUnsigned = ({ method, target, body, headers }: RawRequest, by: TestCaller): Unsigned => ({
  method,
  target,
  host: hostOf(by),
  ...(body !== undefined && { body }),
  ...(headers !== undefined && { headers }),
});

/** The same caller, signing by another profile. */
const signing = (
  profile: keyof typeof SIGN,
  by: TestCaller = caller,
  signer: Signer = { keyId: by.apiKey, algorithm: 'hmac-sha256', key: by.apiSecret },
): TestCaller =>
  createTestCaller({
    baseUrl: by.baseUrl,
    tenantId: by.tenantId,
    apiKey: by.apiKey,
    apiSecret: by.apiSecret,
    // `created` is whole seconds: of the one that begins, so that it does not lie before the start of the gateway.
    signer: (request) =>
      SIGN[profile](signer, toUnsigned(request, by), {
        ...(profile === 'rfc9421' && { now: Date.now() + 1_000 }),
      }),
  });

const registered = async (algorithm: (typeof ALGORITHMS)[number], floor: 'strict' | 'rfc9421') => {
  if (algorithm === 'hmac-sha256')
    return { keyId: caller.apiKey, algorithm, key: caller.apiSecret } satisfies Signer;
  const { key, publicKey } = newSigningKey(algorithm);
  const { keyId } = await gateway.owner.transact(caller.tenantId, (session) =>
    registerPublicKey(session, {
      name: algorithm,
      scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'],
      profileFloor: floor,
      algorithm: algorithm satisfies PublicKeyAlgorithm,
      publicKey: publicKey?.export({ type: 'spki', format: 'pem' }).toString() ?? '',
    }),
  );
  return { keyId, algorithm, key } satisfies Signer;
};

describe.each(['strict', 'rfc9421'] as const)('%s', (profile) => {
  test.each(ALGORITHMS)('a caller with %s reads, writes, changes and removes', async (algorithm) => {
    const by = signing(profile, caller, await registered(algorithm, profile));
    const name = `${profile} ${algorithm}`;
    expect((await by.get('/ver1/accounts?page=1&per_page=5')).status).toBe(200);
    const made = await by.post('/api/portfolios', { name, weights: { BTC: 100 } });
    expect({ status: made.status, text: made.status === 201 ? '' : made.text }).toEqual({
      status: 201,
      text: '',
    });
    const { id } = made.body as { id: number };
    const changed = { name: `${name} ä€`, weights: { ETH: 100 } };
    expect((await by.put(`/api/portfolios/${id}`, changed)).body).toMatchObject({ name: changed.name });
    expect((await by.delete(`/api/portfolios/${id}`)).status).toBe(204);
    expect((await by.post('/ver1/accounts/new', { type: 'paper_trading', name })).status).toBe(201);
  });

  test('of a hundred copies of a write one takes effect', async () => {
    const body = JSON.stringify({ name: `Once ${profile}`, weights: { BTC: 100 } });
    const request = {
      method: 'POST',
      target: '/api/portfolios',
      body,
      headers: { 'Content-Type': 'application/json' },
    };
    const signed = SIGN[profile](
      { keyId: caller.apiKey, algorithm: 'hmac-sha256', key: caller.apiSecret },
      toUnsigned(request, caller),
      { now: Date.now() + 1_000 },
    );
    const copies = await Promise.all(
      Array.from({ length: 100 }, () =>
        fetch(caller.baseUrl + request.target, {
          method: 'POST',
          body,
          headers: { ...request.headers, ...signed },
        }),
      ),
    );
    const statuses = copies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBe(1);
    expect(statuses.filter((status) => status === 401).length).toBe(99);
  });

  test('a token can be asked for without a time in the body', async () => {
    const answer = await signing(profile).post('/api/auth/token', { scopes: ['ACCOUNTS_READ'] });
    expect(answer.status).toBe(200);
  });

  test('an unknown key and a bad signature get one answer, which points to the explanation', async () => {
    const target = '/ver1/accounts';
    const stranger = signing(profile, caller, {
      keyId: 'nobody',
      algorithm: 'hmac-sha256',
      key: caller.apiSecret,
    });
    const forger = signing(profile, caller, {
      keyId: caller.apiKey,
      algorithm: 'hmac-sha256',
      key: 'another secret of the same length',
    });
    const [unknown, bad] = await Promise.all([stranger.get(target), forger.get(target)]);
    expect(unknown.status).toBe(401);
    expect(unknown.body).toEqual({
      error: 'signature_invalid',
      error_description: 'Provided signature is invalid',
    });
    expect([bad.status, bad.text]).toEqual([unknown.status, unknown.text]);
    expect(bad.headers.get('link')).toBe('</api/auth/explain>; rel="help"');
  });
});

describe('several gateways with one Redis', () => {
  let redis: TestRedis;
  let shared: TestGateway;

  beforeAll(async () => {
    redis = await startTestRedis();
    shared = await startTestGateway({ redisUrl: redis.url });
    while ((await fetch(`${shared.baseUrl}/readyz`)).status !== 200) await delay(20);
  });
  afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  test('a copy that reaches another gateway is refused; without Redis writes wait and reads go on', async () => {
    const owner = await shared.newCaller();
    const host = 'gateway.example';
    const others = [await shared.addGateway(), await shared.addGateway()];
    for (const url of others) while ((await fetch(`${url}/readyz`)).status !== 200) await delay(20);
    const signer = { keyId: owner.apiKey, algorithm: 'hmac-sha256', key: owner.apiSecret } as const;
    const signed = (method: string, target: string, body: string) => {
      const headers = { 'Content-Type': 'application/json', Host: host };
      const proof = signStrict(signer, { method, target, host, body, headers });
      return (url: string): Promise<number> =>
        new Promise((resolve, reject) => {
          const sent = send(url + target, { method, headers: { ...headers, ...proof } }, (response) => {
            response.resume().on('end', () => resolve(response.statusCode ?? 0));
          });
          sent.on('error', reject).end(body);
        });
    };
    const write = () =>
      signed('POST', '/api/portfolios', JSON.stringify({ name: newNonce(), weights: { BTC: 100 } }));
    const urls = [shared.baseUrl, ...others];
    const copy = write();
    const statuses = await Promise.all(Array.from({ length: 30 }, (_, at) => copy(urls[at % 3] ?? '')));
    expect(statuses.filter((status) => status === 201).length).toBe(1);
    expect(statuses.filter((status) => status === 401).length).toBe(29);

    await redis.kill();
    while ((await fetch(`${shared.baseUrl}/readyz`)).status === 200) await delay(20);
    expect(await write()(shared.baseUrl)).toBe(503);
    expect(await signed('GET', '/api/portfolios', '')(shared.baseUrl)).toBe(200);
    // A legacy write needs no nonce.
    expect((await owner.post('/api/portfolios', { name: 'Legacy', weights: { BTC: 100 } })).status).toBe(201);
    await redis.start();
    while ((await fetch(`${shared.baseUrl}/readyz`)).status !== 200) await delay(20);
    // What Redis knew is gone: a request from before must not count again.
    expect(await copy(shared.baseUrl)).toBe(401);
    let status = 503;
    while (status === 503) {
      await delay(50);
      status = await write()(shared.baseUrl);
    }
    expect(status).toBe(201);
  }, 60_000);
});
