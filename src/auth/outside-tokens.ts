/**
 * Takes tokens of outside issuers (OIDC). Such a token acts through a caller key that the operator bound to one of the
 * issuer's identities: tenant, user, limits and end are those of the key, as with our own tokens.
 */
import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload } from 'jose';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { VerifiedToken } from './access-token.ts';
import type { TokenText } from './token-text.ts';

export interface OutsideIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly jwksUri: string;
  /** Of one family. */
  readonly algorithms: readonly string[];
  /** Longest life of a token, from `iat` to `exp`. */
  readonly longestSeconds: number;
  /** The claim that names the identity, e.g. `sub`. */
  readonly identityClaim: string;
  /** Identity → id of the caller key that it acts through. */
  readonly callerKeys: Readonly<Record<string, string>>;
  /** The claim that holds the scopes: words with spaces between, or a list. */
  readonly scopeClaim: string;
  /** The issuer's word → our scope; without it the words are ours. */
  readonly scopes: Readonly<Record<string, string>> | undefined;
}

export interface OutsideTokens {
  /** undefined for anything that is not a live token of this issuer. Throws `service_unavailable` without its keys. */
  verify(text: TokenText): Promise<VerifiedToken | undefined>;
}

// With this age the set is read again; an unknown key id makes that happen earlier, within the floor.
const KEY_SET_AGE_MS = 600_000;
const KEY_SET_FLOOR_MS = 30_000;
const KEY_SET_DEADLINE_MS = 5_000;
const KEY_SET_BYTES = 1024 * 1024;
const FAILURE_PAUSE_MS = 5_000;
const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt']);
const LEAST_EXPONENT = 65_537n;

export const createOutsideTokens = (
  issuer: OutsideIssuer,
  deps: { readonly clock: Clock; readonly logger: Logger },
): OutsideTokens => {
  const { clock, logger } = deps;
  let failedAt = Number.NEGATIVE_INFINITY;
  const isPaused = (): boolean => clock.now() - failedAt < FAILURE_PAUSE_MS;
  const readKeys = createRemoteJWKSet(new URL(issuer.jwksUri), {
    cacheMaxAge: KEY_SET_AGE_MS,
    cooldownDuration: KEY_SET_FLOOR_MS,
    timeoutDuration: KEY_SET_DEADLINE_MS,
    // Whoever sends tokens of an issuer that is away must not have it asked each time; keys that are known serve on.
    [customFetch]: async (url: string, init: RequestInit) => {
      if (isPaused()) throw new PauseError();
      return fetchBounded(url, init);
    },
  });

  const findKey = async (...asked: Parameters<typeof readKeys>) => {
    try {
      const key = await readKeys(...asked);
      checkExponent(key);
      return key;
    } catch (error) {
      if (isAboutToken(error)) throw error;
      // One line for all who waited for the same answer.
      if (!isPaused()) logger.warn('the keys of a token issuer cannot be read', errorFields(error));
      if (!(error instanceof PauseError)) failedAt = clock.now();
      throw withoutKeys(error);
    }
  };

  return {
    async verify({ token, header }) {
      if (!TYPES.has(header.typ?.toLowerCase() ?? '')) return undefined;
      try {
        const { payload } = await jwtVerify(token, findKey, {
          algorithms: [...issuer.algorithms],
          issuer: issuer.issuer,
          audience: issuer.audience,
          currentDate: new Date(clock.now()),
          requiredClaims: ['iss', 'aud', 'sub', 'exp', 'iat'],
        });
        return toVerified(payload, issuer);
      } catch (error) {
        if (error instanceof AppError) throw error;
        return undefined;
      }
    },
  };
};

const toVerified = (payload: JWTPayload, issuer: OutsideIssuer): VerifiedToken | undefined => {
  const { exp = 0, iat = 0 } = payload;
  if (exp - iat > issuer.longestSeconds) return undefined;
  const identity = payload[issuer.identityClaim];
  if (typeof identity !== 'string' || !Object.hasOwn(issuer.callerKeys, identity)) return undefined;
  const keyId = issuer.callerKeys[identity];
  if (keyId === undefined) return undefined;
  const { scopes } = issuer;
  const words = readWords(payload[issuer.scopeClaim]);
  const ours = scopes === undefined ? words : words.filter((word) => Object.hasOwn(scopes, word));
  const granted = new Set(ours.map((word) => scopes?.[word] ?? word));
  return { keyId, scopes: granted, expiresAt: exp, issuedAt: null };
};

const readWords = (claim: unknown): string[] => {
  if (typeof claim === 'string') return claim.split(' ').filter((word) => word !== '');
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : [];
};

/** No fault of the issuer: there is no key of that name, or none that such a token can be verified with. */
const isAboutToken = (error: unknown): boolean =>
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys ||
  error instanceof errors.JOSENotSupported ||
  error instanceof WeakKeyError;

class WeakKeyError extends Error {}

/** The issuer failed to answer a moment ago. */
class PauseError extends Error {}

/** jose sees to the length of an RSA key, and takes any exponent: with 1 every text is its own signature. */
const checkExponent = (key: { readonly algorithm: object }): void => {
  const { publicExponent } = key.algorithm as { readonly publicExponent?: Uint8Array };
  if (publicExponent === undefined) return;
  if (BigInt(`0x${Buffer.from(publicExponent).toString('hex')}`) < LEAST_EXPONENT)
    throw new WeakKeyError('the RSA key of a token issuer has a weak exponent');
};

const withoutKeys = (cause: unknown): AppError =>
  new AppError('service_unavailable', 'The keys of the issuer of the token cannot be read at the moment', {
    cause,
    details: { retryAfterMs: FAILURE_PAUSE_MS },
  });

const fetchBounded = async (url: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(url, init);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    const bytes = chunk as Uint8Array;
    size += bytes.length;
    if (size > KEY_SET_BYTES) throw new Error('a key set is too long');
    chunks.push(bytes);
  }
  return new Response(Buffer.concat(chunks), { status: response.status });
};
