import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createAccessTokens } from '../../src/auth/access-token.ts';
import { readTokenText } from '../../src/auth/token-text.ts';
import { aClock } from '../http/sample-surface.ts';

const NOW = Date.UTC(2026, 0, 1);
const NOW_SECONDS = NOW / 1_000;

const setUp = () => {
  const clock = aClock(NOW);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const published = new Map([['key-1', publicKey]]);
  const tokens = createAccessTokens({
    keys: {
      current: () => Promise.resolve({ kid: 'key-1', privateKey }),
      find: (kid) => Promise.resolve(published.get(kid)),
    },
    issuer: 'https://gateway.example',
    audience: 'countersign',
    clock,
  });
  const verify = async (token: string): Promise<boolean> => {
    const text = readTokenText(token);
    return text !== undefined && (await tokens.verify(text)) !== undefined;
  };
  const issue = (overrides: Partial<Parameters<typeof tokens.issue>[0]> = {}): Promise<string> =>
    tokens.issue({
      keyId: 'caller-1',
      subject: 'user-1',
      scopes: ['ACCOUNTS_READ'],
      expiresAt: NOW_SECONDS + 900,
      ...overrides,
    });
  return { clock, privateKey, publicKey, published, tokens, verify, issue };
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = { alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' };
const CLAIMS = {
  iss: 'https://gateway.example',
  aud: 'countersign',
  sub: 'user-1',
  client_id: 'caller-1',
  scope: 'ACCOUNTS_READ',
  exp: NOW_SECONDS + 900,
  nbf: NOW_SECONDS,
  iat: NOW_SECONDS,
  jti: 'one',
};

/** A token signed by whoever holds the key, with whatever header and claims. */
const forge = (key: KeyObject, header: object, claims: object): string => {
  const text = `${encode(header)}.${encode(claims)}`;
  return `${text}.${sign(null, Buffer.from(text), key).toString('base64url')}`;
};

test('a token says what RFC 9068 asks for, and whose key it came from', async () => {
  const { issue, tokens } = setUp();
  const text = readTokenText(await issue());
  expect(text?.header).toEqual(HEADER);
  expect(text?.claims).toEqual({
    ...CLAIMS,
    nbf: NOW_SECONDS - 5,
    iat_ms: NOW_SECONDS * 1_000,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(text === undefined ? text : await tokens.verify(text)).toEqual({
    keyId: 'caller-1',
    scopes: new Set(['ACCOUNTS_READ']),
    expiresAt: NOW_SECONDS + 900,
    issuedAt: NOW_SECONDS * 1_000,
  });
});

test('a token is good until its last second and not after, also one that was verified before', async () => {
  const { clock, issue, verify } = setUp();
  const [seen, unseen] = [await issue(), await issue()];
  expect(await verify(seen)).toBe(true);
  clock.advance(899_000);
  expect([await verify(seen), await verify(await issue())]).toEqual([true, true]);
  clock.advance(1_000);
  expect([await verify(seen), await verify(unseen)]).toEqual([false, false]);
});

test('a signing key that is taken out of use takes its tokens with it', async () => {
  const { issue, verify, published } = setUp();
  const token = await issue();
  expect(await verify(token)).toBe(true);
  published.clear();
  expect(await verify(token)).toBe(false);
});

describe('refused, although signed by our own key:', () => {
  test('the same claims with nothing wrong are taken', async () => {
    const { privateKey, verify } = setUp();
    expect(await verify(forge(privateKey, HEADER, CLAIMS))).toBe(true);
  });

  test.each<[string, object, object]>([
    ['another type', { ...HEADER, typ: 'JWT' }, CLAIMS],
    ['no type', { alg: 'EdDSA', kid: 'key-1' }, CLAIMS],
    ['another algorithm', { ...HEADER, alg: 'ES256' }, CLAIMS],
    ['the other name of the algorithm', { ...HEADER, alg: 'Ed25519' }, CLAIMS],
    ['an unknown key', { ...HEADER, kid: 'key-2' }, CLAIMS],
    ['no key', { alg: 'EdDSA', typ: 'at+jwt' }, CLAIMS],
    ['jku', { ...HEADER, jku: 'https://evil.example/keys' }, CLAIMS],
    ['x5u', { ...HEADER, x5u: 'https://evil.example/keys' }, CLAIMS],
    ['jwk', { ...HEADER, jwk: { kty: 'OKP' } }, CLAIMS],
    ['x5c', { ...HEADER, x5c: [] }, CLAIMS],
    ['crit', { ...HEADER, crit: ['exp'] }, CLAIMS],
    ['b64', { ...HEADER, b64: false }, CLAIMS],
    ['zip', { ...HEADER, zip: 'DEF' }, CLAIMS],
    ['another issuer', HEADER, { ...CLAIMS, iss: 'https://other.example' }],
    ['another audience', HEADER, { ...CLAIMS, aud: 'other' }],
    ['expired', HEADER, { ...CLAIMS, iat: NOW_SECONDS - 900, exp: NOW_SECONDS }],
    ['not valid yet', HEADER, { ...CLAIMS, nbf: NOW_SECONDS + 1 }],
    ['issued in the future for a longer life', HEADER, { ...CLAIMS, exp: NOW_SECONDS + 901 }],
    ...Object.keys(CLAIMS).map((name): [string, object, object] => [
      `no ${name}`,
      HEADER,
      Object.fromEntries(Object.entries(CLAIMS).filter(([key]) => key !== name)),
    ]),
    ['a scope that is no text', HEADER, { ...CLAIMS, scope: ['ACCOUNTS_READ'] }],
    ['a caller key that is no text', HEADER, { ...CLAIMS, client_id: 7 }],
  ])('%s', async (_name, header, claims) => {
    const { privateKey, verify } = setUp();
    expect(await verify(forge(privateKey, header, claims))).toBe(false);
  });
});

test('no signature, and signatures by what is public, are refused', async () => {
  const { verify, publicKey } = setUp();
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const raw = Buffer.from((publicKey.export({ format: 'jwk' }) as { x: string }).x, 'base64url');
  for (const alg of ['none', 'None', 'nOnE']) {
    const text = `${encode({ ...HEADER, alg })}.${encode(CLAIMS)}`;
    for (const signature of ['', 'AA', randomBytes(64).toString('base64url')])
      expect(await verify(`${text}.${signature}`)).toBe(false);
  }
  for (const secret of [pem, raw, publicKey.export({ type: 'spki', format: 'der' }), '']) {
    const text = `${encode({ ...HEADER, alg: 'HS256' })}.${encode(CLAIMS)}`;
    const signature = createHmac('sha256', secret).update(text).digest('base64url');
    expect(await verify(`${text}.${signature}`)).toBe(false);
  }
  expect(await verify(forge(generateKeyPairSync('ed25519').privateKey, HEADER, CLAIMS))).toBe(false);
});

test('every other spelling of a token is refused', async () => {
  const { issue, verify } = setUp();
  const token = await issue();
  const [header = '', claims = '', signature = ''] = token.split('.');
  // 64 bytes in base64url leave four unused bits in the last letter.
  const lastLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = lastLetters.indexOf(signature.at(-1) ?? '');
  const malleable = signature.slice(0, -1) + (lastLetters[last ^ 1] ?? '');
  expect(Buffer.from(malleable, 'base64url')).toEqual(Buffer.from(signature, 'base64url'));
  for (const other of [
    `${header}.${claims}.${malleable}`,
    `${header}.${claims}.${signature}==`,
    `${header}.${claims}.${signature}\n`,
    `${header}. ${claims}.${signature}`,
    `${token}.`,
    `.${token}`,
    `${header}.${claims}`,
    `${header}..${signature}`,
    `${token}${'A'.repeat(9_000)}`,
    token.replaceAll('_', '/').replaceAll('-', '+') + '=',
  ])
    expect({ other, isGood: await verify(other) }).toEqual({ other, isGood: false });
});

test('a change of any character of a token ends it', async () => {
  const { issue, verify } = setUp();
  const token = await issue();
  for (let at = 0; at < token.length; at += 1) {
    const letter = token[at] === 'A' ? 'B' : 'A';
    expect({ at, isGood: await verify(token.slice(0, at) + letter + token.slice(at + 1)) }).toEqual({
      at,
      isGood: false,
    });
  }
});
