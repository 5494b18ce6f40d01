/** Turns a request to the admin API into the operator behind it: an admin key that signed it, or a session of the console. */
import { AppError } from '../shared/errors.ts';
import { type AdminActor, type AdminIdentity, toAdminActor } from './administrator.ts';
import type { Authenticator } from './authenticator.ts';
import type { CallerVerifier, KeyProblem } from './caller-verifier.ts';
import { isFirstUse, type NonceStore } from './nonce-store.ts';
import { presentedKeyId, readPresented, type SignaturePresented } from './presented.ts';
import { csrfTokenOf, hashToken, isCsrfTokenOf, type SessionCookie } from './session-cookie.ts';
import { type SignedRequest, singleHeader } from './signed-request.ts';

/** A session that lives, found by the token in its cookie. */
export interface FoundSession extends AdminIdentity {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface AdminAuthenticatorDeps {
  /** Over the admin keys. */
  readonly verifier: Pick<CallerVerifier, 'judge'>;
  readonly nameOfKey: (keyId: string) => Promise<string>;
  readonly nonces: NonceStore;
  readonly cookie: SessionCookie;
  readonly findSession: (token: string) => Promise<FoundSession | undefined>;
  /** An admin key signed a request. */
  readonly noteUse: (keyRowId: string) => void;
  /** Somebody showed something that proves nobody; `shown` is safe to write down. */
  readonly noteRefusal: (request: SignedRequest, shown: string, why: string) => Promise<void>;
}

const NAME_LENGTH = 16;

export const createAdminAuthenticator = (deps: AdminAuthenticatorDeps): Authenticator => {
  const { verifier, nonces, cookie } = deps;

  const refuse = async (request: SignedRequest, shown: string, why: string): Promise<never> => {
    await deps.noteRefusal(request, shown, why);
    throw new AppError('signature_invalid', why);
  };

  const bySignature = async (request: SignedRequest, presented: SignaturePresented): Promise<AdminActor> => {
    const shown = `key ${presented.keyId}`;
    if (presented.kind === 'legacy') return refuse(request, shown, NOT_LEGACY);
    const { key, isSigned, problems, claim } = await verifier.judge(request, presented);
    if (key === undefined || claim === undefined || !isSigned) return refuse(request, shown, NOT_SIGNED);
    const [problem] = problems;
    // Whoever signs well may know what is wrong with the key.
    if (problem !== undefined) return refuse(request, shown, PROBLEMS[problem]);
    const { nonce, keepMs, signedAt } = claim;
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!(await isFirstUse(nonces, { callerKeyId: key.id, nonce, keepMs, signedAt }, isRead)))
      return refuse(request, shown, REPEATED);
    deps.noteUse(key.id);
    const name = await deps.nameOfKey(key.keyId);
    return toAdminActor(
      { kind: 'key', id: key.id, name, rowId: key.id },
      request.requestId,
      presented.kind,
      null,
    );
  };

  const bySession = async (request: SignedRequest): Promise<AdminActor> => {
    const token = cookie.read(request.headers);
    if (token === undefined) throw new AppError('api_key_invalid_or_expired', NOBODY);
    const session = await deps.findSession(token);
    if (session === undefined) throw new AppError('token_invalid', SESSION_OVER);
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && !isCsrfTokenOf(token, singleHeader(request.headers, 'x-csrf-token') ?? ''))
      throw new AppError('access_denied', NO_CSRF_TOKEN);
    const { rowId, expiresAt } = session;
    const held = { id: rowId, csrfToken: csrfTokenOf(token), expiresAt };
    return toAdminActor(session, request.requestId, 'session', held);
  };

  return {
    presentedId: (headers) => {
      const keyId = presentedKeyId(headers);
      if (keyId !== undefined) return keyId;
      const token = cookie.read(headers);
      return token && `session:${hashToken(token).toString('hex').slice(0, NAME_LENGTH)}`;
    },
    authenticate: (request) => {
      const presented = readPresented(request.headers);
      switch (presented.kind) {
        case 'nothing':
          return bySession(request);
        case 'bearer':
          return refuse(request, 'an access token', NOT_TOKENS);
        case 'unusable':
          return refuse(request, `an unreadable ${presented.proof}`, NOT_SIGNED);
        case 'legacy':
        case 'strict':
        case 'rfc9421':
          return bySignature(request, presented);
      }
    },
  };
};

const NOBODY =
  'Nobody is signed in: sign the request with an admin key (countersign admin key add), or open the console with a link of countersign admin link';
const SESSION_OVER = 'The session is over: sign in again';
const NO_CSRF_TOKEN = 'X-CSRF-Token is not that of the session; GET /api/admin/session tells it';
const NOT_TOKENS =
  'Access tokens are of callers of tenants: the admin API takes admin keys and sessions alone';
const NOT_LEGACY =
  'A signature of the legacy profile does not count here: the admin API takes admin keys, under strict or rfc9421, and not the caller keys of tenants';
const NOT_SIGNED =
  'The request is not signed by an admin key; caller keys of tenants do not count here (countersign admin key list shows those that do)';
const REPEATED = 'The request was sent before: each needs a nonce and a signature of its own';

const PROBLEMS: Readonly<Record<KeyProblem, string>> = {
  revoked: 'The admin key is revoked',
  not_yet_valid: 'The admin key does not work yet',
  expired: 'The admin key has ended',
  address_not_allowed: 'The admin key may not be used from this address',
  profile_below_floor: NOT_LEGACY,
  out_of_time: 'The request is out of its time: check the clock of the machine that signed it',
};
