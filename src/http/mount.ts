/** Runs one route: body → signature → scope → limit → parameters → handle → answer. */
import type { RequestHandler } from 'express';
import type { Actor } from '../auth/actor.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { presentedKeyId } from '../auth/presented.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from '../auth/signed-request.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { readBody } from './body-reader.ts';
import type { CallerLimits } from './caller-limits.ts';
import type { GatewayRequest, GatewayResponse } from './express-app.ts';
import type { Dialects } from './dialects.ts';
import { toAppError } from './dialects.ts';
import { hashRequest, readIdempotencyKey, REPLAYED, type RequestWork } from './idempotency.ts';
import { checkParameterText } from './json-body.ts';
import type { RequestContext } from './request-context.ts';
import type { Answer, ResponseWriter } from './response-writer.ts';
import type { OpenStreams } from './open-streams.ts';
import { acceptedScopes, type Route } from './route.ts';
import { isSharedAnswer } from './shared-answer.ts';
import { isStreamAnswer, sendStream } from './stream-answer.ts';
import type { Parameters, Surface } from './surface.ts';

export interface MountDeps {
  readonly authenticator: Authenticator;
  readonly callerLimits: CallerLimits;
  readonly dialects: Dialects;
  readonly work: RequestWork;
  readonly writer: ResponseWriter;
  readonly logger: Logger;
  readonly streams: OpenStreams;
  /** The answer goes on: it is no longer one of those that are being worked on. */
  readonly leaveFlight: (response: GatewayResponse) => void;
  readonly bodyBytes: number;
  /** Check every answer against the route's `output`; for development and tests. */
  readonly validateResponses: boolean;
}

/** The patterns that Express is given for a route, one under each prefix of its surface: `/ver1/accounts/:id`. */
export const routePatterns = (surface: Surface, route: Route): readonly string[] =>
  surface.prefixes.map((prefix) => prefix + route.path.replaceAll(/\{(\w+)\}/g, ':$1'));

/** A rejected promise of the handler goes to Express's error handler, which answers in the surface's dialect. */
export const mountRoute = (surface: Surface, route: Route, deps: MountDeps): RequestHandler => {
  // Shared answers that fit the declaration: one check serves all who get them.
  const checked = new WeakSet();
  const run = async (request: GatewayRequest, response: GatewayResponse, path: Parameters): Promise<void> => {
    const { context } = request;
    context.route = route.path;
    context.operation = route;
    const presentedId = presentedIdOf(context, deps);
    if (route.security === 'public') await deps.callerLimits.admitPublic(context);
    if (route.security === 'signed' || route.signsIn === true)
      await deps.callerLimits.admitAttempt(context, presentedId);
    // Nobody's body is not worth reading: the authenticator refuses it for its headers alone.
    const isAnonymous = route.security === 'signed' && presentedId === undefined;
    const rawBody = isAnonymous ? NOTHING : await readBody(request, response, deps.bodyBytes);
    const target = request.url ?? '';

    let value: unknown;
    let headers: Record<string, string> | undefined;
    const setHeader = (name: string, text: string): void => {
      headers = { ...headers, [name]: text };
    };
    if (route.security === 'public') {
      const input = readInput(surface, route, { target, rawBody, request, path });
      const sent = toSignedRequest(request, rawBody);
      const handle = () => route.handle({ input, requestId: context.requestId, setHeader, sent });
      value = await (route.signsIn === true ? countFailure(request, deps, handle) : handle());
    } else {
      const actor = await authenticate(request, rawBody, deps);
      context.actor = actor;
      const accepted = acceptedScopes(route);
      if (accepted.length > 0 && !accepted.some((scope) => actor.scopes.has(scope))) throw denied(accepted);
      await deps.callerLimits.admitActor(context, actor);
      const key = readIdempotencyKey(route, context.headers);
      const input = readInput(surface, route, { target, rawBody, request, path });
      const handle = () => route.handle({ input, requestId: context.requestId, setHeader, actor });
      if (route.streams !== undefined) {
        await stream(request, response, { actor, contentType: route.streams, handle }, deps);
        return;
      }
      if (key !== undefined) {
        const hash = hashRequest(actor, request.method ?? '', target, rawBody);
        const { answer, isReplay } = await deps.work.withinReach(actor, () =>
          deps.work.once(
            { actor, key, hash, showsSecret: route.showsSecret === true },
            async () => toAnswer(await handle()),
            (error) => deps.dialects.render(surface, toAppError(error), context.requestId),
          ),
        );
        const replayed = isReplay ? { ...answer.headers, ...REPLAYED } : answer.headers;
        deps.writer.write(context, response, { ...answer, ...(replayed && { headers: replayed }) });
        return;
      }
      value = actor.accountIds === null ? await handle() : await deps.work.withinReach(actor, handle);
    }

    if (isSharedAnswer(value)) {
      if (deps.validateResponses && !checked.has(value)) {
        checkOutput(route, value.value(), context.requestId, deps.logger);
        checked.add(value);
      }
      const answer = await value.document.answer(context.headers);
      deps.writer.write(context, response, { ...answer, headers: { ...answer.headers, ...headers } });
      return;
    }
    deps.writer.write(context, response, toAnswer(value));

    function toAnswer(found: unknown): Answer {
      if (deps.validateResponses) checkOutput(route, found, context.requestId, deps.logger);
      const body = route.status === 204 ? '' : surface.serialize(found);
      return { status: route.status, body, ...(headers !== undefined && { headers }) };
    }
  };
  return (request, response) =>
    run(request as unknown as GatewayRequest, response as unknown as GatewayResponse, request.params);
};

