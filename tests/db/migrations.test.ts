import { expect, test } from '@jest/globals';
import type { Knex } from 'knex';
import { connectOwner, migrateDatabase } from '../../src/db/migrate.ts';
import { MIGRATION_NAMES } from '../../src/db/migration-source.ts';
import { TABLES_WITHOUT_TENANT } from '../../src/db/tenant-tables.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { administer, createTestDatabase } from '../support/test-database.ts';
import { execute, silent } from './rows.ts';

const withOwner = async <T>(url: string, work: (owner: Knex) => Promise<T>): Promise<T> => {
  const owner = connectOwner(url);
  return work(owner).finally(() => owner.destroy());
};

/** All that the migrations make, in words: tables, columns, constraints, indexes, policies, functions, triggers. */
const describeSchema = async (url: string): Promise<unknown[]> =>
  execute(
    url,
    `
    select 'column' as kind, c.relname || '.' || a.attname as name,
      concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
        col_description(c.oid, a.attnum)) as text
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    union all select 'table', relname,
      concat_ws(' ', relkind, relrowsecurity, relforcerowsecurity, obj_description(oid), pg_get_expr(relpartbound, oid))
      from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'S')
    union all select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
      from pg_constraint where connamespace = 'public'::regnamespace and conrelid <> 0
    union all select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid)
      from pg_index join pg_class c on c.oid = indrelid where c.relnamespace = 'public'::regnamespace
    union all select 'policy', polrelid::regclass || '.' || polname,
      pg_get_expr(polqual, polrelid) || pg_get_expr(polwithcheck, polrelid) from pg_policy
    union all select 'function', proname, pg_get_functiondef(oid)
      from pg_proc where pronamespace = 'public'::regnamespace
    union all select 'trigger', tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    order by 1, 2, 3`,
  );

test('up, down and up again gives the same schema, and down leaves nothing', async () => {
  await using database = await createTestDatabase({ empty: true });
  await withOwner(database.ownerUrl, async (owner) => {
    await owner.migrate.latest();
    const first = await describeSchema(database.ownerUrl);
    await owner.migrate.rollback(undefined, true);
    const left = (await describeSchema(database.ownerUrl)) as { name: string }[];
    expect(left.filter((object) => !object.name.startsWith('knex_'))).toEqual([]);
    await owner.migrate.latest();
    expect(await describeSchema(database.ownerUrl)).toEqual(first);
    expect(first.length).toBeGreaterThan(200);
  });
});

test('each migration goes down alone and up again', async () => {
  await using database = await createTestDatabase({ empty: true });
  await withOwner(database.ownerUrl, async (owner) => {
    await owner.migrate.latest();
    const whole = await describeSchema(database.ownerUrl);
    for (const name of [...MIGRATION_NAMES].reverse()) await owner.migrate.down({ name });
    for (const name of MIGRATION_NAMES) await owner.migrate.up({ name });
    expect(await describeSchema(database.ownerUrl)).toEqual(whole);
  });
});

test('names of applied migrations carry no file extension', async () => {
  await using database = await createTestDatabase();
  const rows = await execute<{ name: string }>(
    database.ownerUrl,
    'select name from knex_migrations order by id',
  );
  expect(rows.map((row) => row.name)).toEqual(MIGRATION_NAMES);
  expect(MIGRATION_NAMES.every((name) => /^\d{3}_[a-z_]+$/.test(name))).toBe(true);
});

test('every column and every table says what it is', async () => {
  await using database = await createTestDatabase();
  const silentColumns = await execute(
    database.ownerUrl,
    `select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and c.relname not like 'knex_%'
       and (col_description(c.oid, a.attnum) is null or obj_description(c.oid) is null)`,
  );
  expect(silentColumns).toEqual([]);
});

test('every constraint is named on purpose, and every key of a tenant table starts with the tenant', async () => {
  await using database = await createTestDatabase();
  const keys = await execute<{ table: string; type: string; first: string }>(
    database.ownerUrl,
    `select c.relname as table, k.contype as type, k.conname,
       (select attname from pg_attribute where attrelid = c.oid and attnum = k.conkey[1]) as first
     from pg_constraint k join pg_class c on c.oid = k.conrelid
     where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f')`,
  );
  const tenantKeys = keys.filter((key) => !TABLES_WITHOUT_TENANT.has(key.table) && key.table !== 'tenants');
  expect(tenantKeys.length).toBeGreaterThan(20);
  expect(tenantKeys.filter((key) => key.first !== 'tenant_id')).toEqual([]);
});

test('processes that migrate one empty database at once all succeed, also after one was killed', async () => {
  await using database = await createTestDatabase({ empty: true });
  const migrate = (): Promise<void> =>
    migrateDatabase(database.ownerUrl, { clock: systemClock, logger: silent });
  await Promise.all([migrate(), migrate(), migrate()]);
  // What Knex leaves behind when its process is killed.
  await execute(database.ownerUrl, 'update knex_migrations_lock set is_locked = 1');
  await migrate();
  const rows = await execute(database.ownerUrl, 'select 1 from knex_migrations');
  expect(rows.length).toBe(MIGRATION_NAMES.length);
});

test('an owner that is no superuser can migrate', async () => {
  await using database = await createTestDatabase({ empty: true });
  const role = `owner_${database.name}`;
  await administer(`create role ${role} login nosuperuser`);
  await administer(`alter database ${database.name} owner to ${role}`);
  const url = new URL(database.ownerUrl);
  url.username = role;
  await migrateDatabase(url.href, { clock: systemClock, logger: silent });
  const rows = await execute(database.gatewayUrl, 'select count(*)::int as n from knex_migrations');
  expect(rows).toEqual([{ n: MIGRATION_NAMES.length }]);
  await execute(database.ownerUrl, `reassign owned by ${role} to postgres; drop owned by ${role}`);
  await administer(`alter database ${database.name} owner to postgres`);
  await administer(`drop role ${role}`);
});
