/**
 * The gateway's HTTP server. A request runs: protocol guard → request id and limits → Express: health, limit per
 * address, route → body → signature → scope → limit per key → parameters → handler → answer. Cheap refusals come first.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Authenticator } from '../auth/authenticator.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { createAccessLog } from './access-log.ts';
import { createBrokenRequestHandler, type Exchange } from './broken-request.ts';
import { createCallerLimits, LIMIT_WINDOW_MS, type NoteFailures } from './caller-limits.ts';
import { createClientAddressReader } from './client-address.ts';
import { createDialects, plainErrorBody } from './dialects.ts';
import { createExpressServer, type GatewayRequest, type GatewayResponse } from './express-app.ts';
import { createHealth, type ReadinessCheck } from './health.ts';
import { createLoadShedder, startLoopDelayMonitor } from './load-shedder.ts';
import type { RequestWork } from './idempotency.ts';
import { DEFAULT_LIMITS, type HttpLimits } from './limits.ts';
import { checkProtocol } from './protocol-guard.ts';
import type { Page } from './page.ts';
import type { PublicDocument, Redirect } from './public-documents.ts';
import { createRequestCounter, type RequestCounts } from './request-counts.ts';
import { readHeaderLists } from './request-headers.ts';
import { createOpenStreams } from './open-streams.ts';
import type { RequestContext } from './request-context.ts';
import { createResponseWriter } from './response-writer.ts';
import { installRoutes, isKnownMethod, notFound } from './router.ts';
import type { SharedTakes } from './shared-takes.ts';
import type { Surface } from './surface.ts';
import { createTakeExchange } from './take-exchange.ts';

export interface HttpServerDeps {
  readonly surfaces: readonly Surface[];
  readonly authenticator: Authenticator;
  readonly work: RequestWork;
  readonly logger: Logger;
  readonly clock: Clock;
  /** What `/readyz` asks, by name. */
  readonly readinessChecks: Readonly<Record<string, ReadinessCheck>>;
  /** Served as they are, by path, e.g. `/openapi.json`. */
  readonly documents: Readonly<Record<string, PublicDocument | Redirect>>;
  /** The same for what answers by itself. */
  readonly pages?: Readonly<Record<string, Page>>;
  /** CIDRs whose `X-Forwarded-For` counts. */
  readonly trustedProxies: readonly string[];
  readonly validateResponses: boolean;
  /** Path of what explains a 401; every 401 points to it. */
  readonly authHelp?: string;
  /** Those left out are the defaults. */
  readonly limits?: Partial<HttpLimits>;
  /** Where other gateways learn what callers took here; without it there is no other gateway. */
  readonly sharedTakes?: SharedTakes;
  /** Told when requests with a key's id keep failing to prove themselves. */
  readonly onKeyFailing?: NoteFailures;
  /** How far the event loop lags; measured, unless given. */
  readonly readLoopDelayMs?: () => number;
}

export interface HttpServer extends AsyncDisposable {
  /** Resolves once connections are accepted; port 0 picks a free one. */
  listen(port: number, host: string): Promise<AddressInfo>;
  /** From now on `/readyz` says 503, so that a load balancer looks elsewhere; all else but streams goes on. */
  drain(): void;
  /** What it answered so far. */
  readonly counts: RequestCounts;
  /** Drains, accepts no more connections, and resolves when every answer is out or the grace is over. */
  close(graceMs?: number): Promise<void>;
}

const SHUTDOWN_GRACE_MS = 25_000;
// For a request that may be on its way on a new connection.
const UNUSED_GRACE_MS = 500;
const IDLE_CONNECTION_MS = 65_000;
// A peer that neither sends nor reads; longer than the slowest answer of an exchange.
const SILENT_SOCKET_MS = 60_000;
const BUSY_RETRY_MS = 1_000;

