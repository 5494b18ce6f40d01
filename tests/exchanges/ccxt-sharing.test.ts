// Real ccxt over HTTP against the sandbox venues: many calls at once share markets and nothing else.
import { expect, test } from '@jest/globals';
import type { KeyedCall } from '../../src/exchanges/ccxt-keyed-instances.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters, VENUES } from './adapter-fixture.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters();

test('20 parallel calls on one kraken key all pass the nonce check, under two records too', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'kraken', balances: { BTC: '1' } });
  const adapter = await fixture.anAdapter();
  const calls = Array.from({ length: 20 }, (_, index) =>
    adapter.fetchAccount(aCall(keys, `record ${index % 2}`), 'kraken'),
  );
  const accounts = await Promise.all(calls);
  expect(accounts.every(({ balances }) => balances[0]?.total === '1')).toBe(true);
});

test.each(VENUES)('50 parallel calls on two $venue credentials never mix them', async ({ venue, code }) => {
  const one = await openAccount(fixture.sandbox, { venue, balances: { BTC: '1' } });
  const two = await openAccount(fixture.sandbox, { venue, balances: { BTC: '2' } });
  const adapter = await fixture.anAdapter();
  const totals = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const account = await adapter.fetchAccount(aCall(index % 2 === 0 ? one : two), code);
      return account.balances[0]?.total;
    }),
  );
  expect(totals).toEqual(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? '1' : '2')));
});

test('keys stay apart when instances are evicted while others are in use', async () => {
  const accounts = await Promise.all(
    ['1', '2', '3', '4', '5'].map((amount) =>
      openAccount(fixture.sandbox, { venue: 'binance', balances: { BTC: amount } }),
    ),
  );
  const adapter = await fixture.anAdapter({ privateInstances: 2 });
  let opened = 0;
  const totals = await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      const keys = accounts[index % 5] as ExchangeKeys;
      const openKeys = () => {
        opened += 1;
        return Promise.resolve(keys);
      };
      const account = await adapter.fetchAccount({ ...aCall(keys), openKeys }, 'binance');
      return account.balances[0]?.total;
    }),
  );
  expect(totals).toEqual(Array.from({ length: 40 }, (_, index) => `${(index % 5) + 1}`));
  expect(opened).toBeGreaterThan(5);
});

test('keys are opened once for as long as their instance is kept, and anew for a new version', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  const adapter = await fixture.anAdapter();
  let opened = 0;
  const call = (version: string): KeyedCall => ({
    ...aCall(keys),
    version,
    openKeys: () => {
      opened += 1;
      return Promise.resolve(keys);
    },
  });
  await Promise.all(Array.from({ length: 10 }, () => adapter.fetchAccount(call('1'), 'binance')));
  expect(opened).toBe(1);
  await adapter.fetchAccount(call('2'), 'binance');
  expect(opened).toBe(2);
  adapter.forget(keys.apiKey);
  await adapter.fetchAccount(call('2'), 'binance');
  expect(opened).toBe(3);
});

test('markets are downloaded once for many accounts', async () => {
  const accounts = await openAccounts(fixture.sandbox, { venue: 'binance', count: 30 });
  const adapter = await fixture.anAdapter();
  const before = await countRequests(fixture.sandbox, 'binance', 'exchangeInfo');
  await Promise.all(accounts.map((keys) => adapter.connect(aCall(keys), ['binance'])));
  expect((await countRequests(fixture.sandbox, 'binance', 'exchangeInfo')) - before).toBe(1);
});

test.each(['html_200', 'truncated_json', 'server_error'])(
  'markets that fail to load with %s are asked for again by the next call',
  async (kind) => {
    const keys = await openAccount(fixture.sandbox, { venue: 'kraken' });
    const adapter = await fixture.anAdapter();
    await addFault(fixture.sandbox, { venue: 'kraken', path: 'AssetPairs', kind });
    await expect(adapter.connect(aCall(keys), ['kraken'])).rejects.toMatchObject({
      code: kind === 'server_error' ? 'exchange_unavailable' : 'bad_response',
    });
    await clearFaults(fixture.sandbox);
    await expect(adapter.connect(aCall(keys), ['kraken'])).resolves.toBeDefined();
  },
);

test('markets that fail to load twice are there for the call that asked for them', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'kraken' });
  const adapter = await fixture.anAdapter();
  await addFault(fixture.sandbox, { venue: 'kraken', path: 'AssetPairs', kind: 'server_error', times: 2 });
  await expect(adapter.connect(aCall(keys), ['kraken'])).resolves.toBeDefined();
});
