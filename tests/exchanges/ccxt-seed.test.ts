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
let banHeaders: Record<string, string>;
let banUntilMs: number;
let nowMs: number;
const adapters: CcxtAdapter[] = [];
const logger = createRecordingLogger();

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'seed', markets: 100 });
  banning = createServer((_request, response) => {
    refused += 1;
    response.writeHead(418, { ...banHeaders, 'content-type': 'application/json' });
    response.end(`{"code":-1003,"msg":"Way too much request weight used; IP banned until ${banUntilMs}."}`);
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
  refused = 0;
  banHeaders = { 'retry-after': '600' };
  banUntilMs = 1_767_225_600_000;
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

test.each([
  ['in words alone', 300_000, 300_000],
  ['in words that make no sense', 10 * 86_400_000, 120_000],
])('a ban that is told %s is kept to', async (_name, tellsMs, keptMs) => {
  const adapter = await anAdapter(`http://127.0.0.1:${(banning.address() as AddressInfo).port}`);
  banHeaders = {};
  banUntilMs = nowMs + tellsMs;
  const banned = { code: 'exchange_rate_limited', details: { retryAfterMs: keptMs } };
  await expect(adapter.fetchPrices('binance', 5_000)).rejects.toMatchObject(banned);
  await expect(adapter.fetchPrices('binance', 5_000)).rejects.toMatchObject(banned);
  expect(refused).toBe(1);
});

test('old markets whose renewal fails are not asked for again with every call', async () => {
  const adapter = await anAdapter(sandbox.url);
  await adapter.fetchPrices('kraken', 5_000);
  const downloads = () => countRequests(sandbox, 'kraken', 'AssetPairs');
  const start = await downloads();
  await addFault(sandbox, { venue: 'kraken', path: 'AssetPairs', kind: 'html_200' });
  nowMs += 2 * HOUR_MS;
  for (let call = 0; call < 5; call += 1) await adapter.fetchPrices('kraken', 5_000);
  expect((await downloads()) - start).toBe(1);
  await clearFaults(sandbox);
  const { marketsLoadedAt } = adapter.venueStates()[0] ?? {};
  nowMs += 120_000;
  while (adapter.venueStates()[0]?.marketsLoadedAt === marketsLoadedAt)
    await adapter.fetchPrices('kraken', 5_000);
  expect((await downloads()) - start).toBe(2);
});
