/** Sealing keys are turned over and custody is frozen by operators, while callers go on with their work. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { type AdminFixture, startAdminFixture } from './admin-fixture.ts';

let fixture: AdminFixture;

beforeAll(async () => {
  fixture = await startAdminFixture();
}, 60_000);
afterAll(() => fixture[Symbol.asyncDispose]());
afterEach(() => fixture.gateway.sandbox.clearFaults());

interface Rotation {
  readonly id: string;
  readonly state: string;
  readonly done: number;
  readonly total: number;
  readonly failed: number;
}
interface Status {
  readonly root_keys: readonly { readonly is_primary: boolean; readonly tenant_keys: number }[];
  readonly tenant_keys: { readonly active: number; readonly retiring: number; readonly retired: number };
  readonly retiring: readonly { readonly tenant_id: string; readonly key_id: string }[];
  readonly rotation: Rotation | null;
}

const KEYS = '/api/admin/sealing-keys';

const status = async (): Promise<Status> => {
  const answer = await fixture.admin.get(KEYS);
  expect(answer.status).toBe(200);
  return answer.body as Status;
};

const finish = async (answer: TestAnswer): Promise<Rotation> => {
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  const { id } = answer.body as Rotation;
  for (;;) {
    const { rotation } = await status();
    if (rotation?.id === id && rotation.state !== 'running') return rotation;
    await delay(10);
  }
};

const anAccount = (venue = 'binance') =>
  fixture.gateway.sandbox.openAccount({ venue, balances: { BTC: '1' } });

/** Connects, syncs and replaces keys until told to stop; answers every status. */
const work = async (caller: TestCaller, isOver: () => boolean): Promise<number[]> => {
  const statuses: number[] = [];
  const send = async (target: string, parameters: Readonly<Record<string, unknown>>): Promise<TestAnswer> => {
    const answer = await caller.post(target, parameters);
    statuses.push(answer.status);
    if (answer.status >= 300) throw new Error(`${target} answered ${answer.status}: ${answer.text}`);
    return answer;
  };
  while (!isOver()) {
    const name = { type: 'binance', name: 'One' };
    const { id } = (await send('/ver1/accounts/new', { ...name, ...(await anAccount()) })).body as {
      id: number;
    };
    await send(`/ver1/accounts/${id}/load_balances`, {});
    await send('/ver1/accounts/update', { account_id: id, ...(await anAccount()) });
    await send(`/ver1/accounts/${id}/load_balances`, {});
  }
  return statuses;
};

test('the keys of all tenants are rotated while they connect, sync and replace, and no request fails', async () => {
  const tenants = [await fixture.newTenant('One'), await fixture.newTenant('Two')];
  const callers = await Promise.all(tenants.map(async (tenant) => (await fixture.newKey(tenant)).caller));
  for (const caller of callers) for (let count = 0; count < 3; count += 1) await fixture.connect(caller);
  let isOver = false;
  const load = Promise.all(callers.flatMap((caller) => [1, 2].map(() => work(caller, () => isOver))));
  const before = await status();
  for (const scope of [{}, { tenant_id: tenants[0]?.id }, {}])
    expect(await finish(await fixture.admin.post(`${KEYS}/rotate`, scope))).toMatchObject({
      state: 'done',
      failed: 0,
    });
  isOver = true;
  const statuses = (await load).flat();
  expect(statuses.length).toBeGreaterThanOrEqual(16);
  expect(statuses.filter((code) => code >= 300)).toEqual([]);

  const after = await status();
  expect(after.tenant_keys.active).toBe(before.tenant_keys.active);
  // Of the first tenant three, of the second two, and what other tests left.
  expect(
    after.retiring.filter(({ tenant_id: id }) => tenants.some((tenant) => tenant.id === id)),
  ).toHaveLength(5);
  for (const { key_id: keyId } of after.retiring)
    expect(await finish(await fixture.admin.post(`${KEYS}/${keyId}/retire`))).toMatchObject({
      state: 'done',
    });
  expect(await status()).toMatchObject({ tenant_keys: { retiring: 0 }, retiring: [] });
  const { rows } = await fixture.owner.query<{ left: number; shut: number }>(`
    select count(*) filter (where k.state <> 'active')::int as left,
           count(*) filter (where k.private_wrapped is null)::int as shut
      from credentials c join tenant_keys k on k.tenant_id = c.tenant_id and k.id = c.tenant_key_id`);
  expect(rows).toEqual([{ left: 0, shut: 0 }]);

  // Everything opens: custody has to read each from its new row.
  for (const caller of callers) {
    const accounts = (await caller.get('/ver1/accounts?per_page=100')).body as { id: number }[];
    expect(accounts.length).toBeGreaterThanOrEqual(3);
    for (const { id } of accounts)
      expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(201);
  }
}, 120_000);

