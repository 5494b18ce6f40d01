/** Reads across tenants: written down or not answered, by a role that can read no secret and write nobody else's rows. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPERATOR_TENANT_ID } from '../../src/auth/administrator.ts';
import { findUnsafeForAdmin } from '../../src/db/safety-checks.ts';
import { GATEWAY_SECRET_COLUMNS, SEALED_COLUMNS } from '../../src/db/tenant-tables.ts';
import { execute, openDatabase } from '../db/rows.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { type AdminFixture, startAdminFixture, TENANTS } from './admin-fixture.ts';

let now = Date.now();
let fixture: AdminFixture;
let { gateway, owner, newTenant, newKey, connect, auditOf } = {} as AdminFixture;

beforeAll(async () => {
  fixture = await startAdminFixture({ clock: { now: () => now } });
  ({ gateway, owner, newTenant, newKey, connect, auditOf } = fixture);
});
afterAll(() => fixture[Symbol.asyncDispose]());

const readsOf = async (actor: string) =>
  (await auditOf(OPERATOR_TENANT_ID))
    .filter((row) => row.actor === actor && row.action.endsWith('.read'))
    .map(({ action, object }) => `${action} ${object}`);

test('each kind of read is written down once a minute for each operator, with the tenant that it is about', async () => {
  const [ada, eve] = [await gateway.newAdmin(), await gateway.newAdmin()];
  const tenant = await newTenant();
  for (let polled = 0; polled < 3; polled += 1) {
    expect((await ada.get('/api/admin/accounts')).status).toBe(200);
    expect((await ada.get('/api/admin/overview')).status).toBe(200);
  }
  await ada.get(`/api/admin/accounts?tenant_id=${tenant.id}`);
  await ada.get(`${TENANTS}/${tenant.id}`);
  await eve.get('/api/admin/accounts');
  expect(await readsOf(`admin:key:${ada.id}`)).toEqual([
    'accounts.read all tenants',
    'overview.read all tenants',
    `accounts.read tenant:${tenant.id}`,
    `tenant.read tenant:${tenant.id}`,
  ]);
  expect(await readsOf(`admin:key:${eve.id}`)).toEqual(['accounts.read all tenants']);
  now += 60_000;
  await ada.get('/api/admin/accounts');
  expect((await readsOf(`admin:key:${ada.id}`)).at(-1)).toBe('accounts.read all tenants');
  expect(await readsOf(`admin:key:${ada.id}`)).toHaveLength(5);
});

test('a read that cannot be written down is not answered, and is written down when it can be again', async () => {
  const ada = await gateway.newAdmin();
  await newTenant('Unread');
  await owner.query(`
    create function refuse_reads() returns trigger language plpgsql as $$
    begin
      if new.actor = 'admin:key:${ada.id}' then raise exception 'the disk is full'; end if;
      return new;
    end $$`);
  await owner.query(
    'create trigger refuse_reads before insert on audit_log for each row execute function refuse_reads()',
  );
  try {
    for (const path of [TENANTS, '/api/admin/accounts', '/api/admin/credentials', '/api/admin/overview']) {
      const answer = await ada.get(path);
      expect([path, answer.status]).toEqual([path, 500]);
      expect(answer.text).not.toContain('Unread');
    }
    expect((await ada.post(TENANTS, { name: 'Unwritten' })).status).toBe(500);
  } finally {
    await owner.query('drop trigger refuse_reads on audit_log');
    await owner.query('drop function refuse_reads()');
  }
  const { rows } = await owner.query("select 1 from tenants where name = 'Unwritten'");
  expect(rows).toEqual([]);
  expect((await ada.get(TENANTS)).status).toBe(200);
  expect(await readsOf(`admin:key:${ada.id}`)).toEqual(['tenants.read all tenants']);
});

test('the overview counts what there is', async () => {
  // What it answered a test before is not answered again.
  now += 6_000;
  const before = (await fixture.admin.get('/api/admin/overview')).body as Record<string, unknown>;
  const tenant = await newTenant();
  const { caller } = await newKey(tenant);
  await connect(caller);
  now += 6_000;
  const after = (await fixture.admin.get('/api/admin/overview')).body as Record<string, unknown>;
  for (const name of ['tenants', 'accounts', 'credentials', 'caller_keys'])
    expect([name, after[name]]).toEqual([name, (before[name] as number) + 1]);
  expect(after).toMatchObject({
    venues: { degraded: 0, paused: 0 },
    deliveries: { pending: 0, dead: 0 },
    custody: { reachable: true, frozen: false },
  });
});

test('the role of the admin API reads no secret of anybody', async () => {
  const { rows } = await owner.query<{ table: string; column: string }>(`
    select c.relname as "table", a.attname as "column" from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
       and has_column_privilege('countersign_admin', c.oid, a.attnum, 'select')`);
  const readable = new Set(rows.map(({ table, column }) => `${table}.${column}`));
  expect(readable).toContain('accounts.name');
  for (const [table, column] of [...SEALED_COLUMNS, ...GATEWAY_SECRET_COLUMNS])
    expect(readable).not.toContain(`${table}.${column}`);
  // Whatever is sealed bears one of these words; what only hashes stand for is no secret.
  const suspicious = [...readable].filter((name) =>
    /secret(?!_expires_at)|sealed|wrapped|jwe|private|password/.test(name),
  );
  expect(suspicious).toEqual([]);
});

test.each([
  'select sealed from credentials',
  'select private_wrapped from tenant_keys',
  'select secret_jwe from caller_keys',
  'select secret_jwe from webhook_endpoints',
  'select * from idempotency_keys',
  'select * from token_keys',
  'select * from prices',
  'update caller_keys set revoked_at = now()',
  'update accounts set is_locked = true',
  'update credentials set is_active = false',
  'delete from tenants',
  'delete from accounts',
  'delete from audit_log',
  'update audit_log set actor = actor',
  "insert into admin_keys (id, key_id, name, public_key, created_by) values (gen_random_uuid(), 'x', 'x', 'x', 'x')",
  "insert into admin_links values (gen_random_uuid(), 'x', 'x', now(), now())",
  'delete from admin_keys',
  'create table mine ()',
  'set role countersign_gateway',
])('the role of the admin API may not: %s', async (statement) => {
  await expect(execute(gateway.database.adminUrl, statement)).rejects.toMatchObject({ code: '42501' });
});

test('it writes rows of the tenant of its session alone, though it reads those of all', async () => {
  const [mine, other] = [await newTenant(), await newTenant()];
  const inMine = (statement: string) =>
    execute(gateway.database.adminUrl, `begin; set local app.tenant_id = '${mine.id}'; ${statement}; commit`);
  expect(
    await execute(gateway.database.adminUrl, `select id from tenants where id = '${other.id}'`),
  ).toHaveLength(1);
  await inMine(`update tenants set name = 'Changed' where id in ('${mine.id}', '${other.id}')`);
  const { rows } = await owner.query('select id from tenants where name = $1', ['Changed']);
  expect(rows).toEqual([{ id: mine.id }]);
  await expect(
    inMine(`insert into users (tenant_id, id, external_id) values ('${other.id}', gen_random_uuid(), 'x')`),
  ).rejects.toMatchObject({ code: '42501' });
  for (const id of [other.id, OPERATOR_TENANT_ID])
    await expect(inMine(`select tenant_delete('${id}')`)).rejects.toMatchObject({ code: '42501' });
});

test('it does not speak for custody in the audit chain', async () => {
  const { id } = await newTenant();
  const append = `select audit_append('${id}', 'custody', 'secret.opened', 'credential:x', 'success', 'r')`;
  await expect(
    execute(gateway.database.adminUrl, `begin; set local app.tenant_id = '${id}'; ${append}; commit`),
  ).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('only custody speaks') });
});

test('nothing but the operators’ chain can be of the operators’ row', async () => {
  for (const [table, columns, values] of [
    ['users', 'tenant_id, id, external_id', `'${OPERATOR_TENANT_ID}', gen_random_uuid(), 'x'`],
    [
      'caller_keys',
      'tenant_id, id, key_id, name, algorithm, public_key',
      `'${OPERATOR_TENANT_ID}', gen_random_uuid(), 'x', 'x', 'ed25519', 'x'`,
    ],
    ['accounts', 'tenant_id, market_code, name', `'${OPERATOR_TENANT_ID}', 'binance', 'x'`],
  ])
    await expect(owner.query(`insert into ${table} (${columns}) values (${values})`)).rejects.toMatchObject({
      code: '23514',
    });
});

test.each([
  [
    'grant select (secret_jwe) on caller_keys to countersign_admin',
    'column caller_keys.secret_jwe can be read by role countersign_admin',
  ],
  [
    'grant select (sealed) on credentials to countersign_admin',
    'column credentials.sealed can be read by role countersign_admin',
  ],
  [
    'create policy more on users for select to countersign_admin using (true)',
    'table users has more than one policy',
  ],
  ['alter policy admin_read on users to countersign_gateway', 'table users has more than one policy'],
  ['alter policy admin_read on users to public', 'table users has more than one policy'],
  [
    'drop policy admin_read on users; create policy admin_read on users to countersign_admin using (true)',
    'table users has more than one policy',
  ],
])('%s keeps the admin API off', async (breakage, problem) => {
  await using database = await createTestDatabase();
  await using admin = openDatabase(database.adminUrl);
  expect(await findUnsafeForAdmin(admin.shared)).toEqual([]);
  await execute(database.ownerUrl, breakage);
  expect(await findUnsafeForAdmin(admin.shared)).toContain(problem);
});
