/** Issues and verifies our own access tokens (RFC 9068): a quarter of an hour of a caller key's rights, never more. */
import { randomUUID, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { createBoundedCache } from '../shared/bounded-cache.ts';
import type { Clock } from '../shared/clock.ts';
import type { TokenText } from './token-text.ts';

/** The keys that sign our tokens. */
export interface TokenKeys {
  /** The private half of the key that signs now. */
  current(): Promise<{ readonly kid: string; readonly privateKey: KeyObject }>;
  /** The public half of a key whose tokens can still be alive. */
  find(kid: string): Promise<KeyObject | undefined>;
}

export interface AccessTokens {
  issue(grant: TokenGrant): Promise<string>;
  /** undefined for anything that is not a live token of ours. */
  verify(text: TokenText): Promise<VerifiedToken | undefined>;
  readonly issuer: string;
  readonly audience: string;
}

export interface TokenGrant {
  /** Public id of the caller key; the token dies with it. */
  readonly keyId: string;
  /** Whom the caller key acts for: its user, or the tenant. */
  readonly subject: string;
  readonly scopes: readonly string[];
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export interface VerifiedToken {
  readonly keyId: string;
  readonly scopes: ReadonlySet<string>;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
  /** Milliseconds since the epoch; null: no secret of the key was needed to get it. */
  readonly issuedAt: number | null;
}

export const LONGEST_TOKEN_SECONDS = 900;
/** A gateway whose clock is this far behind takes the token at once. */
const CLOCK_DIFFERENCE_SECONDS = 5;
const ALGORITHM = 'EdDSA';
const TYPE = 'at+jwt';
const MS_PER_SECOND = 1_000;
// Whoever rotates a key asks for a token within the same second; `iat` could not tell that token from one before.
const ISSUED_MS = 'iat_ms';
// Verifying one costs 175 µs, finding it again 1 µs; a token is used for many requests.
const REMEMBERED_TOKENS = 10_000;
const REQUIRED_CLAIMS = ['iss', 'aud', 'sub', 'client_id', 'scope', 'exp', 'nbf', 'iat', 'jti'];

export const createAccessTokens = (deps: {
  readonly keys: TokenKeys;
  readonly issuer: string;
  readonly audience: string;
  readonly clock: Clock;
}): AccessTokens => {
  const { keys, issuer, audience, clock } = deps;
  const verified = createBoundedCache<VerifiedToken>(REMEMBERED_TOKENS);

  const verifyAnew = async ({ token, header }: TokenText): Promise<VerifiedToken | undefined> => {
    if (header.alg !== ALGORITHM || header.typ !== TYPE) return undefined;
    const key = await keys.find(header.kid);
    if (key === undefined) return undefined;
    const claims = await readClaims(token, key, { issuer, audience, now: new Date(clock.now()) });
    return claims === undefined ? undefined : verified.set(token, claims);
  };

  return {
    issuer,
    audience,
    async issue({ keyId, subject, scopes, expiresAt }) {
      const { kid, privateKey } = await keys.current();
      const issuedAt = clock.now();
      const now = Math.floor(issuedAt / MS_PER_SECOND);
      return new SignJWT({ client_id: keyId, scope: scopes.join(' '), [ISSUED_MS]: issuedAt })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setExpirationTime(expiresAt)
        .setNotBefore(now - CLOCK_DIFFERENCE_SECONDS)
        .setIssuedAt(now)
        .setJti(randomUUID())
        .sign(privateKey);
    },
    async verify(text) {
      const known = verified.get(text.token);
      if (known === undefined) return verifyAnew(text);
      const isAlive = clock.now() < known.expiresAt * MS_PER_SECOND;
      // A signing key that was taken out of use by hand takes its tokens with it.
      if (isAlive && (await keys.find(text.header.kid)) !== undefined) return known;
      verified.delete(text.token);
      return undefined;
    },
  };
};

const readClaims = async (
  token: string,
  key: KeyObject,
  expected: { readonly issuer: string; readonly audience: string; readonly now: Date },
): Promise<VerifiedToken | undefined> => {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: expected.issuer,
      audience: expected.audience,
      currentDate: expected.now,
      requiredClaims: REQUIRED_CLAIMS,
    });
    const { client_id: keyId, scope, exp = 0, iat = 0 } = payload;
    if (typeof keyId !== 'string' || typeof scope !== 'string') return undefined;
    if (exp - iat > LONGEST_TOKEN_SECONDS) return undefined;
    const issuedMs = payload[ISSUED_MS];
    return {
      keyId,
      scopes: new Set(scope.split(' ').filter((word) => word !== '')),
      expiresAt: exp,
      issuedAt: typeof issuedMs === 'number' ? issuedMs : iat * MS_PER_SECOND,
    };
  } catch {
    // jose's reasons are the sender's to guess: every refusal is one and the same answer.
    return undefined;
  }
};
