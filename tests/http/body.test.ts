import { expect, test } from '@jest/globals';
import { lines, sendRaw } from './raw-socket.ts';
import { aCallerKey, signText, startTestServer } from './sample-surface.ts';

const TARGET = '/ver1/things/new';
const key = aCallerKey();

const aBodyOf = (bytes: number): string => `{"name":"${'a'.repeat(bytes - 11)}"}`;

test.each<[string, string | Buffer]>([
  ['JSON that ends early', '{"name":'],
  ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
  ['deep JSON', `{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ['__proto__', '{"name":"ok","__proto__":{"a":1}}'],
])('%s is answered with 400, and the server goes on', async (_name, body) => {
  await using server = await startTestServer({ keys: [key] });
  const response = await server.signed(key, 'POST', TARGET, body, { 'Content-Type': 'application/json' });
  expect([response.status, await response.json()]).toMatchObject([400, { error: 'malformed_request' }]);
  expect((await fetch(`${server.url}/ver1/ping`)).status).toBe(200);
});

test('64 KB are read; more are refused with 413 that the sender gets to see', async () => {
  await using server = await startTestServer({ keys: [key] });
  expect((await server.signed(key, 'POST', TARGET, aBodyOf(64 * 1024))).status).toBe(201);
  for (const bytes of [64 * 1024 + 1, 65 * 1024, 900 * 1024]) {
    const response = await server.signed(key, 'POST', TARGET, aBodyOf(bytes));
    expect([response.status, await response.json()]).toMatchObject([413, { error: 'payload_too_large' }]);
  }
});

test('a body that is announced as huge is refused before it is sent, and the connection ends', async () => {
  await using server = await startTestServer({ keys: [key] });
  const head = [`POST ${TARGET} HTTP/1.1`, 'Host: a', `Apikey: ${key.keyId}`];
  const huge = await sendRaw(server.port, lines(...head, 'Content-Length: 10000000'));
  const waiting = await sendRaw(server.port, lines(...head, 'Expect: 100-continue', 'Content-Length: 65537'));
  for (const answer of [huge, waiting])
    expect([answer.status, answer.headers['connection']]).toEqual([413, 'close']);
});

test('a chunked body without an end is refused once it is too long', async () => {
  await using server = await startTestServer({ keys: [key] });
  const head = lines(
    `POST ${TARGET} HTTP/1.1`,
    'Host: a',
    `Apikey: ${key.keyId}`,
    'Transfer-Encoding: chunked',
  );
  const chunk = `${(64 * 1024).toString(16)}\r\n${'a'.repeat(64 * 1024)}\r\n`;
  const answer = await sendRaw(server.port, head, chunk.repeat(20));
  expect([answer.status, answer.headers['connection']]).toEqual([413, 'close']);
});

test('a body that nobody signed for is not read at all', async () => {
  await using server = await startTestServer({ keys: [key] });
  const answer = await sendRaw(
    server.port,
    lines(`POST ${TARGET} HTTP/1.1`, 'Host: a', 'Content-Length: 1000'),
  );
  expect(answer.status).toBe(401);
});

test('a body may be chunked, and its sender may wait for 100 Continue', async () => {
  await using server = await startTestServer({ keys: [key] });
  const body = '{"name":"chunked"}';
  const head = [
    `POST ${TARGET} HTTP/1.1`,
    'Host: a',
    `Apikey: ${key.keyId}`,
    `Signature: ${signText(key, `${TARGET}?`, body)}`,
  ];
  const chunked = await sendRaw(
    server.port,
    lines(...head, 'Transfer-Encoding: chunked'),
    `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
  );
  expect([chunked.status, chunked.body]).toEqual([201, '{"name":"chunked","tags":[],"amount":null}']);
  const waiting = await sendRaw(
    server.port,
    lines(...head, 'Expect: 100-continue', `Content-Length: ${body.length}`),
    body,
  );
  expect(waiting.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 201 /);
});
