import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectOwner } from '../../src/db/migrate.ts';
import { ensureLoginRoles } from '../../src/db/roles.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { administer, createTestDatabase } from '../support/test-database.ts';
import { execute } from './rows.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

const refused = { code: '42501' };

test.each([
  'select sealed from credentials',
  'select * from credentials',
  'select private_wrapped from tenant_keys',
  'insert into credentials (tenant_id, sealed) values (null, null) returning sealed',
  'update tenant_keys set state = state',
  "insert into tenant_keys (tenant_id) values ('00000000-0000-4000-8000-000000000000')",
  'delete from credentials',
  'delete from accounts',
  'delete from tenants',
  'update tenants set status = status',
  "insert into caller_key_tenants values ('x', gen_random_uuid(), gen_random_uuid())",
  'truncate balances',
  'delete from token_keys',
  'update token_keys set retires_at = now()',
  'delete from audit_log',
  'delete from knex_migrations',
  'delete from superseded_keys',
  'update superseded_keys set replaced_at = now()',
  'select * from balance_snapshots_default',
  'create table mine ()',
  'create temporary table mine ()',
  'set role countersign_custody',
  'alter table accounts no force row level security',
])('the gateway may not: %s', async (statement) => {
  await expect(execute(database.gatewayUrl, statement)).rejects.toMatchObject(refused);
});

test.each([
  'users',
  'caller_keys',
  'accounts',
  'balances',
  'idempotency_keys',
  'portfolios',
  'portfolio_weights',
  'superseded_keys',
  'caller_key_tenants',
  'token_keys',
])('custody reads nothing of %s', async (table) => {
  await expect(execute(database.custodyUrl, `select 1 from ${table}`)).rejects.toMatchObject(refused);
});

test.each([
  'select fingerprint from credentials',
  'select name from tenants',
  'update credentials set generation = generation + 1',
  'delete from audit_checkpoints',
  'update audit_checkpoints set hash = hash',
  'delete from credential_generations',
  'select * from prices',
])('custody may not: %s', async (statement) => {
  await expect(execute(database.custodyUrl, statement)).rejects.toMatchObject(refused);
});

test('the gateway writes sealed keys that only custody reads', async () => {
  const tenant = '00000000-0000-4000-8000-000000000001';
  const id = '00000000-0000-4000-8000-000000000002';
  const as = (url: string, statement: string): Promise<object[]> =>
    execute(url, `begin; set local app.tenant_id = '${tenant}'; ${statement}; commit`);
  await execute(database.ownerUrl, `insert into tenants (id, name) values ('${tenant}', 'one')`);
  await as(
    database.custodyUrl,
    `insert into tenant_keys (tenant_id, id, public_jwk, private_wrapped, kek_id)
     values ('${tenant}', '${id}', '{}', 'wrapped', 'kek')`,
  );
  await as(
    database.gatewayUrl,
    `insert into credentials (tenant_id, id, venue, name, sealed, tenant_key_id, fingerprint, key_prefix, key_suffix)
     values ('${tenant}', '${id}', 'binance', 'mine', 'sealed 1', '${id}', '\\x01', 'abcd', 'wxyz');
     update credentials set sealed = 'sealed 2', generation = 2 where id = '${id}'`,
  );
  await execute(
    database.custodyUrl,
    `set app.tenant_id = '${tenant}'; do $$ begin
       if (select sealed from credentials) <> 'sealed 2' then raise 'not what the gateway wrote'; end if;
     end $$`,
  );
});

test('the database is closed to roles that are not granted it', async () => {
  const role = `stranger_${randomBytes(4).toString('hex')}`;
  await administer(`create role ${role} login`);
  const url = new URL(database.ownerUrl);
  url.username = role;
  await expect(execute(url.href, 'select 1')).rejects.toMatchObject(refused);
  await administer(`drop role ${role}`);
});

test('a password is stored as the verifier that Postgres itself would accept', async () => {
  const owner = connectOwner(database.ownerUrl);
  await ensureLoginRoles(owner, { gatewayPassword: 'test-gateway', custodyPassword: 'test-custody' });
  await expect(ensureLoginRoles(owner, { gatewayPassword: 'no spaces' })).rejects.toThrow('printable ASCII');
  await owner.destroy();
  const rows = await execute<{ rolpassword: string }>(
    database.ownerUrl,
    "select rolpassword from pg_authid where rolname like 'countersign_%'",
  );
  expect(rows.length).toBe(3);
  for (const { rolpassword } of rows)
    expect(rolpassword).toMatch(/^SCRAM-SHA-256\$4096:[^$]{24}\$[^:]{44}:.{44}$/);
});
