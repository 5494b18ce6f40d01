/**
 * A loop that does jobs which lie in Postgres: leases one, does it outside of any transaction, settles it. A process that
 * dies leaves a lease that runs out, and another one takes the job over.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { errorFields, type Logger } from '../shared/logger.ts';

export interface WorkerOptions<Job> {
  /** For log lines. */
  readonly name: string;
  /** Leases a job that is due, of none of these lanes; undefined: there is none. */
  readonly claim: (fullLanes: readonly string[]) => Promise<Job | undefined>;
  /** Jobs of one lane share what must not be crowded, e.g. a venue. */
  readonly laneOf: (job: Job) => string;
  /**
   * Does the job and settles its lease. One that throws keeps the lease until it runs out. The signal aborts when the
   * worker stops; it is disposed when all that runs has ended.
   */
  readonly run: (job: Job, signal: AbortSignal) => Promise<void>;
  readonly concurrency: number;
  readonly perLane: number;
  /** Wait before it looks again when nothing was due, in milliseconds. */
  readonly pollMs: number;
  readonly logger: Logger;
}

export const startWorker = <Job>(options: WorkerOptions<Job>): AsyncDisposable => {
  const { name, claim, laneOf, run, logger } = options;
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  const lanes = new Map<string, number>();

  const count = (lane: string, change: 1 | -1): void => {
    const now = (lanes.get(lane) ?? 0) + change;
    if (now === 0) lanes.delete(lane);
    else lanes.set(lane, now);
  };
  const fullLanes = (): string[] =>
    [...lanes].filter(([, jobs]) => jobs >= options.perLane).map(([lane]) => lane);

  const start = (job: Job): void => {
    const lane = laneOf(job);
    count(lane, 1);
    const work = run(job, stop.signal)
      .catch((error: unknown) => logger.warn('a job failed', { worker: name, ...errorFields(error) }))
      .finally(() => {
        count(lane, -1);
        running.delete(work);
      });
    running.add(work);
  };

  /** Resolves early when the worker stops. Jitter, so that many processes do not look at one moment. */
  const rest = (): Promise<void> =>
    delay(options.pollMs * (0.75 + Math.random() / 2), undefined, { signal: stop.signal, ref: false }).catch(
      () => undefined,
    );

  const claimNext = async (): Promise<Job | undefined> => {
    try {
      return await claim(fullLanes());
    } catch (error) {
      logger.warn('no job could be leased', { worker: name, ...errorFields(error) });
      return undefined;
    }
  };

  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      if (running.size >= options.concurrency) {
        await Promise.race(running);
        continue;
      }
      const job = await claimNext();
      if (job !== undefined) start(job);
      // A lane that was full may have room before the next look.
      else await Promise.race([rest(), ...running]);
    }
  };

  const ended = loop();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
      await Promise.all(running);
    },
  };
};
