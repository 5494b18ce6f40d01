/** Turns a request into the actor behind it, by a signature or a token, or into a 401 that tells a stranger nothing. */
import { AppError } from '../shared/errors.ts';
import type { AccessTokens } from './access-token.ts';
import type { AccountMode, Actor } from './actor.ts';
import type { CallerKey, FindCallerKey } from './caller-key.ts';
import type { CallerVerifier } from './caller-verifier.ts';
import { isFirstUse, type NonceStore } from './nonce-store.ts';
import { readPresented, type SignaturePresented } from './presented.ts';
import type { SignedClaim } from './signed-claim.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from './signed-request.ts';
import type { TokenText } from './token-text.ts';

export interface AuthenticatorDeps {
  readonly findCallerKey: FindCallerKey;
  readonly verifier: CallerVerifier;
  readonly tokens: Pick<AccessTokens, 'verify'>;
  readonly nonces: NonceStore;
  /** Told of a request that a key had signed and that came from an address it does not allow; must return at once. */
  readonly onAddressRefused?: (keyId: string, address: string, requestId: string) => void;
}

export interface Authenticator {
  /**
   * Throws AppError: api_key_invalid_or_expired, signature_invalid, token_invalid, forced_mode_invalid, and
   * service_unavailable when a repeated request could not be told from a new one.
   */
  authenticate(request: SignedRequest): Promise<Actor>;
  /** How a request names who sends it, proven or not, where that is not the id of a caller key. */
  presentedId?(headers: HeaderLists): string | undefined;
}

const MS_PER_SECOND = 1_000;

export const createAuthenticator = (deps: AuthenticatorDeps): Authenticator => {
  const { findCallerKey, verifier, tokens, nonces } = deps;

  const bySignature = async (request: SignedRequest, presented: SignaturePresented): Promise<Actor> => {
    const { key, isSigned, problems, claim } = await verifier.judge(request, presented);
    if (key !== undefined && isSigned && problems.includes('address_not_allowed'))
      deps.onAddressRefused?.(key.keyId, request.ip, request.requestId);
    // The contract of 3Commas names this answer for a key id that does not exist, as for a missing header.
    if (key === undefined && presented.kind === 'legacy') throw unknownKey();
    if (key === undefined || !isSigned || problems.length > 0) throw invalidSignature();
    if (claim !== undefined && !(await isFirst(request, key, claim))) throw invalidSignature();
    return toActor(key, request, presented.kind, key.scopes);
  };

  const isFirst = ({ method }: SignedRequest, key: CallerKey, claim: SignedClaim): Promise<boolean> => {
    const { nonce, keepMs, signedAt } = claim;
    const isRead = method === 'GET' || method === 'HEAD';
    return isFirstUse(nonces, { callerKeyId: key.id, nonce, keepMs, signedAt }, isRead);
  };

  /** A token is as good as the key that asked for it: it ends, and is bound to addresses, with it and its secrets. */
  const byToken = async (request: SignedRequest, text: TokenText): Promise<Actor> => {
    const token = await tokens.verify(text);
    const key = token === undefined ? undefined : await findCallerKey(token.keyId);
    if (token === undefined || key === undefined) throw invalidToken();
    if (verifier.keyProblems(key, request.ip).length > 0) throw invalidToken();
    if (token.issuedAt !== null && token.issuedAt < (key.tokensValidFrom ?? 0)) throw invalidToken();
    const scopes = new Set([...key.scopes].filter((scope) => token.scopes.has(scope)));
    const provenUntil = token.expiresAt * MS_PER_SECOND;
    return { ...toActor(key, request, 'bearer', scopes), provenUntil };
  };

  return {
    authenticate: async (request) => {
      const presented = readPresented(request.headers);
      switch (presented.kind) {
        case 'nothing':
          throw unknownKey();
        case 'unusable':
          throw presented.proof === 'token' ? invalidToken() : invalidSignature();
        case 'bearer':
          return byToken(request, presented.text);
        case 'legacy':
        case 'strict':
        case 'rfc9421':
          return bySignature(request, presented);
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
  tenantPerMinute: key.tenantPerMinute,
  mode: forcedMode(request.headers) ?? key.mode,
  provenBy,
  requestId: request.requestId,
});

const unknownKey = (): AppError =>
  new AppError('api_key_invalid_or_expired', 'Unauthorized. Invalid or expired api key.');

const invalidSignature = (): AppError => new AppError('signature_invalid', 'Provided signature is invalid');

const invalidToken = (): AppError =>
  new AppError('token_invalid', 'The access token is missing, invalid or expired');

/** `Forced-Mode` as sent; undefined when it is absent. Present but empty, repeated or other is an error. */
const forcedMode = (headers: HeaderLists): AccountMode | undefined => {
  if (!headers.has('forced-mode')) return undefined;
  const mode = singleHeader(headers, 'forced-mode');
  if (mode === 'real' || mode === 'paper') return mode;
  throw new AppError('forced_mode_invalid', "Forced mode is not included in the ['real', 'paper']");
};
