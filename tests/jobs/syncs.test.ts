/** What happens to accounts without anybody asking: they are read again and again, and what changed is told. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxKeys } from '../../src/sandbox/sandbox.ts';
import { connectTrader, listAll } from '../api/trades-fixture.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { eventsOf, listJobs, makeDue, rowsOf, untilDone } from './jobs-fixture.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ jobs: { pollMs: 20 }, callDeadlineMs: 3_000 });
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

interface Connected {
  readonly id: number;
  readonly keys: SandboxKeys;
}

const connect = async (by: TestCaller, venue = 'kraken', balances = { BTC: '1' }): Promise<Connected> => {
  const keys = await gateway.sandbox.openAccount({ venue, balances });
  const answer = await by.post('/ver1/accounts/new', { type: venue, name: 'Synced', ...keys });
  expect({ status: answer.status, text: answer.text.slice(0, 200) }).toMatchObject({ status: 201 });
  return { id: (answer.body as { id: number }).id, keys };
};

const snapshots = async (by: TestCaller): Promise<number> =>
  (await rowsOf(gateway, by.tenantId, 'select 1 from equity_snapshots where tenant_id = $1')).length;

describe('balances', () => {
  test('that change at the exchange are stored, make a snapshot, and are told as an event', async () => {
    const caller = await gateway.newCaller();
    const { id, keys } = await connect(caller);
    expect(await eventsOf(gateway, caller.tenantId, 'balance.synced')).toEqual([]);
    await gateway.sandbox.changeAccount(keys.api_key, { balances: { BTC: '2.5', ETH: '10' } });
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    const [job] = await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(job).toMatchObject({ outcome: 'synced', failures: 0, error: null });
    expect(job?.dueIn).toBeGreaterThan(13 * 60);
    expect(job?.dueIn).toBeLessThan(17 * 60);
    const [event, ...others] = await eventsOf(gateway, caller.tenantId, 'balance.synced');
    expect(others).toEqual([]);
    expect(event).toMatchObject({ account_id: id, changed_assets: ['BTC', 'ETH'], changed_count: 2 });
    expect(await snapshots(caller)).toBe(2);
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toMatchObject({ id });
  });

  test('that are as they were make a snapshot and no event', async () => {
    const caller = await gateway.newCaller();
    await connect(caller);
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(await snapshots(caller)).toBe(2);
    expect(await eventsOf(gateway, caller.tenantId, 'balance.synced')).toEqual([]);
  });

  test('that a caller has just had read are not read again', async () => {
    const caller = await gateway.newCaller();
    const { id } = await connect(caller);
    await caller.post(`/ver1/accounts/${id}/load_balances`);
    const before = await snapshots(caller);
    await rowsOf(
      gateway,
      caller.tenantId,
      "update jobs set due_at = now() where tenant_id = $1 and kind = 'balance_sync'",
    );
    const [job] = await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(job).toMatchObject({ outcome: 'fresh' });
    expect(job?.dueIn).toBeGreaterThan(10 * 60);
    expect(await snapshots(caller)).toBe(before);
  });

  test('are read once for each account, however many workers there are', async () => {
    await using second = await gateway.addWorker();
    const caller = await gateway.newCaller();
    const wanted = 200;
    const lanes = Array.from({ length: 8 }, async (_, lane) => {
      for (let count = lane; count < wanted; count += 8) await connect(caller, 'bitfinex');
    });
    await Promise.all(lanes);
    // A reading of trades looks at balances too.
    await rowsOf(
      gateway,
      caller.tenantId,
      "update jobs set due_at = now() + interval '1 day' where tenant_id = $1 and kind = 'trade_sync'",
    );
    const asked = async (): Promise<number> =>
      (await gateway.sandbox.requests('bitfinex'))['POST /v2/auth/r/wallets'] ?? 0;
    const before = await asked();
    const had = await snapshots(caller);
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    second.wake();
    const jobs = await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(jobs.filter(({ outcome }) => outcome === 'synced')).toHaveLength(wanted);
    expect((await asked()) - before).toBe(wanted);
    expect((await snapshots(caller)) - had).toBe(wanted);
  }, 120_000);

  test('of paper accounts and of keys that are only stored are read too', async () => {
    const caller = await gateway.newCaller();
    await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
    const { api_key, secret } = await gateway.sandbox.openAccount({
      venue: 'kraken',
      balances: { BTC: '1' },
    });
    const sent = { exchange_name: 'kraken', api_key, api_secret: secret };
    expect((await caller.post('/api/exchange/credentials', sent)).status).toBe(200);
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    const jobs = await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(jobs.map(({ lane, outcome }) => [lane, outcome]).sort()).toEqual([
      ['kraken', 'synced'],
      ['paper_trading', 'synced'],
    ]);
  });
});

describe('trades', () => {
  test('of paper accounts and of keys that are only stored are read too', async () => {
    const caller = await gateway.newCaller();
    await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
    const { api_key, secret } = await gateway.sandbox.openAccount({
      venue: 'kraken',
      balances: { BTC: '1' },
      trades: 20,
    });
    const sent = { exchange_name: 'kraken', api_key, api_secret: secret };
    expect((await caller.post('/api/exchange/credentials', sent)).status).toBe(200);
    await makeDue(gateway, caller.tenantId, 'trade_sync');
    const jobs = await untilDone(
      gateway,
      caller.tenantId,
      'trade_sync',
      ({ outcome }) => outcome === 'synced',
    );
    expect(jobs).toHaveLength(2);
    expect((await listAll(caller, 'exchange=kraken')).length).toBe(20);
  });

  test('of a new account are read to their end within minutes, and are told', async () => {
    const caller = await gateway.newCaller();
    const { accountId } = await connectTrader(gateway, caller, { code: 'kraken', trades: 120 });
    const [waiting] = await listJobs(gateway, caller.tenantId, 'trade_sync');
    expect(waiting?.dueIn).toBeLessThan(5 * 60);
    await makeDue(gateway, caller.tenantId, 'trade_sync');
    const [job] = await untilDone(
      gateway,
      caller.tenantId,
      'trade_sync',
      ({ outcome }) => outcome === 'synced',
    );
    expect(job?.progress).toMatchObject({ is_complete: true, markets: 1, markets_done: 1 });
    expect(await listAll(caller, 'exchange=kraken')).toHaveLength(120);
    const events = await eventsOf(gateway, caller.tenantId, 'trades.synced');
    expect(events.reduce((sum, { new_trades: count }) => sum + Number(count), 0)).toBe(120);
    expect(events[0]).toMatchObject({ account_id: accountId });
  });

  test('of an exchange that cannot tell them are not asked for', async () => {
    const caller = await gateway.newCaller();
    await connect(caller);
    await rowsOf(gateway, caller.tenantId, "update accounts set market_code = 'gemini' where tenant_id = $1");
    await makeDue(gateway, caller.tenantId, 'trade_sync');
    const [job] = await untilDone(gateway, caller.tenantId, 'trade_sync');
    expect(job).toMatchObject({ outcome: 'not_supported', failures: 0 });
    expect(job?.dueIn).toBeGreaterThan(24 * 3_600);
  });
});

describe('what is not done', () => {
  test('is what an account needs whose keys were refused, until they work again', async () => {
    const caller = await gateway.newCaller();
    const { id, keys } = await connect(caller);
    await gateway.sandbox.changeAccount(keys.api_key, { faults: ['invalid_key'] });
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    const [refused] = await untilDone(gateway, caller.tenantId, 'balance_sync');
    expect(refused).toMatchObject({ outcome: 'invalid_credentials', isHeld: true });
    expect(await eventsOf(gateway, caller.tenantId, 'account.locked')).toHaveLength(1);
    const listed = await caller.get(`/api/jobs?account_id=${id}&kind=balance_sync`);
    const [shown] = (listed.body as { jobs: { id: string; state: string }[] }).jobs;
    expect(shown).toMatchObject({ state: 'paused' });
    expect((await caller.post(`/api/jobs/${shown?.id ?? ''}/run`)).status).toBe(409);

    await gateway.sandbox.changeAccount(keys.api_key, { faults: [] });
    await rowsOf(
      gateway,
      caller.tenantId,
      "update jobs set due_at = now() where tenant_id = $1 and kind = 'credential_check'",
    );
    const [again] = await untilDone(gateway, caller.tenantId, 'balance_sync', ({ isHeld }) => !isHeld);
    expect(again).toMatchObject({ failures: 0 });
    expect(again?.dueIn).toBeLessThan(60);
  });

  test('is what accounts of a suspended tenant need, and of one whose keys are switched off', async () => {
    const caller = await gateway.newCaller();
    await connect(caller);
    await rowsOf(gateway, caller.tenantId, 'update credentials set is_active = false where tenant_id = $1');
    expect(await listJobs(gateway, caller.tenantId, 'balance_sync')).toMatchObject([{ isHeld: true }]);
    expect(await listJobs(gateway, caller.tenantId, 'credential_check')).toEqual([]);
    await rowsOf(gateway, caller.tenantId, 'update credentials set is_active = true where tenant_id = $1');
    await rowsOf(gateway, caller.tenantId, "update tenants set status = 'suspended' where id = $1");
    for (const kind of ['balance_sync', 'trade_sync', 'credential_check', 'profit_daily', 'retention'])
      expect(await listJobs(gateway, caller.tenantId, kind)).toMatchObject([
        { isHeld: false, isSuspended: true },
      ]);
    await makeDue(gateway, caller.tenantId, 'balance_sync');
    const other = await gateway.newCaller();
    await connect(other);
    await makeDue(gateway, other.tenantId, 'balance_sync');
    await untilDone(gateway, other.tenantId, 'balance_sync');
    expect(await snapshots(caller)).toBe(1);
  });

  test('is anything for an account that was removed', async () => {
    const caller = await gateway.newCaller();
    const { id } = await connect(caller);
    expect((await caller.post(`/ver1/accounts/${id}/remove`)).status).toBe(201);
    for (const kind of ['balance_sync', 'trade_sync', 'credential_check', 'profit_daily'])
      expect(await listJobs(gateway, caller.tenantId, kind)).toEqual([]);
  });
});

test('an exchange that fails one account is no trouble of its others', async () => {
  const caller = await gateway.newCaller();
  const poisoned = await connect(caller, 'okx');
  const sound = [await connect(caller, 'okx'), await connect(caller, 'okx')];
  await gateway.sandbox.changeAccount(poisoned.keys.api_key, { faults: ['wrong_types'] });
  await makeDue(gateway, caller.tenantId, 'balance_sync');
  const jobs = await untilDone(gateway, caller.tenantId, 'balance_sync');
  const outcomes = new Map(jobs.map((job) => [Number(job.subject), job]));
  for (const { id } of sound) expect(outcomes.get(id)).toMatchObject({ outcome: 'synced' });
  expect(outcomes.get(poisoned.id)).toMatchObject({ outcome: 'bad_response', failures: 1 });
  expect(outcomes.get(poisoned.id)?.error).toEqual(expect.any(String));
});

test('many accounts that come at once are spread over the time that there is', async () => {
  const caller = await gateway.newCaller();
  await rowsOf(
    gateway,
    caller.tenantId,
    `insert into accounts (tenant_id, market_code, name, address)
     select $1, 'trx', 'Watched', 'address ' || i from generate_series(1, 300) as i`,
  );
  const due = (await listJobs(gateway, caller.tenantId, 'balance_sync')).map(({ dueIn }) => dueIn);
  expect(due).toHaveLength(300);
  for (let minute = 0; minute < 15; minute += 1) {
    const inMinute = due.filter((seconds) => seconds >= minute * 60 && seconds < (minute + 1) * 60);
    expect(inMinute.length).toBeLessThan(60);
  }
  expect(Math.max(...due)).toBeLessThanOrEqual(15 * 60);
});
