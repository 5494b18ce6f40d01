/** The operator's view of exchanges, and the switch that pauses one: callers are told, and nothing is asked of it. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OPERATOR_TENANT_ID } from '../../src/auth/administrator.ts';
import type { TestAdmin } from '../support/test-admin.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let admin: TestAdmin;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  admin = await gateway.newAdmin();
  caller = await gateway.newCaller();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

interface VenueRecord {
  readonly venue: string;
  readonly state: string;
  readonly paused_reason: string | null;
}

const venues = async (): Promise<readonly VenueRecord[]> => {
  const { status, body } = await admin.get('/api/admin/venues');
  expect(status).toBe(200);
  return (body as { items: VenueRecord[] }).items;
};

const venue = async (name: string): Promise<VenueRecord | undefined> =>
  (await venues()).find((each) => each.venue === name);

const connect = async (type: string): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue: type, balances: { BTC: '1' } });
  const { status, body } = await caller.post('/ver1/accounts/new', { type, name: 'One', ...keys });
  expect(status).toBe(201);
  return (body as { id: number }).id;
};

const requestsTo = async (name: string): Promise<number> => {
  const response = await fetch(`${gateway.sandbox.url}/_sandbox/requests?venue=${name}`);
  const totals = (await response.json()) as Record<string, Record<string, number>>;
  return Object.values(totals[name] ?? {}).reduce((sum, count) => sum + count, 0);
};

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await delay(20);
};

test('every exchange is listed with how it does', async () => {
  await connect('okx');
  const listed = await venues();
  expect(listed.map((each) => each.venue)).toEqual(
    expect.arrayContaining(['binance', 'kraken', 'okx', 'gate_io']),
  );
  expect(await venue('okx')).toEqual({
    venue: 'okx',
    name: 'OKX',
    state: 'healthy',
    reason: null,
    since: null,
    circuit: 'closed',
    failures: 0,
    stopped_until: null,
    paused_reason: null,
    paused_by: null,
    paused_at: null,
    latency_ms: expect.any(Number),
    last_success_at: expect.stringMatching(/Z$/),
    checked_at: null,
    markets: expect.any(Number),
    markets_age_s: expect.any(Number),
    calls_in_flight: 0,
  });
});

test('a paused exchange is asked nothing, and callers of each dialect read who paused it and why', async () => {
  const account = await connect('kraken');
  const sync = (): Promise<TestAnswer> => caller.post(`/ver1/accounts/${account}/load_balances`);
  const paused = await admin.post('/api/admin/venues/Kraken/pause', { reason: 'Their API changes tonight' });
  expect(paused).toMatchObject({
    status: 200,
    body: {
      venue: 'kraken',
      state: 'paused',
      paused_reason: 'Their API changes tonight',
      paused_at: expect.any(String),
    },
  });
  const before = await requestsTo('kraken');
  const words = 'The operator of this gateway has paused Kraken: Their API changes tonight';
  const refused = await sync();
  expect(refused.headers.get('retry-after')).toBe('60');
  expect(refused).toMatchObject({
    status: 503,
    body: { error: 'exchange_unavailable', error_description: words },
  });
  expect(await caller.get('/api/exchange/ticker?exchange=kraken&symbol=BTC/USD')).toMatchObject({
    status: 503,
    body: { detail: words },
  });
  expect(await caller.get('/api/exchange/kraken/health?force_refresh=true')).toMatchObject({
    status: 200,
    body: { status: 'unhealthy', error: words, error_type: 'exchange_unavailable' },
  });
  expect(await requestsTo('kraken')).toBe(before);
  // Nobody else is touched, and what is stored is read as before.
  expect((await caller.get(`/ver1/accounts/${account}`)).status).toBe(200);
  await connect('binance');

  expect(await admin.post('/api/admin/venues/kraken/resume')).toMatchObject({
    status: 200,
    body: { venue: 'kraken', state: 'healthy', paused_reason: null },
  });
  expect((await sync()).status).toBe(201);
});

test('gateways that did not pause it hear of it, and those that start later know', async () => {
  const account = await connect('bitstamp');
  const through = async (baseUrl: string): Promise<number> => {
    const { status } = await createTestCaller({ ...caller, baseUrl }).post(
      `/ver1/accounts/${account}/load_balances`,
    );
    return status;
  };
  const earlier = await gateway.addGateway();
  await admin.post('/api/admin/venues/bitstamp/pause', { reason: 'For a test' });
  await until(async () => (await through(earlier)) === 503);
  const later = await gateway.addGateway();
  expect(await through(later)).toBe(503);
  await admin.post('/api/admin/venues/bitstamp/resume');
  await until(async () => (await through(earlier)) === 201);
  await until(async () => (await through(later)) === 201);
});

test('jobs of a paused exchange wait until it is resumed, and do not count as failed', async () => {
  const account = await connect('gate_io');
  await admin.post('/api/admin/venues/gate_io/pause', { reason: 'For a test' });
  const background = await gateway.addWorker({ pollMs: 20, venueCheckSeconds: 0 });
  const dueNow = () =>
    query(
      "update jobs set due_at = now() - interval '1 hour' where tenant_id = $1 and subject = $2",
      account,
    );
  await dueNow();
  // Another lane shows that the worker has looked.
  const other = await connect('bitfinex');
  await query(
    "update jobs set due_at = now() - interval '1 hour' where tenant_id = $1 and subject = $2",
    other,
  );
  const syncOf = async (id: number) =>
    (
      await query<{ outcome: string | null; failures: number }>(
        `select last_outcome as outcome, failures from jobs
          where tenant_id = $1 and subject = $2 and kind = 'balance_sync'`,
        id,
      )
    )[0];
  background.wake();
  await until(async () => (await syncOf(other))?.outcome !== null);
  expect(await syncOf(account)).toEqual({ outcome: null, failures: 0 });
  await admin.post('/api/admin/venues/gate_io/resume');
  await until(async () => (await syncOf(account))?.outcome !== null);
  expect(await syncOf(account)).toMatchObject({ failures: 0 });
});

const query = <Row extends object>(text: string, id: number): Promise<Row[]> =>
  gateway.owner
    .session(caller.tenantId)
    .query<Row>({ name: `test ${text}`.slice(0, 60), text }, [caller.tenantId, String(id)]);

test('pauses are in the chain of the operators, with who and why', async () => {
  await admin.post('/api/admin/venues/bybit/pause', { reason: 'First' });
  await admin.post('/api/admin/venues/bybit/pause', { reason: 'Second' });
  await admin.post('/api/admin/venues/bybit/resume');
  await admin.post('/api/admin/venues/bybit/resume');
  const rows = await gateway.owner.session(OPERATOR_TENANT_ID).query(
    {
      name: 'test.venue-audit',
      text: "select actor, action, outcome from audit_log where tenant_id = $1 and object = 'venue:bybit' order by seq",
    },
    [OPERATOR_TENANT_ID],
  );
  const actor = expect.stringMatching(/^admin:key:/);
  expect(rows).toEqual([
    { actor, action: 'venue.paused', outcome: 'success; First' },
    { actor, action: 'venue.paused', outcome: 'success; Second' },
    { actor, action: 'venue.resumed', outcome: 'success' },
  ]);
});

test.each([
  ['/api/admin/venues/nowhere/pause', { reason: 'Why' }, 404, 'There is no exchange nowhere'],
  ['/api/admin/venues/kraken/pause', {}, 422, 'reason'],
  ['/api/admin/venues/kraken/pause', { reason: '  ' }, 422, 'reason'],
  ['/api/admin/venues/kraken/pause', { reason: 'two\nlines' }, 422, 'must be one line'],
  ['/api/admin/venues/kraken/pause', { reason: 'x'.repeat(201) }, 422, 'reason'],
  ['/api/admin/venues/nowhere/resume', {}, 404, 'There is no exchange nowhere'],
])('%s with %j is refused', async (path, body, status, words) => {
  const answer = await admin.post(path, body);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect((await venue('kraken'))?.state).toBe('healthy');
});
