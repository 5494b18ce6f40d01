/** A small dialect with a few routes, and a server around it on a free port: what the HTTP tests run against. */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Authenticator, createAuthenticator } from '../../src/auth/authenticator.ts';
import type { CallerKey, FindCallerKey } from '../../src/auth/caller-key.ts';
import { createCallerVerifier } from '../../src/auth/caller-verifier.ts';
import { createMemoryNonceStore } from '../../src/auth/memory-nonce-store.ts';
import type { Clock } from '../../src/shared/clock.ts';
import type { HttpLimits } from '../../src/http/limits.ts';
import { readParameters } from '../../src/http/parameters.ts';
import { definePublicRoute, defineSignedRoute, type Route } from '../../src/http/route.ts';
import { createHttpServer, type HttpServer, type HttpServerDeps } from '../../src/http/server.ts';
import type { Surface } from '../../src/http/surface.ts';
import { buildOpenApi } from '../../src/surfaces/openapi.ts';
import { VER1_DESCRIPTION } from '../../src/surfaces/ver1/ver1-surface.ts';
import { AppError, ERROR_CODES, invalidParameters } from '../../src/shared/errors.ts';
import type { LogFields, Logger } from '../../src/shared/logger.ts';

const thing = z.object({ id: z.string(), name: z.string(), tags: z.array(z.string()) });

export const sampleRoutes = (): Route[] => [
  definePublicRoute({
    method: 'GET',
    path: '/ver1/ping',
    operationId: 'ping',
    summary: 'Answer',
    input: z.object({}),
    output: z.object({ pong: z.literal('pong') }),
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ pong: 'pong' as const }),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/things/{id}',
    operationId: 'getThing',
    summary: 'One thing',
    scope: 'ACCOUNTS_READ',
    input: z.object({ id: z.string(), page: z.string().optional() }),
    output: thing,
    status: 200,
    errors: ['not_found'],
    handle: ({ input, actor }) => Promise.resolve({ id: input.id, name: actor.mode, tags: [actor.tenantId] }),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/ver1/things/summary',
    operationId: 'getSummary',
    summary: 'All things',
    scope: 'ACCOUNTS_READ',
    input: z.object({}),
    output: thing,
    status: 200,
    errors: [],
    handle: () => Promise.resolve({ id: 'summary', name: '', tags: [] }),
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/ver1/things/new',
    operationId: 'createThing',
    summary: 'Make a thing',
    scope: 'ACCOUNTS_WRITE',
    input: z.object({
      name: z.string({ error: 'is missing' }).min(2, 'is too short (minimum is 2 characters)'),
      tags: z.array(z.string()).optional(),
      amount: z.union([z.string(), z.number()]).optional(),
    }),
    output: z.object({ name: z.string(), tags: z.array(z.string()), amount: z.unknown() }),
    status: 201,
    errors: ['exchange_unavailable'],
    handle: ({ input }) => {
      if (input.name === 'explode') throw new Error('select secret from keys failed');
      if (input.name === 'malformed answer') return Promise.resolve({ name: 1 } as never);
      if (input.name === 'unavailable') throw new AppError('exchange_unavailable', 'Nothing was stored');
      return Promise.resolve({ name: input.name, tags: input.tags ?? [], amount: input.amount ?? null });
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/ver1/things/{id}/rename',
    operationId: 'renameThing',
    summary: 'Rename a thing',
    scope: 'ACCOUNTS_WRITE',
    input: z.object({ id: z.string(), name: z.string({ error: 'is missing' }) }),
    output: thing,
    status: 201,
    errors: ['not_found'],
    handle: ({ input }) => Promise.resolve({ id: input.id, name: input.name, tags: [] }),
  }),
  defineSignedRoute({
    method: 'DELETE',
    path: '/ver1/things/{id}',
    operationId: 'deleteThing',
    summary: 'Delete a thing',
    scope: null,
    input: z.object({ id: z.string() }),
    output: z.undefined(),
    status: 204,
    errors: [],
    handle: () => Promise.resolve(undefined),
  }),
];

export const sampleSurface = (routes: readonly Route[] = sampleRoutes()): Surface => ({
  name: 'sample',
  root: '/ver1',
  prefixes: ['', '/public/api'],
  routes,
  description: VER1_DESCRIPTION,
  readParameters,
  invalidParameters: (error) => {
    const attributes: Record<string, string[]> = {};
    for (const issue of error.issues) (attributes[String(issue.path[0])] ??= []).push(issue.message);
    return invalidParameters(attributes);
  },
  renderError: (error, requestId) => ({
    status: error.status,
    headers: { 'X-Dialect': 'sample' },
    body: JSON.stringify({
      error: ERROR_CODES[error.code].ver1,
      error_description: error.message,
      ...(error.code === 'unknown_error' ? { request_id: requestId } : {}),
      ...(error.details.attributes === undefined ? {} : { error_attributes: error.details.attributes }),
    }),
  }),
  serialize: (value) => JSON.stringify(value),
});

