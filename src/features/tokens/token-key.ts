/** A key that signs access tokens: how one is made, sealed under the gateway's key, and opened. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, CompactEncrypt, compactDecrypt, type JWK } from 'jose';
import type { TokenKeyRow } from './token-key-store.ts';

export interface TokenKey {
  readonly generation: number;
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As the key set shows it. */
  readonly publicJwk: JWK;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly retiresAt: number;
}

const DOMAIN = 'token-key';
const ALGORITHM = 'dir';
const ENCRYPTION = 'A256GCM';

/** A new key pair, its private half sealed; `gatewayKek` is 32 bytes. */
export const makeTokenKey = async (
  gatewayKek: Buffer,
): Promise<{ kid: string; publicJwk: JWK; privateJwe: string }> => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { kid, publicJwk } = await nameKey(publicKey);
  const privateJwe = await new CompactEncrypt(privateKey.export({ type: 'pkcs8', format: 'der' }))
    .setProtectedHeader({ alg: ALGORITHM, enc: ENCRYPTION, dom: DOMAIN, kid })
    .encrypt(gatewayKek);
  return { kid, publicJwk, privateJwe };
};

/**
 * Throws when the blob was changed or is another key's. The public half comes out of the sealed private one: who can
 * write to the table, and lacks the gateway's key, brings in no key of his own.
 */
export const openTokenKey = async (gatewayKek: Buffer, row: TokenKeyRow): Promise<TokenKey> => {
  const { plaintext, protectedHeader } = await compactDecrypt(row.privateJwe, gatewayKek, {
    keyManagementAlgorithms: [ALGORITHM],
    contentEncryptionAlgorithms: [ENCRYPTION],
  });
  const privateKey = createPrivateKey({ key: Buffer.from(plaintext), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const { kid, publicJwk } = await nameKey(publicKey);
  if (protectedHeader['dom'] !== DOMAIN || protectedHeader.kid !== row.kid || kid !== row.kid)
    throw new Error('the sealed token key belongs to another place');
  return {
    generation: row.generation,
    kid,
    privateKey,
    publicKey,
    publicJwk,
    notBefore: row.notBefore.getTime(),
    retiresAt: row.retiresAt.getTime(),
  };
};

const nameKey = async (publicKey: KeyObject): Promise<{ kid: string; publicJwk: JWK }> => {
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, publicJwk: { ...jwk, kid, use: 'sig', alg: 'EdDSA' } };
};
