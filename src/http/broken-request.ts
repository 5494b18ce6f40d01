/** Answers connections whose request Node's parser gave up on: bad syntax, headers too large, too slow. */
import { randomUUID } from 'node:crypto';
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

/** For `clientError`. `isAnswering`: a response is on its way on that socket, and more bytes would corrupt it. */
export const createBrokenRequestHandler =
  (writer: ResponseWriter, logger: Logger, isAnswering: (socket: Duplex) => boolean) =>
  (error: Error & { readonly code?: string }, socket: Duplex): void => {
    const code = error.code ?? '';
    if (code === 'ECONNRESET' || !socket.writable || isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const requestId = randomUUID();
    const statusLine = STATUS_LINES[code] ?? '400 Bad Request';
    const body = plainErrorBody('malformed_request', WORDS[code] ?? 'The request is not valid HTTP');
    logger.info('request', { status: parseInt(statusLine, 10), reason: code, requestId });
    // Ended, then destroyed: a peer that never closes its side must not keep the socket.
    socket.end(writer.format(requestId, statusLine, body), () => socket.destroy());
  };