const NOTHING = Buffer.alloc(0);

const denied = (scopes: readonly string[]): AppError =>
  new AppError('access_denied', `This needs the scope ${scopes.join(' or ')}, which the key or token lacks`);

/** Answers for as long as the caller listens and the server stays open. */
const stream = async (
  request: GatewayRequest,
  response: GatewayResponse,
  opening: {
    readonly actor: Actor;
    readonly contentType: string;
    readonly handle: () => Promise<unknown>;
  },
  { streams, work, writer, leaveFlight, logger }: MountDeps,
): Promise<void> => {
  const { context } = request;
  const { actor, handle } = opening;
  const place = streams.take(actor.callerKeyId);
  if (response.closed) place[Symbol.dispose]();
  else response.once('close', () => place[Symbol.dispose]());
  const answer = await (actor.accountIds === null ? handle() : work.withinReach(actor, handle));
  if (!isStreamAnswer(answer)) throw new Error('the route answers with no stream');
  if (!writer.begin(context, response, opening.contentType)) return;
  leaveFlight(response);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  try {
    if (request.method !== 'HEAD')
      await sendStream(response, answer, AbortSignal.any([gone.signal, streams.ending]));
  } catch (error) {
    const { requestId, route } = context;
    logger.error('a stream failed', { requestId, route, ...errorFields(error) });
  } finally {
    response.end();
  }
};

const UNAUTHENTICATED = 401;

/** The actor behind the request; failures are counted against the address and the key that they name. */
const authenticate = async (request: GatewayRequest, rawBody: Buffer, deps: MountDeps): Promise<Actor> => {
  const { context } = request;
  const actor = await countFailure(request, deps, () =>
    deps.authenticator.authenticate(toSignedRequest(request, rawBody)),
  );
  deps.callerLimits.attemptSucceeded(context, presentedIdOf(context, deps) ?? actor.keyId);
  return actor;
};

const countFailure = async <T>(
  { context }: GatewayRequest,
  deps: Pick<MountDeps, 'authenticator' | 'callerLimits'>,
  attempt: () => Promise<T>,
): Promise<T> => {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof AppError && error.status === UNAUTHENTICATED) {
      await deps.callerLimits.attemptFailed(context, presentedIdOf(context, deps));
    }
    throw error;
  }
};

const presentedIdOf = (
  { headers }: RequestContext,
  { authenticator }: Pick<MountDeps, 'authenticator'>,
): string | undefined =>
  authenticator.presentedId === undefined ? presentedKeyId(headers) : authenticator.presentedId(headers);

export const toSignedRequest = (
  { context, method, url }: GatewayRequest,
  rawBody: Buffer,
): SignedRequest => ({
  method: method ?? '',
  target: url ?? '',
  headers: context.headers,
  rawBody,
  ip: context.address.ip,
  requestId: context.requestId,
});

interface InputSource {
  readonly target: string;
  readonly rawBody: Buffer;
  readonly request: GatewayRequest;
  readonly path: Parameters;
}

/** Parameters as the route's schema gives them back; those of the path stand above query and body. */
const readInput = (
  surface: Surface,
  route: Route,
  { target, rawBody, request, path }: InputSource,
): unknown => {
  const cut = target.indexOf('?');
  const query = cut === -1 ? '' : target.slice(cut + 1);
  const sent = surface.readParameters({ query, headers: request.context.headers, rawBody }, route);
  const inHeaders = headerParameters(route, request.context.headers);
  for (const text of Object.values({ ...path, ...inHeaders })) checkParameterText(String(text));
  const parameters = { ...sent, ...inHeaders, ...path };
  const parsed = route.input.safeParse(parameters);
  if (!parsed.success) throw surface.invalidParameters(parsed.error, parameters, route);
  return parsed.data;
};

const headerParameters = ({ inHeader = {} }: Route, headers: HeaderLists): Parameters =>
  Object.fromEntries(
    Object.entries(inHeader)
      .filter(([, header]) => headers.has(header.toLowerCase()))
      .map(([name, header]) => [name, singleHeader(headers, header.toLowerCase()) ?? '']),
  );

/** The paths of what does not fit are logged, never the values. */
const checkOutput = (route: Route, value: unknown, requestId: string, logger: Logger): void => {
  if (route.status === 204) return;
  const checked = route.output.safeParse(value);
  if (checked.success) return;
  const fields = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join(', ');
  logger.error('an answer does not fit its declaration', { route: route.operationId, fields, requestId });
  throw new AppError('unknown_error', 'Unknown error occurred');
};
