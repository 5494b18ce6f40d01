/** GET /api/jobs and what can be done with one: the tenant's own, and of a limited key its accounts' alone. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { rowsOf } from '../jobs/jobs-fixture.ts';

interface JobWire {
  readonly id: string;
  readonly kind: string;
  readonly account_id: number | null;
  readonly credential_id: string | null;
  readonly exchange: string | null;
  readonly state: string;
  readonly due_at: string;
}

interface JobList {
  readonly jobs: readonly JobWire[];
  readonly next_cursor: string | null;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

const connect = async (by: TestCaller): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  const { body } = await by.post('/ver1/accounts/new', { type: 'kraken', name: 'One', ...keys });
  return (body as { id: number }).id;
};

const list = async (by: TestCaller, query = ''): Promise<JobList> => {
  const answer = await by.get(`/api/jobs${query === '' ? '' : `?${query}`}`);
  expect({ status: answer.status, text: answer.text.slice(0, 200) }).toMatchObject({ status: 200 });
  return answer.body as JobList;
};

const kindsOf = ({ jobs }: JobList): string[] => jobs.map(({ kind }) => kind).sort();

test('an account has its syncs, the check of its keys and the closing of its days', async () => {
  const caller = await gateway.newCaller();
  const id = await connect(caller);
  const { jobs, next_cursor: next } = await list(caller);
  expect(next).toBeNull();
  expect(jobs.map(({ kind, account_id: account, exchange }) => [kind, account, exchange])).toEqual([
    ['balance_sync', id, 'kraken'],
    ['credential_check', null, 'kraken'],
    ['profit_daily', id, null],
    ['trade_sync', id, 'kraken'],
  ]);
  expect(jobs[0]).toMatchObject({ state: 'waiting', failures: 0, last_outcome: null, progress: null });
  expect(kindsOf(await list(caller, `account_id=${id}`))).toEqual([
    'balance_sync',
    'profit_daily',
    'trade_sync',
  ]);
  expect(kindsOf(await list(caller, 'kind=trade_sync'))).toEqual(['trade_sync']);
});

test('states are told apart and can be asked for', async () => {
  const caller = await gateway.newCaller();
  await connect(caller);
  const set = (kind: string, change: string) =>
    rowsOf(gateway, caller.tenantId, `update jobs set ${change} where tenant_id = $1 and kind = '${kind}'`);
  await set('balance_sync', "lease_id = gen_random_uuid(), lease_until = now() + interval '1 hour'");
  await set(
    'trade_sync',
    "failures = 3, last_outcome = 'exchange_error', last_error = 'The exchange failed'",
  );
  await set('profit_daily', 'is_held = true');
  for (const [state, kind] of [
    ['running', 'balance_sync'],
    ['failing', 'trade_sync'],
    ['paused', 'profit_daily'],
    ['waiting', 'credential_check'],
  ] as const) {
    const { jobs } = await list(caller, `state=${state}`);
    expect(jobs).toMatchObject([{ kind, state }]);
  }
});

test('pages follow each other to the end, and a cursor that is none is refused in words', async () => {
  const caller = await gateway.newCaller();
  for (let made = 0; made < 3; made += 1) await connect(caller);
  const seen: string[] = [];
  let query = 'limit=5';
  for (;;) {
    const page = await list(caller, query);
    seen.push(...page.jobs.map(({ id }) => id));
    if (page.next_cursor === null) break;
    query = `limit=5&cursor=${page.next_cursor}`;
  }
  expect(seen).toHaveLength(12);
  expect(new Set(seen).size).toBe(12);
  const refused = await caller.get('/api/jobs?cursor=nonsense');
  expect(refused.status).toBe(422);
  expect(refused.text).toContain('next_cursor');
});

test('one is read and made due; asking twice changes nothing', async () => {
  const caller = await gateway.newCaller();
  const id = await connect(caller);
  const { jobs } = await list(caller, `account_id=${id}&kind=balance_sync`);
  const path = `/api/jobs/${jobs[0]?.id ?? ''}`;
  expect((await caller.get(path)).body).toEqual(jobs[0]);
  for (let asked = 0; asked < 2; asked += 1) {
    const { status, body } = await caller.post(`${path}/run`);
    expect(status).toBe(200);
    expect(Date.parse((body as JobWire).due_at)).toBeLessThan(Date.now() + 60_000);
  }
  for (const unknown of [randomUUID(), 'no-id', '1'])
    expect((await caller.post(`/api/jobs/${unknown}/run`)).status).toBe(404);
});

test('another tenant’s are not there, and a key sees those of its accounts alone', async () => {
  const caller = await gateway.newCaller();
  const stranger = await gateway.newCaller();
  const [mine, other] = [await connect(caller), await connect(caller)];
  const limited = await gateway.newCaller({ tenantId: caller.tenantId, key: { allowedAccountIds: [mine] } });
  expect((await list(stranger)).jobs).toEqual([]);
  const { jobs } = await list(limited);
  expect(jobs.map(({ kind, account_id: account }) => [kind, account])).toEqual([
    ['balance_sync', mine],
    ['credential_check', null],
    ['profit_daily', mine],
    ['trade_sync', mine],
  ]);
  const { jobs: hidden } = await list(caller, `account_id=${other}`);
  for (const { id } of hidden) {
    expect((await limited.get(`/api/jobs/${id}`)).status).toBe(404);
    expect((await limited.post(`/api/jobs/${id}/run`)).status).toBe(404);
    expect((await stranger.get(`/api/jobs/${id}`)).status).toBe(404);
  }
  expect((await limited.get(`/api/jobs?account_id=${other}`)).status).toBe(404);
});

test('the account of keys that nobody connected is told to nobody', async () => {
  const caller = await gateway.newCaller();
  const { api_key, secret } = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  await caller.post('/api/exchange/credentials', { exchange_name: 'kraken', api_key, api_secret: secret });
  await caller.get('/api/exchange/balance?exchange=kraken');
  const { jobs } = await list(caller);
  expect(kindsOf({ jobs, next_cursor: null })).toEqual(['balance_sync', 'credential_check', 'trade_sync']);
  for (const job of jobs) expect(job).toMatchObject({ account_id: null, credential_id: expect.any(String) });
});
