// Binance.US through real ccxt over HTTP against its sandbox venue: what is its own, and what must not go to Binance.
import { expect, test } from '@jest/globals';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters();
const venue = 'binance_us';

test('good keys connect with exact balances, and no request goes to Binance', async () => {
  const keys = await openAccount(fixture.sandbox, {
    venue,
    balances: { BTC: { free: '1.00000001', locked: '0.5' }, ETH: '0.000000000000000001', USD: '12.5' },
  });
  const adapter = await fixture.anAdapter();
  const toBinance = await countRequests(fixture.sandbox, 'binance', '');
  const { rights, accounts } = await adapter.connect(aCall(keys), [venue]);
  expect(accounts).toMatchObject([
    {
      marketCode: 'binance_us',
      balances: [
        { asset: 'BTC', free: '1.00000001', locked: '0.5', total: '1.50000001' },
        { asset: 'ETH', total: '0.000000000000000001' },
        { asset: 'USD', total: '12.5' },
      ],
      openPositions: 0,
    },
  ]);
  expect(rights).toEqual({
    canRead: true,
    canTrade: null,
    canWithdraw: false,
    ipRestricted: null,
    expiresAt: null,
    source: 'exchange',
  });
  const { prices } = await adapter.fetchPrices(venue, 5_000);
  expect(prices).toContainEqual({ base: 'BTC', quote: 'USD', last: expect.any(String) });
  expect(await countRequests(fixture.sandbox, 'binance', '')).toBe(toBinance);
});

test('an account that may withdraw, and one that may not trade, are told apart', async () => {
  const adapter = await fixture.anAdapter();
  const rightsOf = async (permissions: string[]) => {
    const keys = await openAccount(fixture.sandbox, { venue, permissions });
    return (await adapter.connect(aCall(keys), [venue])).rights;
  };
  expect(await rightsOf(['read', 'trade', 'withdraw'])).toMatchObject({ canTrade: null, canWithdraw: null });
  expect(await rightsOf(['read'])).toMatchObject({ canTrade: false, canWithdraw: false });
});

test('a wrong secret, an unknown key and a key of Binance are invalid credentials', async () => {
  const [keys, other] = await openAccounts(fixture.sandbox, { venue, count: 2 });
  const binance = await openAccount(fixture.sandbox, { venue: 'binance' });
  const adapter = await fixture.anAdapter();
  for (const wrong of [{ ...keys, secret: other?.secret }, { ...keys, apiKey: 'A'.repeat(64) }, binance]) {
    const call = aCall(wrong as ExchangeKeys, `${wrong.apiKey ?? ''}/${wrong.secret ?? ''}`);
    await expect(adapter.connect(call, [venue])).rejects.toMatchObject({ code: 'invalid_credentials' });
  }
});

test('the host of Binance does not know the keys of Binance.US', async () => {
  const keys = await openAccount(fixture.sandbox, { venue });
  const adapter = await fixture.anAdapter();
  await expect(adapter.connect(aCall(keys), ['binance'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});
