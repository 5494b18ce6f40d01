// kill -9 in the middle of reading trades, of the program as a user runs it: the next sync ends with all of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { keyOf, type ListAnswer, listAll, type SyncAnswer } from '../api/trades-fixture.ts';
import { createSandboxControl, type SandboxControl } from '../support/sandbox-control.ts';
import { type ServedProgram, startServed } from '../support/served-program.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';

const TRADES = 300;
const SYNC = '/api/exchange/trades/sync?exchange=coinbase_advanced&limit=2';

let folder: string;
let program: ServedProgram;
let caller: TestCaller;
let sandbox: SandboxControl;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-trades-'));
  // A worker that reads them too would be in the way of what this is about.
  program = await startServed(path.join(folder, 'data'), { COUNTERSIGN_TRADE_SYNC_MINUTES: '0' });
  const demo = program.demo();
  caller = createTestCaller({ ...demo, tenantId: '' });
  sandbox = createSandboxControl({ url: demo.sandbox.url });
}, 60_000);

afterAll(async () => {
  await program.stop();
  await rm(folder, { recursive: true, force: true });
});

const attempt = (work: Promise<TestAnswer>): Promise<TestAnswer | undefined> => work.catch(() => undefined);

const stored = async (): Promise<number> =>
  (
    (await attempt(caller.get('/api/exchange/trades?exchange=coinbase_advanced&limit=1')))?.body as
      | ListAnswer
      | undefined
  )?.total_records ?? 0;

test.each(['gateway', 'custody'])(
  'kill -9 of %s in the middle of a sync: what was stored stays, and the next one ends with exactly the venue’s trades',
  async (part) => {
    const keys = await sandbox.openAccount({ venue: 'coinbase_advanced', trades: TRADES });
    const before = await stored();
    const connected = await caller.post('/ver1/accounts/new', {
      type: 'coinbase_advanced',
      name: part,
      ...keys,
    });
    expect(connected.status).toBe(201);
    const listed = await caller.get('/ver1/accounts?per_page=100');
    expect(listed.status).toBe(200);

    const credential = await newestCredential();
    const sync = `${SYNC}&credential_id=${credential}`;
    // A venue that takes its time: the sync cannot be over before the process is killed.
    await sandbox.addFault({ venue: 'coinbase_advanced', kind: 'latency', path: 'fills', ms: 100 });
    const cut = attempt(caller.post(sync));
    while ((await stored()) < before + 20) await delay(1);
    process.kill(await program.pidOf(part), 'SIGKILL');
    // The gateway's caller hears nothing more; custody's is told what came before, or that custody came back in time.
    const answer = await cut;
    if (part === 'gateway') expect(answer).toBeUndefined();
    while ((await stored()) === 0) await delay(50);
    const survived = (await stored()) - before;
    expect(survived).toBeGreaterThanOrEqual(20);
    if (part === 'gateway') expect(survived).toBeLessThan(TRADES);
    await sandbox.clearFaults();

    // The dead sync holds its lease a little longer.
    for (let done = false; !done; ) {
      const next = await attempt(caller.post(sync));
      if (next?.status === 200) done = (next.body as SyncAnswer).is_complete;
      else if (next !== undefined) expect([409, 503]).toContain(next.status);
      if (!done) await delay(200);
    }
    expect((await stored()) - before).toBe(TRADES);
    const trades = await listAll(caller, 'exchange=coinbase_advanced');
    expect(new Set(trades.map(keyOf)).size).toBe(before + TRADES);
    const stats = (await caller.get('/api/exchange/trades/stats?exchange=coinbase_advanced')).body;
    expect(stats).toMatchObject({ total_trades: before + TRADES });
  },
  120_000,
);

const newestCredential = async (): Promise<string> => {
  const { body } = await caller.get('/api/exchange/credentials?exchange_name=coinbase_advanced');
  const { credentials } = body as { credentials: { id: string; created_at: string }[] };
  return credentials.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1))[0]?.id ?? '';
};
