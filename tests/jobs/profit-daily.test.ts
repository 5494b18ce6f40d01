/** The closing of days: told once each, in UTC, whatever the clocks do. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createDailyProfit } from '../../src/features/profit/daily-profit.ts';
import { startJobs } from '../../src/jobs/job-runner.ts';
import { createProfitDailyJob } from '../../src/jobs/profit-daily-job.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { aTenant, execute, openDatabase } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);

let database: TestDatabase;
let gateway: TenantDatabase;
let jobs: AsyncDisposable | undefined;
let tenant: string;
let account: number;
let now = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  gateway = openDatabase(database.gatewayUrl);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await aTenant(database.ownerUrl);
  const [row] = await owner<{ id: string }>(
    `insert into accounts (tenant_id, market_code, name, address)
     values ($1, 'trx', 'Watched', 'an address') returning id`,
    [tenant],
  );
  account = Number(row?.id);
});
afterEach(async () => {
  await jobs?.[Symbol.asyncDispose]();
  jobs = undefined;
});

const owner = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  execute<Row>(database.ownerUrl, text, values);

const snapshot = async (moment: string, usd: string): Promise<void> => {
  await owner(
    `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value) values ($1, $2, $3, $4::numeric / 100, $4)`,
    [tenant, account, moment, usd],
  );
  await owner('update accounts set balances_synced_at = $3 where tenant_id = $1 and id = $2', [
    tenant,
    account,
    moment,
  ]);
};

/** Has the job done at that moment, and answers how it ended. */
const runAt = async (
  moment: string,
  areBalancesSynced = true,
): Promise<{ outcome: string; dueInMs: number }> => {
  now = at(moment);
  const closeDay = createDailyProfit({ database: gateway });
  await owner(
    "update jobs set due_at = now(), last_finished_at = null where tenant_id = $1 and kind = 'profit_daily'",
    [tenant],
  );
  jobs = startJobs({
    database: gateway,
    definitions: [createProfitDailyJob({ closeDay, clock: { now: () => now }, areBalancesSynced })],
    concurrency: 5,
    pollMs: 5,
    clock: { now: () => now },
    logger: createLogger('test', 'silent'),
  });
  for (;;) {
    const [row] = await owner<{ outcome: string; ms: number }>(
      `select last_outcome as outcome, extract(epoch from due_at - now())::float * 1000 as ms from jobs
        where tenant_id = $1 and kind = 'profit_daily' and last_finished_at is not null`,
      [tenant],
    );
    if (row !== undefined) {
      await jobs[Symbol.asyncDispose]();
      return { outcome: row.outcome, dueInMs: row.ms };
    }
    await delay(5);
  }
};

const told = async () =>
  (
    await owner<{ data: Record<string, unknown> }>(
      "select data from events where tenant_id = $1 and type = 'profit.daily' order by seq",
      [tenant],
    )
  ).map(({ data }) => data);

test('a day that is over is told once, and the next one is due after the next midnight', async () => {
  await snapshot('2026-03-09T23:50:00Z', '100');
  await snapshot('2026-03-10T12:00:00Z', '140');
  await snapshot('2026-03-10T23:50:00Z', '150.5');
  await snapshot('2026-03-11T00:05:00Z', '7');
  const { outcome, dueInMs } = await runAt('2026-03-11T00:30:00Z');
  expect(outcome).toBe('closed');
  const day = {
    account_id: account,
    day: '2026-03-10',
    usd_profit: '50.5',
    btc_profit: '0.505',
    usd_amount: '150.5',
    btc_amount: '1.505',
  };
  expect(await told()).toEqual([day]);
  const untilMidnightMs = at('2026-03-12T00:00:00Z') - now;
  expect(dueInMs).toBeGreaterThan(untilMidnightMs);
  expect(dueInMs).toBeLessThan(untilMidnightMs + 2 * HOUR_MS);
  await runAt('2026-03-11T08:00:00Z');
  expect(await told()).toEqual([day]);
});

