/** What is left of a tenant that an operator deletes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminFixture, startAdminFixture, TENANTS, until } from './admin-fixture.ts';

let fixture: AdminFixture;
let { gateway, admin, owner, newTenant, newKey, connect, patch, auditOf } = {} as AdminFixture;

beforeAll(async () => {
  fixture = await startAdminFixture();
  ({ gateway, admin, owner, newTenant, newKey, connect, patch, auditOf } = fixture);
});
afterAll(() => fixture[Symbol.asyncDispose]());

test('a deleted tenant leaves nothing but its chain, and an old backup of its rows stays shut', async () => {
  const tenant = await newTenant('Gone & away');
  const scopes = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE', 'KEYS_WRITE', 'WEBHOOKS_WRITE'];
  const { caller } = await newKey(tenant, scopes);
  const account = await connect(caller);
  const webhook = { url: 'http://127.0.0.1:9/hook', event_types: ['account.*'], timestamp: Date.now() };
  const hooked = await caller.post('/api/webhooks', webhook);
  expect([hooked.status, hooked.text]).toEqual([201, expect.anything()]);
  const kept = await caller.send({
    method: 'POST',
    target: '/api/portfolios',
    body: JSON.stringify({ name: 'Half', weights: { BTC: 50, ETH: 50 } }),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'once' },
  });
  expect(kept.status).toBeLessThan(300);
  expect(
    (await patch(`/api/admin/tenants/${tenant.id}`, { limits: { openings_per_minute: 30 } })).status,
  ).toBe(200);
  const backup = await owner.query<{ credential: Record<string, unknown> }>(
    'select to_jsonb(c) as credential from credentials c where c.tenant_id = $1',
    [tenant.id],
  );
  const credential = backup.rows[0]?.credential;
  const path = `${TENANTS}/${tenant.id}?confirm=${encodeURIComponent('Gone & away')}`;
  const opened = (await auditOf(tenant.id)).filter(({ action }) => action === 'secret.opened').length;
  expect(opened).toBeGreaterThan(0);
  expect((await admin.delete(path)).status).toBe(204);
  const again = await admin.delete(path);
  expect([again.status, again.body]).toEqual([404, { detail: 'There is no such tenant' }]);
  expect((await patch(`${TENANTS}/${tenant.id}`, { name: 'Back' })).status).toBe(404);
  expect((await admin.post(`${TENANTS}/${tenant.id}/keys`, { name: 'x', scopes: [] })).status).toBe(404);
  expect((await admin.get(`${TENANTS}/${tenant.id}`)).body).toMatchObject({ status: 'deleted', accounts: 0 });
  await until(async () => (await caller.get('/ver1/accounts')).status === 401);
  expect((await admin.get(`${TENANTS}/${tenant.id}/accounts/${account.id}`)).status).toBe(404);

  expect((await auditOf(tenant.id)).at(-1)).toMatchObject({
    action: 'tenant.deleted',
    actor: `admin:key:${admin.id}`,
  });
  const { rows: left } = await owner.query<{ table: string }>(`
    select c.relname as "table" from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`);
  const full: string[] = [];
  for (const { table } of left) {
    const { rows } = await owner.query(`select 1 from ${table} where tenant_id = $1 limit 1`, [tenant.id]);
    if (rows.length > 0) full.push(table);
  }
  expect(full.sort()).toEqual(expect.arrayContaining(['audit_log', 'tenant_keys']));
  expect(
    full.filter((table) => !/^audit_|^tenant_keys$|^sealing_key_index$|^credential_generations$/.test(table)),
  ).toEqual([]);
  const keys = await owner.query<{ state: string; private_wrapped: string | null }>(
    'select state, private_wrapped from tenant_keys where tenant_id = $1',
    [tenant.id],
  );
  expect(keys.rows).toEqual([{ state: 'destroyed', private_wrapped: null }]);

  // Somebody brings the old rows back.
  const client = await owner.connect();
  try {
    await client.query('set session_replication_role = replica');
    await client.query("update tenants set status = 'active', deleted_at = null where id = $1", [tenant.id]);
    await client.query('insert into credentials select * from jsonb_populate_record(null::credentials, $1)', [
      credential,
    ]);
    await client.query('set session_replication_role = origin');
  } finally {
    client.release();
  }
  const revived = await gateway.newCaller({ tenantId: tenant.id });
  const sync = await revived.post('/api/exchange/balance/sync', { exchange: 'binance' });
  expect(sync.status).toBeGreaterThanOrEqual(400);
  expect((await auditOf(tenant.id)).filter(({ action }) => action === 'secret.opened').length).toBe(opened);
});

test('a request that was under way when its tenant was deleted leaves nothing behind', async () => {
  const tenant = await newTenant();
  await newKey(tenant);
  expect((await admin.delete(`${TENANTS}/${tenant.id}?confirm=Acme`)).status).toBe(204);
  const late = {
    accounts: "(tenant_id, market_code, name) values ($1, 'binance', 'Late')",
    portfolios: "(tenant_id, name) values ($1, 'Late')",
    tenant_keys:
      "(tenant_id, id, public_jwk, private_wrapped, kek_id) values ($1, gen_random_uuid(), '{}', 'x', 'x')",
    users: "(tenant_id, id, external_id) values ($1, gen_random_uuid(), 'late')",
    webhook_endpoints: `(tenant_id, id, url, event_types, scopes, signature, secret_jwe, created_by, created_at, updated_at)
      values ($1, gen_random_uuid(), 'https://late.example', '{*}', '{}', 'hmac', 'x', gen_random_uuid(), now(), now())`,
  };
  for (const [table, values] of Object.entries(late))
    await expect(owner.query(`insert into ${table} ${values}`, [tenant.id])).rejects.toMatchObject({
      code: '23503',
      constraint: `${table}_tenant_fkey`,
    });
  expect(await eventsOf(tenant.id)).toBe(0);
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('app.tenant_id', $1, true)", [tenant.id]);
    const { rows } = await client.query("select event_append($1, 'key.created', null, '{}', null) as seq", [
      tenant.id,
    ]);
    expect(rows).toEqual([{ seq: null }]);
    await client.query('commit');
  } finally {
    client.release();
  }
  expect(await eventsOf(tenant.id)).toBe(0);
});

test('a tenant is deleted while its events are written and its rows are held', async () => {
  const tenant = await newTenant();
  await newKey(tenant);
  const client = await owner.connect();
  try {
    // Holds a row that the deletion needs, and then asks for the tenant's, as a sync does that tells of what it found.
    await client.query('begin');
    await client.query("select set_config('app.tenant_id', $1, true)", [tenant.id]);
    await client.query('select from caller_keys where tenant_id = $1 for update', [tenant.id]);
    const deletion = admin.delete(`${TENANTS}/${tenant.id}?confirm=Acme`);
    await until(async () => {
      const { rows } = await owner.query(
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%tenant_delete%' and datname = current_database()",
      );
      return rows.length > 0;
    });
    const append = "select event_append($1, 'key.created', null, '{}', null)";
    await client.query(append, [tenant.id]).catch(() => undefined);
    await client.query('rollback');
    expect((await deletion).status).toBe(204);
  } finally {
    client.release();
  }
  expect(await eventsOf(tenant.id)).toBe(0);
});

const eventsOf = async (tenantId: string): Promise<number> => {
  const { rows } = await owner.query('select 1 from events where tenant_id = $1', [tenantId]);
  return rows.length;
};
