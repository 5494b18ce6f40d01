/** Verifies one signature over one text, under the algorithm of the key and no other. */
import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import type { CallerKey, SignatureAlgorithm } from './caller-key.ts';

export type VerificationKey = Pick<CallerKey, 'algorithm' | 'keys'>;

const HMAC_BYTES = 32;
const ED25519_BYTES = 64;
const LEAST_RSA_BYTES = 256;
// RFC 9421, 3.3.1: the salt is as long as the hash.
const PSS_SALT_BYTES = 64;
const BITS_PER_BYTE = 8;

/**
 * Whether one of the signatures fits the text under one of the key's live secrets; all are tried, whichever fits.
 * `signatures` are the readings of one text, e.g. as hex and as base64. `text` is Latin-1, as headers are.
 */
export const verifySignature = (
  { algorithm, keys }: VerificationKey,
  text: string,
  signatures: readonly Buffer[],
): boolean => {
  const bytes = Buffer.from(text, 'latin1');
  let accepted = false;
  for (const key of keys) {
    const signature = signatures.find(({ length }) => length === signatureBytes(algorithm, key));
    if (signature !== undefined) accepted = fits(algorithm, key, bytes, signature) || accepted;
  }
  return accepted;
};

const signatureBytes = (algorithm: SignatureAlgorithm, key: KeyObject): number => {
  if (algorithm === 'hmac-sha256') return HMAC_BYTES;
  if (algorithm === 'ed25519') return ED25519_BYTES;
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / BITS_PER_BYTE);
};

const fits = (algorithm: SignatureAlgorithm, key: KeyObject, text: Buffer, signature: Buffer): boolean => {
  switch (algorithm) {
    case 'hmac-sha256':
      return timingSafeEqual(createHmac('sha256', key).update(text).digest(), signature);
    case 'ed25519':
      return verify(null, text, key, signature);
    case 'rsa-v1_5-sha256':
      return verify('sha256', text, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    case 'rsa-pss-sha512':
      return verify(
        'sha512',
        text,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES },
        signature,
      );
  }
};

/** The algorithms that signatures of this length can be of; all of them when they can be of none. */
export const algorithmsOf = (signatures: readonly Buffer[]): readonly SignatureAlgorithm[] => {
  const has = (fitting: (length: number) => boolean): boolean =>
    signatures.some(({ length }) => fitting(length));
  const found: SignatureAlgorithm[] = [];
  if (has((length) => length === HMAC_BYTES)) found.push('hmac-sha256');
  if (has((length) => length === ED25519_BYTES)) found.push('ed25519');
  if (found.length === 0 && has((length) => length >= LEAST_RSA_BYTES))
    found.push('rsa-pss-sha512', 'rsa-v1_5-sha256');
  return found.length > 0 ? found : SIGNATURE_ALGORITHMS;
};

export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [
  'hmac-sha256',
  'ed25519',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
];
