/** The loop behind background work, and the leases that make it survive the death of a process. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createCheckLeaseStore } from '../../src/features/credentials/credential-check-store.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const logger = createLogger('test', 'silent');

interface Job {
  readonly id: number;
  readonly lane: string;
}

/** Jobs in a list, and a gate that lets each end. */
const aQueue = (jobs: readonly Job[]) => {
  const waiting = [...jobs];
  const started: Job[] = [];
  const gates = new Map<number, () => void>();
  let changed = (): void => undefined;
  let change = new Promise<void>((resolve) => (changed = resolve));
  return {
    started,
    claim: (full: readonly string[]): Promise<Job | undefined> => {
      const index = waiting.findIndex(({ lane }) => !full.includes(lane));
      return Promise.resolve(index === -1 ? undefined : waiting.splice(index, 1)[0]);
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

const start = (queue: ReturnType<typeof aQueue>, options: { concurrency?: number; perLane?: number } = {}) =>
  startWorker<Job>({
    name: 'test',
    claim: queue.claim,
    laneOf: ({ lane }) => lane,
    run: queue.run,
    concurrency: options.concurrency ?? 10,
    perLane: options.perLane ?? 10,
    pollMs: 5,
    logger,
  });

const jobsOf = (lane: string, ...ids: number[]): Job[] => ids.map((id) => ({ id, lane }));

describe('a worker', () => {
  test('runs so many at once, and no more of one lane than that may have', async () => {
    const queue = aQueue([...jobsOf('a', 1, 2, 3, 4), ...jobsOf('b', 5, 6)]);
    const worker = start(queue, { concurrency: 4, perLane: 2 });
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
      claim: (full) => {
        claims += 1;
        return claims % 2 === 0 ? Promise.reject(new Error('no database')) : queue.claim(full);
      },
      laneOf: ({ lane }) => lane,
      run: (job) => {
        void queue.run(job);
        return job.id === 1 ? Promise.reject(new Error('it failed')) : Promise.resolve();
      },
      concurrency: 1,
      perLane: 1,
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
      perLane: 1,
      pollMs: 60_000,
      logger,
    });
    await queue.untilStarted(1);
    await worker[Symbol.asyncDispose]();
    expect({ isAborted, started: queue.started.length }).toEqual({ isAborted: true, started: 1 });
  });
});

describe('leases', () => {
  let database: TestDatabase;
  let owner: TenantDatabase;
  let gateway: TenantDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    const open = (url: string) => createTenantDatabase({ url, logger, applicationName: 'test' });
    owner = open(database.ownerUrl);
    gateway = open(database.gatewayUrl);
  });
  afterAll(async () => {
    await gateway[Symbol.asyncDispose]();
    await owner[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });

  const fill = async (count: number, venue: string): Promise<void> => {
    await owner.shared.query(
      {
        name: 'test.fill-checks',
        text: `insert into credential_checks (tenant_id, credential_id, venue, due_at)
               select gen_random_uuid(), gen_random_uuid(), $2, '2026-01-01T00:00:00Z'::timestamptz + i * interval '1 s'
                 from generate_series(1, $1::int) as i`,
      },
      [count, venue],
    );
  };
  const clear = () =>
    owner.shared.query(
      { name: 'test.clear-checks', text: 'delete from credential_checks where $1::int = 1' },
      [1],
    );
  const NOW = new Date('2026-06-01T00:00:00Z');
  const LATER = new Date('2026-06-01T00:02:00Z');

  test('are given once, however many ask at once', async () => {
    await clear();
    await fill(30, 'kraken');
    const leases = createCheckLeaseStore(gateway.shared);
    const given = await Promise.all(Array.from({ length: 40 }, () => leases.claim(NOW, LATER, [])));
    const ids = given.filter((lease) => lease !== undefined).map(({ credentialId }) => credentialId);
    expect(ids).toHaveLength(30);
    expect(new Set(ids).size).toBe(30);
  });

  test('of a process that died run out, and what it says afterwards no longer counts', async () => {
    await clear();
    await fill(1, 'kraken');
    const leases = createCheckLeaseStore(gateway.shared);
    const dead = await leases.claim(NOW, LATER, []);
    expect(dead).toBeDefined();
    expect(await leases.claim(NOW, LATER, [])).toBeUndefined();
    const heir = await leases.claim(LATER, new Date('2026-06-01T00:04:00Z'), []);
    expect(heir?.credentialId).toBe(dead?.credentialId);
    if (dead === undefined || heir === undefined) throw new Error('no lease');
    await leases.settle(dead, new Date('2030-01-01T00:00:00Z'), 7);
    await leases.settle(heir, NOW, 3);
    expect(await leases.claim(NOW, LATER, [])).toMatchObject({ failures: 3 });
  });

  test('leave out venues that are busy, and start with what is due for longest', async () => {
    await clear();
    await fill(2, 'kraken');
    await fill(1, 'binance');
    const leases = createCheckLeaseStore(gateway.shared);
    expect(await leases.claim(NOW, LATER, ['kraken'])).toMatchObject({ venueId: 'binance' });
    expect(await leases.claim(NOW, LATER, ['kraken'])).toBeUndefined();
    expect(await leases.claim(NOW, LATER, [])).toMatchObject({ venueId: 'kraken' });
  });

  test('are all that the gateway may write of the table', async () => {
    const values = [randomUUID()];
    for (const text of [
      'delete from credential_checks where tenant_id = $1',
      "update credential_checks set venue = 'x' where tenant_id = $1",
      "insert into credential_checks (tenant_id, credential_id, venue, due_at) values ($1, $1, 'x', now())",
    ])
      await expect(gateway.shared.query({ name: `test.${text.slice(0, 6)}`, text }, values)).rejects.toThrow(
        /permission denied/,
      );
  });
});
