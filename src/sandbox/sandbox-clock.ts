/** The sandbox's time: the real one, or shifted or stopped by the admin API. */
import type { Clock } from '../shared/clock.ts';

export interface SandboxClock extends Clock {
  /** Runs on, so much ahead of the real time (negative: behind). */
  shift(offsetMs: number): void;
  /** Stands still at a moment until told otherwise. */
  freeze(atMs: number): void;
  /** Further on by so much, running or standing. */
  advance(byMs: number): void;
  reset(): void;
  readonly frozen: boolean;
}

export const createSandboxClock = (real: Clock): SandboxClock => {
  let offsetMs = 0;
  let frozenAt: number | null = null;
  return {
    now: () => frozenAt ?? real.now() + offsetMs,
    shift: (ms) => {
      offsetMs = ms;
      frozenAt = null;
    },
    freeze: (atMs) => {
      frozenAt = atMs;
    },
    advance: (ms) => {
      if (frozenAt === null) offsetMs += ms;
      else frozenAt += ms;
    },
    reset: () => {
      offsetMs = 0;
      frozenAt = null;
    },
    get frozen() {
      return frozenAt !== null;
    },
  };
};
