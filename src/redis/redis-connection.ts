/** The gateway's one connection to Redis: while Redis is away commands fail at once, and it comes back by itself. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { errorFields, type Logger } from '../shared/logger.ts';

/** A command with its arguments, e.g. `['SET', key, '1', 'NX', 'PX', '60000']`. */
export type RedisCommand = readonly [name: string, ...rest: string[]];

/** Integers are numbers, texts are strings, nothing is null. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** No answer: Redis is away, too slow, or refused the command. Whether a sent command took effect is not known. */
export class RedisUnavailableError extends Error {
  override readonly name = 'RedisUnavailableError';

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

export interface RedisConnection extends AsyncDisposable {
  /** False until the first connection, and whenever it is lost. */
  isReady(): boolean;
  /**
   * Commands of one turn of the event loop share a round trip and run in the order of their calls.
   * Rejects with RedisUnavailableError: at once without a connection, after a second without an answer.
   */
  send(command: RedisCommand): Promise<RedisReply>;
}

export interface RedisConnectionOptions {
  /** `redis:`, `rediss:` or `unix:`; may hold a password, so it is never logged. */
  readonly url: string;
  readonly logger: Logger;
}

type Client = ReturnType<typeof newClient>;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 2_000;
// A Redis nearby answers within a millisecond; one that needs a second is as good as gone.
const ANSWER_DEADLINE_MS = 1_000;
// A peer that vanished without a word is noticed by a question that gets no answer.
const HEARTBEAT_MS = 5_000;
// Far more than a second's worth of commands of one gateway.
const WAITING_COMMANDS = 10_000;

/** Connects in the background and stays connected until disposed. */
export const startRedisConnection = ({ url, logger }: RedisConnectionOptions): RedisConnection => {
  const stop = new AbortController();
  let current: { readonly client: Client; readonly lose: (error: Error) => void } | undefined;

  const send = async (command: RedisCommand): Promise<RedisReply> => {
    const used = current;
    if (used === undefined) throw new RedisUnavailableError('There is no connection to Redis');
    return ask(used.client, command, used.lose);
  };

  const connectOnce = async (onConnected: () => void): Promise<void> => {
    const client = newClient(url);
    let heartbeat: NodeJS.Timeout | undefined;
    let onAbort: () => void = () => undefined;
    try {
      await new Promise<never>((_resolve, reject) => {
        client.on('error', reject);
        onAbort = () => reject(new RedisUnavailableError('The connection to Redis was closed'));
        stop.signal.addEventListener('abort', onAbort);
        const lose = (error: Error): void => {
          if (current?.client === client) current = undefined;
          reject(error);
        };
        void introduce(client, lose).then(() => {
          if (stop.signal.aborted) return;
          current = { client, lose };
          heartbeat = setInterval(() => void ask(client, ['PING'], lose).catch(lose), HEARTBEAT_MS).unref();
          onConnected();
        }, reject);
      });
    } finally {
      clearInterval(heartbeat);
      stop.signal.removeEventListener('abort', onAbort);
      current = undefined;
      client.destroy();
    }
  };

  const keepConnected = async (): Promise<void> => {
    let wait = FIRST_RETRY_MS;
    while (!stop.signal.aborted) {
      await connectOnce(() => {
        wait = FIRST_RETRY_MS;
        logger.info('connected to Redis');
      }).catch((error: unknown) => {
        if (!stop.signal.aborted) logger.warn('there is no connection to Redis', errorFields(error));
      });
      // Jitter, so that many processes do not come back to a restarted server at one moment.
      await delay(wait * (0.5 + Math.random() / 2), undefined, { signal: stop.signal, ref: false }).catch(
        () => undefined,
      );
      wait = Math.min(wait * 2, LAST_RETRY_MS);
    }
  };

  const running = keepConnected();
  return {
    isReady: () => current !== undefined,
    send,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
};

/** Rejects while Redis takes no writes; for readiness. */
export const checkRedis = async (redis: RedisConnection): Promise<void> => {
  await redis.send(['SET', 'countersign:ready', '1', 'PX', '1000']);
};

/** RESP 2 without what Redis Enterprise adds: any server since Redis 6 understands each of these commands. */
const newClient = (url: string) =>
  createClient({
    url,
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: WAITING_COMMANDS,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    // The client's own timeout ends once a command is written; `ask` waits for the answer.
    commandOptions: { timeout: 0 },
    socket: { reconnectStrategy: false, connectTimeout: ANSWER_DEADLINE_MS },
  });

/** A connection counts once a question has been answered on it: a port may be open while nobody listens behind it. */
const introduce = async (client: Client, lose: (error: Error) => void): Promise<void> => {
  await withDeadline(client.connect(), lose);
  await ask(client, ['PING'], lose);
};

const ask = async (
  client: Client,
  command: RedisCommand,
  lose: (error: Error) => void,
): Promise<RedisReply> => {
  try {
    return await withDeadline(client.sendCommand<RedisReply>(command), lose);
  } catch (error) {
    if (error instanceof RedisUnavailableError) throw error;
    throw new RedisUnavailableError('Redis did not carry out a command', error);
  }
};

/** A connection without an answer in time is given up: those who come later need not wait for it too. */
const withDeadline = async <T>(work: Promise<T>, lose: (error: Error) => void): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  let isDone = false;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      // One turn more: this process may itself have been busy while the answer lay in the socket.
      setImmediate(() => {
        if (isDone) return;
        const error = new RedisUnavailableError('Redis did not answer in time');
        reject(error);
        lose(error);
      });
    }, ANSWER_DEADLINE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    isDone = true;
    clearTimeout(timer);
  }
};
