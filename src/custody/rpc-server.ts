/** Custody's only door: a Unix socket that its own user alone can reach, serving the methods of the protocol. */
import { setMaxListeners } from 'node:events';
import { chmodSync, chownSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import {
  createFrameReader,
  encodeFrame,
  METHODS,
  type Method,
  type Params,
  REQUEST_LIMIT_BYTES,
  RESPONSE_LIMIT_BYTES,
  type Result,
  requestSchema,
  type RpcRequest,
} from './rpc-protocol.ts';

/** What a handler knows of its call beside the parameters. */
export interface RpcCall {
  readonly deadlineMs: number;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

export type RpcHandlers = {
  readonly [M in Method]: (params: Params<M>, call: RpcCall) => Promise<Result<M>>;
};

export interface RpcServer {
  /** Stops taking calls, lets those in flight finish, then lets go of the socket. */
  close(): Promise<void>;
}

export interface RpcServerOptions {
  readonly socketPath: string;
  readonly handlers: RpcHandlers;
  readonly logger: Logger;
  /** Calls at once over all connections; more are refused. */
  readonly maxInFlight: number;
  /** Group that may connect beside our own user: the gateway's, where it runs as another one. */
  readonly groupId?: number | undefined;
}

const OVERLOAD_RETRY_MS = 1_000;

export const startRpcServer = async (options: RpcServerOptions): Promise<RpcServer> => {
  const { handlers, logger, maxInFlight } = options;
  const sockets = new Set<Socket>();
  const inFlight = new Set<Promise<void>>();
  let draining = false;

  const answer = async (request: RpcRequest, signal: AbortSignal): Promise<object> => {
    try {
      if (draining) throw new AppError('custody_unavailable', 'Custody is stopping');
      if (inFlight.size >= maxInFlight) throw overloaded();
      return { id: request.id, result: await handle(handlers, request, signal) };
    } catch (error) {
      return { id: request.id, error: toWireError(error, request.method, logger) };
    }
  };

  const serve = (socket: Socket): void => {
    sockets.add(socket);
    const gone = new AbortController();
    // Every call in flight listens.
    setMaxListeners(0, gone.signal);
    const onMessage = (message: unknown): void => {
      const request = requestSchema.parse(message);
      const work = answer(request, gone.signal).then((response) => send(socket, response));
      inFlight.add(work);
      void work.finally(() => inFlight.delete(work));
    };
    const read = createFrameReader(REQUEST_LIMIT_BYTES, onMessage);
    socket.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch (error) {
        // A peer that breaks the framing cannot be answered: there is no telling where its next call starts.
        logger.warn('custody connection dropped', errorFields(error));
        socket.destroy();
      }
    });
    socket.on('error', (error) => logger.debug('custody connection failed', errorFields(error)));
    socket.on('close', () => {
      sockets.delete(socket);
      gone.abort();
    });
  };

  const server = createServer(serve);
  await listen(server, options.socketPath, options.groupId);

  return {
    close: async () => {
      draining = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.allSettled(inFlight);
      for (const socket of sockets) socket.end(() => socket.destroy());
      await closed;
    },
  };
};

const handle = async <M extends Method>(
  handlers: RpcHandlers,
  request: RpcRequest & { readonly method: M },
  signal: AbortSignal,
): Promise<Result<M>> => {
  const { params, result } = METHODS[request.method];
  const checked = params.safeParse(request.params);
  if (!checked.success) throw new AppError('unknown_error', 'Custody cannot read this call');
  const handler = handlers[request.method];
  const answer = await handler(checked.data as Params<M>, { deadlineMs: request.deadlineMs, signal });
  // Strips whatever the table does not name, so that nothing crosses by accident.
  return result.parse(answer) as Result<M>;
};

const send = (socket: Socket, response: object): void => {
  if (!socket.writable) return;
  try {
    socket.write(encodeFrame(response, RESPONSE_LIMIT_BYTES));
  } catch {
    const { id } = response as { id: number };
    const error = { code: 'bad_response', message: 'The answer is too large', details: {} };
    socket.write(encodeFrame({ id, error }, RESPONSE_LIMIT_BYTES));
  }
};

const overloaded = (): AppError =>
  new AppError('custody_unavailable', 'Custody is busy', { details: { retryAfterMs: OVERLOAD_RETRY_MS } });

const toWireError = (error: unknown, method: Method, logger: Logger): object => {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  logger.error('custody call failed', { method, ...errorFields(error) });
  return { code: 'unknown_error', message: 'Unknown error occurred', details: {} };
};

const listen = async (server: Server, socketPath: string, groupId: number | undefined): Promise<void> => {
  const folder = dirname(socketPath);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const us = process.getuid?.();
  const found = lstatSync(folder);
  if (!found.isDirectory() || (us !== undefined && found.uid !== us)) {
    throw new Error(`the folder of the custody socket, ${folder}, belongs to another user`);
  }
  chmodSync(folder, groupId === undefined ? 0o700 : 0o710);
  if (groupId !== undefined) chownSync(folder, found.uid, groupId);
  if (await isServed(socketPath)) throw new Error('another custody process listens on this socket');
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
  // The folder keeps everyone else out in the moment before this.
  chmodSync(socketPath, groupId === undefined ? 0o600 : 0o660);
  if (groupId !== undefined) chownSync(socketPath, found.uid, groupId);
};

/** A socket file that nobody answers on is left over from a process that was killed. */
const isServed = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const probe = connectSocket(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
