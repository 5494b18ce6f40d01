/** How a client proves who it is: by its key, by short-lived tokens that the key gets, by a token of its own, or not. */
import type { Operations } from './api-types.ts';
import { createProver, type Profile, type Proof } from './request-proof.ts';
import type { Credentials } from './sender.ts';
import { type ClientKey, createSigningKey } from './signing-key.ts';
import { createTokenSource, type TokenSource } from './token-source.ts';

type TokenRequest = Operations['POST /api/auth/token']['parameters'];
type TokenAnswer = Operations['POST /api/auth/token']['answer'];

/** Asks the gateway for a token, by a request signed with the key. */
export type AskForToken = (request: TokenRequest) => Promise<TokenAnswer>;

export const NO_CREDENTIALS: Credentials = {
  prove: () => Promise.resolve({ headers: {}, signedText: undefined }),
  renew: () => false,
};

/** Throws TypeError for a key that cannot sign in the profile. */
export const signWith = (key: ClientKey, profile: Profile): Credentials => ({
  prove: createProver(profile, createSigningKey(key)),
  renew: () => false,
});

const MS_PER_SECOND = 1_000;

export const bearTokens = (
  ask: AskForToken,
  scopes: TokenRequest['scopes'],
  now: () => number,
): Credentials =>
  bearing(
    createTokenSource(async () => {
      // A key of the profile legacy signs no time, so the request has to tell it.
      const { access_token: token, expires_in: seconds } = await ask({ scopes, timestamp: now() });
      return { token, lifetimeMs: seconds * MS_PER_SECOND };
    }, now),
  );

/** Tokens of somebody else; `give` is asked for every try. */
export const bearForeign = (give: () => string | Promise<string>): Credentials =>
  bearing({ get: async () => give(), forget: () => undefined });

const PREFIX = 'Bearer ';

const bearing = (tokens: TokenSource): Credentials => ({
  prove: async () => ({ headers: { authorization: PREFIX + (await tokens.get()) }, signedText: undefined }),
  renew: ({ headers }: Proof) => {
    tokens.forget(headers['authorization']?.slice(PREFIX.length) ?? '');
    return true;
  },
});
