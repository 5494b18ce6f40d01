/** The HTTP plumbing: reads a bounded request, has it answered by a venue or by the admin API, plays faults out. */
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { Clock } from '../shared/clock.ts';
import { type Logger, errorFields } from '../shared/logger.ts';
import type { AdminApi } from './admin-api.ts';
import { type VenueDispatch, unknownHost } from './venue-dispatch.ts';
import { type Answer, type VenueRequest, json } from './venue.ts';

/** Greatest request body in bytes. */
const BODY_LIMIT_BYTES = 64 * 1024;
const ADMIN_PREFIX = '/_sandbox/';
const HOST_HEADER = 'x-sandbox-host';

// Closing the connection spares the sandbox the rest of the body.
const TOO_LARGE = json(413, { error: 'request body over 64 KB' }, { connection: 'close' });
const BROKEN = json(500, { error: 'the sandbox failed on this request' });

export const createSandboxServer = (deps: {
  dispatch: VenueDispatch;
  admin: AdminApi;
  clock: Clock;
  logger: Logger | undefined;
}): Server => {
  const serve = (message: IncomingMessage, response: ServerResponse, body: Buffer): void => {
    const request = venueRequest(message, body, deps.clock.now());
    const host = message.headers[HOST_HEADER];
    if (host === undefined) {
      send(response, request.path.startsWith(ADMIN_PREFIX) ? deps.admin.handle(request) : unknownHost());
      return;
    }
    const dispatched =
      typeof host === 'string' ? deps.dispatch.dispatch(host.toLowerCase(), request) : undefined;
    if (dispatched === undefined) {
      send(response, unknownHost());
      return;
    }
    const { plan } = dispatched;
    if (plan.outcome === 'hang') return;
    const finish = (): void => {
      if (plan.outcome === 'reset') message.socket.resetAndDestroy();
      else send(response, plan.outcome === 'truncate' ? truncated(dispatched.answer()) : dispatched.answer());
    };
    if (plan.delayMs === 0) finish();
    else setTimeout(guarded(response, finish), plan.delayMs).unref();
  };

  /** A defect in a handler costs one answer, never the process. */
  const guarded = (response: ServerResponse, work: () => void) => (): void => {
    try {
      work();
    } catch (error) {
      deps.logger?.error('sandbox handler failed', errorFields(error));
      if (response.headersSent) response.destroy();
      else send(response, BROKEN);
    }
  };

  const server = createServer({ maxHeaderSize: 16 * 1024 }, (message, response) => {
    readBody(message, (body) => {
      if (body === undefined) {
        send(response, TOO_LARGE);
        return;
      }
      guarded(response, () => serve(message, response, body))();
    });
  });
  server.keepAliveTimeout = 60_000;
  server.requestTimeout = 30_000;
  return server;
};

/** Calls back once: with the whole body, or with undefined as soon as it is over the limit. */
const readBody = (message: IncomingMessage, done: (body: Buffer | undefined) => void): void => {
  const chunks: Buffer[] = [];
  let size = 0;
  message.on('data', (chunk: Buffer) => {
    const before = size;
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
    // What follows is read and dropped, so that the refusal reaches a client that is still sending.
    else if (before <= BODY_LIMIT_BYTES) done(undefined);
  });
  message.on('end', () => {
    if (size <= BODY_LIMIT_BYTES) done(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
  });
  // The client went away: nobody waits for an answer.
  message.on('error', () => message.destroy());
};

const venueRequest = (message: IncomingMessage, body: Buffer, nowMs: number): VenueRequest => {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    body,
    headers: message.headers,
    nowMs,
  };
};

const send = (response: ServerResponse, answer: Answer): void => {
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': answer.body.length,
    ...answer.headers,
  });
  response.end(answer.body);
};

const truncated = (answer: Answer): Answer => ({
  ...answer,
  body: answer.body.subarray(0, Math.floor(answer.body.length / 2)),
});
