/** What the protected header of sealed exchange keys says: the one row, tenant, venue and generation the blob works in. */
import { z } from 'zod';
import type { CredentialRef } from '../exchanges/exchange-call.ts';

export const SEALING_ALG = 'ECDH-ES+A256KW';
export const SEALING_ENC = 'A256GCM';
const SEALING_TYPE = 'countersign-keys';
/** Keeps blobs of other kinds, sealed to the same key, from passing as exchange keys. */
const EXCHANGE_KEYS_DOMAIN = 'exchange-keys';

/** The place in the database that a blob belongs to. */
export interface SealedPlace extends Pick<CredentialRef, 'tenantId' | 'credentialId' | 'generation'> {
  /** The venue that the keys are for: they are never shown to another one. */
  readonly venueId: string;
}

export interface SealedHeader extends Record<string, unknown> {
  readonly alg: string;
  readonly enc: string;
  readonly typ: string;
  readonly kid: string;
  readonly tenant: string;
  readonly record: string;
  readonly generation: number;
  readonly venue: string;
  readonly domain: string;
}

export const sealedHeader = (place: SealedPlace, keyId: string): SealedHeader => ({
  alg: SEALING_ALG,
  enc: SEALING_ENC,
  typ: SEALING_TYPE,
  kid: keyId,
  tenant: place.tenantId,
  record: place.credentialId,
  generation: place.generation,
  venue: place.venueId,
  domain: EXCHANGE_KEYS_DOMAIN,
});

/** The public half of a tenant's key pair. */
export const publicJwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('X25519'),
  x: z.string().regex(/^[\w-]{43}$/),
});

const text = z.string().min(1).max(8_192);

/** The sealed plain text; `v` tells later forms apart. */
export const sealedPayloadSchema = z.strictObject({
  v: z.literal(1),
  keys: z.strictObject({
    apiKey: text,
    secret: text,
    passphrase: z.exactOptional(text),
    customerId: z.exactOptional(text),
    subaccountName: z.exactOptional(text),
  }),
});
