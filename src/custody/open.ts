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

/** `least`: the generation that was stored since, or after the keys were deleted the one that would be next. */
export const oldGeneration = (credentialId: string, generation: number, least: number): AppError =>
  new AppError(
    'unknown_error',
    `The sealed keys of credential ${credentialId} are of generation ${generation}, but generation ${least} is the least that may be opened: an older row was put in the place of a newer one`,
  );

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
  const { generation } = header;
  // Said, not proven; what does not match is refused either way, and this tells the operator why.
  if (typeof generation === 'number' && generation !== place.generation)
    throw new AppError(
      'unknown_error',
      `The sealed keys of credential ${place.credentialId} are of generation ${generation}, and its row is of generation ${place.generation}: one of the two is older`,
    );
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
