import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectOwner } from '../../src/db/migrate.ts';
import { ensurePartitions, monthStart } from '../../src/db/partitions.ts';
import { findUnsafe } from '../../src/db/safety-checks.ts';
import { createPartitionStore } from '../../src/features/retention/partition-store.ts';
import { createPartitionUpkeep } from '../../src/features/retention/partition-upkeep.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { administer, createTestDatabase } from '../support/test-database.ts';
import { aTenant, execute, openDatabase, silent } from './rows.ts';

let database: TestDatabase;
let tenant: string;

beforeAll(async () => {
  database = await createTestDatabase();
  tenant = await aTenant(database.ownerUrl);
  await execute(
    database.ownerUrl,
    `insert into accounts (tenant_id, id, market_code, name) values ('${tenant}', 1, 'binance', 'one')`,
  );
});

afterAll(() => database[Symbol.asyncDispose]());

const partitions = async (table: string): Promise<string[]> => {
  const rows = await execute<{ name: string }>(
    database.ownerUrl,
    'select inhrelid::regclass::text as name from pg_inherits where inhparent = $1::regclass order by 1',
    [table],
  );
  return rows.map((row) => row.name);
};

const snapshot = (takenAt: string): Promise<object[]> =>
  execute(
    database.gatewayUrl,
    `begin; set local app.tenant_id = '${tenant}';
     insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
     values ('${tenant}', 1, '${takenAt}', 1, 2); commit`,
  );

const placeOf = async (takenAt: string): Promise<string | undefined> => {
  const rows = await execute<{ place: string }>(
    database.ownerUrl,
    'select tableoid::regclass::text as place from equity_snapshots where taken_at = $1',
    [takenAt],
  );
  return rows[0]?.place;
};

test('months are made once, across the end of the year, and are as closed as their table', async () => {
  const owner = connectOwner(database.ownerUrl);
  await ensurePartitions(owner, new Date('2031-11-30T23:59:59Z'), 3);
  await ensurePartitions(owner, new Date('2031-12-01T00:00:00Z'), 2);
  await owner.destroy();
  for (const table of ['balance_snapshots', 'equity_snapshots']) {
    expect(await partitions(table)).toEqual(
      expect.arrayContaining([`${table}_2031_11`, `${table}_2031_12`, `${table}_2032_01`]),
    );
  }
  await snapshot('2031-12-31T23:59:59.999Z');
  expect(await placeOf('2031-12-31T23:59:59.999Z')).toBe('equity_snapshots_2031_12');
  await using gateway = openDatabase(database.gatewayUrl);
  expect(await findUnsafe(gateway.shared)).toEqual([]);
  await expect(execute(database.gatewayUrl, 'select 1 from equity_snapshots_2031_12')).rejects.toMatchObject({
    code: '42501',
  });
});

test('rows that came before their month was made move into it, also for an owner under row level security', async () => {
  await snapshot('2035-05-15T12:00:00Z');
  await snapshot('2035-06-01T00:00:00Z');
  expect(await placeOf('2035-05-15T12:00:00Z')).toBe('equity_snapshots_default');
  const role = `owner_${database.name}`;
  await administer(`create role ${role} login nosuperuser`);
  await administer(`grant connect on database ${database.name} to ${role}`);
  await execute(
    database.ownerUrl,
    `do $$ declare t text; begin
       for t in select relname from pg_class where relname ~ '_snapshots' and relkind in ('r', 'p') loop
         execute format('alter table %I owner to ${role}', t);
       end loop; end $$;
     alter function ensure_partitions(timestamptz) owner to ${role};
     grant create on schema public to ${role}; grant references, update on accounts to ${role};`,
  );
  const url = new URL(database.ownerUrl);
  url.username = role;
  const owner = connectOwner(url.href);
  await ensurePartitions(owner, new Date('2035-05-01T00:00:00Z'), 1);
  await owner.destroy();
  expect(await placeOf('2035-05-15T12:00:00Z')).toBe('equity_snapshots_2035_05');
  expect(await placeOf('2035-06-01T00:00:00Z')).toBe('equity_snapshots_default');
  await execute(database.ownerUrl, `reassign owned by ${role} to postgres; drop owned by ${role}`);
  await administer(`drop role ${role}`);
});

test('a login role has months made and dropped within bounds alone, and what an account was worth is kept', async () => {
  await execute(
    database.ownerUrl,
    `select ensure_partitions('2020-01-15'), ensure_partitions('2020-02-15');
     insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
       values ('${tenant}', 1, '2020-01-10', 1, 1);
     insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total)
       values ('${tenant}', 1, '2020-01-10', 'BTC', 1, 0, 1)`,
  );
  await using gateway = openDatabase(database.gatewayUrl);
  const months = createPartitionStore(gateway.shared);
  await expect(months.ensure(new Date('2020-03-01T00:00:00Z'))).rejects.toMatchObject({ code: '22023' });
  await expect(months.dropOld(new Date(Date.now() - 86_400_000))).rejects.toMatchObject({ code: '22023' });
  expect(await months.ensure(new Date())).toBe(0);
  const before = new Date('2020-02-29T00:00:00Z');
  expect(await months.dropOld(before)).toBe('balance_snapshots_2020_01');
  expect(await months.dropOld(before)).toBeUndefined();
  expect(await partitions('balance_snapshots')).toContain('balance_snapshots_2020_02');
  expect(await placeOf('2020-01-10T00:00:00Z')).toBe('equity_snapshots_2020_01');
});

test('the running system makes the months to come and drops those that are not kept, however many do it at once', async () => {
  await execute(database.ownerUrl, "select ensure_partitions('2019-05-01'), ensure_partitions('2019-06-01')");
  await using gateway = openDatabase(database.gatewayUrl);
  const upkeep = createPartitionUpkeep({
    database: gateway,
    // The fourth month ahead is there from the start; of the fifth nobody knows yet.
    clock: { now: () => Date.now() + 31 * 86_400_000 },
    logger: silent,
    snapshotMonths: 12,
  });
  const { signal } = new AbortController();
  await Promise.all([upkeep(signal), upkeep(signal), upkeep(signal)]);
  await upkeep(signal);
  const names = await partitions('balance_snapshots');
  expect(names.filter((name) => name.includes('_2019_'))).toEqual([]);
  const last = monthStart(new Date(Date.now() + 31 * 86_400_000), 3).toISOString();
  expect(names).toContain(`balance_snapshots_${last.slice(0, 4)}_${last.slice(5, 7)}`);
});
