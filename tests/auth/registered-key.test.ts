/** Public keys that callers register: what is sound is read, in either form, and everything else is refused with words. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { ed25519, ED25519_TORSION_SUBGROUP } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { readRegisteredKey } from '../../src/auth/registered-key.ts';

const jwkOf = (raw: Uint8Array) => ({
  kty: 'OKP',
  crv: 'Ed25519',
  x: Buffer.from(raw).toString('base64url'),
});

const isAccepted = (raw: Uint8Array): boolean => {
  try {
    readRegisteredKey('ed25519', jwkOf(raw));
    return true;
  } catch {
    return false;
  }
};

describe('Ed25519', () => {
  test('every public key is accepted, and of other points exactly those on the curve', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        expect(isAccepted(ed25519.getPublicKey(bytes))).toBe(true);
        let onCurve = true;
        try {
          ed25519.Point.fromBytes(bytes);
        } catch {
          onCurve = false;
        }
        expect(isAccepted(bytes)).toBe(onCurve);
      }),
      { numRuns: 200 },
    );
  });

  test('no point of small order is accepted, whatever its spelling', () => {
    expect(ED25519_TORSION_SUBGROUP.length).toBe(8);
    for (const hex of ED25519_TORSION_SUBGROUP) {
      const raw = Buffer.from(hex, 'hex');
      const otherSign = Buffer.from(raw);
      otherSign[31] = (otherSign[31] ?? 0) ^ 0x80;
      expect([isAccepted(raw), isAccepted(otherSign)]).toEqual([false, false]);
    }
    // y = p and y = p + 1 are other spellings of 0 and 1.
    for (const first of [0xed, 0xee, 0xef])
      expect(isAccepted(Buffer.from([first, ...Array<number>(30).fill(0xff), 0x7f]))).toBe(false);
  });

  test('PEM and JWK, also as text, are the same key', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    for (const material of [pem, { ...jwk }, JSON.stringify(jwk)])
      expect(readRegisteredKey('ed25519', material).equals(publicKey)).toBe(true);
  });
});

describe('refused with words that do not quote it', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const pair = generateKeyPairSync('ed25519');
  const privatePem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const privateJwk = { ...pair.privateKey.export({ format: 'jwk' }) };
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 }).publicKey;

  test.each<[string, 'ed25519' | 'rsa-pss-sha512' | 'rsa-v1_5-sha256', string | object, RegExp]>([
    ['a private key as PEM', 'ed25519', privatePem, /private key/],
    ['a private key as JWK', 'ed25519', privateJwk, /private key/],
    ['a private key as JWK text', 'ed25519', JSON.stringify(privateJwk), /private key/],
    ['a private RSA key', 'rsa-pss-sha512', { ...rsa.privateKey.export({ format: 'jwk' }) }, /private key/],
    ['a shared secret', 'ed25519', { kty: 'oct', k: 'c2VjcmV0' }, /private key/],
    ['RSA for Ed25519', 'ed25519', { ...rsa.publicKey.export({ format: 'jwk' }) }, /not an Ed25519 key/],
    ['Ed25519 for RSA', 'rsa-pss-sha512', { ...pair.publicKey.export({ format: 'jwk' }) }, /not an RSA key/],
    ['a short RSA key', 'rsa-v1_5-sha256', { ...short.export({ format: 'jwk' }) }, /1024 bits/],
    [
      'RSA with exponent 3',
      'rsa-v1_5-sha256',
      { ...rsa.publicKey.export({ format: 'jwk' }), e: 'Aw' },
      /exponent/,
    ],
    ['RSA with exponent 1', 'rsa-pss-sha512', { ...rsa.publicKey.export({ format: 'jwk' }), e: 'AQ' }, /./],
    ['text', 'ed25519', 'hello', /PEM/],
    ['broken JSON', 'ed25519', '{', /neither PEM nor a JWK/],
    ['nothing', 'rsa-pss-sha512', {}, /RSA/],
  ])('%s', (_name, algorithm, material, words) => {
    const read = () => readRegisteredKey(algorithm, material as string);
    expect(read).toThrow(words);
    expect(read).toThrow(expect.objectContaining({ code: 'record_invalid' }));
    const { d = 'none' } = privateJwk as { d?: string };
    try {
      read();
    } catch (error) {
      expect((error as Error).message).not.toContain(d);
    }
  });
});
