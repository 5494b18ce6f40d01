/** Reads the public key that a caller registers for RSA signatures, and refuses the weak ones. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { AppError } from '../shared/errors.ts';

const PEM = /^\s*-----BEGIN (RSA )?PUBLIC KEY-----[A-Za-z0-9+/=\s]+-----END \1?PUBLIC KEY-----\s*$/;
const LEAST_MODULUS_BITS = 2048;
// A longer modulus makes every request that names the key expensive to check.
const MOST_MODULUS_BITS = 8192;
const LEAST_EXPONENT = 65_537n;
const MOST_EXPONENT = 2n ** 32n;

/** PEM of a public key, SPKI or PKCS #1. Throws `record_invalid` with words for the one who registers it. */
export const readRsaPublicKey = (pem: string): KeyObject => {
  // A private key would be read too, its public half derived: the caller must not hand it over at all.
  if (!PEM.test(pem)) throw new AppError('record_invalid', 'The key is not a public key in PEM form');
  return checkRsaKey(parse(pem));
};

/** The same for a key that was read from another form. */
export const checkRsaKey = (key: KeyObject): KeyObject => {
  if (key.asymmetricKeyType !== 'rsa') throw new AppError('record_invalid', 'The key is not an RSA key');
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < LEAST_MODULUS_BITS || modulusLength > MOST_MODULUS_BITS) {
    throw new AppError('record_invalid', `The RSA key has ${modulusLength} bits; 2048 to 8192 are accepted`);
  }
  if (publicExponent < LEAST_EXPONENT || publicExponent > MOST_EXPONENT || publicExponent % 2n === 0n) {
    throw new AppError('record_invalid', 'The RSA key has a weak public exponent; 65537 is the usual one');
  }
  return key;
};

const parse = (pem: string): KeyObject => {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new AppError('record_invalid', 'The key cannot be read', { cause });
  }
};
