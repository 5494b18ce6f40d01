/** Work of custody's own, done again and again: every so often, and at once when the database tells of something to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { startNotificationListener } from '../db/notification-listener.ts';
import { errorFields, type Logger } from '../shared/logger.ts';

export const startWakingLoop = (options: {
  /** For log lines. */
  readonly name: string;
  /** From the end of the work to its next begin. */
  readonly everyMs: number;
  /** The signal aborts when the loop stops. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly databaseUrl: string;
  /** Its notifications begin the work anew as soon as what runs then has ended. */
  readonly channel: string;
  /** Sees each notification before the work begins. */
  readonly onPayload: (payload: string) => void;
  readonly logger: Logger;
}): AsyncDisposable => {
  const { name, everyMs, work, logger } = options;
  const stop = new AbortController();
  let rest = new AbortController();

  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      rest = new AbortController();
      await work(stop.signal).catch((error: unknown) => {
        if (!stop.signal.aborted)
          logger.warn('work of custody failed', { work: name, ...errorFields(error) });
      });
      // Woken while it worked, it does not rest.
      const signal = AbortSignal.any([stop.signal, rest.signal]);
      await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  const ended = run();
  const wake = (): void => rest.abort();
  const listener = startNotificationListener({
    url: options.databaseUrl,
    channel: options.channel,
    logger,
    onPayload: (payload) => {
      options.onPayload(payload);
      wake();
    },
    // What was told meanwhile was missed.
    onListening: wake,
    onLost: () => undefined,
  });
  return {
    async [Symbol.asyncDispose]() {
      await listener[Symbol.asyncDispose]();
      stop.abort();
      await ended;
    },
  };
};
