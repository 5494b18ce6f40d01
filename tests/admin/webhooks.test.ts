/** Operators see endpoints and deliveries of all tenants, and have sent again what was missed; each look is written down. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AdminFixture, startAdminFixture, TENANTS } from './admin-fixture.ts';
import { createTestCaller, type TestCaller } from '../support/test-caller.ts';
import { nextMoment } from '../support/test-token.ts';
import { accept, answerStatus, startReceiver } from '../webhooks/receiver.ts';
import { until } from '../webhooks/webhook-fixture.ts';

let fixture: AdminFixture;
beforeAll(async () => {
  fixture = await startAdminFixture();
  await fixture.gateway.addWorker({ balanceSyncMinutes: 0, tradeSyncMinutes: 0, credentialCheckHours: 0 });
});
afterAll(() => fixture[Symbol.asyncDispose]());

interface Page {
  readonly items: readonly (Readonly<Record<string, unknown>> & { readonly id: string })[];
  readonly next_cursor: string | null;
}

const SCOPES = ['ACCOUNTS_READ', 'ACCOUNTS_WRITE', 'KEYS_WRITE', 'WEBHOOKS_WRITE'];

const page = async (target: string): Promise<Page> => {
  const { status, text, body } = await fixture.admin.get(target);
  if (status !== 200) throw new Error(`${target} answered ${status}: ${text}`);
  return body as Page;
};

const makeEndpoint = async (caller: TestCaller, url: string, types = ['*']): Promise<string> => {
  const made = await caller.post('/api/webhooks', { url, event_types: types, timestamp: nextMoment() });
  if (made.status !== 201) throw new Error(made.text);
  return (made.body as { id: string }).id;
};

test('endpoints of all tenants are listed page by page, of a URL the host alone', async () => {
  const tenants = [await fixture.newTenant('One'), await fixture.newTenant('Two')];
  const made: string[] = [];
  for (const tenant of tenants) {
    const { caller } = await fixture.newKey(tenant, SCOPES);
    made.push(await makeEndpoint(caller, 'http://127.0.0.1:9/hook/token-in-path?secret=token-in-query'));
  }
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { items, next_cursor: next } = await page(
      `/api/admin/webhooks?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`,
    );
    seen.push(...items.map(({ id }) => id));
    cursor = next;
  }
  expect(seen).toEqual(expect.arrayContaining(made));
  expect(new Set(seen).size).toBe(seen.length);
  const { items } = await page(`/api/admin/webhooks?tenant_id=${tenants[0]?.id ?? ''}`);
  expect(items).toMatchObject([
    { id: made[0], url_host: '127.0.0.1:9', status: 'enabled', event_types: ['*'] },
  ]);
  expect(JSON.stringify(items)).not.toContain('token-in');
});

test('what a tenant missed is found and sent again, and both are written down', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(410) });
  const tenant = await fixture.newTenant('Missing');
  const { caller } = await fixture.newKey(tenant, SCOPES);
  const endpoint = await makeEndpoint(caller, receiver.url, ['account.*']);
  const connect = (name: string) => caller.post('/ver1/accounts/new', { type: 'paper_trading', name });
  expect((await connect('First')).status).toBe(201);
  const ofTenant = `tenant_id=${tenant.id}`;
  const [listed] = await until(async () => {
    const { items } = await page(`/api/admin/webhooks?${ofTenant}`);
    return items[0]?.['status'] === 'disabled' && items;
  });
  expect(listed).toMatchObject({ disabled_reason: expect.stringContaining('410') });
  expect((await connect('Second')).status).toBe(201);

  const { items: pending } = await page(
    `/api/admin/deliveries?${ofTenant}&endpoint_id=${endpoint}&state=pending`,
  );
  expect(pending).toMatchObject([
    { event_type: 'account.connected', last_status: 410, tenant_id: tenant.id },
  ]);
  expect((await page(`/api/admin/deliveries?${ofTenant}&state=dead`)).items).toEqual([]);
  const all = await page('/api/admin/deliveries?limit=500');
  expect(all.items.map(({ id }) => id)).toContain(pending[0]?.id);

  receiver.answerWith(accept);
  const enabled = await caller.send({
    method: 'PATCH',
    target: `/api/webhooks/${endpoint}`,
    body: JSON.stringify({ enabled: true, timestamp: nextMoment() }),
    headers: { 'Content-Type': 'application/json' },
  });
  expect(enabled.status).toBe(200);
  const inTenant = `${TENANTS}/${tenant.id}`;
  const one = await fixture.admin.post(`${inTenant}/deliveries/${pending[0]?.id ?? ''}/replay`);
  expect([one.status, one.body]).toEqual([200, { replayed: 1, next_since: null }]);
  const missed = await fixture.admin.post(`${inTenant}/webhooks/${endpoint}/replay`, { missed_only: true });
  expect(missed.body).toEqual({ replayed: 1, next_since: null });
  await until(async () => {
    const { items } = await page(`/api/admin/deliveries?${ofTenant}&state=delivered`);
    return items.length === 2;
  });
  const { admin } = fixture;
  const ofAdmin = (await fixture.auditOf(tenant.id)).filter(({ action }) => action === 'webhook.replayed');
  expect(ofAdmin).toMatchObject(
    [1, 2].map(() => ({ actor: `admin:key:${admin.id}`, object: `webhook:${endpoint}` })),
  );
  const reads = await fixture.auditOf('00000000-0000-0000-0000-000000000000');
  expect(reads.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['webhooks.read', 'deliveries.read']),
  );
});

test('what is of another tenant, or of none, is not there', async () => {
  const [mine, other] = [await fixture.newTenant('Mine'), await fixture.newTenant('Other')];
  const { caller } = await fixture.newKey(mine, SCOPES);
  const endpoint = await makeEndpoint(caller, 'http://127.0.0.1:9/');
  const { body } = await caller.post(`/api/webhooks/${endpoint}/test`);
  const delivery = (body as { id: string }).id;
  for (const target of [
    `${TENANTS}/${other.id}/deliveries/${delivery}/replay`,
    `${TENANTS}/${other.id}/webhooks/${endpoint}/replay`,
    `${TENANTS}/nobody/webhooks/${endpoint}/replay`,
    `${TENANTS}/${mine.id}/deliveries/nothing/replay`,
  ])
    expect((await fixture.admin.post(target)).status).toBe(404);
  expect((await fixture.admin.get('/api/admin/deliveries?cursor=x')).status).toBe(422);
  expect((await fixture.admin.get('/api/admin/deliveries?state=lost')).status).toBe(422);
});

test('a deleted tenant leaves no endpoint, and nothing on its way', async () => {
  const tenant = await fixture.newTenant('Going');
  const { caller } = await fixture.newKey(tenant, SCOPES);
  const endpoint = await makeEndpoint(caller, 'http://127.0.0.1:9/');
  await caller.post(`/api/webhooks/${endpoint}/test`);
  expect((await fixture.admin.delete(`${TENANTS}/${tenant.id}?confirm=Going`)).status).toBeLessThan(300);
  for (const table of ['webhook_endpoints', 'deliveries', 'webhook_queues']) {
    const { rows } = await fixture.owner.query(`select 1 from ${table} where tenant_id = $1`, [tenant.id]);
    expect({ table, rows }).toEqual({ table, rows: [] });
  }
  expect((await createTestCaller(caller).get('/api/webhooks')).status).toBe(401);
});
