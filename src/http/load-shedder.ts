/** Turns requests away while the process is behind with those it has: too many at once, or an event loop that lags. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoadShedderOptions {
  /** Requests that are being answered at once. */
  readonly inFlight: number;
  /** Lag of the event loop from which on some requests are turned away; at twice as much, all. */
  readonly loopDelayMs: number;
  readonly readLoopDelayMs: () => number;
}

export interface LoadShedder {
  /** Whether a request that makes it so many at once has to come back later. */
  isTooMuch(inFlight: number): boolean;
}

export const createLoadShedder = (options: LoadShedderOptions): LoadShedder => {
  // Parts of requests to turn away, until they make a whole one.
  let owed = 0;
  return {
    isTooMuch: (inFlight) => {
      if (inFlight > options.inFlight) return true;
      const share = options.readLoopDelayMs() / options.loopDelayMs - 1;
      if (share <= 0) return false;
      owed += Math.min(1, share);
      if (owed < 1) return false;
      owed -= 1;
      return true;
    },
  };
};

export interface LoopDelayMonitor extends Disposable {
  /** How long one turn of the loop took of late, in the median: a single pause is no overload. */
  readonly readMs: () => number;
}

const RESOLUTION_MS = 20;
const SAMPLE_MS = 500;
const LEAST_TURNS = 3;
const NS_PER_MS = 1e6;

/** Measures without a timer of its own in JavaScript: a sample ends with the first request after its time. */
export const startLoopDelayMonitor = (): LoopDelayMonitor => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let delayMs = 0;
  let sampledAt = performance.now();
  return {
    readMs: () => {
      const now = performance.now();
      if (now - sampledAt < SAMPLE_MS || histogram.count < LEAST_TURNS) return delayMs;
      // The histogram holds the times from one tick of its timer to the next.
      delayMs = Math.max(0, histogram.percentile(50) / NS_PER_MS - RESOLUTION_MS);
      sampledAt = now;
      histogram.reset();
      return delayMs;
    },
    [Symbol.dispose]: () => {
      histogram.disable();
    },
  };
};
