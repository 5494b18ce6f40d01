/** What retention removes, and that nobody who reads what is left can tell beyond its resolution. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Actor } from '../../src/auth/actor.ts';
import { type ChartOf, createChartService } from '../../src/features/charts/chart-service.ts';
import type { ChartPoint } from '../../src/features/charts/equity-chart-store.ts';
import { createEquityStore, type EquityBases } from '../../src/features/profit/equity-store.ts';
import { dayStart, monthStart } from '../../src/features/profit/profit.ts';
import {
  createRetention,
  type Removed,
  type RetentionSettings,
} from '../../src/features/retention/retention.ts';
import { createRetentionStore } from '../../src/features/retention/retention-store.ts';
import type { TenantDatabase, TenantSession } from '../../src/db/tenant-database.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { aTenant, execute, openDatabase } from '../db/rows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.parse('2026-05-20T10:30:00Z');
const SETTINGS: RetentionSettings = { hourlyDays: 30, snapshotMonths: 0, eventDays: 90, deliveryDays: 30 };

let database: TestDatabase;
let gateway: TenantDatabase;
let tenant: string;
let account: number;
let lastAccount = 0;

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
  account = await anAccount(tenant);
});

const owner = <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
  execute<Row>(database.ownerUrl, text, values);

const anAccount = async (of: string): Promise<number> => {
  lastAccount += 1;
  await owner(`insert into accounts (tenant_id, id, market_code, name) values ($1, $2, 'binance', 'one')`, [
    of,
    lastAccount,
  ]);
  return lastAccount;
};

/** Snapshots with two assets each, worth what their place says. */
const snapshots = async (times: readonly (number | string)[], of = tenant, id = account): Promise<void> => {
  const moments = times.map((time) => new Date(time).toISOString());
  await owner(
    `insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
     select $1, $2, at, place, place from unnest($3::timestamptz[]) with ordinality as t (at, place)`,
    [of, id, moments],
  );
  await owner(
    `insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total)
     select $1, $2, at, asset, 1, 0, 1 from unnest($3::timestamptz[]) as t (at), unnest('{BTC,USDT}'::text[]) asset`,
    [of, id, moments],
  );
};

const left = async (table = 'equity_snapshots', id = account): Promise<string[]> => {
  const rows = await owner<{ at: Date }>(
    `select distinct taken_at as at from ${table} where account_id = $1 order by 1`,
    [id],
  );
  return rows.map(({ at }) => at.toISOString());
};

const retain = (
  settings: Partial<RetentionSettings> = {},
  signal = new AbortController().signal,
): Promise<Removed> =>
  createRetention({ database: gateway, clock: { now: () => NOW }, settings: { ...SETTINGS, ...settings } })(
    tenant,
    signal,
  );

const bases = (nowMs: number): Promise<EquityBases | undefined> => {
  const at = new Date(nowMs);
  return gateway.transact(tenant, (session) =>
    createEquityStore(session).lockBases(account, { month: monthStart(at), day: dayStart(at) }),
  );
};

test('of each hour that ended the last snapshot stays, of each day before thirty days its last, and the very first', async () => {
  await snapshots([
    // Days: an hour ends with its last moment, a day too.
    '2026-03-01T05:00:00Z',
    '2026-03-01T06:00:00Z',
    '2026-03-01T22:00:00Z',
    '2026-03-02T00:00:00Z',
    '2026-03-02T00:00:00.001Z',
    '2026-03-02T12:00:00Z',
    // Hours.
    '2026-05-01T10:10:00Z',
    '2026-05-01T10:50:00Z',
    '2026-05-01T11:00:00Z',
    '2026-05-01T11:00:00.001Z',
    '2026-05-20T09:20:00Z',
    '2026-05-20T09:40:00Z',
    // The hour that is.
    '2026-05-20T10:05:00Z',
    '2026-05-20T10:25:00Z',
  ]);
  const kept = [
    '2026-03-01T05:00:00.000Z',
    '2026-03-02T00:00:00.000Z',
    '2026-03-02T12:00:00.000Z',
    '2026-05-01T11:00:00.000Z',
    '2026-05-01T11:00:00.001Z',
    '2026-05-20T09:40:00.000Z',
    '2026-05-20T10:05:00.000Z',
    '2026-05-20T10:25:00.000Z',
  ];
  expect(await retain()).toMatchObject({ snapshots: 6 });
  expect(await left()).toEqual(kept);
  expect(await left('balance_snapshots')).toEqual(kept);
  expect(await retain()).toMatchObject({ snapshots: 0 });
});

