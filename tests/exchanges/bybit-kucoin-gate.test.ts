// Real ccxt over HTTP against the twins of Bybit, KuCoin and Gate: rights, wallets, refusals and failures.
import { expect, test } from '@jest/globals';
import type { CcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters({ markets: 60 });
let lasting: Promise<CcxtAdapter> | undefined;
/** One for all tests that leave nothing behind. */
const adapter = (): Promise<CcxtAdapter> => (lasting ??= fixture.aLastingAdapter());

const VENUES = [
  { venue: 'bybit', code: 'bybit_spot', balancePath: 'wallet-balance' },
  { venue: 'kucoin', code: 'kucoin', balancePath: 'api/v1/accounts' },
  { venue: 'gate_io', code: 'gate_io', balancePath: 'spot/accounts' },
];

const BALANCES = {
  BTC: { free: '1.00000001', locked: '0.5' },
  ETH: '0.000000000000000001',
  USDT: '12345678901234.5',
};

test.each(VENUES)('good $venue keys connect with rights and exact balances', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue, balances: BALANCES, ip_restricted: true });
  const { rights, accounts } = await (await adapter()).connect(aCall(keys), [code]);
  expect(rights).toEqual({
    canRead: true,
    canTrade: true,
    canWithdraw: false,
    ipRestricted: true,
    expiresAt: null,
    source: 'exchange',
  });
  expect(accounts).toMatchObject([
    {
      marketCode: code,
      balances: [
        { asset: 'BTC', free: '1.00000001', locked: '0.5', total: '1.50000001' },
        { asset: 'ETH', free: '0.000000000000000001', locked: '0', total: '0.000000000000000001' },
        { asset: 'USDT', free: '12345678901234.5', locked: '0', total: '12345678901234.5' },
      ],
      openPositions: 0,
    },
  ]);
});

test.each(VENUES)('$venue amounts that come as bare numbers keep their digits', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, {
    venue,
    balances: { ETH: '0.123456789012345678', BTC: '12345678901234.5' },
    bare_numbers: true,
  });
  const account = await (await adapter()).fetchAccount(aCall(keys), code);
  expect(account.balances).toMatchObject([
    { asset: 'BTC', total: '12345678901234.5' },
    { asset: 'ETH', total: '0.123456789012345678' },
  ]);
});

test.each(VENUES)('$venue keys that can withdraw, or only read, are told apart', async ({ venue, code }) => {
  const rightsOf = async (permissions: readonly string[]) => {
    const keys = await openAccount(fixture.sandbox, { venue, permissions });
    return (await (await adapter()).connect(aCall(keys), [code])).rights;
  };
  expect(await rightsOf(['read', 'trade', 'withdraw'])).toMatchObject({
    canTrade: true,
    canWithdraw: true,
    ipRestricted: false,
  });
  expect(await rightsOf(['read'])).toMatchObject({ canRead: true, canTrade: false, canWithdraw: false });
});

test.each(VENUES)(
  'a wrong $venue secret and an unknown key are invalid credentials',
  async ({ venue, code }) => {
    const [keys, other] = await openAccounts(fixture.sandbox, { venue, count: 2 });
    for (const change of [{ secret: other?.secret }, { apiKey: `x${keys?.apiKey.slice(1) ?? ''}` }]) {
      const wrong = { ...keys, ...change } as ExchangeKeys;
      await expect((await adapter()).connect(aCall(wrong), [code])).rejects.toMatchObject({
        code: 'invalid_credentials',
      });
    }
  },
);

test('a wrong kucoin passphrase is invalid credentials, and named', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'kucoin' });
  const call = aCall({ ...keys, passphrase: 'not it' });
  await expect((await adapter()).connect(call, ['kucoin'])).rejects.toMatchObject({
    code: 'invalid_credentials',
    message: 'The exchange refused the passphrase',
  });
});

test('a bybit key without an address list tells when it lapses', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'bybit', expires_at: '2030-01-01T00:00:00Z' });
  const { rights } = await (await adapter()).connect(aCall(keys), ['bybit']);
  expect(rights).toMatchObject({ ipRestricted: false, expiresAt: '2030-01-01T00:00:00.000Z' });
});

test('all bybit codes read the unified account, each with the positions that it shows', async () => {
  const keys = await openAccount(fixture.sandbox, {
    venue: 'bybit',
    balances: { USDT: '300' },
    hedge_mode: true,
    positions: [
      { contract: 'BTCUSDT', amount: '-0.25', entry_price: '60000' },
      { contract: 'ETHUSD', amount: '100', entry_price: '3000' },
    ],
  });
  const codes = ['bybit', 'bybit_spot', 'bybit_usdt_perpetual'];
  const { accounts } = await (await adapter()).connect(aCall(keys), codes);
  expect(accounts).toMatchObject([
    { marketCode: 'bybit', openPositions: 2, hedgeModeEnabled: true, balances: [{ asset: 'USDT' }] },
    { marketCode: 'bybit_spot', openPositions: 0, hedgeModeEnabled: false },
    { marketCode: 'bybit_usdt_perpetual', openPositions: 1, hedgeModeEnabled: true },
  ]);
});

