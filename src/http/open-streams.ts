/** Counts the answers that go on for as long as callers listen, bounds them, and ends them when the server closes. */
import { AppError } from '../shared/errors.ts';
import { rateLimited } from './caller-limits.ts';

export interface OpenStreams {
  /** A place among the streams of the key; to be disposed of. Throws `rate_limited` and `service_unavailable`. */
  take(callerKeyId: string): Disposable;
  /** Aborts when all streams shall end. */
  readonly ending: AbortSignal;
  /** From now on none is begun. */
  endAll(): void;
  count(): number;
}

export interface StreamLimits {
  readonly streams: number;
  readonly streamsPerKey: number;
}

const RETRY_MS = 5_000;

export const createOpenStreams = (limits: StreamLimits): OpenStreams => {
  const ending = new AbortController();
  const byKey = new Map<string, number>();
  let open = 0;
  return {
    ending: ending.signal,
    endAll: () => ending.abort(),
    count: () => open,
    take: (callerKeyId) => {
      const ofKey = byKey.get(callerKeyId) ?? 0;
      if (ofKey >= limits.streamsPerKey)
        throw rateLimited(RETRY_MS, `The key has ${ofKey} streams open, as many as it may; end one of them`);
      if (ending.signal.aborted || open >= limits.streams)
        throw new AppError(
          'service_unavailable',
          ending.signal.aborted ? 'The gateway is closing' : 'Too many streams are open on this gateway',
          { details: { retryAfterMs: RETRY_MS } },
        );
      byKey.set(callerKeyId, ofKey + 1);
      open += 1;
      return {
        [Symbol.dispose]: () => {
          open -= 1;
          const left = (byKey.get(callerKeyId) ?? 1) - 1;
          if (left === 0) byKey.delete(callerKeyId);
          else byKey.set(callerKeyId, left);
        },
      };
    },
  };
};
