/** As much of Redis as the gateway asks of it, for machines without redis-server: RESP 2 on a Unix socket. */
import { rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';

export interface LittleRedis {
  /** Ends every connection; what was stored is gone. */
  close(): Promise<void>;
}

type Reply = string | number | null | readonly Reply[];

/** What a script of the gateway does, in place of Lua: it gets `KEYS` and `ARGV`. */
export type ScriptTwin = (store: KeyStore, keys: readonly string[], values: readonly string[]) => Reply;

class CommandError extends Error {}

export const startLittleRedis = async (
  socketPath: string,
  scripts: ReadonlyMap<string, ScriptTwin> = new Map(),
): Promise<LittleRedis> => {
  const store = createKeyStore();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    let unread = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      unread += chunk;
      for (let parsed = readCommand(unread); parsed !== undefined; parsed = readCommand(unread)) {
        unread = unread.slice(parsed.length);
        socket.write(answer(store, scripts, parsed.words), 'latin1');
      }
    });
  });
  await rm(socketPath, { force: true });
  await new Promise<void>((resolve) => {
    server.listen(socketPath, resolve);
  });
  return {
    close: async () => {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};

/** One `*n` array of `$length` strings from the start of the text; undefined while it is not whole. */
const readCommand = (text: string): { words: string[]; length: number } | undefined => {
  const words: string[] = [];
  let at = 0;
  const readNumber = (): number | undefined => {
    const end = text.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const value = Number(text.slice(at + 1, end));
    at = end + 2;
    return value;
  };
  const count = readNumber();
  if (count === undefined) return undefined;
  while (words.length < count) {
    const size = readNumber();
    if (size === undefined || text.length < at + size + 2) return undefined;
    words.push(text.slice(at, at + size));
    at += size + 2;
  }
  return { words, length: at };
};

const answer = (
  store: KeyStore,
  scripts: ReadonlyMap<string, ScriptTwin>,
  words: readonly string[],
): string => {
  try {
    return encode(run(store, scripts, words));
  } catch (error) {
    return `-ERR ${error instanceof CommandError ? error.message : 'internal error'}\r\n`;
  }
};

const encode = (reply: Reply): string => {
  if (reply === null) return '$-1\r\n';
  if (typeof reply === 'number') return `:${reply}\r\n`;
  if (typeof reply === 'string') return `$${reply.length}\r\n${reply}\r\n`;
  return `*${reply.length}\r\n${reply.map(encode).join('')}`;
};

const run = (
  store: KeyStore,
  scripts: ReadonlyMap<string, ScriptTwin>,
  [name = '', ...rest]: readonly string[],
): Reply => {
  const [first = '', second = ''] = rest;
  switch (name.toUpperCase()) {
    case 'PING':
      return 'PONG';
    case 'GET':
      return store.get(first) ?? null;
    case 'DEL':
      return rest.filter((key) => store.delete(key)).length;
    case 'SET':
      return set(store, first, second, rest.slice(2));
    case 'FLUSHALL':
      store.clear();
      return 'OK';
    case 'EVAL': {
      const script = scripts.get(first);
      if (script === undefined) throw new CommandError('unknown script');
      const keyCount = Number(second);
      return script(store, rest.slice(2, 2 + keyCount), rest.slice(2 + keyCount));
    }
    default:
      throw new CommandError(`unknown command '${name}'`);
  }
};

/** `SET key value [NX] [GET] [PX milliseconds | PXAT milliseconds]`. */
const set = (store: KeyStore, key: string, value: string, options: readonly string[]): Reply => {
  const words = options.map((word) => word.toUpperCase());
  const before = store.get(key) ?? null;
  const reply = (done: boolean): Reply => (words.includes('GET') ? before : done ? 'OK' : null);
  if (words.includes('NX') && before !== null) return reply(false);
  const after = (word: string): number | undefined =>
    words.includes(word) ? Number(words[words.indexOf(word) + 1]) : undefined;
  const livesMs = after('PX');
  store.set(key, value, after('PXAT') ?? (livesMs === undefined ? Infinity : Date.now() + livesMs));
  return reply(true);
};

/** Strings that vanish at their time. */
export interface KeyStore {
  get(key: string): string | undefined;
  /** `untilMs` since the epoch. */
  set(key: string, value: string, untilMs: number): void;
  delete(key: string): boolean;
  clear(): void;
}

const createKeyStore = (): KeyStore => {
  const entries = new Map<string, { readonly value: string; readonly untilMs: number }>();
  const get = (key: string): string | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.untilMs > Date.now()) return entry?.value;
    entries.delete(key);
    return undefined;
  };
  return {
    get,
    set: (key, value, untilMs) => void entries.set(key, { value, untilMs }),
    delete: (key) => get(key) !== undefined && entries.delete(key),
    clear: () => entries.clear(),
  };
};
