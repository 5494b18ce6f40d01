/** Does something again and again, with a rest between, until it is disposed; what fails is tried again after the rest. */
import { setTimeout as delay } from 'node:timers/promises';
import { errorFields, type Logger } from '../shared/logger.ts';

export interface PeriodicOptions {
  /** For log lines. */
  readonly name: string;
  /** Between the end of one run and the next, in milliseconds. */
  readonly restMs: number;
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly logger: Logger;
}

/** Disposed it ends what runs. */
export const startPeriodic = ({ name, restMs, run, logger }: PeriodicOptions): AsyncDisposable => {
  const stop = new AbortController();
  const isStopped = (): boolean => stop.signal.aborted;
  // Jitter, so that many processes do not do it at one moment.
  const rest = (): Promise<void> =>
    delay(restMs * (0.75 + Math.random() / 2), undefined, { signal: stop.signal, ref: false }).catch(
      () => undefined,
    );
  const loop = async (): Promise<void> => {
    while (!isStopped()) {
      try {
        await run(stop.signal);
      } catch (error) {
        logger.warn('periodic work failed', { work: name, ...errorFields(error) });
      }
      await rest();
    }
  };
  const ended = loop();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
};
