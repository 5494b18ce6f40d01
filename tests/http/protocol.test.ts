import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exchangeBytes, lines, sendRaw } from './raw-socket.ts';
import { startTestServer, type TestServer } from './sample-surface.ts';

const HOST = 'Host: 127.0.0.1';
const PING = 'GET /ver1/ping HTTP/1.1';

describe('the guard', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  test.each<[string, string[]]>([
    ['a plain request', [PING, HOST]],
    ['a host with a port', [PING, 'Host: localhost:8080']],
    ['an IPv6 host', [PING, 'Host: [::1]:8080']],
    ['the published prefix', ['GET /public/api/ver1/ping HTTP/1.1', HOST]],
    ['a bare question mark', ['GET /ver1/ping? HTTP/1.1', HOST]],
    ['JSON type on a GET', [PING, HOST, 'Content-Type: application/json']],
    ['identity encoding', [PING, HOST, 'Content-Encoding: identity']],
    ['a header named __proto__', [PING, HOST, '__proto__: x', '__proto__: y']],
    ['64 headers', [PING, HOST, ...Array.from({ length: 62 }, (_, at) => `X-${at}: 1`)]],
  ])('lets through %s', async (_name, request) => {
    const answer = await sendRaw(server.port, lines(...request));
    expect([answer.status, answer.body]).toEqual([200, '{"pong":"pong"}']);
  });

  test.each<[string, string[]]>([
    ['no Host', [PING]],
    ['an empty Host', [PING, 'Host: ']],
    ['two Hosts', [PING, HOST, HOST]],
    ['a Host with a path', [PING, 'Host: a/b']],
    ['a Host with a user', [PING, 'Host: a@b']],
    ['a Host with a bad port', [PING, 'Host: a:port']],
    ['a list of Hosts', [PING, 'Host: a, b']],
    ['an empty Transfer-Encoding', ['POST /ver1/ping HTTP/1.1', HOST, 'Transfer-Encoding: ']],
    ['an unknown Transfer-Encoding', ['POST /ver1/ping HTTP/1.1', HOST, 'Transfer-Encoding: identity']],
    ['two Transfer-Encodings', ['POST /ver1/ping HTTP/1.1', HOST, 'Transfer-Encoding: gzip, chunked']],
    [
      'Content-Length beside Transfer-Encoding',
      ['POST /ver1/ping HTTP/1.1', HOST, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
    ],
    ['two Content-Lengths', ['POST /ver1/ping HTTP/1.1', HOST, 'Content-Length: 5', 'Content-Length: 6']],
    ['a signed Content-Length', ['POST /ver1/ping HTTP/1.1', HOST, 'Content-Length: +5']],
    ['a compressed body', ['POST /ver1/ping HTTP/1.1', HOST, 'Content-Encoding: gzip', 'Content-Length: 0']],
    ['two Apikeys', [PING, HOST, 'Apikey: a', 'Apikey: b']],
    ['two Signatures', [PING, HOST, 'Signature: a', 'signature: a']],
    ['two Authorizations', [PING, HOST, 'Authorization: a', 'Authorization: b']],
    ['two Content-Types', [PING, HOST, 'Content-Type: a/b', 'Content-Type: c/d']],
    ['a target of *', ['GET * HTTP/1.1', HOST]],
    ['OPTIONS *', ['OPTIONS * HTTP/1.1', HOST]],
    ['an absolute target', ['GET http://127.0.0.1/ver1/ping HTTP/1.1', HOST]],
    ['a fragment', ['GET /ver1/ping#x HTTP/1.1', HOST]],
    ['a backslash', ['GET /ver1\\ping HTTP/1.1', HOST]],
    ['bytes beyond ASCII in the target', ['GET /ver1/pin\u00e9 HTTP/1.1', HOST]],
    ['another Expect', [PING, HOST, 'Expect: 200-ok']],
    ['a space before the colon', [PING, 'Host : a']],
    ['a folded header', [PING, HOST, 'X-A: 1\r\n 2']],
    ['another protocol', ['GET /ver1/ping HTTP/2.0', HOST]],
    ['a method that does not exist', ['BREW /ver1/ping HTTP/1.1', HOST]],
    ['no HTTP at all', ['\u0016\u0003\u0001']],
  ])('refuses %s with 400 and ends the connection', async (_name, request) => {
    const answer = await sendRaw(server.port, Buffer.from(lines(...request), 'latin1'));
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'malformed_request' });
    expect(answer.headers).toMatchObject({ connection: 'close', 'cache-control': 'no-store' });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('refuses 65 headers, and headers of more than 16 KB, with 431', async () => {
    const many = await sendRaw(
      server.port,
      lines(PING, HOST, ...Array.from({ length: 63 }, (_, at) => `X-${at}: 1`)),
    );
    expect(many.status).toBe(431);
    const large = await sendRaw(server.port, lines(PING, HOST, `X-A: ${'a'.repeat(17_000)}`));
    expect(large.status).toBe(431);
    for (const answer of [many, large])
      expect(JSON.parse(answer.body)).toMatchObject({ error: 'malformed_request' });
  });

  test('answers nothing of what was smuggled behind a refused request', async () => {
    const text = await exchangeBytes(
      server.port,
      `POST /ver1/ping HTTP/1.1\r\n${HOST}\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${PING}\r\n${HOST}\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(text).not.toContain('pong');
  });

  test.each(['OPTIONS', 'TRACE', 'PROPFIND', 'PUT', 'POST'])(
    'answers %s on a known path as an unknown path',
    async (method) => {
      const known = await sendRaw(server.port, lines(`${method} /ver1/ping HTTP/1.1`, HOST));
      const unknown = await sendRaw(server.port, lines('GET /ver1/nowhere HTTP/1.1', HOST));
      expect([known.status, known.body]).toEqual([404, unknown.body]);
      expect(known.headers['x-dialect']).toBe('sample');
    },
  );

  test('answers requests sent in one packet one after another', async () => {
    const text = await exchangeBytes(server.port, `${PING}\r\n${HOST}\r\n\r\n${lines(PING, HOST)}`);
    expect(text.match(/"pong":"pong"/g)).toHaveLength(2);
  });

  test('asks for the body of a waiting client only when it is going to read it', async () => {
    const head = (length: number): string =>
      lines('POST /ver1/ping HTTP/1.1', HOST, 'Expect: 100-continue', `Content-Length: ${length}`);
    expect(await exchangeBytes(server.port, head(5))).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('slow callers', () => {
  test('one that does not finish its headers in time is told so and cut off', async () => {
    await using server = await startTestServer({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
    const answer = await sendRaw(server.port, `${PING}\r\nHost: 127`);
    expect(answer.status).toBe(408);
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'malformed_request' });
  });

  test('one that does not finish its body in time is told so and cut off', async () => {
    await using server = await startTestServer({ limits: { headersTimeoutMs: 50, requestTimeoutMs: 100 } });
    const text = await exchangeBytes(
      server.port,
      `POST /ver1/things/new HTTP/1.1\r\n${HOST}\r\nApikey: a\r\nContent-Length: 100\r\n\r\n{"name":`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    await server.server.close(1_000);
  });

  test('a body in broken chunks is answered, and rubbish after a whole request does not cost its answer', async () => {
    await using server = await startTestServer();
    const broken = await sendRaw(
      server.port,
      `POST /ver1/things/new HTTP/1.1\r\n${HOST}\r\nApikey: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`,
    );
    expect(broken.status).toBe(400);
    const whole = await exchangeBytes(server.port, `${PING}\r\n${HOST}\r\n\r\nrubbish\r\n\r\n`);
    expect(whole).toContain('"pong":"pong"');
  });

  test('one that leaves in the middle of its body harms nobody', async () => {
    await using server = await startTestServer();
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => {
        socket.write(
          `POST /ver1/things/new HTTP/1.1\r\n${HOST}\r\nApikey: a\r\nContent-Length: 100\r\n\r\n{"name":`,
          () => {
            socket.destroy();
            resolve();
          },
        );
      });
    });
    expect((await fetch(`${server.url}/ver1/ping`)).status).toBe(200);
  });
});
