/** A proxy in front of a gateway that loses what it is told to: requests before they arrive, answers after the effect. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** The gateway never sees the request. */
  | { readonly kind: 'request_lost' }
  /** The gateway does the work; its answer never arrives. */
  | { readonly kind: 'answer_lost' }
  /** Half of the answer arrives. */
  | { readonly kind: 'answer_cut' }
  /** Nothing ever comes back. */
  | { readonly kind: 'silence' }
  /** Answered by the proxy itself. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    };

export interface FaultProxy {
  readonly url: string;
  /** What the coming requests meet, one each; those after them pass. */
  expect(...faults: readonly Fault[]): void;
  /** Of every request so far. */
  readonly seen: readonly Pick<IncomingMessage, 'method' | 'url' | 'headers'>[];
  [Symbol.asyncDispose](): Promise<void>;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export const startFaultProxy = async (gatewayUrl: string): Promise<FaultProxy> => {
  const faults: Fault[] = [];
  const seen: IncomingMessage[] = [];
  const server = createServer((incoming, response) => {
    seen.push(incoming);
    void serve(incoming, response, gatewayUrl, faults.shift()).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect: (...next) => void faults.push(...next),
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serve = async (
  incoming: IncomingMessage,
  response: ServerResponse,
  gatewayUrl: string,
  fault: Fault | undefined,
): Promise<void> => {
  const body = await readAll(incoming);
  switch (fault?.kind) {
    case 'silence':
      return;
    case 'request_lost':
      incoming.socket.destroy();
      return;
    case 'answer':
      response.writeHead(fault.status, fault.headers).end(fault.body);
      return;
    case 'answer_lost':
      await forward(incoming, body, gatewayUrl);
      incoming.socket.destroy();
      return;
    case 'answer_cut': {
      const received = await forward(incoming, body, gatewayUrl);
      response.writeHead(received.status, received.headers);
      response.write(received.body.subarray(0, received.body.length / 2), () => incoming.socket.destroy());
      return;
    }
    case undefined: {
      const received = await forward(incoming, body, gatewayUrl);
      response.writeHead(received.status, received.headers).end(received.body);
    }
  }
};

/** As it came, `Host` included: it is signed. */
const forward = (incoming: IncomingMessage, body: Buffer, gatewayUrl: string): Promise<Received> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gatewayUrl);
    const { method, url: path, headers } = incoming;
    const sent = request({ hostname, port, method, path, headers, agent: false }, (answer) => {
      readAll(answer).then(
        (answered) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answered }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });

const readAll = async (stream: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
