import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createAddressList, isAddressRange } from '../../src/auth/ip-allowlist.ts';
import { readRsaPublicKey } from '../../src/auth/rsa-public-key.ts';

describe('an address list', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', true],
    ['10.0.0.0/8', '11.1.2.3', false],
    ['10.0.0.0/8', '::ffff:10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '10.1.2.3', true],
    ['::ffff:10.0.0.0/104', '11.1.2.3', false],
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '192.0.2.1', false],
    ['nonsense', 'nonsense', false],
    ['10.0.0.0/33', '10.0.0.1', false],
    ['10.0.0.0/8', '', false],
    ['0.0.0.10', '012', false],
  ])('%s against %s is %s', (entry, ip, expected) => {
    expect(createAddressList([entry]).contains(ip)).toBe(expected);
  });

  test('tells which entries it can read', () => {
    expect(['10.0.0.0/8', '::1', '1.2.3.4'].every(isAddressRange)).toBe(true);
    expect(['10.0.0.0/33', '10', 'host', '', '10.0.0.0/'].some(isAddressRange)).toBe(false);
  });
});

describe('a public key', () => {
  const pemOf = (options: { modulusLength: number; publicExponent?: number }): string =>
    generateKeyPairSync('rsa', options).publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test('of 2048 bits is read, in either PEM form', () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const type of ['spki', 'pkcs1'] as const) {
      const pem = publicKey.export({ type, format: 'pem' }).toString();
      expect(readRsaPublicKey(pem).equals(publicKey)).toBe(true);
    }
  });

  test('that is short or has a small exponent is refused', () => {
    expect(() => readRsaPublicKey(pemOf({ modulusLength: 1024 }))).toThrow('1024 bits');
    expect(() => readRsaPublicKey(pemOf({ modulusLength: 2048, publicExponent: 3 }))).toThrow('exponent');
  });

  test('that is no RSA public key is refused', () => {
    const ed25519 = generateKeyPairSync('ed25519')
      .publicKey.export({ type: 'spki', format: 'pem' })
      .toString();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const secret = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => readRsaPublicKey(ed25519)).toThrow('not an RSA key');
    expect(() => readRsaPublicKey(secret)).toThrow('not a public key');
    for (const text of ['', 'x', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n']) {
      expect(() => readRsaPublicKey(text)).toThrow();
    }
  });
});
