/** What operators see of background work, and that what they have done is written down. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rowsOf } from '../jobs/jobs-fixture.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

interface AdminJob {
  readonly id: string;
  readonly kind: string;
  readonly tenant_id: string;
  readonly subject: string;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

const withAccount = async (): Promise<TestCaller> => {
  const caller = await gateway.newCaller();
  const { status } = await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
  expect(status).toBe(201);
  return caller;
};

test('jobs of all tenants are listed in pages, and of one tenant, kind or state alone', async () => {
  const admin = await gateway.newAdmin();
  const callers = [await withAccount(), await withAccount()];
  const seen: AdminJob[] = [];
  let query = 'limit=3';
  for (;;) {
    const { status, body } = await admin.get(`/api/admin/jobs?${query}`);
    expect(status).toBe(200);
    const page = body as { items: AdminJob[]; next_cursor: string | null };
    seen.push(...page.items);
    if (page.next_cursor === null) break;
    query = `limit=3&cursor=${page.next_cursor}`;
  }
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  for (const { tenantId } of callers) {
    const ofTenant = seen.filter(({ tenant_id: tenant }) => tenant === tenantId);
    expect(ofTenant.map(({ kind }) => kind)).toEqual([
      'balance_sync',
      'profit_daily',
      'retention',
      'trade_sync',
    ]);
    const { body } = await admin.get(`/api/admin/jobs?tenant_id=${tenantId}&kind=trade_sync&state=waiting`);
    expect((body as { items: AdminJob[] }).items).toMatchObject([
      { tenant_id: tenantId, kind: 'trade_sync', lane: 'paper_trading', state: 'waiting', failures: 0 },
    ]);
  }
});

test('one is made due at once, and the tenant’s audit log says by whom', async () => {
  const admin = await gateway.newAdmin();
  const { tenantId } = await withAccount();
  const { body } = await admin.get(`/api/admin/jobs?tenant_id=${tenantId}&kind=retention`);
  const id = (body as { items: AdminJob[] }).items[0]?.id ?? '';
  const { status, text } = await admin.post(`/api/admin/jobs/${id}/run`);
  expect({ status, text }).toEqual({ status: 200, text });
  const due = await rowsOf(
    gateway,
    tenantId,
    'select 1 from jobs where tenant_id = $1 and id = $2 and due_at <= now()',
    [id],
  );
  expect(due).toHaveLength(1);
  const audited = await rowsOf<{ actor: string }>(
    gateway,
    tenantId,
    "select actor from audit_log where tenant_id = $1 and action = 'job.run' and object = $2",
    [`job:${id}`],
  );
  expect(audited).toEqual([{ actor: expect.stringContaining(`admin:key:${admin.id}`) }]);
  expect((await admin.post(`/api/admin/jobs/${randomUUID()}/run`)).status).toBe(404);
  await rowsOf(gateway, tenantId, "update tenants set status = 'suspended' where id = $1");
  expect((await admin.post(`/api/admin/jobs/${id}/run`)).status).toBe(409);
});
