/** Receivers that misbehave: each costs its deliveries an attempt, and the sender nothing. */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { ResolveHost } from '../../src/outbound/guarded-lookup.ts';
import { createWebhookSender, type ReceiverAnswer } from '../../src/outbound/webhook-sender.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { accept, answerStatus, type Answer, startReceiver } from './receiver.ts';

const OPEN = { allowHttp: true, allowPrivate: true };

const send = async (
  url: string,
  options: {
    readonly timeoutMs?: number;
    readonly resolve?: ResolveHost;
    readonly trusted?: string;
    readonly rules?: typeof OPEN;
  } = {},
): Promise<ReceiverAnswer> => {
  using sender = createWebhookSender({ rules: OPEN, clock: systemClock, timeoutMs: 10_000, ...options });
  return await sender.send({ url, headers: { 'webhook-id': 'an-id' }, body: '{"a":1}' });
};

const sendTo = async (answer: Answer, options: Parameters<typeof send>[1] = {}): Promise<ReceiverAnswer> => {
  await using receiver = await startReceiver({ answer });
  return await send(receiver.url, options);
};

/** Whatever it does to a connection. */
const startSocketServer = async (
  onSocket: (socket: Socket) => void,
): Promise<AsyncDisposable & { url: string }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onSocket(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

describe('answers', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    expect(await sendTo(answerStatus(status))).toMatchObject({
      status,
      failure: null,
      retryAfterMs: undefined,
    });
  });

  test.each([
    [300, 'redirect (300), which is not followed'],
    [400, 'answered 400'],
    [404, 'answered 404'],
    [410, 'answered 410'],
    [500, 'answered 500'],
  ])('%i is failure', async (status, failure) => {
    expect(await sendTo(answerStatus(status))).toMatchObject({ status, failure });
  });

  test('a redirect, be it to a private address, is not followed', async () => {
    await using hidden = await startReceiver();
    const answer = await sendTo(answerStatus(307, { Location: hidden.url }));
    expect(answer).toMatchObject({ status: 307, failure: 'redirect (307), which is not followed' });
    expect(hidden.received).toEqual([]);
  });

  test.each([
    ['120', 120_000],
    [new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
    ['soon', undefined],
    ['-5', undefined],
    ['1e9', undefined],
  ])('Retry-After: %s', async (text, expected) => {
    const { retryAfterMs } = await sendTo(answerStatus(429, { 'Retry-After': text }));
    if (expected === undefined) expect(retryAfterMs).toBeUndefined();
    else expect(Math.abs((retryAfterMs ?? 0) - expected)).toBeLessThan(60_000);
  });

  test('10 MB of answer are not read', async () => {
    const cut = new Promise<boolean>((resolve) => {
      void sendTo((_received, response) => {
        response.on('close', () => resolve(!response.writableFinished));
        response.writeHead(200);
        const chunk = Buffer.alloc(64 * 1024);
        const write = (): void => {
          while (!response.destroyed && response.write(chunk));
          response.once('drain', write);
        };
        write();
      }).then((answer) => expect(answer).toMatchObject({ status: 200, failure: null }));
    });
    expect(await cut).toBe(true);
  });
});

describe('connections', () => {
  test('a receiver that hangs is given up after the timeout', async () => {
    expect(await sendTo(() => undefined, { timeoutMs: 50 })).toMatchObject({
      status: null,
      failure: 'timeout',
    });
  });

  test('one that accepts and says nothing, and one that sends its head byte by byte, too', async () => {
    await using silent = await startSocketServer(() => undefined);
    await using slow = await startSocketServer((socket) => {
      const timer = setInterval(() => socket.write('H'), 5);
      socket.on('close', () => clearInterval(timer));
      socket.write('HTTP/1.1 200 OK\r\nX: ');
    });
    for (const { url } of [silent, slow])
      expect(await send(url, { timeoutMs: 60 })).toMatchObject({ status: null, failure: 'timeout' });
  });

  test('one that resets, one that hangs up, and one that does not listen', async () => {
    await using resetting = await startSocketServer((socket) => socket.resetAndDestroy());
    await using ending = await startSocketServer((socket) => socket.end());
    const gone = await startSocketServer(() => undefined);
    await gone[Symbol.asyncDispose]();
    const failures = [];
    for (const { url } of [resetting, ending, gone]) failures.push((await send(url)).failure);
    expect(failures).toEqual(['connection reset', 'connection reset', 'connection refused']);
  });

  test('one that switches protocols, though nobody asked, keeps no place of the sender', async () => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
    let hungUp: (() => void) | undefined;
    const end = new Promise<void>((resolve) => (hungUp = resolve));
    await using switching = await startSocketServer((socket) => {
      socket.on('close', () => hungUp?.());
      socket.once('data', () => socket.write(head));
    });
    expect(await send(switching.url)).toMatchObject({ status: 101, failure: 'answered 101' });
    await end;
  });

  test('one that speaks no HTTP', async () => {
    await using odd = await startSocketServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    expect(await send(odd.url)).toMatchObject({ status: null, failure: 'answer is no HTTP' });
  });

  test('a name that does not resolve', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await send('http://nowhere.example/', { resolve })).toMatchObject({
      failure: 'name not resolved',
    });
  });

  test('a kept connection that the receiver has closed meanwhile costs no attempt', async () => {
    await using receiver = await startReceiver();
    using sender = createWebhookSender({ rules: OPEN, clock: systemClock, timeoutMs: 10_000 });
    const delivery = { url: receiver.url, headers: {}, body: '{}' };
    const sockets = new Set<string>();
    receiver.answerWith((received, response) => {
      sockets.add(String(response.socket?.remotePort));
      // Closed as soon as the next request is on its way.
      if (sockets.size === 1 && receiver.received.length === 2) response.socket?.destroy();
      else accept(received, response);
    });
    expect(await sender.send(delivery)).toMatchObject({ failure: null });
    expect(await sender.send(delivery)).toMatchObject({ failure: null });
    expect(sockets.size).toBe(2);
  });
});

// Nothing of Node makes certificates.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

(hasOpenssl ? describe : describe.skip)('TLS', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'countersign-tls-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const certify = (name: string) => {
    const [key, cert] = [path.join(folder, `${name}.key`), path.join(folder, `${name}.crt`)];
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', [...made, '-days', '2', ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  };
  const resolve: ResolveHost = () => Promise.resolve(['127.0.0.1']);
  const named = (url: string, name: string): string => url.replace('127.0.0.1', name);

  test('a certificate that nobody trusts is refused, and one for another name', async () => {
    const tls = certify('hooks.example');
    await using receiver = await startReceiver({ tls });
    const untrusted = await send(named(receiver.url, 'hooks.example'), { resolve });
    expect(untrusted).toMatchObject({ status: null, failure: 'TLS not trusted' });
    const other = await send(named(receiver.url, 'other.example'), { resolve, trusted: tls.cert });
    expect(other).toMatchObject({ status: null, failure: 'TLS not trusted' });
    expect(receiver.received).toEqual([]);
  });

  test('the name is what is asked for, though the connection goes to the checked address', async () => {
    const tls = certify('hooks.example');
    await using receiver = await startReceiver({ tls });
    const url = named(receiver.url, 'hooks.example');
    expect(await send(url, { resolve, trusted: tls.cert })).toMatchObject({ status: 204, failure: null });
    expect(receiver.received[0]?.headers.host).toBe(new URL(url).host);
  });

  test('plain http behind https is refused', async () => {
    await using plain = await startReceiver();
    expect(await send(plain.url.replace('http:', 'https:'))).toMatchObject({ failure: 'TLS not trusted' });
  });
});
