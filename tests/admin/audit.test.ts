/** The audit log in the hands of operators: read with filters, taken away as lines, and verified. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { type AdminFixture, startAdminFixture, type Tenant } from './admin-fixture.ts';

let fixture: AdminFixture;
let tenant: Tenant;
let other: Tenant;
let caller: TestCaller;

beforeAll(async () => {
  fixture = await startAdminFixture();
  [tenant, other] = [await fixture.newTenant('One'), await fixture.newTenant('Two')];
  ({ caller } = await fixture.newKey(tenant));
  for (let count = 0; count < 4; count += 1) await fixture.connect(caller);
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());

interface Row {
  readonly tenant_id: string;
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
}
interface Page {
  readonly items: readonly Row[];
  readonly next_cursor: string | null;
}

const list = async (query: string): Promise<Page> => {
  const answer = await fixture.admin.get(`/api/admin/audit?${query}`);
  expect([answer.status, answer.text]).toEqual([200, expect.anything()]);
  return answer.body as Page;
};

const listAll = async (query: string): Promise<Row[]> => {
  const rows: Row[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Page = await list(`${query}&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    rows.push(...page.items);
    cursor = page.next_cursor;
  }
  return rows;
};

test('the rows of a tenant are listed newest first, page by page, each once', async () => {
  const rows = await listAll(`tenant_id=${tenant.id}`);
  const stored = await fixture.auditOf(tenant.id);
  expect(rows).toHaveLength(stored.length);
  expect(new Set(rows.map(({ seq }) => seq)).size).toBe(rows.length);
  expect(rows.map(({ at }) => at)).toEqual(
    rows
      .map(({ at }) => at)
      .sort()
      .reverse(),
  );
  expect(new Set(rows.map((row) => row.tenant_id))).toEqual(new Set([tenant.id]));
});

test('rows are found by action, by actor, by both and by time', async () => {
  const all = await listAll(`tenant_id=${tenant.id}`);
  const connected = await listAll(`tenant_id=${tenant.id}&action=account.connected`);
  expect(connected).toHaveLength(4);
  const { actor } = connected[0] ?? { actor: '' };
  const byActor = await listAll(`tenant_id=${tenant.id}&actor=${encodeURIComponent(actor)}`);
  expect(byActor).toEqual(all.filter((row) => row.actor === actor));
  const both = `tenant_id=${tenant.id}&actor=custody&action=secret.opened`;
  expect(await listAll(both)).toEqual(
    all.filter((row) => row.actor === 'custody' && row.action === 'secret.opened'),
  );
  const [newest, , third] = all;
  const span = `from=${third?.at ?? ''}&to=${newest?.at ?? ''}`;
  expect(await listAll(`tenant_id=${tenant.id}&${span}`)).toEqual(
    all.filter(({ at }) => at >= (third?.at ?? '') && at < (newest?.at ?? '')),
  );
});

test('rows of all chains are listed as one, the operators own among them', async () => {
  const rows = await listAll('action=tenant.created');
  expect(rows.map((row) => row.tenant_id)).toEqual(expect.arrayContaining([tenant.id, other.id]));
  const reads = await listAll('action=audit.read');
  expect(new Set(reads.map((row) => row.tenant_id))).toEqual(
    new Set(['00000000-0000-0000-0000-000000000000']),
  );
});

test.each(['tenant_id=x', 'limit=0', 'from=yesterday', 'cursor=nonsense', 'actor='])(
  'a query that cannot be read is refused: %s',
  async (query) => {
    expect((await fixture.admin.get(`/api/admin/audit?${query}`)).status).toBe(422);
  },
);

test('a cursor that somebody wrote himself is refused, and breaks nothing', async () => {
  const { id } = tenant;
  for (const [list, places] of [
    [
      'audit',
      [
        ['soon', id, 1],
        ['infinity', id, 1],
        ['2026-02-30T00:00:00Z', id, 1],
        ['0000-01-01T00:00:00Z', id, 1],
      ],
    ],
    [
      'deliveries',
      [
        [id, 'soon', id],
        [id, '2026-13-45T00:00:00Z', id],
      ],
    ],
    ['tenants', [['0000-01-01T00:00:00Z', id]]],
    ['jobs', [[id, '\u0000', 'x']]],
    [`tenants/${id}/users`, [['\u0000']]],
  ] as const)
    for (const place of places) {
      const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
      const { status } = await fixture.admin.get(`/api/admin/${list}?cursor=${cursor}`);
      expect([list, place, status]).toEqual([list, place, 422]);
    }
});

test('the log is taken away as lines that can be verified without the database', async () => {
  const answer = await fixture.admin.get(`/api/admin/audit/export?tenant_id=${tenant.id}`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  const rows = answer.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row & { hash: string; prev_hash: string | null });
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  let previous: string | null = null;
  for (const { hash, ...row } of rows) {
    expect(row.prev_hash).toBe(previous);
    const hashed = Object.entries(row).filter(([name]) => name !== 'tenant_id');
    const sorted = Object.fromEntries(hashed.sort(([a], [b]) => (a < b ? -1 : 1)));
    expect(createHash('sha256').update(JSON.stringify(sorted)).digest('hex')).toBe(hash);
    previous = hash;
  }
  const everything = await fixture.admin.get('/api/admin/audit/export');
  expect(everything.text).toContain(other.id);
  const connected = await fixture.admin.get(`/api/admin/audit/export?action=account.connected`);
  expect(connected.text.trim().split('\n')).toHaveLength(4);
  const missing = '/api/admin/audit/export?tenant_id=11111111-1111-4111-8111-111111111111';
  expect((await fixture.admin.get(missing)).status).toBe(404);
});

test('all chains are verified, and the one that was tampered with is named with its row', async () => {
  const whole = await fixture.admin.post('/api/admin/audit/verify');
  expect(whole).toMatchObject({ status: 200, body: { ok: true } });
  const { chains } = whole.body as { chains: { tenant_id: string; rows: number; ok: boolean }[] };
  expect(chains.map((chain) => chain.tenant_id)).toEqual(
    expect.arrayContaining([tenant.id, other.id, '00000000-0000-0000-0000-000000000000']),
  );
  const { outcome } = (await fixture.auditOf(tenant.id))[2] ?? { outcome: '' };
  const change = 'update audit_log set outcome = $2 where tenant_id = $1 and seq = 3';
  await fixture.owner.query(change, [tenant.id, 'another']);
  const found = await fixture.admin.post('/api/admin/audit/verify', { tenant_id: tenant.id });
  expect(found.body).toMatchObject({
    ok: false,
    chains: [{ tenant_id: tenant.id, rows: 2, ok: false, problem: { kind: 'altered', seq: 3 } }],
  });
  const nobody = { tenant_id: '11111111-1111-4111-8111-111111111111' };
  expect((await fixture.admin.post('/api/admin/audit/verify', nobody)).status).toBe(404);
  await fixture.owner.query(change, [tenant.id, outcome]);
});
