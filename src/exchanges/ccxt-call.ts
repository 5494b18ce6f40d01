/** One call to a venue: its deadline, the bound of its answers, and what its answers said about retrying. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import { isCcxtError, toAppError } from './ccxt-errors.ts';

/** Follows a call through ccxt, which has no parameter for it. */
export interface CallScope {
  readonly signal: AbortSignal;
  /** When the signal aborts at the latest. */
  readonly expiresAtMs: number;
  /** Bytes of one answer, after decompression. */
  readonly limitBytes: number;
  /** Whose call it is, where it needs keys. */
  readonly credential?: string | undefined;
  /** What the newest answer said of when to come back. */
  retryAfterMs: number | undefined;
}

interface CallLimits {
  readonly deadlineMs: number;
  readonly limitBytes: number;
  /** Ends the call early, e.g. when nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
  /** Names the keys that the call is made with. */
  readonly credential?: string | undefined;
}

export interface CallRunner {
  /** Runs `work`, aborts its requests at the deadline, and throws nothing but AppError. Never hangs. */
  run<T>(limits: CallLimits, work: (scope: CallScope) => Promise<T>): Promise<T>;
  /** The call that the running code belongs to. */
  current(): CallScope | undefined;
}

const timeout = (): AppError => new AppError('exchange_timeout', 'The exchange did not answer in time');

export const createCallRunner = (logger: Logger, clock: Clock): CallRunner => {
  const scopes = new AsyncLocalStorage<CallScope>();

  return {
    current: () => scopes.getStore(),

    run: async (limits, work) => {
      if (limits.signal?.aborted === true || limits.deadlineMs <= 0) throw timeout();
      const controller = new AbortController();
      const { limitBytes, credential } = limits;
      const scope: CallScope = {
        signal: controller.signal,
        expiresAtMs: clock.now() + limits.deadlineMs,
        limitBytes,
        credential,
        retryAfterMs: undefined,
      };
      const stop = (): void => controller.abort();
      const timer = setTimeout(stop, limits.deadlineMs);
      limits.signal?.addEventListener('abort', stop, { once: true });
      try {
        const stopped = new Promise<never>((_resolve, reject) => {
          controller.signal.addEventListener('abort', () => reject(timeout()), { once: true });
        });
        return await Promise.race([scopes.run(scope, () => work(scope)), stopped]);
      } catch (error) {
        if (controller.signal.aborted) throw timeout();
        if (!(error instanceof AppError) && !isCcxtError(error))
          logger.warn('exchange answer broke the parser', errorFields(error));
        throw toAppError(error, scope.retryAfterMs);
      } finally {
        clearTimeout(timer);
        limits.signal?.removeEventListener('abort', stop);
      }
    },
  };
};