export const createHttpServer = (deps: HttpServerDeps): HttpServer => {
  const { clock, logger } = deps;
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const { app, ...classes } = createExpressServer();
  const writer = createResponseWriter(LIMIT_WINDOW_MS);
  const dialects = createDialects(deps.surfaces, deps.authHelp);
  const readAddress = createClientAddressReader(deps.trustedProxies);
  const logAccess = createAccessLog(logger, clock);
  const exchange = deps.sharedTakes === undefined ? undefined : createTakeExchange(deps.sharedTakes);
  const loopDelay = startLoopDelayMonitor();
  const shedder = createLoadShedder({ ...limits, readLoopDelayMs: deps.readLoopDelayMs ?? loopDelay.readMs });
  let isDraining = false;
  let inFlight = 0;
  // Exchanges in progress on each connection: more than one when requests are pipelined.
  const inProgress = new WeakMap<Duplex, Set<Exchange>>();
  // Connections that nothing has been asked on yet: clients open some ahead of need.
  const unused = new Set<Duplex>();
  const streams = createOpenStreams(limits);
  const streaming = new WeakSet<GatewayResponse>();
  const counts = createRequestCounter({ inFlight: () => inFlight, streams: () => streams.count() });

  installRoutes(app, {
    ...deps,
    writer,
    dialects,
    callerLimits: createCallerLimits(limits, clock, exchange, deps.onKeyFailing),
    streams,
    leaveFlight: (response) => {
      if (!streaming.has(response)) inFlight -= 1;
      streaming.add(response);
    },
    health: createHealth({ checks: deps.readinessChecks, isDraining: () => isDraining, clock }),
    bodyBytes: limits.bodyBytes,
    ipPerMinute: limits.ipPerMinute,
  });

  const open = (request: GatewayRequest, response: GatewayResponse): void => {
    const headers = readHeaderLists(request.rawHeaders);
    const address = readAddress(request.socket, headers);
    const context: RequestContext = {
      requestId: randomUUID(),
      startedAt: clock.now(),
      headers,
      address,
      route: undefined,
      operation: undefined,
      actor: undefined,
      verdict: undefined,
      closeConnection: isDraining,
    };
    request.context = context;
    request.ip = address.ip;
    inFlight += 1;
    const { socket } = request;
    unused.delete(socket);
    const exchange = { request, response };
    const exchanges = inProgress.get(socket) ?? new Set<Exchange>();
    inProgress.set(socket, exchanges.add(exchange));
    response.on('close', () => {
      if (!streaming.has(response)) inFlight -= 1;
      exchanges.delete(exchange);
      if (isDraining) setImmediate(() => server.closeIdleConnections());
      const status = response.headersSent ? response.statusCode : undefined;
      const ms = clock.now() - context.startedAt;
      counts.note(context, status, ms, streaming.has(response));
      logAccess(request.method ?? '', context, response);
    });
  };

  const serve = (request: GatewayRequest, response: GatewayResponse): void => {
    open(request, response);
    const { context } = request;
    const target = request.url ?? '';
    const refusal = checkProtocol(request, context.headers, limits);
    if (refusal !== undefined) {
      counts.noteMalformed();
      context.closeConnection = true;
      const body = plainErrorBody('malformed_request', refusal.reason);
      writer.write(context, response, { status: refusal.status, body });
    } else if (!isHealth(target) && shedder.isTooMuch(inFlight)) {
      counts.noteShed();
      const busy = new AppError('service_unavailable', 'Too many requests are being answered', {
        details: { retryAfterMs: BUSY_RETRY_MS },
      });
      writer.write(context, response, dialects.render(dialects.surfaceOf(target), busy, context.requestId));
    } else if (isKnownMethod(request.method)) {
      app(request, response);
    } else {
      writer.write(context, response, notFound({ context, url: target }, dialects));
    }
  };

  const server = createServer(
    {
      ...classes,
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      // How late a slow request may be noticed.
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
      // The guard answers a missing Host in our words, and counts headers: Node would drop those above its own bound.
      requireHostHeader: false,
    },
    serve,
  );
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  server.timeout = SILENT_SOCKET_MS;
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  // The body is read, and `100 Continue` sent, only once the cheap checks have passed.
  server.on('checkContinue', serve);
  server.on('checkExpectation', serve);
  server.on(
    'clientError',
    createBrokenRequestHandler(writer, logger, (socket) => [...(inProgress.get(socket) ?? [])]),
  );

  const close = async (graceMs = SHUTDOWN_GRACE_MS): Promise<void> => {
    isDraining = true;
    streams.endAll();
    loopDelay[Symbol.dispose]();
    exchange?.[Symbol.dispose]();
    if (!server.listening) return;
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    // Node counts them among those that are being served, and would wait for them to the end of the grace.
    const first = setTimeout(() => {
      for (const socket of unused) socket.destroy();
    }, UNUSED_GRACE_MS);
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(first);
    clearTimeout(timer);
    // Requests whose connection was cut hear of it one turn later; their log lines come before the end.
    await new Promise((resolve) => setImmediate(resolve));
  };

  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve(server.address() as AddressInfo);
        });
      }),
    counts,
    drain: () => {
      isDraining = true;
      streams.endAll();
    },
    close,
    [Symbol.asyncDispose]: () => close(),
  };
};

const isHealth = (target: string): boolean => target === '/livez' || target === '/readyz';
