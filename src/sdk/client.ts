/** The client: every route as a typed method, signed, sent until it is answered. */
import { createLists, type Lists } from './client-lists.ts';
import {
  nameMethods,
  type NamedMethods,
  type ParametersOf,
  type RequestOperation,
} from './client-methods.ts';
import { type AskForToken, bearForeign, bearTokens, NO_CREDENTIALS, signWith } from './credentials.ts';
import type { Profile } from './request-proof.ts';
import { type GatewayEvent, streamEvents, type StreamOptions } from './event-stream.ts';
import {
  type Attempt,
  type CallOptions,
  createSender,
  type Credentials,
  type Send,
  type SenderOptions,
} from './sender.ts';
import type { ClientKey } from './signing-key.ts';
import { type Parameters, toWireRequest } from './wire-request.ts';

export interface ClientOptions {
  /** E.g. `https://countersign.example.com`. */
  readonly baseUrl: string;
  /** Without key and token only public routes answer. */
  readonly key?: ClientKey;
  /** How requests are signed; `strict` when not given. `legacy` can be replayed by whoever sees a request. */
  readonly profile?: Profile;
  /** Get short-lived tokens with these scopes by the key, and send them in place of signatures. */
  readonly tokenScopes?: ParametersOf<'POST /api/auth/token'>['scopes'];
  /** Gives a token of an outside issuer, for every request. */
  readonly token?: () => string | Promise<string>;
  /** Real or paper accounts, whatever the key's own mode is. */
  readonly mode?: 'real' | 'paper';
  /** For a call with all its tries; 30,000 when not given. */
  readonly timeoutMs?: number;
  /** For one try; 12,000 when not given, a little more than the gateway gives an exchange. */
  readonly attemptTimeoutMs?: number;
  /** Tries after the first; 4 when not given. */
  readonly retries?: number;
  /** Reads answers; without it JSON.parse, which rounds the numbers of /api/exchange to floats. */
  readonly parse?: (text: string) => unknown;
  /** Told of every try, for finding out why a signature is refused. */
  readonly onAttempt?: (attempt: Attempt) => void;
  readonly fetch?: typeof fetch;
  readonly now?: () => number;
}

export type Client = {
  /** Any route: `client.request('GET /ver1/accounts/{account_id}', { account_id: 7 })`. */
  readonly request: RequestOperation;
  readonly events: {
    /** What happens, as it happens; comes back by itself when a connection is lost. */
    stream(options?: StreamOptions): AsyncGenerator<GatewayEvent, void, undefined>;
  };
} & NamedMethods &
  Lists;

/** Throws TypeError for a base URL or a combination of key and profile that cannot work. */
export const createClient = (options: ClientOptions): Client => {
  const baseUrl = new URL(options.baseUrl);
  const now = options.now ?? Date.now;
  const settings = {
    headers: options.mode === undefined ? {} : { 'forced-mode': options.mode },
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    attemptTimeoutMs: options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS,
    retries: options.retries ?? RETRIES,
    parse: options.parse ?? JSON.parse,
    onAttempt: options.onAttempt,
  } satisfies Omit<SenderOptions, 'credentials'>;
  const sender = (credentials: Credentials): Send => createSender({ ...settings, credentials });
  const requestBy =
    (send: Send): RequestOperation =>
    async (operation, ...args) => {
      const [parameters = {}, callOptions = {}] = args as readonly [Parameters?, CallOptions?];
      return (await send(toWireRequest(baseUrl, operation, parameters), callOptions)) as never;
    };

  const credentials = chooseCredentials(options, (signed) => requestBy(sender(signed)), now);
  const request = requestBy(sender(credentials));
  const methods = nameMethods(request);
  const lists = createLists(methods);
  return {
    request,
    ...methods,
    accounts: { ...methods.accounts, ...lists.accounts },
    portfolios: { ...methods.portfolios, ...lists.portfolios },
    keys: { ...methods.keys, ...lists.keys },
    exchange: { ...methods.exchange, ...lists.exchange },
    events: {
      ...methods.events,
      ...lists.events,
      stream: (asked = {}) => streamEvents(baseUrl, { ...settings, credentials }, asked),
    },
  };
};

const TIMEOUT_MS = 30_000;
const ATTEMPT_TIMEOUT_MS = 12_000;
const RETRIES = 4;

const chooseCredentials = (
  { key, profile, tokenScopes, token }: ClientOptions,
  requestBy: (credentials: Credentials) => RequestOperation,
  now: () => number,
): Credentials => {
  if (token !== undefined) return bearForeign(token);
  if (key === undefined) return NO_CREDENTIALS;
  const signed = signWith(key, profile ?? 'strict');
  if (tokenScopes === undefined) return signed;
  const ask: AskForToken = (request) => requestBy(signed)('POST /api/auth/token', request);
  return bearTokens(ask, tokenScopes, now);
};