test('no base of a profit moves: not that of the day or of the whole, and that of the month by less than an hour', async () => {
  const minutes = Array.from({ length: 900 }, () => Math.floor(Math.random() * 45 * 24 * 60));
  await snapshots([...new Set(minutes)].map((minute) => NOW - minute * 60_000 - 1));
  const before = await bases(NOW);
  await retain();
  const after = await bases(NOW);
  expect(after?.first).toEqual(before?.first);
  expect(after?.day).toEqual(before?.day);
  const moved = Number(before?.month?.at) - Number(after?.month?.at);
  expect(moved).toBeGreaterThanOrEqual(0);
  const gaps = [...(await left()), new Date(NOW).toISOString()].map((at) => Date.parse(at));
  const longest = Math.max(...gaps.slice(1).map((at, place) => at - Number(gaps[place])));
  // Where nothing was recorded for hours, the base is as old as that.
  expect(moved).toBeLessThanOrEqual(Math.max(HOUR_MS, longest));
});

test('charts keep their first and last point, tell nothing that was not so, and lose no deposit', async () => {
  const minutes = new Set(Array.from({ length: 700 }, () => Math.floor(Math.random() * 50 * 24 * 60)));
  await snapshots([...minutes].map((minute) => NOW - minute * 60_000));
  await owner(
    `insert into transfers (tenant_id, account_id, kind, venue_transfer_id, asset, amount, btc_value, usd_value,
       occurred_at, counted_at)
     select $1, $2, 'deposit', n::text, 'BTC', 1, 1, n, at, at
       from generate_series(1, 40) n, lateral (select $3::timestamptz - n * interval '29 hours' as at) moment`,
    [tenant, account, new Date(NOW)],
  );
  const [before, summaryBefore] = [await chart(account), await chart('summary')];
  await retain();
  const [after, summaryAfter] = [await chart(account), await chart('summary')];
  expect(after.length).toBeLessThan(before.length);
  expect(after[0]).toEqual(before[0]);
  expect(after.at(-1)).toMatchObject(worthOf(before.at(-1)));
  expect(before.map(worthOf)).toEqual(expect.arrayContaining(after.map(worthOf)));
  expect(depositsOf(after)).toBe(depositsOf(before));
  expect(summaryAfter.at(-1)).toMatchObject(worthOf(summaryBefore.at(-1)));
  expect(depositsOf(summaryAfter)).toBe(depositsOf(summaryBefore));
});

const chart = (of: ChartOf): Promise<ChartPoint[]> =>
  createChartService({ database: gateway, clock: { now: () => NOW } }).equity(
    { tenantId: tenant, mode: 'real' } as Actor,
    of,
    { from: new Date(NOW - 60 * DAY_MS) },
  );

const worthOf = (point: ChartPoint | undefined) => ({ at: point?.at, btc: point?.btc, usd: point?.usd });

const depositsOf = (points: readonly ChartPoint[]): number =>
  points.reduce((sum, { usdDeposits }) => sum + Number(usdDeposits), 0);

test('more than a batch goes in one run, one account after the other, and other tenants keep what they have', async () => {
  const second = await anAccount(tenant);
  const other = await aTenant(database.ownerUrl);
  const foreign = await anAccount(other);
  const quarters = Array.from({ length: 4 * 24 * 4 }, (_, place) => NOW - 40 * DAY_MS + place * 15 * 60_000);
  for (const [of, id] of [
    [tenant, account],
    [tenant, second],
    [other, foreign],
  ] as const)
    await snapshots(quarters, of, id);
  const removed = await retain();
  // Four days and a part of a fifth are left of each account, and its first snapshot.
  expect(await left()).toHaveLength(6);
  expect(await left('balance_snapshots', second)).toHaveLength(6);
  expect(await left('equity_snapshots', foreign)).toHaveLength(quarters.length);
  expect(removed.snapshots).toBe(2 * (quarters.length - 6));
});

test('a run that is told to stop stops, and the next one goes on', async () => {
  await snapshots(Array.from({ length: 300 }, (_, place) => NOW - 50 * DAY_MS + place * 60_000));
  const stop = new AbortController();
  stop.abort();
  expect(await retain({}, stop.signal)).toMatchObject({ snapshots: 0 });
  expect(await retain()).toMatchObject({ snapshots: 298 });
});

