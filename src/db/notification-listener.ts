/** Hears NOTIFY on a connection of its own, and says when it was deaf, so that caches can be dropped. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../shared/logger.ts';
import { errorFields } from '../shared/logger.ts';

export interface NotificationListenerOptions {
  readonly url: string;
  readonly channel: string;
  readonly logger: Logger;
  readonly onPayload: (payload: string) => void;
  /** Notifications may be missed from now on: nothing that relies on them may be kept. Called on disposal too. */
  readonly onLost: () => void;
  /** Listening, for the first time or again; what changed meanwhile was not told. */
  readonly onListening?: () => void;
}

export interface NotificationListener extends AsyncDisposable {
  isListening(): boolean;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
// A peer that vanished without a word is noticed by a question that gets no answer.
const HEARTBEAT_MS = 5_000;
const ANSWER_DEADLINE_MS = 5_000;

/** Connects in the background and stays connected until disposed; `isListening` is false until the first time. */
export const startNotificationListener = (options: NotificationListenerOptions): NotificationListener => {
  const stop = new AbortController();
  let listening = false;
  const changed = (now: boolean): void => {
    if (listening === now) return;
    listening = now;
    if (now) options.onListening?.();
    else options.onLost();
  };
  const loop = keepListening(options, stop.signal, changed);
  return {
    isListening: () => listening,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await loop;
    },
  };
};

const keepListening = async (
  options: NotificationListenerOptions,
  signal: AbortSignal,
  changed: (listening: boolean) => void,
): Promise<void> => {
  let wait = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      await listenOnce(options, signal, () => {
        wait = FIRST_RETRY_MS;
        changed(true);
      });
    } catch (error) {
      options.logger.warn('the database connection for notifications was lost', errorFields(error));
    }
    changed(false);
    // Jitter, so that many processes do not come back to a restarted server at one moment.
    await delay(wait * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
    wait = Math.min(wait * 2, LAST_RETRY_MS);
  }
};

/** Resolves when `signal` aborts, rejects when the connection is lost. */
const listenOnce = async (
  options: NotificationListenerOptions,
  signal: AbortSignal,
  onListening: () => void,
): Promise<void> => {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: 'countersign-listener',
    connectionTimeoutMillis: ANSWER_DEADLINE_MS,
    query_timeout: ANSWER_DEADLINE_MS,
    keepAlive: true,
  });
  let heartbeat: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    client.on('error', reject);
    client.once('end', () => reject(new Error('Connection terminated')));
    signal.addEventListener('abort', () => resolve(), { once: true });
    heartbeat = setInterval(() => void client.query('select 1').catch(reject), HEARTBEAT_MS);
    heartbeat.unref();
  });
  try {
    client.on('notification', ({ payload }) => options.onPayload(payload ?? ''));
    await Promise.race([listen(client, options.channel), ended]);
    if (!signal.aborted) onListening();
    await ended;
  } finally {
    clearInterval(heartbeat);
    await client.end().catch(() => undefined);
  }
};

const listen = async (client: pg.Client, channel: string): Promise<void> => {
  await client.connect();
  await client.query(`listen ${pg.escapeIdentifier(channel)}`);
};
