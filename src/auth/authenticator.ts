/** Turns a signed request into the actor behind it, or into one of two 401s that tell a stranger nothing more. */
import { createPublicKey, createSecretKey, randomBytes } from 'node:crypto';
import { AppError } from '../shared/errors.ts';
import type { Clock } from '../shared/clock.ts';
import type { AccessTokens } from './access-token.ts';
import type { AccountMode, Actor } from './actor.ts';
import type { CallerKey, FindCallerKey } from './caller-key.ts';
import { type AddressList, createAddressList } from './ip-allowlist.ts';
import { type VerificationKey, verifyLegacySignature } from './legacy-signature.ts';
import { readPresented } from './presented.ts';
import { meetsFloor } from './profile.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from './signed-request.ts';
import type { TokenText } from './token-text.ts';

export interface AuthenticatorDeps {
  readonly findCallerKey: FindCallerKey;
  readonly tokens: Pick<AccessTokens, 'verify'>;
  readonly clock: Clock;
}

export interface Authenticator {
  /** Throws AppError: api_key_invalid_or_expired, signature_invalid, token_invalid or forced_mode_invalid. */
  authenticate(request: SignedRequest): Promise<Actor>;
}

export const createAuthenticator = ({ findCallerKey, tokens, clock }: AuthenticatorDeps): Authenticator => {
  const decoys = createDecoys();
  const allowlists = createAllowlists();

  const isUsable = (key: CallerKey, ip: string): boolean =>
    isLive(key, clock.now()) && allowlists.allow(key, ip);

  const bySignature = async (request: SignedRequest, keyId: string): Promise<Actor> => {
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
    if (!signed || !isUsable(key, request.ip) || !meetsFloor('legacy', key.profileFloor))
      throw new AppError('signature_invalid', 'Provided signature is invalid');
    return toActor(key, request, 'legacy', key.scopes);
  };

  /** A token is as good as the key that asked for it: it ends, and is bound to addresses, with it. */
  const byToken = async (request: SignedRequest, text: TokenText): Promise<Actor> => {
    const token = await tokens.verify(text);
    const key = token === undefined ? undefined : await findCallerKey(token.keyId);
    if (token === undefined || key === undefined || !isUsable(key, request.ip)) throw invalidToken();
    const scopes = new Set([...key.scopes].filter((scope) => token.scopes.has(scope)));
    return toActor(key, request, 'bearer', scopes);
  };

  return {
    authenticate: async (request) => {
      const presented = readPresented(request.headers);
      switch (presented.kind) {
        case 'nothing':
          throw unknownKey();
        case 'unusable':
          throw invalidToken();
        case 'bearer':
          return byToken(request, presented.text);
        case 'legacy':
          return bySignature(request, presented.keyId);
        case 'strict':
        case 'rfc9421':
          throw new AppError('signature_invalid', 'Provided signature is invalid');
      }
    },
  };
};

const toActor = (
  key: CallerKey,
  request: SignedRequest,
  provenBy: Actor['provenBy'],
  scopes: Actor['scopes'],
): Actor => ({
  tenantId: key.tenantId,
  callerKeyId: key.id,
  keyId: key.keyId,
  user: key.user,
  scopes,
  accountIds: key.accountIds,
  mode: forcedMode(request.headers) ?? key.mode,
  provenBy,
  requestId: request.requestId,
});

const invalidToken = (): AppError =>
  new AppError('token_invalid', 'The access token is missing, invalid or expired');

// The contract names this answer for a key id that does not exist, as for a missing header.
const unknownKey = (): AppError =>
  new AppError('api_key_invalid_or_expired', 'Unauthorized. Invalid or expired api key.');

// Revoked is revoked, whatever the time in the column: the clock that wrote it may run ahead of ours.
const isLive = (key: CallerKey, now: number): boolean =>
  key.revokedAt === null &&
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
