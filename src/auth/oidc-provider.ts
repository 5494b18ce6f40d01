/** Asks an OpenID Connect provider who somebody is: code flow with PKCE, state and nonce. */
import * as oidc from 'openid-client';
import { AppError } from '../shared/errors.ts';

export interface OidcProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** undefined: a public client; PKCE alone binds the code to us. */
  readonly clientSecret: string | undefined;
}

/** What must be known again when the browser comes back; of use to nobody without the browser's code. */
export interface OidcFlow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type OidcClaims = Readonly<Record<string, unknown>> & { readonly sub: string };

export interface OidcProvider {
  /** Where to send the browser. Throws service_unavailable when the provider does not answer. */
  begin(redirectUri: string): Promise<{ readonly location: string; readonly flow: OidcFlow }>;
  /** `url` is where the browser came back to, as it stands in the address bar. Throws token_invalid, service_unavailable. */
  finish(url: URL, flow: OidcFlow): Promise<OidcClaims>;
}

const DEADLINE_SECONDS = 10;

/** The provider is asked for its description at the first sign-in, and until it answers. */
export const createOidcProvider = ({ issuer, clientId, clientSecret }: OidcProviderOptions): OidcProvider => {
  let known: Promise<oidc.Configuration> | undefined;

  const configuration = async (): Promise<oidc.Configuration> => {
    known ??= oidc.discovery(
      new URL(issuer),
      clientId,
      undefined,
      clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret),
      {
        timeout: DEADLINE_SECONDS,
        // The configuration has refused http in production.
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- the library marks it so to be found
        ...(issuer.startsWith('http:') && { execute: [oidc.allowInsecureRequests] }),
      },
    );
    try {
      return await known;
    } catch (cause) {
      known = undefined;
      throw unavailable(cause);
    }
  };

  return {
    begin: async (redirectUri) => {
      const configured = await configuration();
      const flow = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const location = oidc.buildAuthorizationUrl(configured, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        response_type: 'code',
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      });
      return { location: location.href, flow };
    },

    finish: async (url, { state, nonce, verifier }) => {
      const configured = await configuration();
      const claims = await exchange(configured, url, state, nonce, verifier);
      if (claims === undefined) throw refused('it sent no id token');
      return claims;
    },
  };
};

const exchange = async (
  configured: oidc.Configuration,
  url: URL,
  expectedState: string,
  expectedNonce: string,
  pkceCodeVerifier: string,
): Promise<OidcClaims | undefined> => {
  try {
    const tokens = await oidc.authorizationCodeGrant(configured, url, {
      expectedState,
      expectedNonce,
      pkceCodeVerifier,
      idTokenExpected: true,
    });
    return tokens.claims();
  } catch (cause) {
    if (cause instanceof oidc.AuthorizationResponseError) throw refused(words(cause.error), cause);
    if (cause instanceof oidc.ResponseBodyError) throw refused(words(cause.error), cause);
    // A code of the library's own: the answer does not fit what was asked, e.g. another state or nonce.
    if (cause instanceof oidc.ClientError && !isUnreachable(cause)) throw refused(words(cause.code), cause);
    throw unavailable(cause);
  }
};

/** The provider's word when it is one, e.g. access_denied; never a sentence of somebody else. */
const words = (code: string | undefined): string =>
  code !== undefined && /^[A-Za-z_]{1,64}$/.test(code) ? code.toLowerCase() : 'its answer cannot be used';

const isUnreachable = ({ code }: oidc.ClientError): boolean => code === 'OAUTH_TIMEOUT';

const refused = (why: string, cause?: unknown): AppError =>
  new AppError('token_invalid', `The identity provider did not vouch for anybody: ${why}. Sign in again`, {
    ...(cause !== undefined && { cause }),
  });

const unavailable = (cause: unknown): AppError =>
  new AppError('service_unavailable', 'The identity provider does not answer; try again later', { cause });
