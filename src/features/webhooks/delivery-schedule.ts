/** When a delivery that failed is tried again, and when it is given up. Pure. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits before the second attempt, the third, ...: the schedule that Standard Webhooks recommends, over three days. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
];

export const MOST_ATTEMPTS = WAITS_MS.length + 1;

const JITTER = 0.2;
// A receiver that asks for more is asked again all the same.
const LONGEST_RETRY_AFTER_MS = 24 * HOUR_MS;

/**
 * Milliseconds until the next attempt after so many that failed, jitter of 20 % included; undefined: it is given up.
 * A receiver that asks to be left alone for longer is. `random` is in [0, 1).
 */
export const nextWaitMs = (
  attempts: number,
  retryAfterMs: number | undefined,
  random: number,
): number | undefined => {
  const wait = WAITS_MS[attempts - 1];
  if (wait === undefined) return undefined;
  const jittered = Math.round(wait * (1 - JITTER + 2 * JITTER * random));
  return Math.max(jittered, Math.min(retryAfterMs ?? 0, LONGEST_RETRY_AFTER_MS));
};
