/** What a caller key is proven with: a secret of our making, sealed, or the public key that its owner registers. */
import type { SignatureAlgorithm } from '../../auth/caller-key.ts';
import { type KeyMaterial, readRegisteredKey } from '../../auth/registered-key.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import { makeSecret } from './caller-key-issuer.ts';
import { sealCallerSecret } from './caller-secret.ts';

export interface KeyProof {
  /** Of an HMAC key, in clear: to be told once. */
  readonly secret: string | null;
  readonly stored: { readonly secretJwe: string | null; readonly publicKey: string | null };
}

/** Throws record_invalid for material that is missing, not wanted, or too weak. */
export const makeKeyProof = async (
  gatewayKek: Buffer,
  place: { readonly tenantId: string; readonly callerKeyId: string },
  algorithm: SignatureAlgorithm,
  material: KeyMaterial | null,
): Promise<KeyProof> => {
  if (algorithm === 'hmac-sha256') {
    if (material !== null) throw invalidParameters({ public_key: ['is not for hmac-sha256'] });
    const secret = makeSecret();
    return {
      secret,
      stored: { secretJwe: await sealCallerSecret(gatewayKek, place, secret), publicKey: null },
    };
  }
  if (material === null) throw invalidParameters({ public_key: [`is needed for ${algorithm}`] });
  try {
    const publicKey = readRegisteredKey(algorithm, material);
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return { secret: null, stored: { secretJwe: null, publicKey: pem } };
  } catch (error) {
    if (error instanceof AppError) throw invalidParameters({ public_key: [error.message] });
    throw error;
  }
};
