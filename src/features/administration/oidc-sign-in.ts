/** Signing in to the console through an identity provider. */
import type { OidcProvider } from '../../auth/oidc-provider.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { findEntry } from './oidc-allowed.ts';
import { openFlow, sealFlow } from './oidc-flow.ts';
import type { BegunSession, SignInService, Visitor } from './sign-in-service.ts';

export interface OidcSignIn {
  /** `sealed` is for the browser to bring back. */
  start(redirectUri: string): Promise<{ readonly location: string; readonly sealed: string }>;
  /** Throws token_invalid, in words that say why, and service_unavailable. */
  finish(url: URL, sealed: string | undefined, visitor: Visitor): Promise<BegunSession>;
}

export const FLOW_MS = 10 * 60_000;
const LONGEST_SUBJECT = 255;
const LONGEST_NAME = 200;

export const createOidcSignIn = (deps: {
  readonly provider: OidcProvider;
  /** Who may sign in, as the configuration lists them. */
  readonly allowed: readonly string[];
  /** How the session remembers the entry that let its operator in. */
  readonly nameEntry: (entry: string) => string;
  readonly signIn: Pick<SignInService, 'byProvider' | 'noteRefusal'>;
  /** 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly clock: Clock;
}): OidcSignIn => {
  const { provider, allowed, nameEntry, signIn, gatewayKek, clock } = deps;

  const refuse = async (visitor: Visitor, shown: string, why: string): Promise<never> => {
    await signIn.noteRefusal(visitor, shown, why);
    throw new AppError('token_invalid', why);
  };

  return {
    start: async (redirectUri) => {
      const { location, flow } = await provider.begin(redirectUri);
      return { location, sealed: await sealFlow(gatewayKek, flow, clock.now() + FLOW_MS) };
    },

    finish: async (url, sealed, visitor) => {
      const flow = sealed === undefined ? undefined : await openFlow(gatewayKek, sealed, clock.now());
      if (flow === undefined) return refuse(visitor, 'identity provider', NOT_BEGUN);
      const claims = await provider.finish(url, flow).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'token_invalid')
          return refuse(visitor, 'identity provider', error.message);
        throw error;
      });
      const { sub, email, name } = claims;
      const called = [email, name, sub].find((each): each is string => typeof each === 'string') ?? sub;
      const entry = findEntry(claims, allowed);
      if (sub.length > LONGEST_SUBJECT || entry === undefined)
        return refuse(
          visitor,
          `oidc:${sub.slice(0, LONGEST_SUBJECT)}`,
          `${called.slice(0, LONGEST_NAME)} is no operator here: admin.oidcAllowed (COUNTERSIGN_ADMIN_OIDC_ALLOWED) does not list them`,
        );
      const person = { subject: sub, name: called.slice(0, LONGEST_NAME), admittedBy: nameEntry(entry) };
      return await signIn.byProvider(person, visitor);
    },
  };
};

const NOT_BEGUN = 'This sign-in was not begun in this browser, or more than 10 minutes ago: sign in again';
