// The HTTP client under ccxt, against a server that answers what a test tells it to.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createCallRunner } from '../../src/exchanges/ccxt-call.ts';
import { createCcxtTransport } from '../../src/exchanges/ccxt-transport.ts';
import { createRecordingLogger } from './recording-logger.ts';

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const NOW = Date.parse('2026-01-01T00:00:00Z');

/** Sends one request inside a call and answers its text and what the call learned. */
const exchange = async (options: { url?: string; limitBytes?: number; deadlineMs?: number } = {}) => {
  const calls = createCallRunner(createRecordingLogger(), { now: () => NOW });
  const transport = await createCcxtTransport({ calls, clock: { now: () => NOW }, sandboxUrl: url });
  try {
    return await calls.run(
      { deadlineMs: options.deadlineMs ?? 5_000, limitBytes: options.limitBytes ?? 1_000 },
      async (scope) => {
        const response = await transport.fetch(options.url ?? 'https://api.venue.example/x', {
          method: 'GET',
        });
        return { text: await response.text(), status: response.status, retryAfterMs: scope.retryAfterMs };
      },
    );
  } finally {
    await transport.close();
  }
};

test('every request goes to the sandbox, its path and query untouched, with the real host beside', async () => {
  let seen: (string | undefined)[] = [];
  answer = (request, response) => {
    seen = [request.url, request.headers['x-sandbox-host'] as string];
    response.end('{}');
  };
  await exchange({ url: "https://api.venue.example/v1/../a%2fb?x=1&y=a|b'c&signature=%7E" });
  expect(seen).toEqual(["/v1/../a%2fb?x=1&y=a|b'c&signature=%7E", 'api.venue.example']);
});

test('compressed answers are read, and bounded after decompression', async () => {
  const body = JSON.stringify({ text: 'a'.repeat(5_000) });
  answer = (_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(body));
  };
  await expect(exchange({ limitBytes: 10_000 })).resolves.toMatchObject({ text: body });
  await expect(exchange({ limitBytes: 1_000 })).rejects.toMatchObject({ code: 'bad_response' });
});

test('an answer without end is cut off at its bound', async () => {
  answer = (_request, response) => {
    const pump = (): void => {
      while (!response.destroyed && response.write('x'.repeat(1_000)));
      if (!response.destroyed) response.once('drain', pump);
    };
    pump();
  };
  await expect(exchange({ limitBytes: 5_000 })).rejects.toMatchObject({ code: 'bad_response' });
});

test('an answer that stops in the middle ends at the deadline', async () => {
  answer = (_request, response) => {
    response.setHeader('content-length', '100');
    response.write('{');
  };
  await expect(exchange({ deadlineMs: 200 })).rejects.toMatchObject({ code: 'exchange_timeout' });
});

test('redirects are not followed', async () => {
  let requests = 0;
  answer = (_request, response) => {
    requests += 1;
    response.writeHead(302, { location: `${url}/elsewhere` }).end();
  };
  await expect(exchange()).resolves.toMatchObject({ status: 302 });
  expect(requests).toBe(1);
});

test.each([
  ['30', 30_000],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Thu, 01 Jan 2020 00:00:00 GMT', undefined],
  ['999999999', undefined],
  ['soon', undefined],
  ['-5', undefined],
])('Retry-After %s is %s ms', async (header, expected) => {
  answer = (_request, response) => {
    response.writeHead(429, { 'retry-after': header }).end('{}');
  };
  expect((await exchange()).retryAfterMs).toBe(expected);
});
