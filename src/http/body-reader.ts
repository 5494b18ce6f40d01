/** Reads the body of a request whole, as bytes, within its bound: signatures are over what was sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '../shared/errors.ts';
import type { RequestContext } from './request-context.ts';

const NOTHING = Buffer.alloc(0);

// A body that is only somewhat too long is read to its end and dropped: a client that is still sending when the
// connection closes often sees a reset in place of the 413.
const DISCARD_BYTES = 1024 * 1024;

/** Whether the request says that it has a body; `Content-Length: 0` is none. */
const hasBody = ({ headers }: RequestContext): boolean => {
  const length = headers.get('content-length')?.[0];
  return headers.has('transfer-encoding') || (length !== undefined && length !== '0');
};

/** Throws AppError `payload_too_large`; `malformed_request` when the caller leaves before the end. */
export const readBody = async (
  request: IncomingMessage & { readonly context: RequestContext },
  response: ServerResponse,
  limitBytes: number,
): Promise<Buffer> => {
  const { context } = request;
  if (!hasBody(context)) return NOTHING;
  const waits = context.headers.has('expect');
  const declared = BigInt(context.headers.get('content-length')?.[0] ?? '0');
  if (declared > (waits ? limitBytes : DISCARD_BYTES)) {
    context.closeConnection = true;
    throw tooLarge(limitBytes);
  }
  if (waits) response.writeContinue();
  return collect(request, limitBytes);
};

const collect = (
  request: IncomingMessage & { readonly context: RequestContext },
  limitBytes: number,
): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let chunks: Buffer[] = [];
    let size = 0;
    const stop = (settle: () => void): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone).off('error', onGone);
      settle();
    };
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= limitBytes) chunks.push(chunk);
      else chunks = [];
      if (size <= DISCARD_BYTES) return;
      request.context.closeConnection = true;
      request.pause();
      stop(() => reject(tooLarge(limitBytes)));
    };
    const onEnd = (): void => {
      const [first] = chunks;
      if (size > limitBytes) stop(() => reject(tooLarge(limitBytes)));
      else stop(() => resolve(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks)));
    };
    const onGone = (): void =>
      stop(() => reject(new AppError('malformed_request', 'The request ended before its body')));
    request.on('data', onData).on('end', onEnd).on('close', onGone).on('error', onGone);
  });

const tooLarge = (limitBytes: number): AppError =>
  new AppError('payload_too_large', `The body is longer than ${limitBytes} bytes`);
