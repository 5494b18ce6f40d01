/** Gives callers access tokens: a part of a caller key's rights for a few minutes. */
import type { AccessTokens } from '../../auth/access-token.ts';
import type { Actor, Scope } from '../../auth/actor.ts';
import type { FindCallerKey } from '../../auth/caller-key.ts';
import type { RefuseReplay } from '../../auth/replay-guard.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';

export interface TokenRequest {
  readonly scopes: readonly Scope[];
  readonly lifetimeSeconds: number;
  /** When the caller says that it asks, milliseconds since the epoch; needed of a request that could be a replay. */
  readonly askedAt: number | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly lifetimeSeconds: number;
  readonly scopes: readonly Scope[];
}

export interface TokenService {
  /**
   * Throws AppError: access_denied to a token; signature_invalid for a request that was sent before or is too old;
   * record_invalid for scopes that the key lacks, and when `askedAt` is needed and missing.
   */
  issue(actor: Actor, request: TokenRequest): Promise<IssuedToken>;
}

const MS_PER_SECOND = 1_000;

interface TokenServiceDeps {
  readonly tokens: AccessTokens;
  readonly findCallerKey: FindCallerKey;
  readonly refuseReplay: RefuseReplay;
  readonly clock: Clock;
}

export const createTokenService = (deps: TokenServiceDeps): TokenService => ({
  async issue(actor, { scopes, lifetimeSeconds, askedAt }) {
    if (actor.provenBy === 'bearer')
      throw new AppError('access_denied', 'A token cannot ask for another: sign the request with the key');
    const missing = scopes.filter((scope) => !actor.scopes.has(scope));
    if (missing.length > 0)
      throw invalidParameters({ scopes: [`names what the key may not do: ${missing.join(', ')}`] });
    await deps.refuseReplay(actor, askedAt, 'token');
    return { ...(await sign(actor, scopes, lifetimeSeconds, deps)), scopes };
  },
});

/** The token ends with its key, if that is sooner. */
const sign = async (
  actor: Actor,
  scopes: readonly Scope[],
  lifetimeSeconds: number,
  { tokens, findCallerKey, clock }: TokenServiceDeps,
): Promise<Pick<IssuedToken, 'token' | 'lifetimeSeconds'>> => {
  const key = await findCallerKey(actor.keyId);
  const now = Math.floor(clock.now() / MS_PER_SECOND);
  const keyEnds = Math.floor((key?.expiresAt ?? Number.POSITIVE_INFINITY) / MS_PER_SECOND);
  const expiresAt = Math.min(now + lifetimeSeconds, keyEnds);
  const token = await tokens.issue({
    keyId: actor.keyId,
    subject: actor.user?.externalId ?? actor.tenantId,
    scopes,
    expiresAt,
  });
  return { token, lifetimeSeconds: expiresAt - now };
};
