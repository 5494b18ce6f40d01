/** A Redis for tests: the real server on a private socket where the machine has one, else the little one of this folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { NONCES_SINCE } from '../../src/auth/redis-nonce-store.ts';
import { TAKE_SCRIPT } from '../../src/redis/redis-takes.ts';
import { type LittleRedis, type ScriptTwin, startLittleRedis } from './little-redis.ts';

export interface TestRedis extends AsyncDisposable {
  /** The same before and after a restart. */
  readonly url: string;
  /** Ends the server at once, and with it all that it held. */
  kill(): Promise<void>;
  /** Starts it again, empty. Resolves once it accepts connections. */
  start(): Promise<void>;
}

/** As one that has served for long. Dispose it in `afterAll`. */
export const startTestRedis = async (): Promise<TestRedis> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'countersign-redis-'));
  const socketPath = path.join(folder, 'redis.sock');
  const server = hasRedisServer() ? realServer(folder, socketPath) : littleServer(socketPath);
  await server.start();
  await command(socketPath, ['SET', NONCES_SINCE, '1']);
  return {
    url: `unix://${socketPath}`,
    ...server,
    async [Symbol.asyncDispose]() {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const command = async (socketPath: string, words: readonly string[]): Promise<void> => {
  const socket = connect(socketPath);
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  socket.write(`*${words.length}\r\n${parts.join('')}`);
  await once(socket, 'data');
  socket.destroy();
};

type Server = Pick<TestRedis, 'kill' | 'start'>;

const hasRedisServer = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

const realServer = (folder: string, socketPath: string): Server => {
  let child: ChildProcess | undefined;
  return {
    start: async () => {
      const settings = ['--port', '0', '--unixsocket', socketPath, '--save', '', '--appendonly', 'no'];
      child = spawn('redis-server', [...settings, '--dir', folder], { stdio: 'ignore' });
      while (!(await accepts(socketPath))) {
        if (child.exitCode !== null) throw new Error('redis-server did not start');
        await delay(5);
      }
    },
    kill: async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};

const littleServer = (socketPath: string): Server => {
  let server: LittleRedis | undefined;
  return {
    start: async () => {
      server = await startLittleRedis(socketPath, SCRIPTS);
    },
    kill: async () => {
      await server?.close();
    },
  };
};

/** TAKE_SCRIPT in JavaScript. */
const take: ScriptTwin = (store, keys, values) => {
  const now = Date.now() * 1_000;
  return keys.map((key, index) => {
    const ahead = Math.max(Number(store.get(key) ?? 0) - now, 0) + Number(values[index]);
    store.set(key, String(now + ahead), (now + ahead) / 1_000);
    return ahead;
  });
};

export const SCRIPTS = new Map([[TAKE_SCRIPT, take]]);

const accepts = (socketPath: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