test('what was brought in is no profit', async () => {
  await snapshot('2026-03-09T23:50:00Z', '100');
  await snapshot('2026-03-10T23:50:00Z', '150');
  await snapshot('2026-03-11T00:05:00Z', '150');
  await owner(
    `insert into transfers (tenant_id, account_id, kind, venue_transfer_id, asset, amount, btc_value, usd_value,
       occurred_at, counted_at)
     values ($1, $2, 'deposit', 'one', 'USDT', 40, 0.4, 40, '2026-03-10T10:00:00Z', '2026-03-10T10:00:00Z')`,
    [tenant, account],
  );
  await runAt('2026-03-11T00:30:00Z');
  expect(await told()).toMatchObject([{ day: '2026-03-10', usd_profit: '10', btc_profit: '0.1' }]);
});

test('it waits for what the exchange tells after midnight, but not for ever', async () => {
  await snapshot('2026-03-09T23:50:00Z', '100');
  await snapshot('2026-03-10T23:50:00Z', '110');
  const { outcome, dueInMs } = await runAt('2026-03-11T00:30:00Z');
  expect(outcome).toBe('waiting');
  expect(dueInMs).toBeLessThan(HOUR_MS);
  expect(await told()).toEqual([]);
  expect((await runAt('2026-03-11T03:30:00Z')).outcome).toBe('closed');
  expect(await told()).toMatchObject([{ day: '2026-03-10', usd_profit: '10' }]);
});

test('it does not wait where balances are read only when somebody asks', async () => {
  await snapshot('2026-03-09T23:50:00Z', '100');
  await snapshot('2026-03-10T23:50:00Z', '110');
  expect((await runAt('2026-03-11T00:30:00Z', false)).outcome).toBe('closed');
});

test('the profit of the day that an account was connected on is not known', async () => {
  await snapshot('2026-03-10T12:00:00Z', '100');
  await snapshot('2026-03-11T00:10:00Z', '120');
  await runAt('2026-03-11T00:30:00Z');
  expect(await told()).toMatchObject([
    { day: '2026-03-10', usd_profit: null, btc_profit: null, usd_amount: '100' },
  ]);
});

test('days that nobody closed are made up for, and those without a reading have nothing to tell', async () => {
  for (const [moment, usd] of [
    ['2026-03-09T23:50:00Z', '100'],
    ['2026-03-10T23:50:00Z', '110'],
    ['2026-03-11T00:10:00Z', '110'],
  ] as const)
    await snapshot(moment, usd);
  await runAt('2026-03-11T00:30:00Z');
  // No worker ran for three days, and no exchange was asked on the 12th.
  await snapshot('2026-03-11T20:00:00Z', '130');
  await snapshot('2026-03-13T20:00:00Z', '125');
  await snapshot('2026-03-14T00:10:00Z', '125');
  await runAt('2026-03-14T01:00:00Z');
  expect((await told()).map(({ day, usd_profit }) => [day, usd_profit])).toEqual([
    ['2026-03-10', '10'],
    ['2026-03-11', '20'],
    ['2026-03-13', '-5'],
  ]);
});

test('a clock that goes back tells nothing again, and an hour that is set on or back for summer changes no day', async () => {
  await snapshot('2026-03-28T23:50:00Z', '100');
  await snapshot('2026-03-29T23:50:00Z', '101');
  await snapshot('2026-03-30T00:10:00Z', '101');
  await runAt('2026-03-30T00:30:00Z');
  expect(await told()).toMatchObject([{ day: '2026-03-29', usd_profit: '1' }]);
  await runAt('2026-03-28T23:00:00Z');
  await runAt('2026-03-30T00:29:00Z');
  expect(await told()).toHaveLength(1);
});

test('of an account that is removed, or of a tenant that is suspended, nothing is told', async () => {
  await snapshot('2026-03-10T23:50:00Z', '110');
  await owner("update tenants set status = 'suspended' where id = $1", [tenant]);
  expect(await owner('select 1 from jobs where tenant_id = $1 and not is_suspended', [tenant])).toEqual([]);
  await owner('update accounts set removed_at = now() where tenant_id = $1', [tenant]);
  expect(await owner('select kind from jobs where tenant_id = $1', [tenant])).toEqual([
    { kind: 'retention' },
  ]);
});
