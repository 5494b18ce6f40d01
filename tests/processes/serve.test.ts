/** The program as a whole: what was acknowledged survives any death, and a start and a stop leave things as they were. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSandboxControl, type SandboxControl } from '../support/sandbox-control.ts';
import { type ServedProgram, startServed } from '../support/served-program.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';

// The lanes below ask as fast as they can, all with one key.
const WIDE_LIMITS = {
  COUNTERSIGN_LIMIT_KEY_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMIT_IP_PER_MINUTE: '1000000',
  COUNTERSIGN_LIMIT_KEY_TRIALS_PER_MINUTE: '1000000',
  COUNTERSIGN_TENANT_OPENINGS_PER_MINUTE: '1000000',
};

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');

let folder: string;
let dataDir: string;
let program: ServedProgram;
let caller: TestCaller;
let sandbox: SandboxControl;

const useProgram = (): void => {
  const demo = program.demo();
  caller = createTestCaller({ ...demo, tenantId: '' });
  sandbox = createSandboxControl({ url: demo.sandbox.url });
};

beforeAll(async () => {
  // Not there yet: the program makes it, with the modes that it needs.
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-serve-'));
  await chmod(folder, 0o711);
  dataDir = path.join(folder, 'data');
  program = await startServed(dataDir, WIDE_LIMITS);
  useProgram();
}, 60_000);

afterAll(async () => {
  await program.stop();
  await rm(folder, { recursive: true, force: true });
});

const connect = async (): Promise<TestAnswer> => {
  const keys = await sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  return caller.post('/ver1/accounts/new', { type: 'binance', name: 'Survivor', ...keys });
};

/** An answer, or undefined while nobody is there to give one. */
const attempt = (work: Promise<TestAnswer>): Promise<TestAnswer | undefined> => work.catch(() => undefined);

const untilOk = async (ask: () => Promise<TestAnswer>): Promise<TestAnswer> => {
  for (;;) {
    const answer = await attempt(ask());
    if (answer !== undefined && answer.status < 300) return answer;
    await delay(20);
  }
};

/** Connects accounts in four lanes while `strike` falls; answers the ids that were acknowledged with 201. */
const connectThrough = async (
  strike: () => Promise<void>,
): Promise<{ acknowledged: number[]; statuses: Set<number> }> => {
  const acknowledged: number[] = [];
  const statuses = new Set<number>();
  let over = false;
  const lane = async (): Promise<void> => {
    while (!over) {
      const answer = await attempt(connect());
      if (answer === undefined) continue;
      statuses.add(answer.status);
      if (answer.status === 201) acknowledged.push((answer.body as { id: number }).id);
    }
  };
  const lanes = [lane(), lane(), lane(), lane()];
  while (acknowledged.length < 10) await delay(5);
  await strike();
  const before = acknowledged.length;
  while (acknowledged.length < before + 5) await delay(5);
  over = true;
  await Promise.all(lanes);
  return { acknowledged, statuses };
};

test.each(['gateway', 'worker', 'custody', 'postgres'])(
  'kill -9 of %s loses no acknowledged account, leaves no half one, and service returns by itself',
  async (part) => {
    const { acknowledged, statuses } = await connectThrough(async () => {
      const pid = part === 'postgres' ? await program.postgresPid() : await program.pidOf(part);
      process.kill(pid, 'SIGKILL');
    });
    for (const id of acknowledged) {
      const read = await untilOk(() => caller.get(`/ver1/accounts/${id}`));
      expect(read.body).toMatchObject({ id, market_code: 'binance' });
      expect(Number((read.body as { btc_amount: string }).btc_amount)).toBe(1);
    }
    // A caller learns that the gateway cannot serve right now; never that its own request was wrong, never a 500.
    expect([...statuses].filter((status) => ![201, 503, 429, 504].includes(status))).toEqual([]);
  },
  60_000,
);

test('the commands of an operator reach the database of the program that runs', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [ENTRY, 'tenant', 'list', '--json'], {
    env: { PATH: process.env['PATH'], COUNTERSIGN_DATA_DIR: dataDir },
  });
  // Nothing but the answer: what is logged goes elsewhere.
  expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: 'Demo tenant' }));
}, 60_000);

test('the link that it prints signs in to the console, once', async () => {
  const [, base = '', token = ''] =
    /(http:\S+)\/console\/#\/sign-in\?token=(\S+)/.exec(program.output()) ?? [];
  const signIn = () =>
    fetch(`${base}/api/admin/session`, { method: 'POST', body: JSON.stringify({ token }) });
  expect((await signIn()).status).toBe(200);
  expect((await signIn()).status).toBe(401);
  expect((await fetch(`${base}/console/`)).status).toBe(200);
}, 60_000);

test('a second start reuses keys and data; demo.json is for its owner alone', async () => {
  const connected = await untilOk(connect);
  const { apiKey } = program.demo();
  expect(await program.stop()).toBe(0);
  program = await startServed(dataDir);
  useProgram();
  expect(program.demo().apiKey).toBe(apiKey);
  const { id } = connected.body as { id: number };
  expect((await caller.get(`/ver1/accounts/${id}`)).status).toBe(200);
  expect((await stat(path.join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600);
}, 60_000);

test('a bad configuration lists every problem and exits 78', async () => {
  const failed = startServed(dataDir, {
    COUNTERSIGN_PORT: '99999',
    COUNTERSIGN_LOG_LEVEL: 'loud',
    COUNTERSIGN_TYPO: '1',
  });
  await expect(failed).rejects.toThrow(
    /ended with 78[^]*COUNTERSIGN_TYPO[^]*logLevel[^]*gateway\.port \(COUNTERSIGN_PORT\)/,
  );
});

test('production refuses demo data, the sandbox, an embedded database and made-up keys', async () => {
  const environment = { NODE_ENV: 'production', COUNTERSIGN_DEMO: 'true', COUNTERSIGN_EXCHANGES: 'sandbox' };
  await expect(startServed(dataDir, environment)).rejects.toThrow(/78[^]*demo[^]*sandbox[^]*DATABASE_URL/);
});
