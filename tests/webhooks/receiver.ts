/** A receiver of webhooks over HTTP: keeps what it gets, and answers as the test says. */
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

export type Answer = (received: Received, response: http.ServerResponse) => void;

export interface Receiver extends AsyncDisposable {
  /** With a path of its own at each call, so that endpoints of several tests can be told apart. */
  readonly url: string;
  readonly received: readonly Received[];
  /** From now on. */
  answerWith(answer: Answer): void;
  /** Resolves when so many came. */
  untilReceived(count: number): Promise<readonly Received[]>;
}

export const accept: Answer = (_received, response) => response.writeHead(204).end();

export const answerStatus =
  (status: number, headers: http.OutgoingHttpHeaders = {}): Answer =>
  (_received, response) =>
    response.writeHead(status, headers).end('an answer');

export const startReceiver = async (
  options: { readonly answer?: Answer; readonly tls?: { readonly key: string; readonly cert: string } } = {},
): Promise<Receiver> => {
  let answer = options.answer ?? accept;
  const received: Received[] = [];
  const news = new EventEmitter();
  const handle = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        path: request.url ?? '',
      };
      received.push(one);
      news.emit('received');
      answer(one, response);
    });
  };
  const server =
    options.tls === undefined ? http.createServer(handle) : https.createServer(options.tls, handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}/hook`,
    received,
    answerWith: (next) => {
      answer = next;
    },
    async untilReceived(count) {
      while (received.length < count) await once(news, 'received');
      return received;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
