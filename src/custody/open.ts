/** Opens sealed exchange keys, after checking that the blob belongs to the place it was found in. Custody alone does this. */
import { type CryptoKey, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { ExchangeKeys } from '../exchanges/exchange.ts';
import { AppError } from '../shared/errors.ts';
import {
  SEALING_ALG,
  SEALING_ENC,
  type SealedPlace,
  sealedHeader,
  sealedPayloadSchema,
} from './sealed-header.ts';

// Twice what five fields of the largest size take; more is not something that was sealed here.
const LIMIT_CHARACTERS = 128 * 1024;

export const refusedBlob = (): AppError => new AppError('unknown_error', 'The sealed keys do not open here');

/** Id of the key that a blob says it is sealed to; not yet proven. */
export const sealedKeyId = (sealed: string): string => {
  const header = readHeader(sealed);
  if (typeof header['kid'] !== 'string') throw refusedBlob();
  return header['kid'];
};

/** Throws unknown_error for anything that was not sealed to this key, for this tenant, record, generation and venue. */
export const openKeys = async (
  sealed: string,
  place: SealedPlace,
  key: { readonly id: string; readonly privateKey: CryptoKey },
): Promise<ExchangeKeys> => {
  const header = readHeader(sealed);
  for (const [name, expected] of Object.entries(sealedHeader(place, key.id))) {
    if (header[name] !== expected) throw refusedBlob();
  }
  try {
    const { plaintext } = await compactDecrypt(sealed, key.privateKey, {
      keyManagementAlgorithms: [SEALING_ALG],
      contentEncryptionAlgorithms: [SEALING_ENC],
    });
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plaintext));
    return sealedPayloadSchema.parse(payload).keys;
  } catch {
    // The cause could quote the plain text.
    throw refusedBlob();
  }
};

const readHeader = (sealed: string): Readonly<Record<string, unknown>> => {
  const parts = sealed.split('.');
  if (sealed.length > LIMIT_CHARACTERS || parts.length !== 5 || !parts.every(isCanonical))
    throw refusedBlob();
  try {
    return decodeProtectedHeader(sealed);
  } catch {
    throw refusedBlob();
  }
};

// Spare bits of the last character would let one blob be written in several ways.
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part;
