// Real ccxt over HTTP under load and failure: a venue that is down is left alone, and costs the others nothing.
import { setMaxListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import type { CcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import { DEFAULT_EGRESS_POLICY } from '../../src/exchanges/egress-gate.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answer',
    (error: unknown) => (error as { code: string }).code,
  );

const stateOf = (adapter: CcxtAdapter, venue: string) =>
  adapter.venueStates().find(({ venueId }) => venueId === venue);

test('a venue that fails is cut off while the others serve, and comes back by itself', async () => {
  const adapter = await fixture.anAdapter();
  const keys = await openAccount(fixture.sandbox, { venue: 'okx' });
  const others = await openAccount(fixture.sandbox, { venue: 'kraken' });
  await adapter.fetchAccount(aCall(keys), 'okex');
  await adapter.fetchAccount(aCall(others), 'kraken');

  await addFault(fixture.sandbox, { venue: 'okx', kind: 'server_error' });
  const before = await countRequests(fixture.sandbox, 'okx', '');
  for (let call = 0; call < 40; call += 1)
    expect(await codeOf(adapter.fetchAccount(aCall(keys), 'okex'))).toBe('exchange_unavailable');
  // Ten failures open the circuit; requests and their retries count alike, and after that none leaves.
  expect((await countRequests(fixture.sandbox, 'okx', '')) - before).toBe(10);
  expect(stateOf(adapter, 'okx')).toMatchObject({ circuit: 'open', consecutiveFailures: 10 });
  await expect(adapter.fetchAccount(aCall(others), 'kraken')).resolves.toBeDefined();
  expect(stateOf(adapter, 'kraken')).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });

  await clearFaults(fixture.sandbox);
  expect(await codeOf(adapter.fetchAccount(aCall(keys), 'okex'))).toBe('exchange_unavailable');
  fixture.advance(5_000);
  await expect(adapter.fetchAccount(aCall(keys), 'okex')).resolves.toBeDefined();
  expect(stateOf(adapter, 'okx')).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
});

test('a venue that leaves every request hanging keeps nobody from another', async () => {
  const adapter = await fixture.anAdapter({
    egress: { ...DEFAULT_EGRESS_POLICY, maxCalls: 100 },
  });
  const stuck = await openAccounts(fixture.sandbox, { venue: 'okx', count: 150 });
  const others = await openAccounts(fixture.sandbox, { venue: 'binance', count: 50 });
  await adapter.fetchPrices('okx', 5_000);
  await adapter.fetchPrices('binance', 5_000);
  await addFault(fixture.sandbox, { venue: 'okx', kind: 'hang' });
  const hanging = stuck.map((keys) =>
    codeOf(adapter.fetchAccount({ ...aCall(keys), deadlineMs: 2_000 }, 'okex')),
  );
  const served = await Promise.all(
    others.map((keys) => codeOf(adapter.fetchAccount(aCall(keys), 'binance'))),
  );
  expect(new Set(served)).toEqual(new Set(['answer']));
  const ends = await Promise.all(hanging);
  // What was above the bound of the venue was refused at once; the rest ended at its deadline.
  expect(ends.filter((end) => end === 'exchange_unavailable')).toHaveLength(50);
  expect(ends.filter((end) => end === 'exchange_timeout')).toHaveLength(100);
  // Aborted requests take a moment to unwind.
  while (stateOf(adapter, 'okx')?.callsInFlight !== 0) await new Promise(setImmediate);
});

test('a request that nobody waits for any more says nothing against the venue', async () => {
  const adapter = await fixture.anAdapter();
  const accounts = await openAccounts(fixture.sandbox, { venue: 'okx', count: 20 });
  await adapter.fetchPrices('okx', 5_000);
  await addFault(fixture.sandbox, { venue: 'okx', kind: 'hang' });
  const gone = new AbortController();
  setMaxListeners(0, gone.signal);
  const calls = accounts.map((keys) =>
    codeOf(adapter.fetchAccount({ ...aCall(keys), signal: gone.signal }, 'okex')),
  );
  gone.abort();
  expect(new Set(await Promise.all(calls))).toEqual(new Set(['exchange_timeout']));
  expect(stateOf(adapter, 'okx')).toMatchObject({ circuit: 'closed', consecutiveFailures: 0 });
});

test('an address is kept to what the venue allows it, all keys together', async () => {
  const egress = { ...DEFAULT_EGRESS_POLICY, maxCalls: 1_000 };
  const adapter = await fixture.anAdapter({ throttle: true, egress });
  const accounts = await openAccounts(fixture.sandbox, { venue: 'binance', count: 300 });
  const before = await countRequests(fixture.sandbox, 'binance', 'api/v3/account');
  const ends = await Promise.all(
    accounts.map((keys) => codeOf(adapter.fetchAccount(aCall(keys), 'binance'))),
  );
  // Of 1,200 units a minute a tenth is left free; a balance costs 4, and the markets are in there too.
  const answered = ends.filter((end) => end === 'answer').length;
  expect((await countRequests(fixture.sandbox, 'binance', 'api/v3/account')) - before).toBe(answered);
  expect(answered).toBeGreaterThan(150);
  expect(answered).toBeLessThanOrEqual(270);
});

test('where a venue counts by key, one that is used up leaves the others theirs', async () => {
  const adapter = await fixture.anAdapter({ throttle: true });
  const busy = await openAccount(fixture.sandbox, { venue: 'kraken' });
  const quiet = await openAccount(fixture.sandbox, { venue: 'kraken' });
  const ends: string[] = [];
  for (let call = 0; call < 20; call += 1)
    ends.push(await codeOf(adapter.fetchAccount(aCall(busy), 'kraken')));
  // Fifteen calls fit, less a tenth; whoever would have to wait for longer than its deadline is told so.
  expect(ends.filter((end) => end === 'answer')).toHaveLength(13);
  expect(ends.slice(13).every((end) => end === 'exchange_rate_limited')).toBe(true);
  await expect(adapter.fetchAccount(aCall(quiet), 'kraken')).resolves.toBeDefined();
  fixture.advance(46_000);
  await expect(adapter.fetchAccount(aCall(busy), 'kraken')).resolves.toBeDefined();
});
