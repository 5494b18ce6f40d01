/** Coinbase Advanced: who signed a request's token, and the venue's refusals (CDP key authentication, errors). */
import { type KeyObject, createPublicKey, verify } from 'node:crypto';
import { type JWTPayload, decodeJwt, decodeProtectedHeader } from 'jose';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';
import { privateKeyOf } from './coinbase-advanced-keys.ts';

const MOST_LIFETIME_S = 120;
/** How far the clocks may differ. */
const LEEWAY_S = 5;
const HOST = 'api.coinbase.com';

const plain = (status: number, text: string, headers: Record<string, string> = {}): Answer => ({
  status,
  body: Buffer.from(text),
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
});

/** Errors of a call, in the form of the v3 API. */
export const advancedRefusal = (status: number, error: string, message: string): Answer =>
  json(status, { error, error_details: message, message });

// Whatever is wrong with a token, the venue says no more than this.
const UNAUTHORIZED = plain(401, 'Unauthorized\n');

export const coinbaseAdvancedErrors: VenueErrors = {
  invalidKey: () => UNAUTHORIZED,
  permissionDenied: () => advancedRefusal(403, 'PERMISSION_DENIED', 'Missing required scopes'),
  notFound: () => advancedRefusal(404, 'NOT_FOUND', 'Not Found'),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] },
      { 'retry-after': retryAfterSeconds.toString() },
    ),
  unavailable: (status) =>
    plain(status, 'upstream connect error or disconnect/reset before headers. reset reason: overflow'),
  maintenance: () => advancedRefusal(503, 'UNAVAILABLE', 'Service is under maintenance'),
};

const tokenOf = (request: VenueRequest): string => {
  const value = header(request, 'authorization') ?? '';
  return value.startsWith('Bearer ') ? value.slice('Bearer '.length) : '';
};

interface Token {
  readonly kid: unknown;
  readonly alg: unknown;
  readonly claims: JWTPayload;
}

const readToken = (text: string): Token | undefined => {
  try {
    const { kid, alg } = decodeProtectedHeader(text);
    return { kid, alg, claims: decodeJwt(text) };
  } catch {
    return undefined;
  }
};

export const coinbaseAdvancedKeyOf = (request: VenueRequest): string | undefined => {
  const kid = readToken(tokenOf(request))?.kid;
  return typeof kid === 'string' ? kid : undefined;
};

export type CoinbaseAdvancedAuthenticator = (request: VenueRequest) => SandboxAccount | Answer;

export const createCoinbaseAdvancedAuthenticator = (ledger: Ledger): CoinbaseAdvancedAuthenticator => {
  const publicKeys = new WeakMap<SandboxAccount, KeyObject>();

  const publicKeyOf = (account: SandboxAccount): KeyObject => {
    let key = publicKeys.get(account);
    if (key === undefined) {
      key = createPublicKey(privateKeyOf(account.keys.secret));
      publicKeys.set(account, key);
    }
    return key;
  };

  return (request) => {
    const text = tokenOf(request);
    const token = readToken(text);
    if (token === undefined || typeof token.kid !== 'string') return UNAUTHORIZED;
    const account = ledger.find('coinbase_advanced', token.kid);
    if (account === undefined || isExpired(account, request.nowMs)) return UNAUTHORIZED;
    const honest =
      token.claims.sub === token.kid &&
      isTimely(token.claims, request.nowMs / 1_000) &&
      namesRequest(token.claims, request) &&
      isSigned(text, token.alg, publicKeyOf(account));
    return honest ? account : UNAUTHORIZED;
  };
};

const isTimely = ({ nbf, exp }: JWTPayload, now: number): boolean =>
  nbf !== undefined &&
  exp !== undefined &&
  exp - nbf <= MOST_LIFETIME_S &&
  nbf <= now + LEEWAY_S &&
  exp > now - LEEWAY_S;

/** Tokens are good for one method and path; those of the newer keys name them in a list. */
const namesRequest = (claims: JWTPayload, request: VenueRequest): boolean => {
  const uris: unknown = claims['uri'] ?? claims['uris'];
  const uri = `${request.method} ${HOST}${request.path}`;
  return Array.isArray(uris) ? uris.includes(uri) : uris === uri;
};

const isSigned = (text: string, alg: unknown, key: KeyObject): boolean => {
  const end = text.lastIndexOf('.');
  const signed = Buffer.from(text.slice(0, end));
  const signature = Buffer.from(text.slice(end + 1), 'base64url');
  if (key.asymmetricKeyType === 'ed25519') return alg === 'EdDSA' && verify(null, signed, key, signature);
  return alg === 'ES256' && verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
};
