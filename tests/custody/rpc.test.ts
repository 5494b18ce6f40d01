// The RPC by itself: framing, many calls at once, lost connections, overload, and nothing but what the table names.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CustodyClient, createCustodyClient } from '../../src/custody/rpc-client.ts';
import { createFrameReader, encodeFrame } from '../../src/custody/rpc-protocol.ts';
import { type RpcHandlers, type RpcServer, startRpcServer } from '../../src/custody/rpc-server.ts';
import type { VenueAccount } from '../../src/exchanges/exchange.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createRecordingLogger } from '../exchanges/recording-logger.ts';

const REF = { tenantId: randomUUID(), credentialId: randomUUID(), generation: 1 };
const CONTEXT = { requestId: 'r1', purpose: 'sync' } as const;
const PONG = { venues: ['binance'], frozen: false };
const AS_OF = '2026-01-01T00:00:00.000Z';

let folder: string;
let socketPath: string;
let nowMs: number;
const servers: RpcServer[] = [];
const clients: CustodyClient[] = [];
const logger = createRecordingLogger();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cs-rpc-'));
  socketPath = join(folder, 'run', 'custody.sock');
  nowMs = 1_000_000;
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

const anAccount = (marketCode: string): VenueAccount => ({
  marketCode,
  balances: [],
  openPositions: 0,
  hedgeModeEnabled: false,
  asOf: AS_OF,
});

const serve = async (handlers: Partial<RpcHandlers> = {}, maxInFlight = 100): Promise<RpcServer> => {
  const unasked = (): never => {
    throw new Error('not part of this test');
  };
  const server = await startRpcServer({
    socketPath,
    logger,
    maxInFlight,
    handlers: {
      ping: () => Promise.resolve(PONG),
      stats: unasked,
      venueStates: unasked,
      ensureTenantKey: unasked,
      connect: unasked,
      fetchAccount: ({ marketCode }) => Promise.resolve(anAccount(marketCode)),
      fetchWallet: unasked,
      fetchPrices: unasked,
      fetchTransfers: unasked,
      fetchTradeListing: unasked,
      fetchTrades: unasked,
      fetchBnbBurn: unasked,
      setBnbBurn: unasked,
      fetchDustAssets: unasked,
      fetchMarkets: unasked,
      fetchListing: unasked,
      fetchTicker: unasked,
      fetchSpotQuotes: unasked,
      checkVenue: unasked,
      fetchQuote: unasked,
      fetchMaxLeverage: unasked,
      countOpenOrders: unasked,
      fetchNetworks: unasked,
      fetchDepositAddress: unasked,
      ...handlers,
    },
  });
  servers.push(server);
  return server;
};

const aClient = (options: { callDeadlineMs?: number; maxInFlight?: number } = {}): CustodyClient => {
  const client = createCustodyClient({
    socketPath,
    logger,
    clock: { now: () => nowMs },
    callDeadlineMs: 10_000,
    ...options,
  });
  clients.push(client);
  return client;
};

test('messages survive any cut of the stream into chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: fc.nat(), text: fc.string({ unit: 'binary' }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (messages, sizes) => {
        const stream = Buffer.concat(messages.map((message) => encodeFrame(message, 10_000)));
        const seen: unknown[] = [];
        const read = createFrameReader(10_000, (message) => seen.push(message));
        for (let at = 0, turn = 0; at < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          read(stream.subarray(at, at + size));
          at += size;
        }
        expect(seen).toEqual(messages);
      },
    ),
  );
});

test('a frame over the bound is refused on both ends', () => {
  expect(() => encodeFrame({ text: 'x'.repeat(100) }, 50)).toThrow(RangeError);
  const read = createFrameReader(50, () => undefined);
  expect(() => read(Buffer.from([0, 0, 0, 51]))).toThrow(RangeError);
});

test('the socket and its folder belong to their user alone', async () => {
  await serve();
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
});

test('a socket file that a killed process left is replaced, one in use is not', async () => {
  await serve();
  await expect(serve()).rejects.toThrow('another custody process');
  await servers.splice(0)[0]?.close();
  // A file in the socket's place that nobody listens on.
  writeFileSync(socketPath, '');
  await serve();
  await expect(aClient().ping()).resolves.toEqual(PONG);
});

test('99 calls at once over one connection get each its own answer', async () => {
  let connections = 0;
  await serve({
    fetchAccount: async ({ marketCode }) => {
      connections += 1;
      // Answers go back in another order than the calls came.
      for (let turn = connections % 7; turn > 0; turn -= 1) await Promise.resolve();
      return anAccount(marketCode);
    },
  });
  const client = aClient();
  const codes = Array.from({ length: 99 }, (_, index) => `code_${index}`);
  const accounts = await Promise.all(codes.map((code) => client.fetchAccount(CONTEXT, REF, code)));
  expect(accounts.map(({ marketCode }) => marketCode)).toEqual(codes);
});

