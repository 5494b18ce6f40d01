/** How far long work has come, for people who wait: a bar on a terminal, a line every few seconds elsewhere. */
import type { Clock } from '../shared/clock.ts';

export interface Progress {
  /** `total` 0: it is not known. */
  report(done: number, total: number): void;
  /** Ends the bar; say what came of the work elsewhere. */
  finish(): void;
}

export interface ProgressOptions {
  readonly label: string;
  readonly isTerminal: boolean;
  readonly clock: Clock;
  readonly write: (text: string) => void;
}

const BAR_CELLS = 30;
// A terminal that is written to without end costs more than the work.
const TERMINAL_MS = 100;
const LINE_MS = 5_000;

export const createProgress = ({ label, isTerminal, clock, write }: ProgressOptions): Progress => {
  // Work that is soon done says nothing where lines are kept.
  let shownAt = isTerminal ? Number.NEGATIVE_INFINITY : clock.now();
  let hasShown = false;
  let latest: readonly [done: number, total: number] | undefined;
  let isOpen = false;

  const show = (done: number, total: number): void => {
    shownAt = clock.now();
    latest = undefined;
    write(isTerminal ? `\r\u001b[2K${label} ${bar(done, total)}` : `${label}: ${amount(done, total)}\n`);
    isOpen = isTerminal;
    hasShown = true;
  };

  return {
    report(done, total) {
      latest = [done, total];
      if (clock.now() - shownAt >= (isTerminal ? TERMINAL_MS : LINE_MS)) show(done, total);
    },
    finish() {
      if (latest !== undefined && hasShown) show(...latest);
      if (isOpen) write('\n');
      isOpen = false;
    },
  };
};

const bar = (done: number, total: number): string => {
  if (total === 0) return amount(done, total);
  const filled = Math.floor((BAR_CELLS * Math.min(done, total)) / total);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_CELLS - filled)}] ${amount(done, total)}`;
};

const amount = (done: number, total: number): string =>
  total === 0 ? String(done) : `${done} of ${total} (${Math.floor((100 * done) / total)} %)`;
