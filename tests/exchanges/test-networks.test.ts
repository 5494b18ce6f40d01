// Test networks through real ccxt over HTTP: keys of one network, and what is asked with them, never reach the other.
import { expect, test } from '@jest/globals';
import { VENUES } from '../../src/exchanges/catalog.ts';
import { isObject, loadCcxtClass } from '../../src/exchanges/ccxt-exchange.ts';
import type { KeyedCall } from '../../src/exchanges/ccxt-keyed-instances.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { countRequests, openAccount } from './sandbox-control.ts';

const fixture = useAdapters();

const aTestCall = (keys: ExchangeKeys): KeyedCall => ({ ...aCall(keys), version: '1:test', testnet: true });

const TWINS = [
  ['binance', 'binance'],
  ['okx', 'okex'],
  ['bybit', 'bybit'],
  ['coinbase', 'coinbase'],
  ['gate_io', 'gate_io'],
] as const;

/** Requests to the real hosts and to those of the test network. */
const requestsOf = async (venue: string): Promise<{ real: number; test: number }> => {
  const test = await countRequests(fixture.sandbox, venue, 'testnet ');
  return { real: (await countRequests(fixture.sandbox, venue, '')) - test, test };
};

test.each(TWINS)('a key of the test network of %s connects and reads there alone', async (venue, code) => {
  const keys = await openAccount(fixture.sandbox, {
    venue,
    testnet: true,
    balances: { BTC: '1.00000001' },
  });
  const adapter = await fixture.anAdapter();
  const before = await requestsOf(venue);
  const { accounts, rights } = await adapter.connect(aTestCall(keys), [code]);
  expect(accounts).toMatchObject([{ balances: [{ asset: 'BTC', total: '1.00000001' }] }]);
  expect(rights.canRead).not.toBe(false);
  await adapter.fetchAccount(aTestCall(keys), code);
  const after = await requestsOf(venue);
  expect(after.real).toBe(before.real);
  expect(after.test).toBeGreaterThan(before.test);
});

test.each(TWINS)('%s refuses a key of one network on the other', async (venue, code) => {
  const [real, trial] = [
    await openAccount(fixture.sandbox, { venue }),
    await openAccount(fixture.sandbox, { venue, testnet: true }),
  ];
  const adapter = await fixture.anAdapter();
  for (const call of [aTestCall(real), aCall(trial)])
    await expect(adapter.connect(call, [code])).rejects.toMatchObject({ code: 'invalid_credentials' });
});

test('the networks of a venue share no instance, and no markets, circuit or standing', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance', balances: { BTC: '1' } });
  const trial = await openAccount(fixture.sandbox, {
    venue: 'binance',
    testnet: true,
    balances: { BTC: '2' },
  });
  const adapter = await fixture.anAdapter();
  const credential = 'one record';
  const read = async (call: KeyedCall) =>
    (await adapter.fetchAccount({ ...call, credential }, 'binance')).balances.map(({ total }) => total);
  expect(await read(aCall(keys))).toEqual(['1']);
  const before = await requestsOf('binance');
  expect(await read(aTestCall(trial))).toEqual(['2']);
  expect(await read(aCall(keys))).toEqual(['1']);
  const after = await requestsOf('binance');
  // Its own list of markets, then the balance; the real one needs the balance alone.
  expect(after).toEqual({ real: before.real + 1, test: before.test + 2 });
  expect(adapter.venueStates()).toMatchObject([{ venueId: 'binance' }]);
});

test('keys of Binance.US are not shown to the test network of Binance, whose hosts its class inherits', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance_us' });
  const adapter = await fixture.anAdapter();
  const before = await requestsOf('binance');
  await expect(adapter.connect(aTestCall(keys), ['binance_us'])).rejects.toMatchObject({
    code: 'not_supported',
  });
  expect(await requestsOf('binance')).toEqual(before);
});

test('what a test network lacks is not supported, and no request leaves for it', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance', testnet: true });
  const adapter = await fixture.anAdapter();
  await adapter.connect(aTestCall(keys), ['binance']);
  const before = await requestsOf('binance');
  await expect(adapter.fetchBnbBurn(aTestCall(keys), 'binance')).rejects.toMatchObject({
    code: 'not_supported',
  });
  expect(await requestsOf('binance')).toEqual(before);
});

/** Where an instance of ccxt sends its requests, and what tells them apart; undefined: it would send them nowhere. */
const addressOf = (exchange: object): string | undefined => {
  const { api } = Reflect.get(exchange, 'urls') as { readonly api?: unknown };
  const told = [Reflect.get(exchange, 'headers'), Reflect.get(exchange, 'options')] as unknown[];
  return isObject(api) && Object.keys(api).length > 0 ? JSON.stringify([api, ...told]) : undefined;
};

test.each(VENUES.map((venue) => [venue.id, venue] as const))(
  'whether %s has a test network is what the pinned ccxt says',
  async (id, venue) => {
    const ccxtClass = await loadCcxtClass(venue.ccxtId);
    const [real, trial] = [{}, { sandbox: true }].map((config) => addressOf(new ccxtClass(config)));
    // The class of Binance.US inherits the hosts of Binance's.
    const isOffered = trial !== undefined && trial !== real && id !== 'binance_us';
    expect(venue.testMarkets !== undefined).toBe(isOffered);
    for (const code of venue.testMarkets ?? [])
      expect(venue.markets.map((market) => market.code)).toContain(code);
  },
);
