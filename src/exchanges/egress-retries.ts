/** Whether and when a read that failed may be tried again: few times, with jitter, and never more than the venue bears. */
import { AppError } from '../shared/errors.ts';
import { hasCcxtClass, isLimit } from './ccxt-errors.ts';

export interface EgressRetries {
  /** Every request earns a part of a retry. */
  earn(): void;
  /** How long to wait before retry number `attempt` (from 1); undefined: do not. */
  delayMs(failure: FailedRead): number | undefined;
}

export interface FailedRead {
  readonly error: unknown;
  readonly attempt: number;
  /** What the venue asked for. */
  readonly retryAfterMs: number | undefined;
  /** What is left until the deadline of the call. */
  readonly leftMs: number;
}

const MAX_RETRIES = 2;
// At most one request in five is a retry, beyond a small reserve for quiet times.
const EARNED_PER_REQUEST = 0.2;
const MOST_SAVED = 10;
const FIRST_DELAY_MS = 100;
// Whoever asks us is told to come back rather than kept waiting for longer than this.
const LONGEST_WAIT_MS = 1_000;

/** Classes of ccxt after which the same read can succeed at once; maintenance, for one, takes longer. */
const PASSING = ['NetworkError', 'ExchangeNotAvailable'];

/** `random` answers numbers from 0 to 1. */
export const createEgressRetries = (random: () => number = Math.random): EgressRetries => {
  let saved = MOST_SAVED;

  /** undefined: the failure will not pass by itself in a short time. */
  const neededMs = ({ error, attempt, retryAfterMs }: FailedRead): number | undefined => {
    const told =
      error instanceof AppError && error.code === 'exchange_rate_limited'
        ? error.details.retryAfterMs
        : retryAfterMs;
    const limited = isLimit(error) || error instanceof AppError;
    if (limited ? told === undefined : !hasCcxtClass(error, PASSING)) return undefined;
    if ((told ?? 0) > LONGEST_WAIT_MS) return undefined;
    const jitterMs = FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + random());
    return (told ?? 0) + jitterMs;
  };

  return {
    earn: () => {
      saved = Math.min(MOST_SAVED, saved + EARNED_PER_REQUEST);
    },
    delayMs: (failure) => {
      if (failure.attempt > MAX_RETRIES || saved < 1) return undefined;
      const delay = neededMs(failure);
      if (delay === undefined || delay >= failure.leftMs) return undefined;
      saved -= 1;
      return delay;
    },
  };
};
