/** The part of the composition root that finds out which operator calls: admin keys, the console's sessions, OpenID Connect. */
import { createAdminAuthenticator } from './auth/admin-authenticator.ts';
import { createCallerVerifier } from './auth/caller-verifier.ts';
import type { NonceStore } from './auth/nonce-store.ts';
import { createOidcProvider } from './auth/oidc-provider.ts';
import { createSessionCookie, type SessionCookie } from './auth/session-cookie.ts';
import type { Config } from './config/config-schema.ts';
import { loadOidcClientSecret } from './config/secrets.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import { createAdminKeyService } from './features/administration/admin-key-service.ts';
import { createOidcSignIn, type OidcSignIn } from './features/administration/oidc-sign-in.ts';
import { createSignInService, type SignInService } from './features/administration/sign-in-service.ts';
import type { Page } from './http/page.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';
import { createAdminKeyRoutes } from './surfaces/admin/admin-key-routes.ts';
import { createOidcPages } from './surfaces/admin/oidc-pages.ts';
import { createSessionRoutes } from './surfaces/admin/session-routes.ts';

export interface AdminIdentityDeps {
  readonly config: Pick<Config, 'admin'>;
  readonly nonces: NonceStore;
  /** Of the admin API's role. */
  readonly adminDatabase: TenantDatabase;
  /** 32 bytes. */
  readonly gatewayKek: Buffer;
  /** Where the listener listens, once it does. */
  readonly listenerUrl: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const createAdminIdentity = (deps: AdminIdentityDeps) => {
  const { config, nonces, adminDatabase, clock, logger } = deps;
  const cookie = createSessionCookie(config.admin.publicUrl?.startsWith('https:') === true);
  const keys = createAdminKeyService({ database: adminDatabase, clock, logger });
  const { oidcIssuer, oidcAllowed } = config.admin;
  // Who is taken out of the list, or came from another provider, is signed out with the next start.
  const admitting = new Set(
    oidcIssuer === undefined ? [] : oidcAllowed.map((entry) => nameEntry(oidcIssuer, entry)),
  );
  const signIn = createSignInService({
    database: adminDatabase,
    stillAdmits: (admittedBy) => admitting.has(admittedBy),
    clock,
    logger,
  });
  const authenticator = createAdminAuthenticator({
    verifier: createCallerVerifier({
      findCallerKey: (keyId) => keys.find(keyId),
      probeCallerKey: async (keyId) => {
        await keys.find(keyId);
      },
      clock,
    }),
    nameOfKey: async (keyId) => (await keys.find(keyId))?.name ?? keyId,
    nonces,
    cookie,
    findSession: (token) => signIn.find(token),
    noteUse: (id) => void keys.noteUse(id),
    noteRefusal: ({ ip, requestId }, shown, why) => signIn.noteRefusal({ ip, requestId }, shown, why),
  });
  const oidc = createOidc(deps, signIn);
  return {
    authenticator,
    routes: [
      ...createSessionRoutes({ signIn, cookie, oidcName: oidc?.name ?? null }),
      ...createAdminKeyRoutes(keys),
    ],
    pages: oidc === undefined ? {} : toPages(oidc.signIn, cookie, deps),
  };
};

const nameEntry = (issuer: string, entry: string): string => `${issuer} ${entry}`;

/** undefined: no identity provider is configured. */
const createOidc = (
  { config: { admin }, gatewayKek, clock }: AdminIdentityDeps,
  signIn: SignInService,
): { readonly name: string; readonly signIn: OidcSignIn } | undefined => {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcAllowed: allowed } = admin;
  if (issuer === undefined || clientId === undefined) return undefined;
  const provider = createOidcProvider({ issuer, clientId, clientSecret: loadOidcClientSecret({ admin }) });
  return {
    name: admin.oidcName ?? new URL(issuer).host,
    signIn: createOidcSignIn({
      provider,
      allowed,
      nameEntry: (entry) => nameEntry(issuer, entry),
      signIn,
      gatewayKek,
      clock,
    }),
  };
};

const toPages = (
  oidc: OidcSignIn,
  cookie: SessionCookie,
  { config, listenerUrl }: AdminIdentityDeps,
): Readonly<Record<string, Page>> =>
  createOidcPages({
    oidc,
    cookie,
    baseUrl: () => (config.admin.publicUrl ?? listenerUrl()).replace(/\/$/, ''),
  });
