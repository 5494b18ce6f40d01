import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findUnsafe } from '../../src/db/safety-checks.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { execute, openDatabase } from './rows.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database[Symbol.asyncDispose]());

const unsafe = async (url: string): Promise<string[]> => {
  await using tenants = openDatabase(url);
  return await findUnsafe(tenants.shared);
};

test('a migrated database is safe for the gateway', async () => {
  expect(await unsafe(database.gatewayUrl)).toEqual([]);
});

const anyone = 'countersign_gateway';

test.each([
  ['alter table accounts disable row level security', 'table accounts has no forced row level security'],
  ['alter table users no force row level security', 'table users has no forced row level security'],
  [
    'alter table equity_snapshots_default no force row level security',
    'table equity_snapshots_default has no forced row level security',
  ],
  ['drop policy tenant_isolation on balances', 'table balances has no policy'],
  ['create policy more on balances using (true)', 'table balances has more than one policy'],
  [
    'drop policy account_limit on balances',
    'table balances is open to keys that are limited to certain accounts',
  ],
  [
    'alter policy account_limit on credentials using (true)',
    'table credentials is open to keys that are limited to certain accounts',
  ],
  [
    'alter policy tenant_isolation on users using (true)',
    "table users has a policy that is not the tenant's",
  ],
  [
    'alter policy tenant_isolation on users with check (true)',
    "table users has a policy that is not the tenant's",
  ],
  ['create table extra (tenant_id uuid primary key)', 'table extra has no forced row level security'],
  [
    `grant select on credentials to ${anyone}`,
    'column credentials.sealed can be read by role countersign_gateway',
  ],
  [
    'grant select (sealed) on credentials to public',
    'column credentials.sealed can be read by role countersign_gateway',
  ],
  [
    `grant select (private_wrapped) on tenant_keys to ${anyone}`,
    'column tenant_keys.private_wrapped can be read by role countersign_gateway',
  ],
  [
    'create index accounts_name_idx on accounts (name)',
    'index accounts_name_idx of table accounts does not start with the tenant',
  ],
  [
    'create index accounts_lower_idx on accounts (lower(name), tenant_id)',
    'index accounts_lower_idx of table accounts does not start with the tenant',
  ],
  [`alter table prices owner to ${anyone}`, 'table prices is owned by role countersign_gateway'],
  [`grant truncate on accounts to ${anyone}`, 'table accounts can be truncated by role countersign_gateway'],
  ['grant create on schema public to public', `role ${anyone} can create objects in schema public`],
  ["delete from knex_migrations where name = '006_prices'", 'migration 006_prices is not applied'],
  ["insert into knex_migrations (name) values ('999_later')", 'migration 999_later is of a newer version'],
])('%s is seen', async (breakage, problem) => {
  await execute(database.ownerUrl, breakage);
  expect(await unsafe(database.gatewayUrl)).toContain(problem);
});

test('a superuser, and a database without any migration, are seen', async () => {
  const found = await unsafe(database.ownerUrl);
  expect(found).toContain('role postgres is a superuser');
  expect(found).toContain('role postgres bypasses row level security');
  expect(found).toContain('table accounts is owned by role postgres');
  await using empty = await createTestDatabase({ empty: true });
  expect(await unsafe(empty.gatewayUrl)).toContain('migration 001_tenancy is not applied');
});
