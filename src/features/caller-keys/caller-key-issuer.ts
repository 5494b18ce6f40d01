/** Makes a caller key: a public id and an HMAC secret that is shown once, or a registered public key. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Scope } from '../../auth/actor.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import { createCallerKeyStore } from './caller-key-store.ts';
import { sealCallerSecret } from './caller-secret.ts';

export interface IssuedCallerKey {
  /** What the caller sends as `Apikey`: 64 hex digits. */
  readonly apiKey: string;
  /** HMAC secret, 64 hex digits (256 bits); kept only sealed. */
  readonly apiSecret: string;
}

/** Stores a new HMAC caller key in the session's transaction. */
export const issueHmacKey = async (
  session: TenantSession,
  gatewayKek: Buffer,
  key: { readonly name: string; readonly scopes: readonly Scope[] },
): Promise<IssuedCallerKey> => {
  const id = randomUUID();
  const apiKey = randomBytes(32).toString('hex');
  const apiSecret = randomBytes(32).toString('hex');
  const place = { tenantId: session.tenantId, callerKeyId: id };
  await createCallerKeyStore(session).insert({
    ...key,
    id,
    keyId: apiKey,
    algorithm: 'hmac-sha256',
    secretJwe: await sealCallerSecret(gatewayKek, place, apiSecret),
    publicKey: null,
  });
  return { apiKey, apiSecret };
};

/** Stores an RSA public key (SPKI PEM, checked by the caller) in the session's transaction; answers the `Apikey`. */
export const registerRsaKey = async (
  session: TenantSession,
  key: { readonly name: string; readonly scopes: readonly Scope[]; readonly publicKey: string },
): Promise<string> => {
  const apiKey = randomBytes(32).toString('hex');
  await createCallerKeyStore(session).insert({
    ...key,
    id: randomUUID(),
    keyId: apiKey,
    algorithm: 'rsa-v1_5-sha256',
    secretJwe: null,
  });
  return apiKey;
};
