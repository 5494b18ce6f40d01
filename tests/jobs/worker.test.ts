/** The loop behind background work: how much it takes on, that nothing stops it, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import { type Room, startWorker } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/shared/logger.ts';

const logger = createLogger('test', 'silent');

interface Job {
  readonly id: number;
  readonly lane: string;
}

/** Jobs in a list, and a gate that lets each end. */
const aQueue = (jobs: readonly Job[], perLane = 10) => {
  const waiting = [...jobs];
  const started: Job[] = [];
  const gates = new Map<number, () => void>();
  let changed = (): void => undefined;
  let change = new Promise<void>((resolve) => (changed = resolve));
  return {
    started,
    claim: ({ limit, running }: Room): Promise<Job[]> => {
      const taken: Job[] = [];
      for (const job of [...waiting]) {
        const beside = taken.filter(({ lane }) => lane === job.lane).length + (running.get(job.lane) ?? 0);
        if (taken.length === limit || beside >= perLane) continue;
        taken.push(job);
        waiting.splice(waiting.indexOf(job), 1);
      }
      return Promise.resolve(taken);
    },
    run: (job: Job): Promise<void> => {
      started.push(job);
      changed();
      return new Promise((resolve) => gates.set(job.id, resolve));
    },
    end: (id: number): void => gates.get(id)?.(),
    untilStarted: async (count: number): Promise<void> => {
      while (started.length < count) {
        await change;
        change = new Promise((resolve) => (changed = resolve));
      }
    },
  };
};

const start = (queue: ReturnType<typeof aQueue>, concurrency: number) =>
  startWorker<Job>({
    name: 'test',
    claim: queue.claim,
    laneOf: ({ lane }) => lane,
    run: queue.run,
    concurrency,
    pollMs: 5,
    logger,
  });

const jobsOf = (lane: string, ...ids: number[]): Job[] => ids.map((id) => ({ id, lane }));

describe('a worker', () => {
  test('runs so many at once, and no more of one lane than that may have', async () => {
    const queue = aQueue([...jobsOf('a', 1, 2, 3, 4), ...jobsOf('b', 5, 6)], 2);
    const worker = start(queue, 4);
    await queue.untilStarted(4);
    expect(queue.started.map(({ id }) => id)).toEqual([1, 2, 5, 6]);
    queue.end(5);
    queue.end(1);
    await queue.untilStarted(5);
    expect(queue.started[4]).toEqual({ id: 3, lane: 'a' });
    for (const id of [2, 3, 6]) queue.end(id);
    await queue.untilStarted(6);
    queue.end(4);
    await worker[Symbol.asyncDispose]();
  });

  test('goes on after a job and a lease that fail', async () => {
    const queue = aQueue(jobsOf('a', 1, 2, 3));
    let claims = 0;
    const worker = startWorker<Job>({
      name: 'test',
      claim: (room) => {
        claims += 1;
        return claims % 2 === 0 ? Promise.reject(new Error('no database')) : queue.claim(room);
      },
      laneOf: ({ lane }) => lane,
      run: (job) => {
        void queue.run(job);
        return job.id === 1 ? Promise.reject(new Error('it failed')) : Promise.resolve();
      },
      concurrency: 1,
      pollMs: 1,
      logger,
    });
    await queue.untilStarted(3);
    await worker[Symbol.asyncDispose]();
    expect(queue.started.map(({ id }) => id)).toEqual([1, 2, 3]);
  });

  test('stops when what it runs has ended, and starts nothing more', async () => {
    const queue = aQueue(jobsOf('a', 1, 2));
    let isAborted = false;
    const worker = startWorker<Job>({
      name: 'test',
      claim: queue.claim,
      laneOf: ({ lane }) => lane,
      run: (job, signal) => {
        signal.addEventListener('abort', () => {
          isAborted = true;
          queue.end(job.id);
        });
        return queue.run(job);
      },
      concurrency: 1,
      pollMs: 60_000,
      logger,
    });
    await queue.untilStarted(1);
    await worker[Symbol.asyncDispose]();
    expect({ isAborted, started: queue.started.length }).toEqual({ isAborted: true, started: 1 });
  });

  test('looks at once when it is woken', async () => {
    const waiting: Job[] = [];
    let stop: () => PromiseLike<void> = () => Promise.resolve();
    let looked = (): void => undefined;
    const hasLooked = new Promise<void>((resolve) => (looked = resolve));
    const hasRun = new Promise<Job>((resolve, reject) => {
      const worker = startWorker<Job>({
        name: 'test',
        claim: () => {
          looked();
          return Promise.resolve(waiting.splice(0));
        },
        laneOf: ({ lane }) => lane,
        run: (job) => {
          resolve(job);
          return Promise.resolve();
        },
        concurrency: 1,
        pollMs: 600_000,
        logger,
      });
      hasLooked
        .then(() => {
          waiting.push({ id: 1, lane: 'a' });
          worker.wake();
        })
        .catch(reject);
      stop = () => worker[Symbol.asyncDispose]();
    });
    expect(await hasRun).toEqual({ id: 1, lane: 'a' });
    await stop();
  });
});
