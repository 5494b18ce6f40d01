/** Access tokens through the whole gateway: asked for with a key, used in its place, and ended with it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createBearerCaller, newToken, nextMoment } from '../support/test-token.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const bearer = async (by: TestCaller = caller): Promise<TestCaller> =>
  createBearerCaller(by, await newToken(by));

const change = (by: TestCaller, text: string): Promise<object[]> =>
  gateway.owner
    .session(by.tenantId)
    .query({ name: `test.${randomUUID()}`, text: `${text} where tenant_id = $1` }, [by.tenantId]);

const ask = (by: TestCaller, parameters: object): Promise<TestAnswer> =>
  by.post('/api/auth/token', { timestamp: nextMoment(), ...parameters });

test('a token is of the form of OAuth, and holds what the key set publishes a key for', async () => {
  const answer = await ask(caller, { scopes: ['ACCOUNTS_READ'], expires_in: 60 });
  expect({ status: answer.status, cache: answer.headers.get('cache-control') }).toEqual({
    status: 200,
    cache: 'no-store',
  });
  expect(answer.body).toEqual({
    access_token: expect.any(String),
    token_type: 'Bearer',
    expires_in: 60,
    scope: 'ACCOUNTS_READ',
  });
  const { access_token: token } = answer.body as { access_token: string };

  const published = await fetch(`${gateway.baseUrl}/.well-known/jwks.json`);
  expect(published.headers.get('content-type')).toBe('application/jwk-set+json');
  expect(published.headers.get('cache-control')).toBe('public, max-age=300');
  const keySet = (await published.json()) as Parameters<typeof createLocalJWKSet>[0];
  for (const key of keySet.keys)
    expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), {
    issuer: 'countersign',
    audience: 'countersign',
    typ: 'at+jwt',
  });
  expect(payload).toMatchObject({ sub: caller.tenantId, client_id: caller.apiKey, scope: 'ACCOUNTS_READ' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);

  const etag = published.headers.get('etag') ?? '';
  const again = await fetch(`${gateway.baseUrl}/.well-known/jwks.json`, {
    headers: { 'If-None-Match': etag },
  });
  expect(again.status).toBe(304);
});

test('a token opens signed routes of both surfaces, within its scopes', async () => {
  const reader = createBearerCaller(caller, await newToken(caller, ['ACCOUNTS_READ']));
  expect((await reader.get('/ver1/accounts')).status).toBe(200);
  expect((await reader.get('/public/api/ver1/accounts')).status).toBe(200);
  expect((await reader.get('/api/portfolios')).status).toBe(200);
  const body = { name: 'Denied', weights: { BTC: 100 } };
  expect((await reader.post('/api/portfolios', body)).status).toBe(403);
  expect((await (await bearer()).post('/api/portfolios', body)).status).toBe(201);
});

describe('asking for a token', () => {
  test('is refused for scopes that the key lacks', async () => {
    const reader = await gateway.newCaller({ scopes: ['ACCOUNTS_READ'], tenantId: caller.tenantId });
    const answer = await ask(reader, { scopes: ['ACCOUNTS_READ', 'ACCOUNTS_WRITE'] });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      detail: [
        {
          loc: ['body', 'scopes'],
          msg: 'Value error, names what the key may not do: ACCOUNTS_WRITE',
        },
      ],
    });
  });

  test('is refused to a token', async () => {
    const answer = await ask(await bearer(), { scopes: ['ACCOUNTS_READ'] });
    expect([answer.status, answer.body]).toEqual([
      403,
      { detail: 'A token cannot ask for another: sign the request with the key' },
    ]);
  });

  test.each<[object, string]>([
    [{}, 'scopes'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['EVERYTHING'] }, 'scopes'],
    [{ scopes: 'ACCOUNTS_READ' }, 'scopes'],
    [{ scopes: ['ACCOUNTS_READ', 'ACCOUNTS_READ'] }, 'scopes'],
    [{ scopes: ['ACCOUNTS_READ'], expires_in: 901 }, 'expires_in'],
    [{ scopes: ['ACCOUNTS_READ'], expires_in: 0 }, 'expires_in'],
    [{ scopes: ['ACCOUNTS_READ'], timestamp: undefined }, 'timestamp'],
    [{ scopes: ['ACCOUNTS_READ'], timestamp: 1_700_000_000 }, 'timestamp'],
  ])('with %j is a 422 about %s', async (parameters, name) => {
    const answer = await ask(caller, parameters);
    expect(answer.status).toBe(422);
    const { detail } = answer.body as { detail: { loc: string[] }[] };
    expect(detail.map(({ loc }) => loc.slice(0, 2))).toEqual([['body', name]]);
  });

  test('by a legacy request counts once and only while it is recent', async () => {
    const body = { scopes: ['ACCOUNTS_READ'], timestamp: Date.now() + 5_000 };
    const copies = await Promise.all(Array.from({ length: 20 }, () => caller.post('/api/auth/token', body)));
    expect(copies.filter(({ status }) => status === 200).length).toBe(1);
    expect(copies.filter(({ status }) => status === 401).length).toBe(19);
    for (const timestamp of [Date.now() - 61_000, Date.now() + 120_000])
      expect((await caller.post('/api/auth/token', { ...body, timestamp })).status).toBe(401);
  });

  test('never gives a token that outlives its key', async () => {
    const key = await gateway.newCaller();
    await change(key, "update caller_keys set expires_at = now() + interval '1 minute'");
    let expiresIn = 900;
    while (expiresIn === 900) {
      const answer = await ask(key, { scopes: ['ACCOUNTS_READ'] });
      expiresIn = (answer.body as { expires_in: number }).expires_in;
    }
    expect(expiresIn).toBeLessThanOrEqual(60);
  });
});

describe('a token dies with its key:', () => {
  test.each([
    ['revoked', 'update caller_keys set revoked_at = now()'],
    ['expired', 'update caller_keys set expires_at = now()'],
    ['called from elsewhere', "update caller_keys set ip_allowlist = '{10.0.0.0/8}'"],
  ])('%s', async (_name, statement) => {
    const key = await gateway.newCaller();
    const holder = await bearer(key);
    expect((await holder.get('/api/portfolios')).status).toBe(200);
    await change(key, statement);
    while ((await holder.get('/api/portfolios')).status === 200) await delay(10);
    const answer = await holder.get('/api/portfolios');
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  test('a scope that the key loses, its tokens lose', async () => {
    const key = await gateway.newCaller();
    const holder = await bearer(key);
    const body = { name: 'Any', weights: { BTC: 100 } };
    expect((await holder.post('/api/portfolios', body)).status).toBe(201);
    await change(key, "update caller_keys set scopes = '{ACCOUNTS_READ}'");
    while ((await holder.post('/api/portfolios', body)).status !== 403) await delay(10);
    expect((await holder.get('/api/portfolios')).status).toBe(200);
  });
});

describe('the same 401 is given for', () => {
  const refused = async (headers: Record<string, string>) => {
    const [api, ver1] = await Promise.all(
      ['/api/portfolios', '/ver1/accounts'].map((path) => fetch(gateway.baseUrl + path, { headers })),
    );
    return {
      api: [api?.status, api?.headers.get('www-authenticate'), await api?.json()],
      ver1: [ver1?.status, await ver1?.json()],
    };
  };
  const INVALID = {
    api: [401, 'Bearer error="invalid_token"', { detail: 'The access token is missing, invalid or expired' }],
    ver1: [
      401,
      {
        error: 'api_key_invalid_or_expired',
        error_description: 'Unauthorized. Invalid or expired api key.',
      },
    ],
  };

  test('a token that is broken, forged, or of another scheme', async () => {
    const good = await newToken(caller);
    const [header = '', claims = '', signature = ''] = good.split('.');
    const none = Buffer.from('{"alg":"none","typ":"at+jwt","kid":"x"}').toString('base64url');
    for (const authorization of [
      `Bearer ${good}x`,
      `Bearer  ${good}`,
      `Basic ${good}`,
      good,
      'Bearer',
      `Bearer ${none}.${claims}.`,
      `Bearer ${none}.${claims}.${signature}`,
      `Bearer ${header}.${claims}.${Buffer.alloc(64).toString('base64url')}`,
    ])
      expect({ authorization, ...(await refused({ Authorization: authorization })) }).toEqual({
        authorization,
        ...INVALID,
      });
  });

  test('a good token beside a signature, whole or in part', async () => {
    const Authorization = `Bearer ${await newToken(caller)}`;
    for (const more of [
      { Apikey: caller.apiKey, Signature: 'f'.repeat(64) },
      { Apikey: caller.apiKey },
      { Signature: 'f'.repeat(64) },
      { 'Signature-Input': 'sig1=()' },
    ] as Record<string, string>[])
      expect(await refused({ Authorization, ...more })).toEqual(INVALID);
    expect((await refused({ Authorization })).api[0]).toBe(200);
  });
});

test('without any proof, /api asks for a token and names no error', async () => {
  const answer = await fetch(`${gateway.baseUrl}/api/portfolios`);
  expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
});
