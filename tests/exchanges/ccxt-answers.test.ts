// Real ccxt over HTTP against the sandbox venues: what their answers become in the port's terms.
import { expect, test } from '@jest/globals';
import { aCall, useAdapters, VENUES } from './adapter-fixture.ts';
import { countRequests, openAccount } from './sandbox-control.ts';

const fixture = useAdapters();

test.each(VENUES)('good $venue keys connect with rights and exact balances', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, {
    venue,
    balances: {
      BTC: { free: '1.00000001', locked: '0.5' },
      ETH: '0.000000000000000001',
      USDT: '12345678901234.5',
    },
    ip_restricted: true,
  });
  const connection = await (await fixture.anAdapter()).connect(aCall(keys), [code]);
  expect(connection.rights).toEqual({
    canRead: true,
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
    expiresAt: null,
    source: 'exchange',
  });
  expect(connection.accounts).toEqual([
    {
      marketCode: code,
      balances: [
        { asset: 'BTC', free: '1.00000001', locked: '0.5', total: '1.50000001' },
        { asset: 'ETH', free: '0.000000000000000001', locked: '0', total: '0.000000000000000001' },
        { asset: 'USDT', free: '12345678901234.5', locked: '0', total: '12345678901234.5' },
      ],
      openPositions: 0,
      hedgeModeEnabled: false,
      asOf: expect.stringMatching(/^\d{4}-.*Z$/),
    },
  ]);
});

test.each(VENUES)('$venue keys that can withdraw are told apart', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue, permissions: ['read', 'trade', 'withdraw'] });
  const { rights } = await (await fixture.anAdapter()).connect(aCall(keys), [code]);
  expect(rights).toMatchObject({ canTrade: true, canWithdraw: true, ipRestricted: false });
});

test('all wallets of one binance key pair connect together, contract wallets with positions', async () => {
  const keys = await openAccount(fixture.sandbox, {
    venue: 'binance',
    balances: { BTC: '1' },
    wallets: { margin: { ETH: '2' }, linear: { USDT: '300' }, inverse: { BTC: '4' } },
    hedge_mode: true,
    positions: [{ contract: 'BTCUSDT', amount: '-0.25', entry_price: '60000' }],
  });
  const codes = ['binance', 'binance_margin', 'binance_futures', 'binance_futures_coin'];
  const { accounts } = await (await fixture.anAdapter()).connect(aCall(keys), codes);
  expect(accounts.map(({ marketCode }) => marketCode)).toEqual(codes);
  expect(accounts[1]?.balances).toMatchObject([{ asset: 'ETH', total: '2' }]);
  expect(accounts[2]).toMatchObject({ openPositions: 1, hedgeModeEnabled: true });
  expect(accounts[2]?.balances).toMatchObject([{ asset: 'USDT' }]);
  expect(accounts[3]?.balances).toMatchObject([{ asset: 'BTC' }]);
});

test('okx tells hedge mode and positions for its futures code only', async () => {
  const keys = await openAccount(fixture.sandbox, {
    venue: 'okx',
    balances: { USDT: '10' },
    hedge_mode: true,
    positions: [{ contract: 'BTC-USDT-SWAP', amount: '3', entry_price: '60000' }],
  });
  const { accounts } = await (await fixture.anAdapter()).connect(aCall(keys), ['okex', 'okex_futures']);
  expect(accounts[0]).toMatchObject({ openPositions: 0, hedgeModeEnabled: false });
  expect(accounts[1]).toMatchObject({ openPositions: 1, hedgeModeEnabled: true });
});

test.each(VENUES)(
  'prices of $venue are last prices of its spot markets, shared by callers at once',
  async ({ venue }) => {
    const adapter = await fixture.anAdapter();
    const before = await countRequests(fixture.sandbox, venue, 'icker');
    const [first, second] = await Promise.all([
      adapter.fetchPrices(venue, 5_000),
      adapter.fetchPrices(venue, 5_000),
    ]);
    expect((await countRequests(fixture.sandbox, venue, 'icker')) - before).toBe(1);
    expect(second).toEqual(first);
    // A few of the 200 markets are not active.
    expect(first.prices.length).toBeGreaterThan(150);
    expect(first.prices).toContainEqual({
      base: 'BTC',
      quote: 'USDT',
      last: expect.stringMatching(/^\d+(\.\d+)?$/),
    });
  },
);

test('market codes of two exchanges do not connect with one key pair', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  const adapter = await fixture.anAdapter();
  await expect(adapter.connect(aCall(keys), ['binance', 'kraken'])).rejects.toMatchObject({
    code: 'not_supported',
  });
});