test('balances of months that are not kept go, and what an account was worth stays', async () => {
  await snapshots([
    '2025-11-30T23:00:00Z',
    '2025-12-15T00:00:00Z',
    '2026-03-01T00:00:00Z',
    '2026-05-01T00:00:00Z',
  ]);
  await retain({ snapshotMonths: 2 });
  expect(await left('balance_snapshots')).toEqual(['2026-03-01T00:00:00.000Z', '2026-05-01T00:00:00.000Z']);
  expect(await left()).toHaveLength(4);
});

test('answers go when their day is over, and events when they are old', async () => {
  const key = randomUUID();
  await owner(
    `insert into caller_keys (tenant_id, id, key_id, name, algorithm, secret_jwe) values ($1, $2, $3, 'one', 'hmac-sha256', 'sealed')`,
    [tenant, key, randomUUID()],
  );
  await owner(
    `insert into idempotency_keys (tenant_id, caller_key_id, key, request_hash, attempt, expires_at, leased_until)
     select $1, $2, 'key-' || n, '', gen_random_uuid(), $3::timestamptz + n * interval '1 second', $3 from generate_series(-1500, 1) n`,
    [tenant, key, new Date(NOW)],
  );
  await owner(
    `insert into events (tenant_id, seq, id, type, data, at)
     select $1, n, gen_random_uuid(), 'key.created', '{}', $2::timestamptz - (100 - n) * interval '1 day'
       from generate_series(1, 100) n`,
    [tenant, new Date(NOW)],
  );
  expect(await retain()).toMatchObject({ answers: 1501, events: 9 });
  const rest = await owner<{ first: number }>(
    'select min(seq)::int as first from events where tenant_id = $1',
    [tenant],
  );
  expect(rest).toEqual([{ first: 10 }]);
});

test('deliveries that ended go by their age, and those that wait only with their event', async () => {
  const endpoint = randomUUID();
  await owner(
    `insert into webhook_endpoints (tenant_id, id, url, event_types, scopes, signature, secret_jwe, created_by, created_at, updated_at)
     values ($1, $2, 'https://receiver.example', '{*}', '{}', 'hmac', 'sealed', $3, now(), now())`,
    [tenant, endpoint, randomUUID()],
  );
  await owner(
    `insert into deliveries (tenant_id, id, endpoint_id, event_seq, event_id, event_type, state, attempts,
       next_attempt_at, created_at, updated_at)
     select $1, gen_random_uuid(), $2, row_number() over (), gen_random_uuid(), 'key.created', state, 1,
            case when state = 'pending' then $3::timestamptz end, $3::timestamptz - age, $3
       from unnest('{pending,delivered,dead}'::text[]) state, unnest('{1 day,40 days,100 days}'::interval[]) age`,
    [tenant, endpoint, new Date(NOW)],
  );
  expect(await retain()).toMatchObject({ deliveries: 5 });
  const rows = await owner<{ state: string }>(
    'select state from deliveries where tenant_id = $1 order by state, created_at',
    [tenant],
  );
  expect(rows.map(({ state }) => state)).toEqual(['dead', 'delivered', 'pending', 'pending']);
});

test('thinning reads a year of hours by the index', async () => {
  const hours = Array.from({ length: 365 * 24 }, (_, place) => NOW - place * HOUR_MS);
  await snapshots(hours);
  await owner('analyze equity_snapshots');
  await owner('analyze balance_snapshots');
  const plan = await planOfThinning();
  // The empty months beside it are read whole.
  expect(plan).toContain('Index');
  expect(plan).not.toMatch(/Seq Scan on \w+_default/);
});

const planOfThinning = async (): Promise<string> => {
  const asked: { text: string; values: readonly unknown[] }[] = [];
  const overhearing: TenantSession = {
    tenantId: tenant,
    query: ({ text }, values) => {
      asked.push({ text, values });
      return Promise.resolve([]);
    },
  };
  await createRetentionStore(overhearing).thin(account, { span: 'day', from: undefined, to: new Date(NOW) });
  const lines = await gateway
    .session(tenant)
    .query<Record<'QUERY PLAN', string>>(
      { name: 'test.explain', text: `explain ${asked[0]?.text ?? ''}` },
      asked[0]?.values ?? [],
    );
  return lines.map((line) => line['QUERY PLAN']).join('\n');
};
