/** The life of tenants in the hands of operators: what each change does to the tenant's callers, and what is written down. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPERATOR_TENANT_ID } from '../../src/auth/administrator.ts';
import { openStream } from '../events/stream-reader.ts';
import { createTestCaller } from '../support/test-caller.ts';
import { type AdminFixture, startAdminFixture, type Tenant, TENANTS, until } from './admin-fixture.ts';

let fixture: AdminFixture;
let { gateway, admin, owner, newTenant, newKey, connect, patch, auditOf } = {} as AdminFixture;

beforeAll(async () => {
  fixture = await startAdminFixture();
  ({ gateway, admin, owner, newTenant, newKey, connect, patch, auditOf } = fixture);
});
afterAll(() => fixture[Symbol.asyncDispose]());

test('a tenant is made, read, renamed and listed, and every change is in its chain', async () => {
  const made = await newTenant('  Bots & Co ');
  expect(made).toEqual({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    name: 'Bots & Co',
    status: 'active',
    withdrawal_policy: 'refuse',
    limits: { requests_per_minute: null, openings_per_minute: null },
    accounts: 0,
    caller_keys: 0,
    created_at: expect.any(String),
  });
  const change = { name: 'Bots', withdrawal_policy: 'warn', limits: { requests_per_minute: 600 } };
  const changed = await patch(`${TENANTS}/${made.id}`, change);
  expect(changed.body).toMatchObject({
    name: 'Bots',
    withdrawal_policy: 'warn',
    limits: { requests_per_minute: 600, openings_per_minute: null },
  });
  expect((await admin.get(`${TENANTS}/${made.id}`)).body).toEqual(changed.body);
  await patch(`${TENANTS}/${made.id}`, change);
  const actor = `admin:key:${admin.id}`;
  const object = `tenant:${made.id}`;
  expect(await auditOf(made.id)).toEqual([
    { action: 'tenant.created', actor, object, outcome: 'success' },
    {
      action: 'tenant.changed',
      actor,
      object,
      outcome:
        'success; name from Bots & Co to Bots; withdrawal policy from refuse to warn; requests a minute from as configured to 600',
    },
  ]);
});

test('the list has every tenant once, over pages, and never the operators', async () => {
  const made = new Set(
    [await newTenant('one'), await newTenant('two'), await newTenant('three')].map(({ id }) => id),
  );
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await admin.get(`${TENANTS}?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
    const { items, next_cursor: next } = page.body as { items: Tenant[]; next_cursor: string | null };
    seen.push(...items.map(({ id }) => id));
    cursor = next;
  } while (cursor !== null);
  expect(new Set(seen).size).toBe(seen.length);
  for (const id of made) expect(seen).toContain(id);
  expect(seen).not.toContain(OPERATOR_TENANT_ID);
  expect((await admin.get(`${TENANTS}/${OPERATOR_TENANT_ID}`)).status).toBe(404);
  expect((await patch(`${TENANTS}/${OPERATOR_TENANT_ID}`, { status: 'suspended' })).status).toBe(404);
  expect((await admin.post(`${TENANTS}/${OPERATOR_TENANT_ID}/keys`, { name: 'x', scopes: [] })).status).toBe(
    404,
  );
  expect((await admin.get(`${TENANTS}?cursor=nonsense`)).status).toBe(422);
});

test('bad input is told as the rest of /api tells it', async () => {
  const made = await newTenant();
  for (const [answer, loc] of [
    [await admin.post(TENANTS, {}), ['body', 'name']],
    [await admin.post(TENANTS, { name: '  ' }), ['body', 'name']],
    [await patch(`${TENANTS}/${made.id}`, { status: 'deleted' }), ['body', 'status']],
    [
      await patch(`${TENANTS}/${made.id}`, { limits: { requests_per_minute: 0 } }),
      ['body', 'limits', 'requests_per_minute'],
    ],
    [await admin.delete(`${TENANTS}/${made.id}`), ['query', 'confirm']],
  ] as const) {
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ detail: [{ loc }] });
  }
  const wrong = await admin.delete(`${TENANTS}/${made.id}?confirm=Other`);
  expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('letter for letter: Acme')]);
  for (const id of ['nobody', '00000000-0000-4000-8000-000000000001'])
    expect((await admin.get(`${TENANTS}/${id}`)).status).toBe(404);
});

test('users are labels that operators can make', async () => {
  const tenant = await newTenant();
  const path = `${TENANTS}/${tenant.id}/users`;
  const made = await admin.post(path, { external_id: 'u-1', name: 'Ada' });
  expect(made.status).toBe(201);
  expect((await admin.post(path, { external_id: 'u-1' })).status).toBe(409);
  await admin.post(path, { external_id: 'u-2' });
  const first = await admin.get(`${path}?limit=1`);
  const { items, next_cursor: cursor } = first.body as { items: object[]; next_cursor: string };
  expect(items).toEqual([made.body]);
  expect((await admin.get(`${path}?limit=1&cursor=${cursor}`)).body).toMatchObject({
    items: [{ external_id: 'u-2', name: null }],
    next_cursor: null,
  });
});

test('an operator makes, changes, rotates and revokes keys of a tenant, also the last that manages keys', async () => {
  const tenant = await newTenant();
  const { key, caller } = await newKey(tenant);
  const path = `${TENANTS}/${tenant.id}/keys/${key.id}`;
  expect((await caller.get('/api/keys')).status).toBe(200);
  expect((await patch(path, { name: 'Renamed', expires_at: '2099-01-01T00:00:00Z' })).body).toMatchObject({
    name: 'Renamed',
    expires_at: '2099-01-01T00:00:00.000Z',
  });
  const rotated = await admin.post(`${path}/rotate`, { overlap_seconds: 0 });
  const { api_secret: apiSecret } = rotated.body as { api_secret: string };
  expect((await caller.get('/api/keys')).status).toBe(401);
  const renewed = createTestCaller({ ...caller, apiSecret });
  expect((await renewed.get('/api/keys')).status).toBe(200);
  expect((await admin.delete(path)).status).toBe(204);
  expect((await renewed.get('/api/keys')).status).toBe(401);
  expect((await admin.get(`${TENANTS}/${tenant.id}/keys`)).body).toEqual({ items: [], next_cursor: null });
  const all = await admin.get(`${TENANTS}/${tenant.id}/keys?include_revoked=true`);
  expect(all.body).toMatchObject({ items: [{ id: key.id, revoked_at: expect.any(String) }] });
  expect(all.text).not.toContain(apiSecret);
  expect((await auditOf(tenant.id)).map(({ action, actor }) => [action, actor])).toEqual(
    ['tenant.created', 'key.created', 'key.updated', 'key.rotated', 'key.revoked'].map((action) => [
      action,
      `admin:key:${admin.id}`,
    ]),
  );
  const { rows } = await owner.query<{ type: string }>(
    'select type from events where tenant_id = $1 order by seq',
    [tenant.id],
  );
  expect(rows.map(({ type }) => type)).toEqual(['key.created', 'key.updated', 'key.rotated', 'key.revoked']);
});

test('another tenant’s key is not found under this one', async () => {
  const [one, two] = [await newTenant(), await newTenant()];
  const { key } = await newKey(one);
  const path = `${TENANTS}/${two.id}/keys/${key.id}`;
  expect((await patch(path, { name: 'x' })).status).toBe(404);
  expect((await admin.delete(path)).status).toBe(404);
  expect((await admin.post(`${path}/rotate`, {})).status).toBe(404);
});

test('a suspended tenant is refused on every gateway at once, and served again when it is resumed', async () => {
  const tenant = await newTenant();
  const { caller } = await newKey(tenant);
  const other = createTestCaller({ ...caller, baseUrl: await gateway.addGateway() });
  await connect(caller);
  for (const each of [caller, other]) expect((await each.get('/ver1/accounts')).status).toBe(200);
  const streams = await Promise.all([caller, other].map((each) => openStream(each)));
  expect(streams.map(({ status }) => status)).toEqual([200, 200]);
  expect((await patch(`${TENANTS}/${tenant.id}`, { status: 'suspended' })).body).toMatchObject({
    status: 'suspended',
  });
  for (const each of [caller, other])
    await until(async () => (await each.get('/ver1/accounts')).status === 401);
  // What they were listening to ends, though nothing happens.
  for (const stream of streams) expect(await stream.next()).toBeUndefined();
  const { rows } = await owner.query('select 1 from jobs where tenant_id = $1 and not is_suspended', [
    tenant.id,
  ]);
  expect(rows).toEqual([]);
  await patch(`${TENANTS}/${tenant.id}`, { status: 'active' });
  for (const each of [caller, other])
    await until(async () => (await each.get('/ver1/accounts')).status === 200);
  expect(
    (await auditOf(tenant.id)).map(({ action }) => action).filter((a) => a.startsWith('tenant.')),
  ).toEqual(['tenant.created', 'tenant.suspended', 'tenant.resumed']);
});

test('a limit of a tenant holds for all its keys together, and can be lifted', async () => {
  const tenant = await newTenant();
  const [one, two] = [await newKey(tenant), await newKey(tenant)];
  await patch(`${TENANTS}/${tenant.id}`, { limits: { requests_per_minute: 3 } });
  for (const { caller } of [one, two])
    await until(async () => (await caller.get('/ver1/accounts')).status === 429);
  const refused = await two.caller.get('/ver1/accounts');
  expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '"tenant";q=3;w=60']);
  await patch(`${TENANTS}/${tenant.id}`, { limits: { requests_per_minute: null } });
  await until(async () => (await one.caller.get('/ver1/accounts')).status === 200);
  expect((await two.caller.get('/ver1/accounts')).status).toBe(200);
});

test('accounts and exchange keys of all tenants are listed without a secret', async () => {
  const tenant = await newTenant('Holder');
  const { caller } = await newKey(tenant);
  const account = await connect(caller);
  const list = await admin.get(`/api/admin/accounts?tenant_id=${tenant.id}&exchange=binance&status=ok`);
  expect(list.body).toMatchObject({
    items: [
      { tenant_id: tenant.id, tenant_name: 'Holder', id: account.id, market_code: 'binance', mode: 'real' },
    ],
    next_cursor: null,
  });
  expect((await admin.get(`/api/admin/accounts?tenant_id=${tenant.id}&exchange=kraken`)).body).toMatchObject({
    items: [],
  });
  expect((await admin.get(`/api/admin/accounts?tenant_id=${tenant.id}&status=locked`)).body).toMatchObject({
    items: [],
  });
  const detail = await admin.get(`${TENANTS}/${tenant.id}/accounts/${account.id}`);
  const { balances } = detail.body as { balances: { asset: string; total: number }[] };
  expect(balances.length).toBeGreaterThan(0);
  const equity = await admin.get(`${TENANTS}/${tenant.id}/accounts/${account.id}/equity`);
  expect(equity.body).toMatchObject({ points: [{ usd: expect.any(Number), btc: expect.any(Number) }] });
  const other = await newTenant();
  expect((await admin.get(`${TENANTS}/${other.id}/accounts/${account.id}`)).status).toBe(404);
  const credentials = await admin.get(`/api/admin/credentials?tenant_id=${tenant.id}`);
  expect(credentials.body).toMatchObject({
    items: [{ tenant_id: tenant.id, exchange: 'binance', generation: 1, hint: expect.stringContaining('…') }],
  });
  const { rows } = await owner.query<{ sealed: string }>(
    'select sealed from credentials where tenant_id = $1',
    [tenant.id],
  );
  expect(credentials.text).not.toContain(rows[0]?.sealed);
});

test('lists across tenants go on where the page ended', async () => {
  const tenants = [await newTenant(), await newTenant()];
  const ids = new Set<number>();
  for (const tenant of tenants) {
    const { caller } = await newKey(tenant);
    ids.add((await connect(caller)).id).add((await connect(caller)).id);
  }
  const found = new Set<number>();
  let cursor: string | null = null;
  do {
    const page = await admin.get(`/api/admin/accounts?limit=1${cursor === null ? '' : `&cursor=${cursor}`}`);
    const body = page.body as { items: { id: number }[]; next_cursor: string | null };
    expect(body.items.length).toBe(1);
    for (const { id } of body.items) {
      expect(found.has(id)).toBe(false);
      found.add(id);
    }
    cursor = body.next_cursor;
  } while (cursor !== null);
  for (const id of ids) expect(found.has(id)).toBe(true);
});