test('rotating while rotating is refused with what runs; so is what there is not', async () => {
  const tenant = await fixture.newTenant();
  const { caller } = await fixture.newKey(tenant);
  await fixture.connect(caller);
  await fixture.admin.post('/api/admin/freeze', { reason: 'a drill' });
  try {
    const running = await fixture.admin.post(`${KEYS}/rotate`, { tenant_id: tenant.id });
    expect(running).toMatchObject({ status: 201, body: { state: 'running', tenant_id: tenant.id } });
    for (const target of [`${KEYS}/rotate`, `${KEYS}/root/rewrap`])
      expect(await fixture.admin.post(target)).toMatchObject({
        status: 409,
        body: { detail: expect.stringContaining(`rotate ${(running.body as Rotation).id}`) },
      });
    await fixture.admin.delete('/api/admin/freeze');
    expect(await finish(running)).toMatchObject({ state: 'done', done: 1, total: 1 });
  } finally {
    await fixture.admin.delete('/api/admin/freeze');
  }
  const nobody = '11111111-1111-4111-8111-111111111111';
  expect(await fixture.admin.post(`${KEYS}/rotate`, { tenant_id: nobody })).toMatchObject({
    status: 404,
    body: { detail: expect.stringContaining(nobody) },
  });
  expect(await fixture.admin.post(`${KEYS}/${nobody}/retire`)).toMatchObject({ status: 404 });
  const { rows } = await fixture.owner.query<{ id: string }>(
    "select id from tenant_keys where tenant_id = $1 and state = 'active'",
    [tenant.id],
  );
  expect(await fixture.admin.post(`${KEYS}/${rows[0]?.id ?? ''}/retire`)).toMatchObject({
    status: 409,
    body: { detail: expect.stringContaining('rotate the keys of the tenant first') },
  });
  expect((await fixture.admin.post(`${KEYS}/rotate`, { tenant_id: 'x' })).status).toBe(422);
});

test('root keys are shown with what they wrap, and are wrapped anew', async () => {
  const rewrapped = await finish(await fixture.admin.post(`${KEYS}/root/rewrap`));
  expect(rewrapped).toMatchObject({ state: 'done', failed: 0 });
  const { root_keys: roots } = await status();
  expect(roots).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      is_primary: true,
      is_held: true,
      tenant_keys: expect.any(Number),
    },
  ]);
});

test('a freeze lets calls that are under way end, leaves no half account, and says so wherever it is asked', async () => {
  const { caller } = await fixture.newKey(await fixture.newTenant());
  const { sandbox, baseUrl } = fixture.gateway;
  await fixture.connect(caller);
  const asked = async (): Promise<number> =>
    Object.entries(await sandbox.requests('binance')).reduce(
      (sum, [endpoint, count]) => sum + (endpoint.endsWith('/api/v3/account') ? count : 0),
      0,
    );
  const before = await asked();
  await sandbox.addFault({ venue: 'binance', kind: 'latency', path: 'api/v3/account', ms: 700 });
  const parameters = { type: 'binance', name: 'Late', ...(await anAccount()) };
  const connecting = caller.post('/ver1/accounts/new', parameters);
  while ((await asked()) === before) await delay(5);

  const frozen = await fixture.admin.post('/api/admin/freeze', { reason: 'keys may have leaked' });
  expect(frozen).toMatchObject({
    status: 200,
    body: {
      frozen: true,
      reason: 'keys may have leaked',
      by: `admin:key:${fixture.admin.id}`,
      since: expect.any(String),
    },
  });
  // A second freeze tells of the first.
  expect(await fixture.admin.post('/api/admin/freeze', { reason: 'again' })).toMatchObject({
    body: frozen.body,
  });
  try {
    const ended = await connecting;
    const accounts = (await caller.get('/ver1/accounts')).body as { id: number; name: string }[];
    const { rows } = await fixture.owner.query<{ n: number }>(
      `select count(*)::int as n from credentials c where c.tenant_id = $1
         and not exists (select from accounts a where a.tenant_id = c.tenant_id and a.credential_id = c.id)`,
      [caller.tenantId],
    );
    expect(rows).toEqual([{ n: 0 }]);
    expect(accounts.map(({ name }) => name).includes('Late')).toBe(ended.status === 201);
    expect([201, 503]).toContain(ended.status);

    const refused = await caller.post('/ver1/accounts/new', {
      type: 'binance',
      name: 'Next',
      ...(await anAccount()),
    });
    expect(refused).toMatchObject({
      status: 503,
      body: { error_description: expect.stringContaining('frozen') },
    });
    for (;;) {
      const ready = await fetch(`${baseUrl}/readyz`);
      expect(ready.status).toBe(200);
      const body = (await ready.json()) as { status: string; checks: { custody: string } };
      if (body.status !== 'degraded') continue;
      expect(body.checks.custody).toMatch(/^frozen: /);
      break;
    }
  } finally {
    expect(await fixture.admin.delete('/api/admin/freeze')).toMatchObject({
      status: 200,
      body: { frozen: false },
    });
  }
  await sandbox.clearFaults();
  await fixture.connect(caller);
  const operators = await fixture.auditOf('00000000-0000-0000-0000-000000000000');
  expect(operators.map(({ action, outcome }) => [action, outcome])).toEqual(
    expect.arrayContaining([
      ['custody.frozen', 'success; keys may have leaked'],
      ['custody.unfrozen', 'success'],
    ]),
  );
});

test.each([{}, { reason: '' }, { reason: 'two\nlines' }, { reason: 'x'.repeat(201) }])(
  'a freeze needs a reason on one line: %j',
  async (parameters) => {
    expect((await fixture.admin.post('/api/admin/freeze', parameters)).status).toBe(422);
  },
);
