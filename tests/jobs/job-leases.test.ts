/** Leases of jobs: each is given once, outlives no process, and what cannot be done keeps nobody from the rest. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Session, TenantDatabase } from '../../src/db/tenant-database.ts';
import { createJobLeaseStore, type LeaseRoom } from '../../src/features/jobs/job-lease-store.ts';
import { execute, openDatabase } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const LEASE_MS = 60_000;

interface PlanNode {
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

const rowsOf = (node: PlanNode): number => {
  const own =
    node['Relation Name'] === 'jobs' ? node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) : 0;
  return own * node['Actual Loops'] + (node.Plans ?? []).reduce((sum, plan) => sum + rowsOf(plan), 0);
};

let database: TestDatabase;
let gateway: TenantDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = openDatabase(database.gatewayUrl);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(() => execute(database.ownerUrl, 'delete from jobs'));

const owner = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  execute<Row>(database.ownerUrl, text, values);

/** The one with the number 1 has waited longest. */
const fill = (lane: string, count: number, kind = 'balance_sync'): Promise<unknown> =>
  owner(
    `insert into jobs (tenant_id, kind, subject, lane, due_at)
     select gen_random_uuid(), $3, i::text, $1, now() - interval '1 day' + i * interval '1 ms'
       from generate_series(1, $2::integer) as i`,
    [lane, count, kind],
  );

const room = (change: Partial<LeaseRoom> = {}): LeaseRoom => ({
  perLane: new Map([['balance_sync', 1_000]]),
  running: [],
  restingLanes: [],
  limit: 1_000,
  ...change,
});

const claim = (change?: Partial<LeaseRoom>) =>
  createJobLeaseStore(gateway.shared).claim(room(change), LEASE_MS);
const settlement = { nextMs: 0, failures: 0, outcome: 'done', error: null, progress: null };
const lapse = () => owner("update jobs set lease_until = now() - interval '1 ms' where lease_id is not null");

