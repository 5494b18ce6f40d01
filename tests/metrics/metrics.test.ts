/** What Prometheus reads of a running gateway and a worker: every name is declared, right, and on the dashboard. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;
let workerUrl: string;

beforeAll(async () => {
  gateway = await startTestGateway({ limits: { keyPerMinute: 60 } });
  caller = await gateway.newCaller();
  const worker = await gateway.addWorker({ pollMs: 20 }, { metricsPort: 0 });
  workerUrl = worker.metricsUrl ?? '';
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

interface Scrape {
  readonly text: string;
  /** Families by name, with their type. */
  readonly types: ReadonlyMap<string, string>;
  /** The value of a line with these labels among its own. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined;
}

const scrape = async (url = `${gateway.adminUrl}/metrics`): Promise<Scrape> => {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  const lines = text.split('\n');
  return {
    text,
    types: new Map(
      lines
        .filter((line) => line.startsWith('# TYPE '))
        .map((line) => line.split(' ').slice(2) as [string, string]),
    ),
    value: (name, labels = {}) => {
      const wanted = Object.entries(labels).map(([label, text_]) => `${label}="${text_}"`);
      const line = lines.find(
        (each) =>
          (each.startsWith(`${name} `) || each.startsWith(`${name}{`)) &&
          wanted.every((w) => each.includes(w)),
      );
      return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
    },
  };
};

const connect = async (type: string): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue: type, balances: { BTC: '1' } });
  const { status, body } = await caller.post('/ver1/accounts/new', { type, name: 'One', ...keys });
  expect(status).toBe(201);
  return (body as { id: number }).id;
};

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await delay(20);
};

const REQUESTS = 'countersign_http_requests_total';

test('requests are counted by operation and class of status, with how long they took', async () => {
  const before = await scrape();
  const account = await connect('binance');
  const count = (from: Scrape, operation: string, status: string) =>
    from.value(REQUESTS, { operation, status }) ?? 0;
  expect((await caller.get(`/ver1/accounts/${account}`)).status).toBe(200);
  expect((await caller.get('/ver1/accounts/999999999')).status).toBe(404);
  expect((await fetch(`${gateway.baseUrl}/ver1/accounts`)).status).toBe(401);
  expect((await fetch(`${gateway.baseUrl}/nowhere`)).status).toBe(404);
  // A response has ended for its caller before it has closed.
  await until(async () => count(await scrape(), 'none', '4xx') > count(before, 'none', '4xx'));
  const after = await scrape();
  const grown = (operation: string, status: string) =>
    count(after, operation, status) - count(before, operation, status);
  expect(grown('getAccount', '2xx')).toBe(1);
  expect(grown('getAccount', '4xx')).toBe(1);
  expect(grown('connectAccount', '2xx')).toBe(1);
  const seconds = { operation: 'connectAccount', method: 'POST' };
  const name = 'countersign_http_request_duration_seconds';
  expect(after.value(`${name}_count`, seconds)).toBe(
    after.value(`${name}_bucket`, { ...seconds, le: '+Inf' }),
  );
  expect(after.value(`${name}_sum`, seconds)).toBeGreaterThan(0);
  const failures = 'countersign_http_authentication_failures_total';
  expect((after.value(failures) ?? 0) - (before.value(failures) ?? 0)).toBe(1);
});

test('what a limit refuses is counted by the limit', async () => {
  const limited = async () =>
    (await scrape()).value('countersign_http_requests_limited_total', { policy: 'key' }) ?? 0;
  const before = await limited();
  const eager = await gateway.newCaller();
  await until(async () => (await eager.get('/ver1/accounts')).status === 429);
  await until(async () => (await limited()) > before);
});

test('calls to an exchange, its breaker, and the keys that custody opened are told', async () => {
  const account = await connect('kraken');
  const before = await scrape();
  await gateway.sandbox.addFault({ venue: 'kraken', kind: 'maintenance', times: 1 });
  await caller.post(`/ver1/accounts/${account}/load_balances`);
  await gateway.sandbox.clearFaults();
  expect((await caller.post(`/ver1/accounts/${account}/load_balances`)).status).toBe(201);
  const after = await scrape();
  const calls = 'countersign_venue_calls_total';
  const ok = { venue: 'kraken', outcome: 'ok' };
  expect(after.value(calls, ok)).toBeGreaterThan(before.value(calls, ok) ?? 0);
  expect(after.value('countersign_venue_circuit_state', { venue: 'kraken' })).toBe(0);
  expect(after.value('countersign_venue_markets_age_seconds', { venue: 'kraken' })).toBeGreaterThanOrEqual(0);
  expect(after.value('countersign_custody_openings_total', { purpose: 'connect' })).toBeGreaterThan(0);
  expect(after.value('countersign_custody_opening_budget_left')).toBeGreaterThan(0);
  expect(after.value('countersign_custody_frozen')).toBe(0);
});

test('a worker tells of its jobs on a port of its own, and anything else there is not found', async () => {
  await connect('bitstamp');
  await gateway.owner
    .session(caller.tenantId)
    .query(
      { name: 'test.due', text: "update jobs set due_at = now() - interval '1 hour' where tenant_id = $1" },
      [caller.tenantId],
    );
  await until(async () => {
    const told = await scrape(workerUrl);
    const runs = (kind: string) => told.value('countersign_job_runs_total', { kind }) ?? 0;
    return runs('balance_sync') > 0 && runs('retention') > 0;
  });
  const after = await scrape(workerUrl);
  const kept = { kind: 'retention', outcome: 'done' };
  expect(after.value('countersign_job_runs_total', kept)).toBeGreaterThan(0);
  expect(after.value('countersign_job_run_duration_seconds_count', { kind: 'balance_sync' })).toBeGreaterThan(
    0,
  );
  expect((await scrape()).types.get('countersign_jobs')).toBe('gauge');
  expect((await fetch(workerUrl.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(workerUrl, { method: 'POST' })).status).toBe(404);
});

test('no label tells of a tenant, a key, an account or a path', async () => {
  const account = await connect('bybit');
  await caller.get(`/ver1/accounts/${account}`);
  for (const { text } of [await scrape(), await scrape(workerUrl)]) {
    const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    const known = [
      'operation',
      'method',
      'status',
      'policy',
      'venue',
      'outcome',
      'purpose',
      'kind',
      'state',
      'source',
      'le',
    ];
    const ofNode = ['version', 'major', 'minor', 'patch', 'space', 'type'];
    expect([...labels].filter((label) => ![...known, ...ofNode].includes(label ?? ''))).toEqual([]);
    for (const secret of [caller.tenantId, caller.apiKey, caller.apiSecret, `/${account}`])
      expect(text.includes(secret)).toBe(false);
  }
});

test('the callers port does not tell metrics', async () => {
  expect((await fetch(`${gateway.baseUrl}/metrics`)).status).toBe(404);
});

test('every metric of ours is on the dashboard, and all that is on the dashboard is there', async () => {
  await connect('gate_io');
  const told = [await scrape(), await scrape(workerUrl)];
  const names = new Set(told.flatMap(({ types }) => [...types.keys()]));
  const file = path.resolve(import.meta.dirname, '../../config/grafana-dashboard.json');
  const dashboard = readFileSync(file, 'utf8');
  const shown = [...dashboard.matchAll(/\b(?:countersign|process|nodejs)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );
  expect([...new Set(shown)].filter((name) => !names.has(name))).toEqual([]);
  const ours = [...names].filter((name) => name.startsWith('countersign_'));
  expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
});
