// Custody as a process of its own, killed while it works: every caller hears of it, and the next call is served.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type CustodyClient, createCustodyClient } from '../../src/custody/rpc-client.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import type { Child } from '../../src/processes/child.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { aTenant, silent } from '../db/rows.ts';
import { addFault, clearFaults, countRequests, openAccounts } from '../exchanges/sandbox-control.ts';
import { startCustodyProcess } from '../support/custody-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'cs-kill-'));
const socketPath = path.join(folder, 'run', 'custody.sock');
const rootKek = randomBytes(32).toString('hex');
const DEADLINE_MS = 60_000;
let database: TestDatabase;
let sandbox: Sandbox;
let custody: Child;
let client: CustodyClient;

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startSandbox({ port: 0, seed: 'kill', markets: 60 });
  custody = await startCustodyProcess({
    dataDir: folder,
    custodyUrl: database.custodyUrl,
    sandboxUrl: sandbox.url,
    settings: {
      COUNTERSIGN_ROOT_KEK: rootKek,
      // A hundred calls have to be under way before the first has waited for too long, on any machine.
      COUNTERSIGN_CUSTODY_DEADLINE_MS: String(DEADLINE_MS),
    },
  });
  client = createCustodyClient({
    socketPath,
    logger: silent,
    clock: systemClock,
    callDeadlineMs: DEADLINE_MS,
  });
});
afterAll(async () => {
  await client.close();
  await custody.stop();
  await sandbox.close();
  await database[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const seal = async (tenantId: string, keys: ExchangeKeys): Promise<CredentialRef> => {
  const ref = { tenantId, credentialId: randomUUID(), generation: 1 };
  const place = { ...ref, venueId: 'binance' };
  return { ...ref, sealed: await sealKeys(await client.ensureTenantKey(tenantId), place, keys) };
};

const connect = (ref: CredentialRef) =>
  client.connect({ requestId: randomUUID(), purpose: 'connect' }, ref, ['binance']);

test('kill -9 in the middle of 100 calls: each gets an answer, and the next call works at once', async () => {
  const tenantId = await aTenant(database.ownerUrl);
  const accounts = await openAccounts(sandbox, { venue: 'binance', count: 100, balances: { BTC: '1' } });
  const refs = await Promise.all(accounts.map((keys) => seal(tenantId, keys)));
  const [first] = refs;
  if (first === undefined) throw new Error('no accounts');
  await connect(first);

  await addFault(sandbox, { venue: 'binance', kind: 'hang', path: 'api/v3/account' });
  const asked = await countRequests(sandbox, 'binance', 'apiRestrictions');
  const calls = Promise.allSettled(refs.map(connect));
  // All of them have reached the venue, and none can end.
  while ((await countRequests(sandbox, 'binance', 'apiRestrictions')) - asked < 100)
    await new Promise(setImmediate);
  const { pid } = custody;
  if (pid === undefined) throw new Error('custody does not run');
  process.kill(pid, 'SIGKILL');

  for (const call of await calls)
    expect(call).toMatchObject({ status: 'rejected', reason: { code: 'custody_unavailable' } });
  await clearFaults(sandbox);
  // Custody is being started again right now; whoever calls meanwhile waits for it.
  const next = await Promise.all(refs.slice(0, 10).map(connect));
  for (const { accounts: held } of next)
    expect(held[0]?.balances).toMatchObject([{ asset: 'BTC', total: '1' }]);
  expect(custody.pid).not.toBe(pid);
});
