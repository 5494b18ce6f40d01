/** The worker as a process: what it was in the middle of goes on elsewhere, however it ends. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectTrader, keyOf, listAll } from '../api/trades-fixture.ts';
import { listJobs, makeDue, rowsOf, untilDone } from '../jobs/jobs-fixture.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { startWorkerProcess, type WorkerProcess } from '../support/worker-process.ts';

const TRADES = 600;

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

const stored = async (by: TestCaller): Promise<number> =>
  (await rowsOf(gateway, by.tenantId, 'select 1 from trades where tenant_id = $1')).length;

/** A worker in the middle of a long reading of trades, which cannot be over before something happens to it. */
const midSync = async (): Promise<{ caller: TestCaller; worker: WorkerProcess }> => {
  const caller = await gateway.newCaller();
  await connectTrader(gateway, caller, { code: 'kraken', trades: TRADES });
  await gateway.sandbox.addFault({ venue: 'kraken', kind: 'latency', path: 'TradesHistory', ms: 300 });
  await makeDue(gateway, caller.tenantId, 'trade_sync');
  const worker = await startWorkerProcess(gateway);
  while ((await stored(caller)) === 0) await delay(5);
  return { caller, worker };
};

/** Another worker goes on, and ends with exactly the trades of the exchange. */
const finish = async (caller: TestCaller): Promise<void> => {
  await gateway.sandbox.clearFaults();
  const heir = await startWorkerProcess(gateway);
  await untilDone(gateway, caller.tenantId, 'trade_sync', ({ outcome }) => outcome === 'synced');
  const trades = await listAll(caller, 'exchange=kraken');
  expect(trades).toHaveLength(TRADES);
  expect(new Set(trades.map(keyOf)).size).toBe(TRADES);
  expect(await heir.stop()).toBe(0);
};

test('SIGTERM ends it with 0; the job is given back, and another worker goes on at once from where it was', async () => {
  const { caller, worker } = await midSync();
  expect(await worker.stop()).toBe(0);
  const had = await stored(caller);
  expect(had).toBeGreaterThan(0);
  expect(had).toBeLessThan(TRADES);
  const [job] = await listJobs(gateway, caller.tenantId, 'trade_sync');
  expect(job).toMatchObject({ outcome: 'interrupted', isLeased: false, failures: 0 });
  expect(job?.dueIn).toBeLessThanOrEqual(0);
  await finish(caller);
}, 120_000);

test('kill -9 leaves leases that run out; then another worker goes on from what was stored', async () => {
  const { caller, worker } = await midSync();
  await worker.kill();
  const had = await stored(caller);
  expect(had).toBeLessThan(TRADES);
  const [job] = await listJobs(gateway, caller.tenantId, 'trade_sync');
  expect(job).toMatchObject({ isLeased: true });
  for (const table of ['jobs', 'trade_syncs'])
    await rowsOf(
      gateway,
      caller.tenantId,
      `update ${table} set lease_until = now() - interval '1 ms' where tenant_id = $1 and lease_id is not null`,
    );
  await finish(caller);
}, 120_000);

test('a worker is not given the key of custody, and needs a role of the database', async () => {
  const gone = (environment: Readonly<Record<string, string>>) => startWorkerProcess(gateway, environment);
  await expect(gone({ COUNTERSIGN_ROOT_KEK: 'ab'.repeat(32) })).rejects.toThrow('the worker ended with 78');
  await expect(gone({ COUNTERSIGN_GATEWAY_DATABASE_URL: '' })).rejects.toThrow('the worker ended with 78');
});
