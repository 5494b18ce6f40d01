/** Answers connections whose request Node's parser gave up on: bad syntax, headers too large, too slow. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from '../shared/logger.ts';
import { plainErrorBody } from './dialects.ts';
import type { ResponseWriter } from './response-writer.ts';

const STATUS_LINES: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
};

const WORDS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'The request did not arrive in time',
  HPE_HEADER_OVERFLOW: 'The headers are too large',
};

/** A request on a connection and the answer to it. */
export interface Exchange {
  readonly request: { readonly complete: boolean; context: { closeConnection: boolean } };
  readonly response: ServerResponse;
}

/** For `clientError`; `inProgress` answers what is going on on that connection. */
export const createBrokenRequestHandler =
  (writer: ResponseWriter, logger: Logger, inProgress: (socket: Duplex) => readonly Exchange[]) =>
  (error: Error & { readonly code?: string }, socket: Duplex): void => {
    const code = error.code ?? '';
    if (code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    // A whole request gets its answer, whatever came after it; one that is cut short gets the one below.
    const [current] = inProgress(socket);
    if (current !== undefined && (current.request.complete || current.response.headersSent)) {
      current.request.context.closeConnection = true;
      current.response.once('close', () => socket.destroy());
      return;
    }
    const requestId = randomUUID();
    const statusLine = STATUS_LINES[code] ?? '400 Bad Request';
    const body = plainErrorBody('malformed_request', WORDS[code] ?? 'The request is not valid HTTP');
    logger.info('request', { status: parseInt(statusLine, 10), reason: code, requestId });
    // Ended, then destroyed: a peer that never closes its side must not keep the socket.
    socket.end(writer.format(requestId, statusLine, body), () => socket.destroy());
  };
