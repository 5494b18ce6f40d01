/** How long things took, as counts in buckets: what one more costs is a few nanoseconds, and nothing is allocated. */

/** Upper bounds in milliseconds, inclusive; what took longer is in the count alone. */
export const DURATION_BOUNDS_MS: readonly number[] = [
  1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
];

export interface DurationCounts {
  readonly count: number;
  readonly sumMs: number;
  /** How many fell into each bucket alone, by place of its bound. */
  readonly buckets: readonly number[];
  note(ms: number): void;
}

export const createDurationCounts = (): DurationCounts => {
  const buckets = DURATION_BOUNDS_MS.map(() => 0);
  let count = 0;
  let sumMs = 0;
  return {
    get count() {
      return count;
    },
    get sumMs() {
      return sumMs;
    },
    buckets,
    note: (ms) => {
      count += 1;
      sumMs += ms;
      const place = DURATION_BOUNDS_MS.findIndex((bound) => ms <= bound);
      if (place !== -1) buckets[place] = (buckets[place] ?? 0) + 1;
    },
  };
};
