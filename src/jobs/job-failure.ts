/** What a failed job says: of itself, of the exchange behind its lane, or only that it came at a bad moment. */
import { AppError, type ErrorCode } from '../shared/errors.ts';

export type JobFailure =
  /** The job itself: it counts, and comes back later each time. */
  | { readonly kind: 'job'; readonly outcome: string; readonly error: string }
  /** Nobody in the lane can be served now: no fault of the job. */
  | { readonly kind: 'lane'; readonly outcome: string; readonly error: string; readonly restMs: number }
  /** Not its turn: it comes back then, and nothing is counted. */
  | { readonly kind: 'moment'; readonly outcome: string; readonly error: string; readonly waitMs: number };

const LONGEST_MESSAGE = 300;

// Named with a time, they speak of an exchange that is cut off, full, or limits all our requests; without one, of the call.
const OF_LANE: ReadonlySet<ErrorCode> = new Set(['exchange_unavailable', 'exchange_rate_limited']);
// Somebody else is at it, or it lacks a moment's peace.
const OF_MOMENT: ReadonlySet<ErrorCode> = new Set(['conflict', 'service_unavailable']);

export const classifyFailure = (error: unknown): JobFailure => {
  // What is thrown besides is a fault of ours; its message may hold anything.
  if (!(error instanceof AppError))
    return { kind: 'job', outcome: 'failed', error: 'It failed in a way that was not foreseen; see the log' };
  const { code, details } = error;
  const told = { outcome: code, error: error.message.slice(0, LONGEST_MESSAGE) };
  const { retryAfterMs } = details;
  // With a time: the tenant has had as many keys opened as it may in a minute. Without one: away or frozen.
  if (code === 'custody_unavailable')
    return retryAfterMs === undefined
      ? { kind: 'lane', ...told, restMs: 0 }
      : { kind: 'moment', ...told, waitMs: retryAfterMs };
  if (retryAfterMs !== undefined && OF_LANE.has(code)) return { kind: 'lane', ...told, restMs: retryAfterMs };
  if (retryAfterMs !== undefined && OF_MOMENT.has(code))
    return { kind: 'moment', ...told, waitMs: retryAfterMs };
  return { kind: 'job', ...told };
};
