import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  type RedisConnection,
  RedisUnavailableError,
  startRedisConnection,
} from '../../src/redis/redis-connection.ts';
import type { LogFields, Logger } from '../../src/shared/logger.ts';
import { startLittleRedis } from '../support/little-redis.ts';
import { startTestRedis } from '../support/redis.ts';

const collectLines = (): { logger: Logger; lines: string[] } => {
  const lines: string[] = [];
  const write = (message: string, fields?: LogFields): void => {
    lines.push(JSON.stringify({ message, fields }));
  };
  return { lines, logger: { debug: write, info: write, warn: write, error: write } };
};

const connectTo = (url: string): RedisConnection =>
  startRedisConnection({ url, logger: collectLines().logger });

const until = async (isTrue: () => boolean): Promise<void> => {
  while (!isTrue()) await delay(2);
};

const askInOneTurn = (connection: RedisConnection): Promise<unknown[]> =>
  Promise.all([
    connection.send(['SET', 'a', '1', 'NX', 'PX', '60000']),
    connection.send(['SET', 'a', '2', 'NX', 'PX', '60000']),
    connection.send(['GET', 'a']),
    connection.send(['GET', 'b']),
    connection.send(['DEL', 'a', 'b']),
    connection.send(['SET', 'a', 'ß “', 'NX', 'GET', 'PX', '60000']),
    connection.send(['GET', 'a']),
  ]);

const ANSWERS = ['OK', null, '1', null, 1, null, 'ß “'];

test('commands of one turn are answered in their order', async () => {
  await using redis = await startTestRedis();
  await using connection = connectTo(redis.url);
  await until(() => connection.isReady());
  expect(await askInOneTurn(connection)).toEqual(ANSWERS);
});

test('the little server answers these commands as Redis does', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-redis-'));
  const socketPath = path.join(folder, 'redis.sock');
  const server = await startLittleRedis(socketPath);
  try {
    await using connection = connectTo(`unix://${socketPath}`);
    await until(() => connection.isReady());
    expect(await askInOneTurn(connection)).toEqual(ANSWERS);
    await expect(connection.send(['NONSENSE'])).rejects.toThrow(RedisUnavailableError);
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
});

test('a command that Redis refuses is rejected, and the next one is answered', async () => {
  await using redis = await startTestRedis();
  await using connection = connectTo(redis.url);
  await until(() => connection.isReady());
  await expect(connection.send(['NONSENSE'])).rejects.toThrow(RedisUnavailableError);
  expect(await connection.send(['PING'])).toBe('PONG');
});

test('while Redis is away commands fail at once; when it is back they are answered again', async () => {
  await using redis = await startTestRedis();
  await using connection = connectTo(redis.url);
  await until(() => connection.isReady());
  for (let times = 0; times < 2; times += 1) {
    await redis.kill();
    await until(() => !connection.isReady());
    await expect(connection.send(['PING'])).rejects.toThrow('There is no connection to Redis');
    await redis.start();
    await until(() => connection.isReady());
    expect(await connection.send(['GET', 'a'])).toBeNull();
  }
});

test('what waits for an answer when Redis dies is rejected', async () => {
  await using redis = await startTestRedis();
  await using connection = connectTo(redis.url);
  await until(() => connection.isReady());
  const waiting = Promise.allSettled(Array.from({ length: 50 }, () => connection.send(['PING'])));
  await redis.kill();
  for (const outcome of await waiting) {
    if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RedisUnavailableError);
  }
  await until(() => !connection.isReady());
});

describe('a server that accepts and never answers', () => {
  const withSilentServer = async (
    body: (url: string, sockets: readonly Socket[], onData: (answer: () => boolean) => void) => Promise<void>,
  ): Promise<void> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'countersign-redis-'));
    const socketPath = path.join(folder, 'redis.sock');
    const sockets: Socket[] = [];
    let answers: () => boolean = () => false;
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).on('data', () => answers() && socket.write('+PONG\r\n'));
    });
    await new Promise<void>((resolve) => {
      server.listen(socketPath, resolve);
    });
    try {
      await body(`unix://${socketPath}`, sockets, (answer) => {
        answers = answer;
      });
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(folder, { recursive: true, force: true });
    }
  };

  test('is never taken for a Redis', async () => {
    await withSilentServer(async (url, sockets) => {
      await using connection = connectTo(url);
      await until(() => sockets.length === 2);
      expect(connection.isReady()).toBe(false);
    });
  });

  test('is given up after one command without an answer', async () => {
    await withSilentServer(async (url, sockets, onData) => {
      let left = 1;
      onData(() => left-- > 0);
      await using connection = connectTo(url);
      await until(() => connection.isReady());
      await expect(connection.send(['GET', 'a'])).rejects.toThrow('Redis did not answer in time');
      expect(connection.isReady()).toBe(false);
      await until(() => sockets.length === 2);
    });
  });
});

test('a password is in no log line, whether Redis takes it, refuses it or is not there', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-redis-'));
  const { logger, lines } = collectLines();
  const password = 'planted-password-9911';
  try {
    for (const url of [
      `redis://:${password}@127.0.0.1:1/0`,
      `unix://user:${password}@${folder}/none.sock`,
      `redis://user:${password}@[broken`,
    ]) {
      const before = lines.length;
      await using connection = startRedisConnection({ url, logger });
      await until(() => lines.length > before);
      expect(connection.isReady()).toBe(false);
    }
    await using redis = await startTestRedis();
    const before = lines.length;
    await using connection = startRedisConnection({
      url: redis.url.replace('unix://', `unix://user:${password}@`),
      logger,
    });
    await until(() => lines.length > before);
    expect(connection.isReady()).toBe(false);
    expect(lines.join('\n')).not.toContain(password);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('disposing ends the connection also while Redis is away', async () => {
  const connection = connectTo('redis://127.0.0.1:1');
  await connection[Symbol.asyncDispose]();
  await expect(connection.send(['PING'])).rejects.toThrow(RedisUnavailableError);
});
