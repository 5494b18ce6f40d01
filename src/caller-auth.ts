/** The part of the composition root that finds out who calls: signatures, nonces, tokens, explanations. */
import { createAccessTokens, type VerifiedToken } from './auth/access-token.ts';
import { type Authenticator, type AuthenticatorDeps, createAuthenticator } from './auth/authenticator.ts';
import { createCallerVerifier } from './auth/caller-verifier.ts';
import { createExplainer, type Explainer } from './auth/explainer.ts';
import { createMemoryNonceStore } from './auth/memory-nonce-store.ts';
import type { NonceStore } from './auth/nonce-store.ts';
import { createOutsideTokens } from './auth/outside-tokens.ts';
import { createRedisNonceStore } from './auth/redis-nonce-store.ts';
import { createReplayGuard, type RefuseReplay } from './auth/replay-guard.ts';
import type { TokenText } from './auth/token-text.ts';
import type { Config } from './config/config-schema.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import type { CallerKeyDirectory } from './features/caller-keys/caller-key-directory.ts';
import { createTokenKeyRing, type TokenKeyRing } from './features/tokens/token-key-ring.ts';
import { createTokenService, type TokenService } from './features/tokens/token-service.ts';
import type { RedisConnection } from './redis/redis-connection.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';

export interface CallerAuth {
  readonly authenticator: Authenticator;
  readonly tokenKeys: TokenKeyRing;
  readonly tokenService: TokenService;
  readonly explainer: Explainer;
  /** Whether every refused request is explained, and says where. */
  readonly explainsAlways: boolean;
  readonly refuseReplay: RefuseReplay;
  readonly nonces: NonceStore;
}

export interface CallerAuthDeps {
  readonly config: Pick<Config, 'environment' | 'gateway' | 'tokens'>;
  readonly database: TenantDatabase;
  /** 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly keys: CallerKeyDirectory;
  /** undefined: this is the only gateway. */
  readonly redis: RedisConnection | undefined;
  readonly onAddressRefused: NonNullable<AuthenticatorDeps['onAddressRefused']>;
  readonly clock: Clock;
  readonly logger: Logger;
}

// The `iss` of our tokens where nobody gave the gateway a name.
const DEFAULT_ISSUER = 'countersign';

export const createCallerAuth = (deps: CallerAuthDeps): CallerAuth => {
  const { config, keys, redis, clock } = deps;
  const findCallerKey = keys.find;
  const tokenKeys = createTokenKeyRing({ ...deps, shared: deps.database.shared });
  const tokens = createAccessTokens({
    keys: tokenKeys,
    issuer: config.tokens.issuer ?? config.gateway.publicUrl ?? DEFAULT_ISSUER,
    audience: config.tokens.audience,
    clock,
  });
  const outside = new Map(
    config.tokens.outside.map((one) => [
      one.issuer,
      createOutsideTokens({ ...one, scopes: one.scopes }, deps),
    ]),
  );
  const verify = (text: TokenText): Promise<VerifiedToken | undefined> =>
    (outside.get(String(text.claims['iss'])) ?? tokens).verify(text);
  const nonces =
    redis === undefined ? createMemoryNonceStore({ clock }) : createRedisNonceStore(redis, clock);
  const verifier = createCallerVerifier({
    findCallerKey,
    probeCallerKey: (keyId) => keys.probe(keyId),
    clock,
  });
  const explainsAlways = config.environment !== 'production';
  const refuseReplay = createReplayGuard({ nonces, clock });
  return {
    authenticator: createAuthenticator({
      findCallerKey,
      verifier,
      tokens: { verify },
      nonces,
      onAddressRefused: deps.onAddressRefused,
    }),
    tokenKeys,
    tokenService: createTokenService({ tokens, findCallerKey, refuseReplay, clock }),
    explainer: createExplainer({ verifier, findCallerKey, tokens, clock, explainsAlways }),
    explainsAlways,
    refuseReplay,
    nonces,
  };
};
