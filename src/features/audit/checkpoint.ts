/** A signed checkpoint of an audit chain: what is signed, how, and how it stands on a line outside the database. */
import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

export interface Checkpoint {
  readonly tenantId: string;
  /** Place among the chain's checkpoints, from 1 without gaps. */
  readonly number: number;
  /** Newest row of the chain, and its hash as hex. */
  readonly seq: number;
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Thumbprint of the key that signed. */
  readonly keyId: string;
  /** Base64url of 64 bytes. */
  readonly signature: string;
}

/** A key pair's public half, as it stands beside the checkpoints. */
export interface SigningKeyLine {
  readonly keyId: string;
  readonly publicJwk: PublicJwk;
}

export const publicSigningJwkSchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[\w-]{43}$/),
});
export type PublicJwk = z.output<typeof publicSigningJwkSchema>;

// Keeps a signature over something else from passing as one of a checkpoint.
const DOMAIN = 'countersign audit checkpoint 1\n';

const signedBytes = ({ tenantId, number, seq, hash, at, keyId }: Omit<Checkpoint, 'signature'>): Buffer =>
  Buffer.from(DOMAIN + canonicalJson({ tenant_id: tenantId, number, seq, hash, at, key_id: keyId }), 'utf8');

export const signCheckpoint = (
  unsigned: Omit<Checkpoint, 'signature'>,
  privateKey: KeyObject,
): Checkpoint => ({
  ...unsigned,
  signature: sign(null, signedBytes(unsigned), privateKey).toString('base64url'),
});

export const isSignedBy = (checkpoint: Checkpoint, publicKey: KeyObject | undefined): boolean =>
  publicKey !== undefined &&
  verify(null, signedBytes(checkpoint), publicKey, Buffer.from(checkpoint.signature, 'base64url'));

export const readPublicKey = (publicJwk: PublicJwk): KeyObject =>
  createPublicKey({ key: publicJwk, format: 'jwk' });

const lineSchema = z.union([
  z.object({
    type: z.literal('checkpoint'),
    tenant_id: z.uuid(),
    number: z.int().min(1),
    seq: z.int().min(1),
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    at: z.iso.datetime(),
    key_id: z.string().min(1).max(64),
    signature: z.string().regex(/^[\w-]{86}$/),
  }),
  z.object({ type: z.literal('key'), key_id: z.string().min(1).max(64), public_jwk: publicSigningJwkSchema }),
]);

export const toCheckpointLine = (checkpoint: Checkpoint): string => {
  const { tenantId, number, seq, hash, at, keyId, signature } = checkpoint;
  return JSON.stringify({
    type: 'checkpoint',
    tenant_id: tenantId,
    number,
    seq,
    hash,
    at,
    key_id: keyId,
    signature,
  });
};

export const toKeyLine = ({ keyId, publicJwk }: SigningKeyLine): string =>
  JSON.stringify({ type: 'key', key_id: keyId, public_jwk: publicJwk });

/** Undefined: the line is none of ours, or only half of one. */
export const readLine = (line: string): Checkpoint | SigningKeyLine | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { success, data } = lineSchema.safeParse(parsed);
  if (!success) return undefined;
  if (data.type === 'key') return { keyId: data.key_id, publicJwk: data.public_jwk };
  const { tenant_id: tenantId, number, seq, hash, at, key_id: keyId, signature } = data;
  return { tenantId, number, seq, hash, at, keyId, signature };
};
