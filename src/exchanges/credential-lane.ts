/** One key pair's way to its venue: calls one after another, with a nonce that only grows. */
import { AppError } from '../shared/errors.ts';

export interface CredentialLane {
  /** At least `candidate`, and greater than every nonce before. */
  nextNonce(candidate: number): number;
  /** Runs `work` when all earlier work has ended; a call that was aborted while it waited never starts. */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
}

export const createCredentialLane = (maxWaiting: number): CredentialLane => {
  let lastNonce = 0;
  let waiting = 0;
  let tail: Promise<unknown> = Promise.resolve();

  return {
    nextNonce: (candidate) => {
      lastNonce = Math.max(lastNonce + 1, candidate);
      return lastNonce;
    },

    run: async (signal, work) => {
      if (waiting >= maxWaiting) {
        throw new AppError('exchange_rate_limited', 'Too many calls wait for these exchange keys');
      }
      waiting += 1;
      const turn = tail.then(() => {
        waiting -= 1;
        if (signal.aborted) throw new AppError('exchange_timeout', 'The exchange did not answer in time');
        return work();
      });
      tail = turn.catch(() => undefined);
      return await turn;
    },
  };
};
