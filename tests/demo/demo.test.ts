/** `npm run demo`, against a gateway: the main job, step by step, without showing a secret. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runDemo } from '../../src/demo/demo.ts';
import { writeDemoFile } from '../../src/demo/demo-file.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let folder: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  folder = await mkdtemp(path.join(tmpdir(), 'countersign-demo-'));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('it connects an account, or finds the one of an earlier run, and shows no secret', async () => {
  const { baseUrl, sandbox } = gateway;
  const { apiKey, apiSecret } = await gateway.newCaller();
  const binance = await sandbox.openAccount({ venue: 'binance', balances: { BTC: '2' } });
  const keys = { api_key: binance.api_key, secret: binance.secret };
  writeDemoFile(folder, {
    baseUrl,
    apiKey,
    apiSecret,
    sandbox: { url: sandbox.url, accounts: { binance: keys } },
  });
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);

  await runDemo(folder, print);
  expect(lines.join('\n')).toMatch(
    /signed string {2}\/ver1\/accounts\/new\{.*answer {9}201 .*market_code +binance/s,
  );
  expect(lines.at(-1)).toMatch(/^#\d+ {2}Demo account {2}binance {2}\d+(\.\d+)? USD$/);
  await runDemo(folder, print);
  expect(lines.filter((line) => line.startsWith('It is connected since an earlier run'))).toHaveLength(1);
  for (const secret of [apiSecret, keys.secret, keys.api_key]) expect(lines.join('\n')).not.toContain(secret);
});
