// Instances built from a blueprint behave as constructed ones, and share nothing that a call changes.
import { expect, test } from '@jest/globals';
import { createCcxtBlueprint } from '../../src/exchanges/ccxt-blueprint.ts';
import { type CcxtExchange, loadCcxtClass } from '../../src/exchanges/ccxt-exchange.ts';

const CONFIG = { number: String, options: { defaultType: 'spot' }, has: { fetchCurrencies: false } };
const VENUES = ['binance', 'kraken', 'okx'];

const bag = (exchange: CcxtExchange): Record<string, unknown> =>
  exchange as unknown as Record<string, unknown>;

test.each(VENUES)('a built %s instance has the data and the methods of a constructed one', async (id) => {
  const ccxtClass = await loadCcxtClass(id);
  const constructed = bag(new ccxtClass(CONFIG));
  const built = bag((await createCcxtBlueprint(ccxtClass, CONFIG)).build());
  for (const [key, value] of Object.entries(constructed)) {
    if (key === 'api' || key === 'constructor' || value === ccxtClass.prototype) continue;
    const same =
      typeof value === 'function'
        ? typeof built[key] === 'function'
        : JSON.stringify(built[key]) === JSON.stringify(value);
    expect([key, same]).toEqual([key, true]);
  }
});

test.each(VENUES)(
  'endpoints of a built %s instance send what those of a constructed one send',
  async (id) => {
    const ccxtClass = await loadCcxtClass(id);
    const constructed = bag(new ccxtClass(CONFIG));
    const built = bag((await createCcxtBlueprint(ccxtClass, CONFIG)).build());
    for (const exchange of [constructed, built])
      exchange['request'] = (...request: unknown[]) => Promise.resolve(request);
    const endpoints = Object.keys(constructed).filter((key) =>
      /^(?:public|private|sapi|fapi|dapi).*(?:Get|Post|Put|Delete)/.test(key),
    );
    expect(endpoints.length).toBeGreaterThan(50);
    for (const key of endpoints) {
      const [expected, actual] = await Promise.all(
        [constructed, built].map((exchange) =>
          (exchange[key] as (input: object) => Promise<unknown>)({ a: 1 }),
        ),
      );
      expect(actual).toEqual(expected);
    }
  },
);

test.each(VENUES)('what one built %s instance writes, another does not see', async (id) => {
  const blueprint = await createCcxtBlueprint(await loadCcxtClass(id), CONFIG);
  const one = blueprint.build();
  const two = blueprint.build();
  one.apiKey = 'key one';
  one.options['timeDifference'] = 5;
  (bag(one)['balance'] as Record<string, unknown>)['BTC'] = 1;
  expect(two.apiKey).not.toBe('key one');
  expect(two.options['timeDifference']).toBe(0);
  expect(bag(two)['balance']).toEqual({});
  expect(() => {
    (one.has as Record<string, unknown>)['spot'] = false;
  }).toThrow(TypeError);
});

test.each(VENUES)('a built %s instance signs with its own key', async (id) => {
  const blueprint = await createCcxtBlueprint(await loadCcxtClass(id), CONFIG);
  const signed = ['one', 'two'].map((name) => {
    const instance = blueprint.build();
    instance.apiKey = `key-${name}`;
    instance.secret = Buffer.from(`secret-${name}`).toString('base64');
    instance.password = 'passphrase';
    const api = id === 'binance' ? 'sapi' : 'private';
    return JSON.stringify(instance.sign('account/config', api, 'GET', {}));
  });
  expect(signed[0]).toContain('key-one');
  expect(signed[0]).not.toContain('key-two');
  expect(signed[1]).toContain('key-two');
});
