/** Turns a signed request into the actor behind it, or into one of two 401s that tell a stranger nothing more. */
import { createPublicKey, createSecretKey, randomBytes } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import type { Clock } from '../shared/clock.ts';
import type { AccountMode, Actor } from './actor.ts';
import type { CallerKey, FindCallerKey } from './caller-key.ts';
import { type AddressList, createAddressList } from './ip-allowlist.ts';
import { type VerificationKey, verifyLegacySignature } from './legacy-signature.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from './signed-request.ts';

export interface AuthenticatorDeps {
  readonly findCallerKey: FindCallerKey;
  readonly clock: Clock;
}

export interface Authenticator {
  /** Throws AppError: api_key_invalid_or_expired, signature_invalid or forced_mode_invalid. */
  authenticate(request: SignedRequest): Promise<Actor>;
}

// Bounds what a stranger can make the look-up carry; issued ids are far shorter.
const KEY_ID = /^[\x21-\x7e]{1,128}$/;

/** The key id that the request names, when it is one that could exist. */
export const presentedKeyId = (headers: HeaderLists): string | undefined => {
  const keyId = singleHeader(headers, 'apikey');
  return keyId !== undefined && KEY_ID.test(keyId) ? keyId : undefined;
};

export const createAuthenticator = ({ findCallerKey, clock }: AuthenticatorDeps): Authenticator => {
  const decoys = createDecoys();
  const allowlists = createAllowlists();

  return {
    authenticate: async (request) => {
      const keyId = presentedKeyId(request.headers);
      if (keyId === undefined) throw unknownKey();
      const signature = singleHeader(request.headers, 'signature') ?? '';
      const key = await findCallerKey(keyId);
      // An unknown id costs what a known one costs: the time of the answer does not tell them apart.
      const signed = verifyLegacySignature(
        key ?? decoys.for(signature),
        signature,
        request.target,
        request.rawBody,
        request.method,
      );
      if (key === undefined) throw unknownKey();
      const usable = isLive(key, clock.now()) && allowlists.allow(key, request.ip);
      if (!signed || !usable) throw new AppError('signature_invalid', 'Provided signature is invalid');
      return {
        tenantId: key.tenantId,
        callerKeyId: key.id,
        keyId: key.keyId,
        user: key.user,
        scopes: key.scopes,
        mode: forcedMode(request.headers) ?? key.mode,
        requestId: request.requestId,
      };
    },
  };
};

// The contract names this answer for a key id that does not exist, as for a missing header.
const unknownKey = (): AppError =>
  new AppError('api_key_invalid_or_expired', 'Unauthorized. Invalid or expired api key.');

// Revoked is revoked, whatever the time in the column: the clock that wrote it may run ahead of ours.
const isLive = (key: CallerKey, now: number): boolean =>
  key.revokedAt === null &&
  key.profileFloor === 'legacy' &&
  (key.notBefore === null || now >= key.notBefore) &&
  (key.expiresAt === null || now < key.expiresAt);

/** `Forced-Mode` as sent; undefined when it is absent. Present but empty, repeated or other is an error. */
const forcedMode = (headers: HeaderLists): AccountMode | undefined => {
  if (!headers.has('forced-mode')) return undefined;
  const mode = singleHeader(headers, 'forced-mode');
  if (mode === 'real' || mode === 'paper') return mode;
  throw new AppError('forced_mode_invalid', "Forced mode is not included in the ['real', 'paper']");
};

/** Keys that verify nothing, of the kind that the form of the signature asks for. */
const createDecoys = (): { for(signature: string): VerificationKey } => {
  const hmac: VerificationKey = { algorithm: 'hmac-sha256', keys: [createSecretKey(randomBytes(32))] };
  // Any odd 2048-bit number costs a verification the same as a real modulus, and takes no time to make.
  const modulus = randomBytes(256);
  modulus[0] = (modulus[0] ?? 0) | 0x80;
  modulus[255] = (modulus[255] ?? 0) | 0x01;
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
  const rsa: VerificationKey = {
    algorithm: 'rsa-v1_5-sha256',
    keys: [createPublicKey({ key: jwk, format: 'jwk' })],
  };
  const hmacLength = 64;
  return { for: (signature) => (signature.length <= hmacLength ? hmac : rsa) };
};

/** Parsed allow-lists, kept as long as the key record that they came with. */
const createAllowlists = (): { allow(key: CallerKey, ip: string): boolean } => {
  const parsed = new WeakMap<readonly string[], AddressList>();
  return {
    allow: (key, ip) => {
      if (key.ipAllowlist.length === 0) return true;
      let list = parsed.get(key.ipAllowlist);
      if (list === undefined) {
        list = createAddressList(key.ipAllowlist);
        parsed.set(key.ipAllowlist, list);
      }
      return list.contains(ip);
    },
  };
};
