/** What the runner does with jobs that fail, hang, lose their lease or find nobody at home; on a real table. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import type { JobLease } from '../../src/features/jobs/job-lease-store.ts';
import type { JobContext, JobDefinition, JobResult } from '../../src/jobs/job-definition.ts';
import { startJobs } from '../../src/jobs/job-runner.ts';
import { AppError } from '../../src/shared/errors.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { execute, openDatabase } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const INTERVAL_MS = 600_000;

let database: TestDatabase;
let gateway: TenantDatabase;
let running: AsyncDisposable[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = openDatabase(database.gatewayUrl, 10);
});
beforeEach(() => execute(database.ownerUrl, 'delete from jobs'));
afterEach(async () => {
  for (const jobs of running) await jobs[Symbol.asyncDispose]();
  running = [];
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const owner = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  execute<Row>(database.ownerUrl, text, values);

const fill = (lane: string, count: number): Promise<unknown> =>
  owner(
    `insert into jobs (tenant_id, kind, subject, lane, due_at)
     select gen_random_uuid(), 'balance_sync', i::text, $1, now() - interval '1 day' + i * interval '1 ms'
       from generate_series(1, $2::integer) as i`,
    [lane, count],
  );

interface Row {
  readonly subject: string;
  readonly lane: string;
  readonly failures: number;
  readonly last_outcome: string | null;
  readonly last_error: string | null;
  readonly is_leased: boolean;
  readonly due_in_s: number;
}

const rows = (where = 'true'): Promise<Row[]> =>
  owner<Row>(
    `select subject, lane, failures, last_outcome, last_error, lease_id is not null as is_leased,
            extract(epoch from due_at - now())::float as due_in_s
       from jobs where ${where} order by lane, subject::int`,
  );

/** Waits until as many rows are so. */
const until = async (where: string, count: number): Promise<Row[]> => {
  for (;;) {
    const found = await rows(where);
    if (found.length >= count) return found;
    await delay(5);
  }
};

const start = (
  run: (lease: JobLease, context: JobContext) => Promise<JobResult>,
  options: { perLane?: number; clock?: { now(): number }; closedLanes?: () => string[] } = {},
) => {
  const definition: JobDefinition = {
    kind: 'balance_sync',
    intervalMs: INTERVAL_MS,
    firstRetryMs: 60_000,
    longestRetryMs: 3_600_000,
    perLane: options.perLane ?? 2,
    run,
  };
  const jobs = startJobs({
    database: gateway,
    definitions: [definition],
    concurrency: 20,
    pollMs: 5,
    clock: options.clock ?? { now: () => Date.now() },
    logger: createLogger('test', 'silent'),
    ...(options.closedLanes !== undefined && { closedLanes: options.closedLanes }),
  });
  running.push(jobs);
  return jobs;
};

const synced = (): Promise<JobResult> => Promise.resolve({ outcome: 'synced' });

test('a job that ends well comes back after its interval, a tenth more or less', async () => {
  await fill('kraken', 20);
  start(synced);
  const done = await until("last_outcome = 'synced' and lease_id is null", 20);
  for (const { due_in_s, failures } of done) {
    expect(failures).toBe(0);
    expect(due_in_s).toBeGreaterThan((INTERVAL_MS / 1_000) * 0.85);
    expect(due_in_s).toBeLessThan((INTERVAL_MS / 1_000) * 1.1);
  }
  expect(new Set(done.map(({ due_in_s }) => Math.round(due_in_s))).size).toBeGreaterThan(5);
});

test('a job that fails comes back later each time, says why without telling secrets, and the others are done', async () => {
  await fill('kraken', 5);
  const secret = 'sk_live_1234';
  start(({ subject }) => {
    if (subject === '1') return Promise.reject(new Error(`the database said ${secret}`));
    if (subject === '2') return Promise.reject(new AppError('exchange_error', 'The exchange failed'));
    return synced();
  });
  await until("last_outcome = 'synced'", 3);
  const [first, second] = await until('failures = 1 and lease_id is null', 2);
  expect(first).toMatchObject({ last_outcome: 'failed' });
  expect(first?.last_error).not.toContain(secret);
  expect(second).toMatchObject({ last_outcome: 'exchange_error', last_error: 'The exchange failed' });
  for (const [failures, minutes] of [
    [2, 2],
    [3, 4],
  ] as const) {
    await owner("update jobs set due_at = now() where subject = '2'");
    const [again] = await until(`subject = '2' and failures = ${failures} and lease_id is null`, 1);
    expect(again?.due_in_s).toBeGreaterThan(minutes * 60 * 0.85);
    expect(again?.due_in_s).toBeLessThan(minutes * 60 * 1.15);
  }
});

test('a lane whose jobs hang keeps its places and no others', async () => {
  await fill('dead', 50);
  await fill('kraken', 50);
  let hanging = 0;
  start(async ({ lane }, { signal }) => {
    if (lane !== 'dead') return synced();
    hanging += 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { outcome: 'interrupted', nextMs: 0 };
  });
  await until("last_outcome = 'synced'", 50);
  expect(hanging).toBe(2);
});

