/** Coinbase Advanced: key names and private keys in the venue's forms, both kinds that it issues. */
import { createECDH, createPrivateKey } from 'node:crypto';
import { stableUuid } from '../stable-uuid.ts';

export interface CoinbaseKeyPair {
  readonly api_key: string;
  readonly secret: string;
}

/** `organizations/.../apiKeys/...` and an EC private key (SEC1 PEM). The seed has at least 32 bytes. */
export const ecKeyPair = (seed: Buffer, name: string): CoinbaseKeyPair => {
  const scalar = Buffer.from(seed.subarray(0, 32));
  // Below the order of the curve, whatever the seed is.
  scalar[0] = (scalar[0] ?? 0) & 0x7f;
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    d: scalar.toString('base64url'),
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  return {
    api_key: `organizations/${stableUuid(`${name}\norganization`)}/apiKeys/${stableUuid(`${name}\nkey`)}`,
    secret: createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'sec1', format: 'pem' }).toString(),
  };
};

// What precedes the 32 bytes of the seed in a PKCS #8 file of an Ed25519 key (RFC 8410).
const ED25519_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A bare UUID, and seed and public key of an Ed25519 pair together in base64: 88 characters. */
export const edKeyPair = (seed: Buffer, name: string): CoinbaseKeyPair => {
  const secret = seed.subarray(0, 32);
  const { x = '' } = privateEdKey(secret).export({ format: 'jwk' });
  return {
    api_key: stableUuid(`${name}\nkey`),
    secret: Buffer.concat([secret, Buffer.from(x, 'base64url')]).toString('base64'),
  };
};

const privateEdKey = (seed: Buffer) =>
  createPrivateKey({ key: Buffer.concat([ED25519_PREFIX, seed]), format: 'der', type: 'pkcs8' });

/** Of a secret in either form. */
export const privateKeyOf = (secret: string) =>
  secret.startsWith('-----BEGIN')
    ? createPrivateKey(secret)
    : privateEdKey(Buffer.from(secret, 'base64').subarray(0, 32));
