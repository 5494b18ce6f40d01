/** Cuts a span of time into whole UTC days and its two ends. Pure. */

export interface DaySpan {
  /** Whole days, as dates: from the first, before the second. */
  readonly days: { readonly from: string; readonly before: string };
  /** What is no whole day: `[from, before)` and `[from, until]`; undefined: nothing. Either may be empty. */
  readonly ends: readonly [readonly [Date, Date], readonly [Date, Date]] | undefined;
}

const DAY_MS = 86_400_000;
// What Postgres can hold as a date and JavaScript as a moment.
const FIRST_MS = Date.parse('0001-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T00:00:00Z');

/** Both ends inclusive; undefined: open. */
export const cutIntoDays = (from: Date | undefined, until: Date | undefined): DaySpan => {
  if (from === undefined && until === undefined)
    return { days: { from: '-infinity', before: 'infinity' }, ends: undefined };
  const fromMs = clamp(from?.getTime() ?? FIRST_MS);
  const untilMs = clamp(until?.getTime() ?? LAST_MS);
  const firstDay = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastDay = Math.floor(untilMs / DAY_MS) * DAY_MS;
  const at = (ms: number): Date => new Date(ms);
  if (firstDay >= lastDay) {
    // No whole day lies in it: all of it is one end.
    const none = at(fromMs);
    return {
      days: { from: dateOf(fromMs), before: dateOf(fromMs) },
      ends: [
        [none, none],
        [none, at(untilMs)],
      ],
    };
  }
  return {
    days: { from: dateOf(firstDay), before: dateOf(lastDay) },
    ends: [
      [at(fromMs), at(firstDay)],
      [at(lastDay), at(untilMs)],
    ],
  };
};

const clamp = (ms: number): number => Math.min(Math.max(ms, FIRST_MS), LAST_MS);

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
