/** A bounded map of numbers that forgets what was not set for a while; strangers choose its keys. */

export interface RecentNumbers {
  get(key: string, now: number): number | undefined;
  set(key: string, value: number, now: number): void;
}

/**
 * Two generations of a map: what was not set for a whole window goes with its generation, after two at the latest.
 * At capacity the older half goes early, so that it never holds more than `capacity` keys.
 */
export const createRecentNumbers = (windowMs: number, capacity: number): RecentNumbers => {
  let young = new Map<string, number>();
  let old = new Map<string, number>();
  let turnedAt: number | undefined;

  const turn = (now: number): void => {
    turnedAt ??= now;
    if (now - turnedAt < windowMs && young.size < capacity / 2) return;
    old = now - turnedAt < 2 * windowMs ? young : new Map<string, number>();
    young = new Map();
    turnedAt = now;
  };

  return {
    get: (key: string, now: number): number | undefined => {
      turn(now);
      return young.get(key) ?? old.get(key);
    },
    set: (key: string, value: number, now: number): void => {
      turn(now);
      young.set(key, value);
    },
  };
};
