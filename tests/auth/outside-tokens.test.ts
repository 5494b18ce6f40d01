/** Tokens of an issuer elsewhere, whose keys are read over HTTP, change, and are not always to be had. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createOutsideTokens, type OutsideIssuer } from '../../src/auth/outside-tokens.ts';
import { readTokenText } from '../../src/auth/token-text.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { aClock } from '../http/sample-surface.ts';

const NOW_SECONDS = Math.floor(Date.UTC(2026, 0, 1) / 1_000);
const ISSUER = 'https://login.example';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });

let server: Server;
let published: object[];
let asked: number;
let status: number;

beforeEach(async () => {
  [asked, status] = [0, 200];
  published = [jwkOf(rsa.publicKey, 'first')];
  server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const jwkOf = (key: KeyObject, kid: string): object => ({ ...key.export({ format: 'jwk' }), kid });

const setUp = (overrides: Partial<OutsideIssuer> = {}) => {
  const clock = aClock(NOW_SECONDS * 1_000);
  const outside = createOutsideTokens(
    {
      issuer: ISSUER,
      audience: 'gateway',
      jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
      algorithms: ['RS256'],
      longestSeconds: 900,
      identityClaim: 'sub',
      callerKeys: { alice: 'key-of-alice' },
      scopeClaim: 'scope',
      scopes: undefined,
      ...overrides,
    },
    { clock, logger: createLogger('test', 'silent') },
  );
  const verify = async (token: string) => {
    const text = readTokenText(token);
    return text === undefined ? undefined : outside.verify(text);
  };
  return { clock, verify };
};

interface Made {
  readonly key?: KeyObject;
  readonly header?: object;
  readonly claims?: Record<string, unknown>;
}

const aToken = ({ key = rsa.privateKey, header = {}, claims = {} }: Made = {}): Promise<string> =>
  new SignJWT({
    iss: ISSUER,
    aud: 'gateway',
    sub: 'alice',
    scope: 'ACCOUNTS_READ openid',
    iat: NOW_SECONDS,
    exp: NOW_SECONDS + 300,
    ...claims,
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'first', ...header })
    .sign(key);

test('a token acts through the caller key that its identity is bound to', async () => {
  const { verify } = setUp();
  expect(await verify(await aToken())).toEqual({
    keyId: 'key-of-alice',
    scopes: new Set(['ACCOUNTS_READ', 'openid']),
    expiresAt: expect.any(Number),
    issuedAt: null,
  });
});

test("the issuer's words for scopes are put into ours, and others left out", async () => {
  const { verify } = setUp({ scopeClaim: 'roles', scopes: { reader: 'ACCOUNTS_READ' } });
  const verified = await verify(
    await aToken({ claims: { roles: ['reader', 'admin', 'ACCOUNTS_WRITE', 7] } }),
  );
  expect([...(verified?.scopes ?? [])]).toEqual(['ACCOUNTS_READ']);
});

test.each<[string, Made]>([
  ['another issuer', { claims: { iss: 'https://evil.example' } }],
  ['another audience', { claims: { aud: 'other' } }],
  ['an identity without a key', { claims: { sub: 'bob' } }],
  ['an identity that is a property of every object', { claims: { sub: 'toString' } }],
  ['no identity', { claims: { sub: undefined } }],
  ['expired', { claims: { exp: NOW_SECONDS - 1 } }],
  ['not valid yet', { claims: { nbf: NOW_SECONDS + 60 } }],
  ['too long a life', { claims: { exp: NOW_SECONDS + 901 } }],
  ['no time of issue', { claims: { iat: undefined } }],
  ['an algorithm of another family', { header: { alg: 'PS256' } }],
  ['an algorithm that is not allowed', { header: { alg: 'RS512' } }],
  ['another type', { header: { typ: 'logout+jwt' } }],
  ['another key', { key: other.privateKey }],
])('refused: %s', async (_name, made) => {
  expect(await setUp().verify(await aToken(made))).toBeUndefined();
});

test('an RSA key with exponent 1 verifies nothing', async () => {
  published = [{ ...jwkOf(rsa.publicKey, 'first'), e: 'AQ' }];
  expect(await setUp().verify(await aToken())).toBeUndefined();
});

test('keys are read once for all who wait, and unknown ones do not have them read anew', async () => {
  const { verify } = setUp();
  await Promise.all(Array.from({ length: 50 }, async () => verify(await aToken())));
  expect(asked).toBe(1);
  const unknown = await Promise.all(
    Array.from({ length: 50 }, async (_, at) => verify(await aToken({ header: { kid: `kid-${at}` } }))),
  );
  expect(unknown.every((verified) => verified === undefined)).toBe(true);
  expect(asked).toBe(1);
});

test('an issuer that is away is asked again after a pause, and its tokens are neither good nor bad meanwhile', async () => {
  status = 500;
  const { clock, verify } = setUp();
  const token = await aToken();
  for (let time = 0; time < 5; time += 1)
    await expect(verify(token)).rejects.toMatchObject({ code: 'service_unavailable' });
  expect(asked).toBe(1);
  status = 200;
  clock.advance(5_000);
  expect(await verify(token)).toMatchObject({ keyId: 'key-of-alice' });
  expect(asked).toBe(2);
});

test('keys that are known serve on while the issuer is away, whatever strangers ask for', async () => {
  const { verify } = setUp();
  const [token, strange] = [await aToken(), await aToken({ header: { kid: 'unknown' } })];
  expect(await verify(token)).toMatchObject({ keyId: 'key-of-alice' });
  status = 500;
  // jose has a clock of its own, by which it looks for an unknown key again.
  const later = Date.now() + 31_000;
  const now = jest.spyOn(Date, 'now').mockImplementation(() => later);
  try {
    for (let time = 0; time < 3; time += 1) {
      await expect(verify(strange)).rejects.toMatchObject({ code: 'service_unavailable' });
      expect(await verify(token)).toMatchObject({ keyId: 'key-of-alice' });
    }
    expect(asked).toBe(2);
  } finally {
    now.mockRestore();
  }
});