test('errors cross with code, words and details, and nothing else of them', async () => {
  await serve({
    fetchAccount: () =>
      Promise.reject(
        new AppError('exchange_rate_limited', 'The exchange limits our requests', {
          details: { retryAfterMs: 5_000 },
          cause: new Error('planted-secret'),
        }),
      ),
    ping: () => Promise.reject(new Error('planted-secret')),
  });
  const client = aClient();
  const error: unknown = await client
    .fetchAccount(CONTEXT, REF, 'binance')
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    code: 'exchange_rate_limited',
    message: 'The exchange limits our requests',
    details: { retryAfterMs: 5_000 },
  });
  expect((error as Error).cause).toBeUndefined();
  await expect(client.ping()).rejects.toMatchObject({
    code: 'unknown_error',
    message: 'Unknown error occurred',
  });
  expect(logger.lines.join('\n')).not.toContain('planted-secret');
});

test('fields that the table does not name do not cross', async () => {
  const leaky = { ...anAccount('binance'), secret: 'planted-secret' };
  await serve({ fetchAccount: () => Promise.resolve(leaky) });
  const account = await aClient().fetchAccount(CONTEXT, REF, 'binance');
  expect(account).toEqual(anAccount('binance'));
});

test('calls fail with custody_unavailable when the connection drops under them, and later ones reconnect', async () => {
  let arrived: () => void = () => undefined;
  const waiting = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const sockets: Socket[] = [];
  const dropping = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => arrived());
  });
  await serve();
  await servers.splice(0)[0]?.close();
  await new Promise<void>((resolve) => dropping.listen(socketPath, resolve));
  const client = aClient();
  const calls = [client.ping(), client.fetchAccount(CONTEXT, REF, 'binance')];
  await waiting;
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => dropping.close(resolve));
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'custody_unavailable' });
  await serve();
  await expect(client.ping()).resolves.toEqual(PONG);
});

test('without custody calls fail at once, back off, and work again when it is there', async () => {
  const client = aClient();
  await expect(client.ping()).rejects.toMatchObject({ code: 'custody_unavailable' });
  await serve();
  // Inside the back-off no attempt is made; the error tells when the next one will be.
  await expect(client.ping()).rejects.toMatchObject({ details: { retryAfterMs: expect.any(Number) } });
  nowMs += 60_000;
  await expect(client.ping()).resolves.toEqual(PONG);
});

test('custody that never answers does not hang a call', async () => {
  const untilGone: RpcHandlers['ping'] = (_params, call) =>
    new Promise((done) => {
      call.signal.addEventListener('abort', () => done({ venues: [], frozen: false }));
    });
  await serve({ ping: untilGone });
  const client = aClient({ callDeadlineMs: 50 });
  await expect(client.ping()).rejects.toMatchObject({ code: 'custody_unavailable' });
});

test('more calls than either end takes are refused with a clear error', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await serve({ fetchAccount: () => held.then(() => anAccount('binance')) }, 2);
  const client = aClient({ maxInFlight: 4 });
  const calls = Array.from({ length: 5 }, () => client.fetchAccount(CONTEXT, REF, 'binance'));
  await expect(calls[4]).rejects.toMatchObject({ code: 'custody_unavailable' });
  await expect(calls[2]).rejects.toMatchObject({
    code: 'custody_unavailable',
    details: { retryAfterMs: 1_000 },
  });
  await expect(calls[3]).rejects.toMatchObject({ code: 'custody_unavailable' });
  release();
  await expect(Promise.all([calls[0], calls[1]])).resolves.toHaveLength(2);
});

test('a handler hears when its caller is gone', async () => {
  let start: (signal: AbortSignal) => void = () => undefined;
  const started = new Promise<AbortSignal>((resolve) => {
    start = resolve;
  });
  await serve({
    ping: (_params, call) => {
      start(call.signal);
      return new Promise((done) => {
        call.signal.addEventListener('abort', () => done({ venues: [], frozen: false }));
      });
    },
  });
  const client = aClient();
  const call = client.ping().catch((error: unknown) => error);
  const signal = await started;
  await client.close();
  expect(await call).toMatchObject({ code: 'custody_unavailable' });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
  expect(signal.aborted).toBe(true);
});

test.each([
  ['text that is not JSON', Buffer.from([0, 0, 0, 2, 0x7b, 0x7b])],
  ['a length beyond the bound', Buffer.from([0xff, 0xff, 0xff, 0xff])],
  ['an unknown method', encodeFrame({ id: 1, method: 'readSecret', deadlineMs: 1, params: {} }, 1_000)],
  [
    'a method of every object',
    encodeFrame({ id: 1, method: 'constructor', deadlineMs: 1, params: {} }, 1_000),
  ],
])('%s costs the peer its connection and nobody else theirs', async (_name, bytes) => {
  await serve();
  const client = aClient();
  await client.ping();
  const peer = connectSocket(socketPath);
  const closed = new Promise((resolve) => peer.once('close', resolve));
  peer.on('error', () => undefined);
  peer.write(bytes);
  await closed;
  await expect(client.ping()).resolves.toEqual(PONG);
});

test('parameters that do not fit are refused before the handler sees them', async () => {
  let asked = false;
  await serve({
    fetchAccount: () => {
      asked = true;
      return Promise.resolve(anAccount('x'));
    },
  });
  const client = aClient();
  const call = client.fetchAccount(CONTEXT, { ...REF, tenantId: "x' or 1=1" }, 'binance');
  await expect(call).rejects.toMatchObject({ code: 'unknown_error' });
  expect(asked).toBe(false);
});