/** For keys that sign, without tokens. */
export const authenticatorOf = (findCallerKey: FindCallerKey, clock: Clock): Authenticator =>
  createAuthenticator({
    findCallerKey,
    verifier: createCallerVerifier({ findCallerKey, probeCallerKey: () => Promise.resolve(), clock }),
    tokens: { verify: () => Promise.resolve(undefined) },
    nonces: createMemoryNonceStore({ clock }),
  });

export interface TestKey extends CallerKey {
  readonly secret: string;
}

/** A caller key with an HMAC secret of its own. */
export const aCallerKey = (overrides: Partial<CallerKey> = {}): TestKey => {
  const secret = randomBytes(32).toString('hex');
  const keys: KeyObject[] = [createSecretKey(Buffer.from(secret))];
  return {
    id: randomBytes(8).toString('hex'),
    keyId: randomBytes(16).toString('hex'),
    user: null,
    tokensValidFrom: null,
    tenantPerMinute: null,
    explained: false,
    accountIds: null,
    tenantId: `tenant-${randomBytes(4).toString('hex')}`,
    algorithm: 'hmac-sha256',
    keys,
    scopes: new Set(['ACCOUNTS_READ', 'ACCOUNTS_WRITE'] as const),
    ipAllowlist: [],
    notBefore: null,
    expiresAt: null,
    revokedAt: null,
    profileFloor: 'legacy',
    mode: 'real',
    secret,
    ...overrides,
  };
};

/** Hex HMAC over the text, as a client computes it. */
export const signText = (key: TestKey, ...parts: readonly (string | Buffer)[]): string => {
  const hmac = createHmac('sha256', key.secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
};

interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

export interface TestServer extends AsyncDisposable {
  readonly server: HttpServer;
  readonly port: number;
  readonly url: string;
  readonly lines: LogLine[];
  /** Signed with the key: `p?q` + body, as most clients do. */
  signed(
    key: TestKey,
    method: string,
    target: string,
    body?: string | Buffer,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

export interface TestServerOptions extends Partial<Omit<HttpServerDeps, 'limits'>> {
  readonly keys?: readonly CallerKey[];
  readonly limits?: Partial<HttpLimits>;
}

const collectLines = (lines: LogLine[]): Logger => {
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}): void => {
      lines.push({ level, message, fields });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
};

/** A clock that moves only when told to. */
export const aClock = (start = Date.UTC(2026, 0, 1)) => {
  let now = start;
  return {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
};

/** These routes store nothing, so there is nothing to limit and nothing to keep. */
const WORK_WITHOUT_STORAGE: HttpServerDeps['work'] = {
  withinReach: (_actor, work) => work(),
  once: async (_request, answer) => ({ answer: await answer(), isReplay: false }),
};

export const startTestServer = async (options: TestServerOptions = {}): Promise<TestServer> => {
  const { keys = [], ...overrides } = options;
  const lines: LogLine[] = [];
  const clock = overrides.clock ?? aClock();
  const byKeyId = new Map(keys.map((key) => [key.keyId, key]));
  const surfaces = overrides.surfaces ?? [sampleSurface()];
  const server = createHttpServer({
    surfaces,
    authenticator: authenticatorOf((id) => Promise.resolve(byKeyId.get(id)), clock),
    work: WORK_WITHOUT_STORAGE,
    logger: collectLines(lines),
    clock,
    readinessChecks: {},
    documents: {
      '/openapi.json': {
        contentType: 'application/json',
        body: JSON.stringify(buildOpenApi(surfaces, { title: 'Sample', version: '1' })),
      },
    },
    trustedProxies: [],
    validateResponses: true,
    ...overrides,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  return {
    server,
    port,
    url,
    lines,
    signed: (key, method, target, body, headers = {}) => {
      const text = (method === 'DELETE' ? 'DELETE ' : '') + (target.includes('?') ? target : `${target}?`);
      const signature = signText(key, text, body ?? '');
      return fetch(url + target, {
        method,
        headers: { Apikey: key.keyId, Signature: signature, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
      });
    },
    [Symbol.asyncDispose]: () => server.close(1_000),
  };
};
