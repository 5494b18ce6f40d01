/** When a call is sent again, and how long after. Pure. */
import type { ApiError } from './api-error.ts';

const BUSY = new Set([429, 502, 503, 504]);
const CONFLICT = 409;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;

/** A conflict that ends by itself: the first try of this very request is still at work. */
export const isPassing = ({ status, retryAfterMs }: ApiError): boolean =>
  BUSY.has(status) || (status === CONFLICT && retryAfterMs !== undefined);

/** `attempt` counts from 1; `chance` is of [0, 1), so that callers who failed together do not come back together. */
export const waitBefore = (attempt: number, retryAfterMs: number | undefined, chance: number): number =>
  (retryAfterMs ?? 0) + chance * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
