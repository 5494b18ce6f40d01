/** Puts every route of every surface, health and the API document on the Express application, in running order. */
import type { ErrorRequestHandler, Express, Request, Response } from 'express';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { type Dialects, toAppError } from './dialects.ts';
import type { Health } from './health.ts';
import type { GatewayRequest } from './express-app.ts';
import type { Page } from './page.ts';
import { createIpLimit } from './ip-limit.ts';
import { mountRoute, type MountDeps, routePatterns, toSignedRequest } from './mount.ts';
import { createDocumentAnswer, type PublicDocument, type Redirect } from './public-documents.ts';
import type { Answer } from './response-writer.ts';
import type { HttpMethod, Route } from './route.ts';
import type { Surface } from './surface.ts';

export interface RouterDeps extends MountDeps {
  readonly surfaces: readonly Surface[];
  readonly health: Health;
  readonly ipPerMinute: number;
  /** By path, e.g. `/openapi.json`. */
  readonly documents: Readonly<Record<string, PublicDocument | Redirect>>;
  /** The same for what answers by itself. */
  readonly pages?: Readonly<Record<string, Page>>;
}

export const installRoutes = (app: Express, deps: RouterDeps): void => {
  const send = (request: Request, response: Response, answer: Answer): void =>
    deps.writer.write(request.context, response, answer);

  app.get('/livez', (request, response) => send(request, response, deps.health.live()));
  app.get('/readyz', async (request, response) => send(request, response, await deps.health.ready()));
  app.use(createIpLimit(deps.callerLimits.ip, deps.ipPerMinute));
  for (const { surface, route } of inMatchingOrder(deps.surfaces)) {
    const patterns = [...routePatterns(surface, route)];
    app[METHODS[route.method]](patterns, mountRoute(surface, route, deps));
  }
  // After the routes: these are many and asked for seldom, and Express tries patterns in order.
  for (const [path, document] of Object.entries(deps.documents)) {
    const answer = createDocumentAnswer(document);
    app.get(path, async (request, response) => {
      await deps.callerLimits.admitPublic(request.context);
      send(request, response, await answer(request.context.headers));
    });
  }
  for (const [path, page] of Object.entries(deps.pages ?? {})) {
    app.get(path, async (request, response) => {
      await deps.callerLimits.admitPublic(request.context);
      await deps.callerLimits.admitAttempt(request.context, undefined);
      const answer = await page(toSignedRequest(request as unknown as GatewayRequest, NO_BODY));
      if (answer.status === UNAUTHENTICATED)
        await deps.callerLimits.attemptFailed(request.context, undefined);
      send(request, response, answer);
    });
  }
  app.use((request, response) => send(request, response, notFound(request, deps.dialects)));
  app.use(createErrorHandler(deps.dialects, deps.logger, send));
};

const NO_BODY = Buffer.alloc(0);
const UNAUTHENTICATED = 401;

const METHODS = {
  GET: 'get',
  POST: 'post',
  PUT: 'put',
  PATCH: 'patch',
  DELETE: 'delete',
} as const satisfies Record<HttpMethod, string>;

export const isKnownMethod = (method: string | undefined): boolean =>
  method !== undefined && (Object.hasOwn(METHODS, method) || method === 'HEAD');

/** Another method, another path, another tenant's id: all the same answer. */
export const notFound = (request: Pick<Request, 'context' | 'url'>, dialects: Dialects): Answer =>
  dialects.render(
    dialects.surfaceOf(request.url),
    new AppError('not_found', 'Not Found'),
    request.context.requestId,
  );

/** A literal segment goes before a parameter in its place: `/accounts/new` is not an account. */
const inMatchingOrder = (surfaces: readonly Surface[]): { surface: Surface; route: Route }[] => {
  const all = surfaces.flatMap((surface) => surface.routes.map((route) => ({ surface, route })));
  const seen = new Set<string>();
  for (const { surface, route } of all) {
    const key = `${route.method} ${route.path}`;
    if (seen.has(key)) throw new Error(`${key} is declared twice`);
    if (!route.path.startsWith(`${surface.root}/`)) throw new Error(`${key} is not under ${surface.root}`);
    seen.add(key);
  }
  const last = '\uffff';
  const sortKey = (route: Route): string => route.path.replaceAll(/\{\w+\}/g, last);
  return all.sort((a, b) => (sortKey(a.route) < sortKey(b.route) ? -1 : 1));
};

const createErrorHandler =
  (
    dialects: Dialects,
    logger: Logger,
    send: (request: Request, response: Response, answer: Answer) => void,
  ): ErrorRequestHandler =>
  // Express knows an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars -- see above
  (thrown: unknown, request, response, _next) => {
    const error = toAppError(thrown);
    if (error.code === 'unknown_error') {
      const { requestId, route } = request.context;
      logger.error('a request failed', { requestId, route, ...errorFields(thrown) });
    }
    send(
      request,
      response,
      dialects.render(dialects.surfaceOf(request.url), error, request.context.requestId),
    );
  };
