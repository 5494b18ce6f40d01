// What the shared instance of a venue keeps over time: markets that age, and a ban that has to be sat out.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { aCall } from './adapter-fixture.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { addFault, clearFaults, countRequests } from './sandbox-control.ts';

const HOUR_MS = 3_600_000;
let sandbox: Sandbox;
let banning: Server;
let refused = 0;
let nowMs: number;
const adapters: CcxtAdapter[] = [];
const logger = createRecordingLogger();

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'seed', markets: 100 });
  banning = createServer((_request, response) => {
    refused += 1;
    response.writeHead(418, { 'retry-after': '600', 'content-type': 'application/json' });
    response.end('{"code":-1003,"msg":"Way too much request weight used; IP banned until 1767225600000."}');
  });
  await new Promise<void>((resolve) => banning.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await clearFaults(sandbox);
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});
afterAll(async () => {
  banning.closeAllConnections();
  await new Promise((resolve) => banning.close(resolve));
  await sandbox.close();
});

const anAdapter = async (sandboxUrl: string): Promise<CcxtAdapter> => {
  nowMs = Date.now();
  const adapter = await createCcxtAdapter({
    catalog: createCatalog(),
    venues: CCXT_VENUES,
    clock: { now: () => nowMs },
    logger,
    sandboxUrl,
    callDeadlineMs: 5_000,
    privateInstances: 10,
    marketsMaxAgeMs: HOUR_MS,
  });
  adapters.push(adapter);
  return adapter;
};

test('old markets serve on while new ones are fetched, and after a fetch that failed', async () => {
  const adapter = await anAdapter(sandbox.url);
  const downloads = () => countRequests(sandbox, 'kraken', 'AssetPairs');
  const start = await downloads();
  await adapter.fetchPrices('kraken', 5_000);
  await adapter.fetchPrices('kraken', 5_000);
  expect((await downloads()) - start).toBe(1);

  await addFault(sandbox, { venue: 'kraken', path: 'AssetPairs', kind: 'server_error' });
  nowMs += 2 * HOUR_MS;
  await expect(adapter.fetchPrices('kraken', 5_000)).resolves.toBeDefined();
  await clearFaults(sandbox);
  await expect(adapter.fetchPrices('kraken', 5_000)).resolves.toBeDefined();
  await expect(adapter.fetchPrices('kraken', 5_000)).resolves.toBeDefined();
  expect((await downloads()) - start).toBeGreaterThanOrEqual(2);
});

test('a ban stops all traffic to the venue until it is over', async () => {
  const adapter = await anAdapter(`http://127.0.0.1:${(banning.address() as AddressInfo).port}`);
  const keys = { apiKey: 'a key', secret: 'a secret' };
  const banned = { code: 'exchange_rate_limited', details: { retryAfterMs: 600_000 } };
  await expect(adapter.connect(aCall(keys), ['binance'])).rejects.toMatchObject(banned);
  expect(refused).toBe(1);
  await expect(adapter.connect(aCall(keys), ['binance'])).rejects.toMatchObject(banned);
  await expect(adapter.fetchPrices('binance', 5_000)).rejects.toMatchObject(banned);
  expect(refused).toBe(1);
  // Another venue is another matter.
  await expect(adapter.fetchPrices('kraken', 5_000)).rejects.toMatchObject({ code: 'exchange_rate_limited' });
  expect(refused).toBe(2);
  nowMs += 600_000;
  await expect(adapter.connect(aCall(keys), ['binance'])).rejects.toMatchObject(banned);
  expect(refused).toBe(3);
});