test('an exchange that is down is asked by one job at a time, with rests, and all are done when it is back', async () => {
  await fill('kraken', 30);
  await fill('binance', 10);
  let now = Date.now();
  let isDown = true;
  let asked = 0;
  start(
    ({ lane }) => {
      if (lane !== 'kraken') return synced();
      asked += 1;
      if (!isDown) return synced();
      return Promise.reject(
        new AppError('exchange_unavailable', 'The exchange is not available', {
          details: { retryAfterMs: 5_000 },
        }),
      );
    },
    { clock: { now: () => now } },
  );
  await until("last_outcome = 'synced'", 10);
  await until("last_outcome = 'exchange_unavailable' and lease_id is null", 1);
  const atFirst = asked;
  expect(atFirst).toBeLessThanOrEqual(2);
  now += 60_000;
  await until("last_outcome = 'exchange_unavailable' and lease_id is null", atFirst + 1);
  expect(asked).toBe(atFirst + 1);
  // No fault of theirs.
  expect((await rows("lane = 'kraken' and failures > 0")).length).toBe(0);
  isDown = false;
  now += 60_000;
  await owner(
    "update jobs set due_at = now() where lane = 'kraken' and last_outcome is distinct from 'synced'",
  );
  await until("last_outcome = 'synced'", 40);
  expect(asked).toBe(atFirst + 1 + 30);
});

test('custody that is away or frozen is no fault of the jobs', async () => {
  await fill('kraken', 3);
  start(() => Promise.reject(new AppError('custody_unavailable', 'No exchange keys are opened now')));
  const [row] = await until("last_outcome = 'custody_unavailable' and lease_id is null", 1);
  expect(row).toMatchObject({ failures: 0 });
  expect(row?.due_in_s).toBeGreaterThan(5);
});

test('a tenant that has had its share of keys opened holds up nobody else', async () => {
  await fill('kraken', 10);
  const limited = { details: { retryAfterMs: 30_000 } };
  start(({ subject }) =>
    subject === '1' ? Promise.reject(new AppError('custody_unavailable', 'Too many', limited)) : synced(),
  );
  await until("last_outcome = 'synced'", 9);
  const [row] = await until("last_outcome = 'custody_unavailable' and lease_id is null", 1);
  expect(row).toMatchObject({ subject: '1', failures: 0 });
  expect(row?.due_in_s).toBeGreaterThan(25);
});

test('lanes that an operator has closed are left alone until they are open', async () => {
  await fill('kraken', 2);
  await fill('binance', 2);
  let closed = ['kraken'];
  start(synced, { closedLanes: () => closed });
  await until("last_outcome = 'synced' and lane = 'binance'", 2);
  expect(await rows("last_started_at is not null and lane = 'kraken'")).toEqual([]);
  closed = [];
  await until("last_outcome = 'synced' and lane = 'kraken'", 2);
});

test('a stop ends what runs and gives it back, so that another goes on at once from where it was', async () => {
  await fill('kraken', 2);
  const steps: unknown[] = [];
  const begin = () =>
    start(async (lease, { signal, report }) => {
      steps.push(lease.progress);
      if (lease.progress !== null) return { outcome: 'synced' };
      await report({ done: 1 });
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { outcome: 'interrupted', nextMs: 0 };
    });
  const first = begin();
  await until('progress is not null', 2);
  await first[Symbol.asyncDispose]();
  expect(await rows()).toMatchObject([
    { last_outcome: 'interrupted', is_leased: false, failures: 0 },
    { last_outcome: 'interrupted', is_leased: false, failures: 0 },
  ]);
  begin();
  await until("last_outcome = 'synced'", 2);
  expect(steps).toEqual([null, null, { done: 1 }, { done: 1 }]);
});

test('what somebody asks for while it is being done is done once more', async () => {
  await fill('kraken', 1);
  let runs = 0;
  let end = (): void => undefined;
  start(async () => {
    runs += 1;
    if (runs === 1) await new Promise<void>((resolve) => (end = resolve));
    return { outcome: `run ${runs}` };
  });
  await until('lease_id is not null', 1);
  await owner('update jobs set asked_at = now(), due_at = now()');
  end();
  const [row] = await until("last_outcome = 'run 2' and lease_id is null", 1);
  expect(row?.due_in_s).toBeGreaterThan(60);
});

test('two runners share what is due, and nothing is done twice', async () => {
  await fill('kraken', 60);
  await fill('binance', 60);
  const done: string[] = [];
  const run = ({ lane, subject }: JobLease): Promise<JobResult> => {
    done.push(`${lane} ${subject}`);
    return synced();
  };
  start(run);
  start(run);
  await until("last_outcome = 'synced'", 120);
  expect(done).toHaveLength(120);
  expect(new Set(done).size).toBe(120);
});

test('a job whose lease was lost is told to end, and what it says then counts no more', async () => {
  await fill('kraken', 1);
  const ended = new Promise<void>((resolve) => {
    start(async ({ subject }, { signal, report }) => {
      await owner("update jobs set lease_id = gen_random_uuid(), lease_until = now() + interval '1 hour'");
      expect(await report({ done: subject })).toBe(false);
      await new Promise((heard) => signal.addEventListener('abort', heard));
      resolve();
      return { outcome: 'late' };
    });
  });
  await ended;
  expect(await rows()).toMatchObject([{ last_outcome: null, is_leased: true }]);
}, 30_000);
