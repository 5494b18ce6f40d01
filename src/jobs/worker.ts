/**
 * A loop that does jobs which lie in Postgres: leases some, does them outside of any transaction, settles them. A process
 * that dies leaves leases that run out, and another one takes its jobs over.
 */
import { errorFields, type Logger } from '../shared/logger.ts';

/** What a worker can take now. */
export interface Room {
  /** Jobs that may be leased. */
  readonly limit: number;
  /** How many run, by lane. */
  readonly running: ReadonlyMap<string, number>;
}

export interface WorkerOptions<Job> {
  /** For log lines. */
  readonly name: string;
  /** Leases what is due and has room, `limit` at most. Answers fewer only when there is no more. */
  readonly claim: (room: Room) => Promise<readonly Job[]>;
  /** Jobs of one lane share what must not be crowded, e.g. a venue; `claim` sees to it. */
  readonly laneOf: (job: Job) => string;
  /**
   * Does the job and settles its lease. One that throws keeps the lease until it runs out. The signal aborts when the
   * worker stops; it is disposed when all that runs has ended.
   */
  readonly run: (job: Job, signal: AbortSignal) => Promise<void>;
  /** Jobs at once. */
  readonly concurrency: number;
  /** Wait before it looks again when nothing was due, in milliseconds. */
  readonly pollMs: number;
  readonly logger: Logger;
}

export interface Worker extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void;
}

export const startWorker = <Job>(options: WorkerOptions<Job>): Worker => {
  const { name, claim, laneOf, run, logger } = options;
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const lanes = new Map<string, number>();
  const bell = createBell();

  const count = (lane: string, change: 1 | -1): void => {
    const now = (lanes.get(lane) ?? 0) + change;
    if (now === 0) lanes.delete(lane);
    else lanes.set(lane, now);
  };

  const start = (job: Job): void => {
    const lane = laneOf(job);
    count(lane, 1);
    const work = run(job, stop.signal)
      .catch((error: unknown) => logger.warn('a job failed', { worker: name, ...errorFields(error) }))
      .finally(() => {
        count(lane, -1);
        running.delete(work);
        // A lane that was full may have room now.
        bell.ring();
      });
    running.add(work);
  };

  const claimNext = async (): Promise<readonly Job[]> => {
    const limit = options.concurrency - running.size;
    if (limit <= 0) return [];
    try {
      return await claim({ limit, running: lanes });
    } catch (error) {
      logger.warn('no job could be leased', { worker: name, ...errorFields(error) });
      return [];
    }
  };

  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      bell.reset();
      for (const job of await claimNext()) start(job);
      // Jitter, so that many processes do not look at one moment.
      await bell.rung(options.pollMs * (0.75 + Math.random() / 2));
    }
  };

  const ended = loop();
  return {
    wake: () => bell.ring(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      bell.ring();
      await ended;
      await Promise.all(running);
    },
  };
};

/** One waiter, who hears a ring that came before he waited too. */
const createBell = () => {
  let hasRung = false;
  let hear = (): void => undefined;
  return {
    reset: (): void => {
      hasRung = false;
    },
    ring: (): void => {
      hasRung = true;
      hear();
    },
    /** Resolves at the first ring since the reset, or after so long. */
    rung: (longestMs: number): Promise<void> =>
      new Promise((resolve) => {
        if (hasRung) {
          resolve();
          return;
        }
        const timer = setTimeout(resolve, longestMs);
        hear = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
};