describe('leases', () => {
  test('are given once, however many ask at once', async () => {
    await fill('kraken', 300);
    const given = await Promise.all(Array.from({ length: 40 }, () => claim({ limit: 10 })));
    const subjects = given.flat().map(({ subject }) => subject);
    expect(new Set(subjects).size).toBe(subjects.length);
    const rest = await claim();
    expect(subjects.length + rest.length).toBe(300);
  });

  test('of a process that died run out, and what it says afterwards no longer counts', async () => {
    await fill('kraken', 1);
    const leases = createJobLeaseStore(gateway.shared);
    const [dead] = await claim();
    expect(await claim()).toEqual([]);
    await lapse();
    const [heir] = await claim();
    if (dead === undefined || heir === undefined) throw new Error('no lease');
    expect(heir).toMatchObject({ subject: dead.subject, failures: 1 });
    await leases.settle(dead, { ...settlement, failures: 7, outcome: 'late' });
    expect(await leases.renew([dead, heir], LEASE_MS)).toEqual([heir.leaseId]);
    expect(await leases.report(dead, { done: 1 })).toBe(false);
    await leases.settle(heir, { ...settlement, outcome: 'done' });
    expect(await owner('select failures, last_outcome from jobs')).toEqual([
      { failures: 0, last_outcome: 'done' },
    ]);
  });

  test('of a job that kills its process every time are given later each time', async () => {
    await fill('kraken', 1);
    await claim();
    await lapse();
    expect(await claim()).toHaveLength(1);
    await lapse();
    expect(await claim()).toEqual([]);
    await owner("update jobs set lease_until = now() - interval '11 s'");
    expect(await claim()).toHaveLength(1);
  });

  test('that are given back are taken at once', async () => {
    await fill('kraken', 3);
    const taken = await claim();
    await createJobLeaseStore(gateway.shared).release(taken, null);
    expect(await claim()).toHaveLength(3);
    expect(await owner('select distinct failures from jobs')).toEqual([{ failures: 0 }]);
  });

  test('are no more of a lane and a kind than have room, beginning with what has waited longest', async () => {
    await fill('kraken', 5);
    await fill('binance', 5);
    await fill('kraken', 5, 'trade_sync');
    const perLane = new Map([
      ['balance_sync', 3],
      ['trade_sync', 1],
    ] as const);
    const running = [{ kind: 'balance_sync', lane: 'kraken', count: 2 } as const];
    const given = await claim({ perLane, running });
    const names = given.map(({ kind, lane, subject }) => `${kind} ${lane} ${subject}`).sort();
    expect(names).toEqual([
      'balance_sync binance 1',
      'balance_sync binance 2',
      'balance_sync binance 3',
      'balance_sync kraken 1',
      'trade_sync kraken 1',
    ]);
  });

  test('are not given of other kinds, resting lanes, suspended tenants, held accounts and what is not due', async () => {
    await fill('kraken', 4);
    await fill('binance', 1);
    await fill('kraken', 1, 'credential_check');
    await owner("update jobs set is_held = true where subject = '1' and lane = 'kraken'");
    await owner("update jobs set is_suspended = true where subject = '2' and lane = 'kraken'");
    await owner("update jobs set due_at = now() + interval '1 s' where subject = '3' and lane = 'kraken'");
    const given = await claim({ restingLanes: ['binance'] });
    expect(given.map(({ kind, lane, subject }) => [kind, lane, subject])).toEqual([
      ['balance_sync', 'kraken', '4'],
    ]);
  });

  test('of one lane reach all others in their turn, when there is room for one alone', async () => {
    for (const lane of ['a', 'b', 'c']) await fill(lane, 60);
    const lanes = new Set<string>();
    for (let asked = 0; asked < 60; asked += 1)
      for (const { lane } of await claim({ limit: 1 })) lanes.add(lane);
    expect([...lanes].sort()).toEqual(['a', 'b', 'c']);
  });

  test('are found without a look at what is due in a lane that has no room', async () => {
    await fill('dead', 20_000);
    await fill('kraken', 1);
    await owner('analyze jobs');
    const running = [{ kind: 'balance_sync', lane: 'dead', count: 4 } as const];
    const asked = room({ perLane: new Map([['balance_sync', 4]]), running, limit: 20 });
    expect(await rowsRead(asked)).toBeLessThan(10);
    expect(await claim(asked)).toHaveLength(1);
  });

  /** Rows of the table that a claim looks at. */
  const rowsRead = async (asked: LeaseRoom): Promise<number> => {
    const plans: PlanNode[] = [];
    const explained: Session = {
      query: async (statement, values) => {
        const rows = await owner<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
          `explain (analyze, format json) ${statement.text}`,
          [...values],
        );
        plans.push(...rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => Plan)));
        return [];
      },
    };
    await createJobLeaseStore(explained).claim(asked, 0);
    return plans.reduce((sum, plan) => sum + rowsOf(plan), 0);
  };

  test('come sooner after an interval was shortened, but for what was put off', async () => {
    await fill('kraken', 3);
    await owner("update jobs set due_at = now() + interval '1 day'");
    await owner("update jobs set failures = 1 where subject = '1'");
    await createJobLeaseStore(gateway.shared).pullForward('balance_sync', 600_000);
    const rows = await owner<{ subject: string }>(
      "select subject from jobs where due_at <= now() + interval '10 minutes' order by subject",
    );
    expect(rows.map(({ subject }) => subject)).toEqual(['2', '3']);
  });

  test('are all that the gateway may write of the table', async () => {
    const values = [randomUUID()];
    for (const text of [
      'delete from jobs where tenant_id = $1',
      "update jobs set lane = 'x' where tenant_id = $1",
      'update jobs set is_held = false where tenant_id = $1',
      "insert into jobs (tenant_id, kind, subject, lane, due_at) values ($1, 'balance_sync', '1', 'x', now())",
    ])
      await expect(gateway.shared.query({ name: `test.${text.slice(0, 20)}`, text }, values)).rejects.toThrow(
        /permission denied/,
      );
  });
});
