/** Work of custody's own, done again and again: every so often, and at once when there is word of something to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { errorFields, type Logger } from '../shared/logger.ts';

export interface WakingLoop extends AsyncDisposable {
  /** Work begins anew as soon as what runs now has ended. */
  readonly wake: () => void;
}

export const startWakingLoop = (options: {
  /** For log lines. */
  readonly name: string;
  /** From the end of the work to its next begin. */
  readonly everyMs: number;
  /** The signal aborts when the loop stops. */
  readonly work: (signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}): WakingLoop => {
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
  return {
    wake: () => rest.abort(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
};
