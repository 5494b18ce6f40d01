/** Keys that verify nothing, so that an unknown key id costs what a known one costs. */
import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { SignatureAlgorithm } from './caller-key.ts';
import type { VerificationKey } from './signature-algorithm.ts';

export type DecoyKeys = Readonly<Record<SignatureAlgorithm, VerificationKey>>;

export const createDecoyKeys = (): DecoyKeys => {
  const rsa = oddModulus();
  const of = (algorithm: SignatureAlgorithm, key: KeyObject): VerificationKey => ({ algorithm, keys: [key] });
  return {
    'hmac-sha256': of('hmac-sha256', createSecretKey(randomBytes(32))),
    ed25519: of('ed25519', generateKeyPairSync('ed25519').publicKey),
    'rsa-pss-sha512': of('rsa-pss-sha512', rsa),
    'rsa-v1_5-sha256': of('rsa-v1_5-sha256', rsa),
  };
};

/** Any odd 2048-bit number costs a verification the same as a real modulus, and takes no time to make. */
const oddModulus = (): KeyObject => {
  const modulus = randomBytes(256);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[255] = (modulus[255] ?? 0) | 0x01;
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
  return createPublicKey({ key: jwk, format: 'jwk' });
};