test('hedge mode of a bybit account without positions is told too', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'bybit', hedge_mode: true });
  const account = await (await adapter()).fetchAccount(aCall(keys), 'bybit_usdt_perpetual');
  expect(account).toMatchObject({ openPositions: 0, hedgeModeEnabled: true, balances: [] });
});

test('gate keeps three wallets apart, with the positions of each settlement', async () => {
  const keys = await openAccount(fixture.sandbox, {
    venue: 'gate_io',
    balances: { ETH: '2' },
    wallets: { linear: { USDT: { free: '300', locked: '20' } }, inverse: { BTC: '4' } },
    hedge_mode: true,
    positions: [
      { contract: 'BTC_USDT', amount: '-25', entry_price: '60000' },
      { contract: 'BTC_USD', amount: '100', entry_price: '60000' },
      { contract: 'ETH_USDT', amount: '1', entry_price: '3000' },
    ],
  });
  const codes = ['gate_io', 'gate_io_usdt_perpetual', 'gate_io_btc_perpetual'];
  const { accounts } = await (await adapter()).connect(aCall(keys), codes);
  expect(accounts).toMatchObject([
    { balances: [{ asset: 'ETH', total: '2' }], openPositions: 0, hedgeModeEnabled: false },
    {
      balances: [{ asset: 'USDT', free: '300', locked: '20', total: '320' }],
      openPositions: 2,
      hedgeModeEnabled: true,
    },
    { balances: [{ asset: 'BTC', total: '4' }], openPositions: 1, hedgeModeEnabled: true },
  ]);
});

test('a gate account whose kind cannot be learned is not read as a classic one', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'gate_io', balances: { BTC: '1' } });
  await addFault(fixture.sandbox, { venue: 'gate_io', path: 'account/detail', kind: 'server_error' });
  await expect((await adapter()).fetchAccount(aCall(keys), 'gate_io')).rejects.toMatchObject({
    code: 'exchange_unavailable',
  });
  await clearFaults(fixture.sandbox);
  expect((await (await adapter()).fetchAccount(aCall(keys), 'gate_io')).balances).toHaveLength(1);
});

test('a kucoin account of which only the kind is unknown is asked for it, and once', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'kucoin', balances: { BTC: '1' } });
  await addFault(fixture.sandbox, { venue: 'kucoin', path: 'hf/accounts/opened', kind: 'wrong_types' });
  await expect((await adapter()).fetchAccount(aCall(keys), 'kucoin')).resolves.toMatchObject({
    balances: [{ asset: 'BTC' }],
  });
  const before = await countRequests(fixture.sandbox, 'kucoin', 'hf/accounts/opened');
  await (await adapter()).fetchAccount(aCall(keys), 'kucoin');
  expect(await countRequests(fixture.sandbox, 'kucoin', 'hf/accounts/opened')).toBe(before);
});

test.each(VENUES)('prices of $venue are last prices of its spot markets', async ({ venue }) => {
  const { prices } = await (await adapter()).fetchPrices(venue, 5_000);
  expect(prices.length).toBeGreaterThan(30);
  expect(prices).toContainEqual({
    base: 'BTC',
    quote: 'USDT',
    last: expect.stringMatching(/^\d+(\.\d+)?$/),
  });
});

test.each(VENUES)('a $venue key that is used from elsewhere is told apart', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue, faults: ['ip_not_allowed'] });
  await expect((await adapter()).connect(aCall(keys), [code])).rejects.toMatchObject({
    code: 'ip_not_whitelisted',
  });
});

test.each(
  VENUES.flatMap((venue) => ['html_200', 'wrong_types', 'wrong_amounts'].map((kind) => ({ ...venue, kind }))),
)(
  '$kind in place of the $venue balance alone is a bad response, not an empty balance',
  async ({ venue, code, balancePath, kind }) => {
    const keys = await openAccount(fixture.sandbox, { venue, balances: { BTC: '1' } });
    await addFault(fixture.sandbox, { venue, path: balancePath, kind });
    await expect((await adapter()).fetchAccount(aCall(keys), code)).rejects.toMatchObject({
      code: 'bad_response',
    });
  },
);

test.each(VENUES)('a clock that is off at $venue is measured and corrected', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue, balances: { BTC: '2' } });
  for (const skewMs of [600_000, -600_000]) {
    const skewed = await fixture.anAdapter({ skewMs });
    const { accounts } = await skewed.connect(aCall(keys), [code]);
    expect(accounts[0]?.balances).toHaveLength(1);
  }
});
