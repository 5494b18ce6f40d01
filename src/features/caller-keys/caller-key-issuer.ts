/** Makes caller keys for those who stand above all keys: seeds, the command line, tests. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Scope } from '../../auth/actor.ts';
import type { PublicKeyAlgorithm } from '../../auth/registered-key.ts';
import type { TenantSession } from '../../db/tenant-database.ts';
import { sealCallerSecret } from './caller-secret.ts';
import { leastProfile, type ManagedKey } from './managed-key.ts';
import { createManagedKeyStore, type NewCallerKey } from './managed-key-store.ts';

export interface IssuedCallerKey {
  /** What the caller sends as `Apikey`: 64 hex digits. */
  readonly apiKey: string;
  /** HMAC secret, 64 hex digits (256 bits); kept only sealed. */
  readonly apiSecret: string;
}

/** What is left out is the least limited: any address, any time, all accounts of the tenant. */
export type IssuedKeyOptions = Partial<
  Pick<
    NewCallerKey,
    | 'userId'
    | 'profileFloor'
    | 'ipAllowlist'
    | 'notBefore'
    | 'expiresAt'
    | 'allowedAccountIds'
    | 'explained'
    | 'mode'
    | 'at'
  >
> & { readonly name: string; readonly scopes: readonly Scope[] };

export const makeKeyId = (): string => randomBytes(32).toString('hex');

export const makeSecret = (): string => randomBytes(32).toString('hex');

/** Stores a new HMAC caller key in the session's transaction; `secret` is kept nowhere but sealed. */
export const issueManagedKey = async (
  session: TenantSession,
  gatewayKek: Buffer,
  options: IssuedKeyOptions,
): Promise<{ readonly key: ManagedKey; readonly secret: string }> => {
  const id = randomUUID();
  const secret = makeSecret();
  const place = { tenantId: session.tenantId, callerKeyId: id };
  const key = await createManagedKeyStore(session).insert({
    ...UNLIMITED,
    ...options,
    id,
    keyId: makeKeyId(),
    algorithm: 'hmac-sha256',
    secretJwe: await sealCallerSecret(gatewayKek, place, secret),
    publicKey: null,
  });
  return { key, secret };
};

/** The same for those who only want to sign with it. */
export const issueHmacKey = async (
  session: TenantSession,
  gatewayKek: Buffer,
  options: IssuedKeyOptions,
): Promise<IssuedCallerKey> => {
  const { key, secret } = await issueManagedKey(session, gatewayKek, options);
  return { apiKey: key.keyId, apiSecret: secret };
};

/** Stores a public key (SPKI PEM, checked by the caller) in the session's transaction. */
export const registerPublicKey = async (
  session: TenantSession,
  options: IssuedKeyOptions & { readonly algorithm: PublicKeyAlgorithm; readonly publicKey: string },
): Promise<ManagedKey> =>
  createManagedKeyStore(session).insert({
    ...UNLIMITED,
    profileFloor: leastProfile(options.algorithm),
    ...options,
    id: randomUUID(),
    keyId: makeKeyId(),
    secretJwe: null,
  });

const UNLIMITED = {
  userId: null,
  profileFloor: 'legacy',
  ipAllowlist: [],
  notBefore: null,
  expiresAt: null,
  allowedAccountIds: null,
  mode: 'real',
  explained: false,
  at: null,
} as const;
