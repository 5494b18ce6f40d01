/** `countersign keys`, `audit` and `freeze`, as an operator runs them beside a gateway that serves. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

const ENTRY = path.resolve(import.meta.dirname, '../../dist/src/main.js');
let gateway: TestGateway;
let caller: TestCaller;
let folder: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-keys-'));
  caller = await gateway.newCaller();
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  const connected = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'One', ...keys });
  expect(connected.status).toBe(201);
}, 60_000);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const countersign = (
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> =>
  new Promise((resolve) => {
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: gateway.database.ownerUrl,
      COUNTERSIGN_DATA_DIR: folder,
    };
    const child = execFile(process.execPath, [ENTRY, ...words], { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });

const told = async (...words: string[]): Promise<unknown> => {
  const { code, stdout, stderr } = await countersign(...words, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
};

test('sealing keys are rotated, the old one is retired, and both are shown', async () => {
  expect(await told('keys', 'rotate', '--tenant', caller.tenantId)).toMatchObject({
    kind: 'rotate',
    state: 'done',
    done: 1,
    total: 1,
  });
  const { retiring } = (await told('keys', 'status')) as { retiring: { keyId: string; tenantId: string }[] };
  const old = retiring.find(({ tenantId }) => tenantId === caller.tenantId);
  expect(await told('keys', 'retire', old?.keyId ?? '')).toMatchObject({ kind: 'retire', state: 'done' });
  const again = await countersign('keys', 'retire', old?.keyId ?? '');
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('destroyed already') });
  const status = await countersign('keys', 'status');
  expect(status.stdout).toMatch(
    /^Root key [0-9a-f]{16} wraps 1 sealing keys; custody wraps new keys by it\.\n/,
  );
  expect(await told('keys', 'rewrap')).toMatchObject({ kind: 'rewrap', state: 'done' });
  expect((await countersign('keys', 'rotate', '--tenant', 'nobody')).code).toBe(64);
}, 60_000);

test('the audit log is verified, taken away, and a row that was changed is named', async () => {
  const whole = await countersign('audit', 'verify');
  expect(whole.code).toBe(0);
  expect(whole.stdout).toMatch(
    /\d+ chains, \d+ rows: whole\.\nNo checkpoints outside the database were found/,
  );
  const lines = (await countersign('audit', 'export', '--tenant', caller.tenantId, '--json')).stdout
    .trim()
    .split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(
    lines.map((_, index) => index + 1),
  );
  expect((await countersign('audit', 'export', '--from', 'yesterday')).code).toBe(64);

  const rows = gateway.owner.session(caller.tenantId);
  const change = (from: string, to: string) => ({
    name: `test_change_audit_${to}`,
    text: `update audit_log set action = replace(action, '${from}', '${to}') where tenant_id = $1 and seq = 2`,
  });
  await rows.query(change('.', '-'), [caller.tenantId]);
  const broken = await countersign('audit', 'verify', '--tenant', caller.tenantId);
  expect(broken).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`Chain of tenant ${caller.tenantId}, row 2: altered. Row 2 does not say`),
  });
  await rows.query(change('-', '.'), [caller.tenantId]);
  expect((await countersign('audit', 'verify')).code).toBe(0);
}, 60_000);
