import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { CallerKey } from '../../src/auth/caller-key.ts';
import { AppError } from '../../src/shared/errors.ts';
import type { SignedRequest } from '../../src/auth/signed-request.ts';
import { aCallerKey, aClock, authenticatorOf, signText, type TestKey } from '../http/sample-surface.ts';

const NOW = Date.UTC(2026, 0, 1);
const clock = aClock(NOW);

const authenticatorFor = (...keys: readonly CallerKey[]) => {
  const asked: string[] = [];
  const authenticator = authenticatorOf((keyId) => {
    asked.push(keyId);
    return Promise.resolve(keys.find((key) => key.keyId === keyId));
  }, clock);
  return { authenticator, asked };
};

const aRequest = (
  headers: Record<string, string | string[]>,
  overrides: Partial<SignedRequest> = {},
): SignedRequest => ({
  method: 'GET',
  target: '/ver1/accounts',
  headers: new Map(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? [value] : value]),
  ),
  rawBody: Buffer.alloc(0),
  ip: '203.0.113.7',
  requestId: 'request-1',
  ...overrides,
});

const signedHeaders = (key: TestKey): Record<string, string> => ({
  apikey: key.keyId,
  signature: signText(key, '/ver1/accounts'),
});

const refusal = async (request: SignedRequest, ...keys: readonly CallerKey[]): Promise<unknown> =>
  authenticatorFor(...keys)
    .authenticator.authenticate(request)
    .then(
      () => 'accepted',
      (error: unknown) =>
        error instanceof AppError
          ? { code: error.code, message: error.message, details: error.details }
          : error,
    );

const SIGNATURE_INVALID = {
  code: 'signature_invalid',
  message: 'Provided signature is invalid',
  details: {},
};
const UNKNOWN_KEY = {
  code: 'api_key_invalid_or_expired',
  message: 'Unauthorized. Invalid or expired api key.',
  details: {},
};

test('a signed request becomes the actor behind its key', async () => {
  const key = aCallerKey({ mode: 'paper' });
  const actor = await authenticatorFor(key).authenticator.authenticate(aRequest(signedHeaders(key)));
  expect(actor).toMatchObject({
    tenantId: key.tenantId,
    callerKeyId: key.id,
    keyId: key.keyId,
    scopes: key.scopes,
    mode: 'paper',
    provenBy: 'legacy',
    requestId: 'request-1',
  });
});

describe('one and the same answer is given for', () => {
  test.each<[string, Partial<CallerKey>]>([
    ['a revoked key', { revokedAt: NOW - 1 }],
    ['a key revoked by a clock ahead of ours', { revokedAt: NOW + 60_000 }],
    ['an expired key', { expiresAt: NOW }],
    ['a key that is not valid yet', { notBefore: NOW + 1 }],
    ['an address that is not on the list', { ipAllowlist: ['198.51.100.0/24'] }],
    ['a list with nothing but typing errors', { ipAllowlist: ['203.0.113.0/abc'] }],
  ])('%s', async (_name, overrides) => {
    const key = aCallerKey(overrides);
    expect(await refusal(aRequest(signedHeaders(key)), key)).toEqual(SIGNATURE_INVALID);
  });

  test('a wrong, a missing and a repeated signature', async () => {
    const key = aCallerKey();
    const good = signText(key, '/ver1/accounts');
    const wrong = signText(key, '/ver1/other');
    for (const headers of [
      { apikey: key.keyId, signature: wrong },
      { apikey: key.keyId },
      { apikey: key.keyId, signature: [good, good] },
    ]) {
      expect(await refusal(aRequest(headers), key)).toEqual(SIGNATURE_INVALID);
    }
  });
});

test('a key id that is missing, repeated, unknown or impossible is answered alike', async () => {
  const key = aCallerKey();
  const signature = signText(key, '/ver1/accounts');
  for (const headers of [
    {},
    { signature },
    { apikey: [key.keyId, key.keyId], signature },
    { apikey: 'unknown', signature },
    { apikey: 'unknown', signature: 'A'.repeat(344) },
    { apikey: '', signature },
    { apikey: 'x'.repeat(129), signature },
    { apikey: 'with space', signature },
  ]) {
    expect(await refusal(aRequest(headers), key)).toEqual(UNKNOWN_KEY);
  }
});

test('a key id that cannot exist is never looked up', async () => {
  const { authenticator, asked } = authenticatorFor();
  await expect(authenticator.authenticate(aRequest({ apikey: 'x'.repeat(10_000) }))).rejects.toThrow();
  expect(asked).toEqual([]);
});

test('an address on the list is let in, IPv4-mapped or not', async () => {
  const key = aCallerKey({ ipAllowlist: ['203.0.113.0/24', '2001:db8::/32'] });
  for (const ip of ['203.0.113.7', '::ffff:203.0.113.7', '2001:db8::1']) {
    expect(await refusal(aRequest(signedHeaders(key), { ip }), key)).toBe('accepted');
  }
});

describe('Forced-Mode', () => {
  test.each(['real', 'paper'] as const)('%s picks the mode whatever the key says', async (mode) => {
    const key = aCallerKey({ mode: mode === 'real' ? 'paper' : 'real' });
    const request = aRequest({ ...signedHeaders(key), 'forced-mode': mode });
    expect((await authenticatorFor(key).authenticator.authenticate(request)).mode).toBe(mode);
  });

  test.each([[''], ['demo'], ['Real'], [['real', 'real']]])('%j is refused', async (value) => {
    const key = aCallerKey();
    expect(await refusal(aRequest({ ...signedHeaders(key), 'forced-mode': value }), key)).toMatchObject({
      code: 'forced_mode_invalid',
    });
  });

  test('is looked at only after the signature', async () => {
    const key = aCallerKey();
    expect(await refusal(aRequest({ apikey: key.keyId, 'forced-mode': '' }), key)).toEqual(SIGNATURE_INVALID);
  });
});

test('an RSA key signs through the same door', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = aCallerKey({ algorithm: 'rsa-v1_5-sha256', keys: [publicKey] });
  const signature = sign('sha256', Buffer.from('/ver1/accounts'), privateKey).toString('base64');
  expect(await refusal(aRequest({ apikey: key.keyId, signature }), key)).toBe('accepted');
  const hmac = signText(key, '/ver1/accounts');
  expect(await refusal(aRequest({ apikey: key.keyId, signature: hmac }), key)).toEqual(SIGNATURE_INVALID);
});
