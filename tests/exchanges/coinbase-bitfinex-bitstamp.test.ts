// Real ccxt over HTTP against four sandbox venues: what their answers and refusals become in the port's terms.
import { describe, expect, test } from '@jest/globals';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters } from './adapter-fixture.ts';
import {
  addFault,
  addTransfer,
  clearFaults,
  countRequests,
  openAccount,
  openAccounts,
} from './sandbox-control.ts';

const fixture = useAdapters();

/** Two venues tell what a key may do; of the others it is found out by an order that does not exist. */
const TOLD = { canRead: true, canWithdraw: false, ipRestricted: null, expiresAt: null, source: 'exchange' };
const PROBED = { canRead: null, canWithdraw: null, ipRestricted: null, expiresAt: null, source: 'probe' };

const VENUES = [
  { venue: 'coinbase_advanced', code: 'coinbase_advanced', rights: TOLD, balancePath: 'brokerage/accounts' },
  { venue: 'coinbase', code: 'coinbase', rights: PROBED, balancePath: '/accounts' },
  { venue: 'bitfinex', code: 'bitfinex', rights: TOLD, balancePath: 'auth/r/wallets' },
  { venue: 'bitstamp', code: 'bitstamp', rights: PROBED, balancePath: 'account_balances' },
];

const BALANCES = {
  BTC: { free: '1.00000001', locked: '0.5' },
  ETH: '0.123456789012345678901',
  USDT: '12345678901234.567891',
};
const HELD = [
  { asset: 'BTC', free: '1.00000001', locked: '0.5', total: '1.50000001' },
  { asset: 'ETH', free: '0.123456789012345678901', locked: '0', total: '0.123456789012345678901' },
  { asset: 'USDT', free: '12345678901234.567891', locked: '0', total: '12345678901234.567891' },
];

describe.each(VENUES)('$venue', ({ venue, code, rights, balancePath }) => {
  const open = (input: object = {}): Promise<ExchangeKeys> =>
    openAccount(fixture.sandbox, { venue, ...input });

  test('good keys connect with their rights and exact balances', async () => {
    const keys = await open({ balances: BALANCES });
    const { rights: told, accounts } = await (await fixture.anAdapter()).connect(aCall(keys), [code]);
    expect(told).toEqual({ ...rights, canTrade: true });
    expect(accounts).toMatchObject([{ marketCode: code, balances: HELD, openPositions: 0 }]);
  });

  test('a balance of bare JSON numbers keeps every digit', async () => {
    const keys = await open({ balances: BALANCES, bare_numbers: true });
    const account = await (await fixture.anAdapter()).fetchAccount(aCall(keys), code);
    expect(account.balances).toEqual(HELD);
  });

  test('rights that the venue tells are told: to read alone, and to withdraw', async () => {
    const adapter = await fixture.anAdapter();
    const reader = await adapter.connect(aCall(await open({ permissions: ['read'] })), [code]);
    expect(reader.rights).toEqual({ ...rights, canTrade: false });
    const all = await open({ permissions: ['read', 'trade', 'withdraw'] });
    const { canWithdraw } = (await adapter.connect(aCall(all), [code])).rights;
    expect(canWithdraw).toBe(rights.source === 'exchange' ? true : null);
  });

  test('a wrong secret, an unknown key and an expired key are invalid credentials', async () => {
    const adapter = await fixture.anAdapter();
    const [keys, other] = await openAccounts(fixture.sandbox, { venue, count: 2 });
    const expired = await open({ expires_at: '2020-01-01T00:00:00Z' });
    const unknown = { ...keys, apiKey: keys?.apiKey.replace(/^./, 'x') };
    for (const wrong of [{ ...keys, secret: other?.secret }, unknown, expired]) {
      await expect(adapter.connect(aCall(wrong as ExchangeKeys), [code])).rejects.toMatchObject({
        code: 'invalid_credentials',
      });
    }
  });

  test('a key that may not read is refused for that', async () => {
    const keys = await open({ permissions: ['trade'] });
    await expect((await fixture.anAdapter()).connect(aCall(keys), [code])).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });

  test('prices are last prices of the spot markets', async () => {
    const { prices } = await (await fixture.anAdapter()).fetchPrices(venue, 5_000);
    expect(prices.length).toBeGreaterThan(150);
    expect(prices).toContainEqual({
      base: 'BTC',
      quote: 'USDT',
      last: expect.stringMatching(/^\d+(\.\d+)?$/),
    });
    expect(prices).toContainEqual({
      base: 'BTC',
      quote: 'USD',
      last: expect.stringMatching(/^\d+(\.\d+)?$/),
    });
  });

  test.each([
    {
      fault: { kind: 'rate_limited', retry_after_s: 7 },
      outcome: { code: 'exchange_rate_limited', details: { retryAfterMs: 7_000 } },
    },
    { fault: { kind: 'server_error', status: 502 }, outcome: { code: 'exchange_unavailable' } },
    { fault: { kind: 'maintenance' }, outcome: { code: 'exchange_unavailable' } },
    { fault: { kind: 'html_200' }, outcome: { code: 'bad_response' } },
    { fault: { kind: 'reset' }, outcome: { code: 'exchange_error' } },
    { fault: { kind: 'invalid_key' }, outcome: { code: 'invalid_credentials' } },
    { fault: { kind: 'expired_key' }, outcome: { code: 'invalid_credentials' } },
  ])(
    '$fault.kind of the whole venue becomes $outcome.code, and is over when it is over',
    async ({ fault, outcome }) => {
      const keys = await open();
      const adapter = await fixture.anAdapter();
      await adapter.fetchPrices(venue, 5_000);
      await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, ...fault });
      await expect(adapter.connect(aCall(keys), [code])).rejects.toMatchObject(outcome);
      await clearFaults(fixture.sandbox);
      await expect((await fixture.anAdapter()).connect(aCall(keys), [code])).resolves.toBeDefined();
    },
  );

  test.each(['html_200', 'truncated_json', 'wrong_types'])(
    '%s in place of the balance alone is an error, not an empty balance',
    async (kind) => {
      const keys = await open({ balances: { BTC: '1' } });
      await addFault(fixture.sandbox, { venue, path: balancePath, kind });
      await expect((await fixture.anAdapter()).fetchAccount(aCall(keys), code)).rejects.toHaveProperty(
        'code',
      );
    },
  );
});

describe('a clock that is off by minutes', () => {
  test.each(['coinbase_advanced', 'coinbase'])('is measured at %s, and the call repeated', async (venue) => {
    const keys = await openAccount(fixture.sandbox, { venue, balances: { BTC: '1' } });
    for (const skewMs of [600_000, -600_000]) {
      const adapter = await fixture.anAdapter({ skewMs });
      expect((await adapter.fetchAccount(aCall(keys), venue)).balances).toMatchObject([{ asset: 'BTC' }]);
    }
  });

  test('is named at bitstamp, which does not tell its own', async () => {
    const keys = await openAccount(fixture.sandbox, { venue: 'bitstamp' });
    const adapter = await fixture.anAdapter({ skewMs: 600_000 });
    await expect(adapter.connect(aCall(keys), ['bitstamp'])).rejects.toMatchObject({ code: 'clock_skew' });
  });

  test('is all the same to bitfinex, which counts nonces', async () => {
    const keys = await openAccount(fixture.sandbox, { venue: 'bitfinex' });
    const adapter = await fixture.anAdapter({ skewMs: -600_000 });
    await expect(adapter.connect(aCall(keys), ['bitfinex'])).resolves.toBeDefined();
  });

  test('is looked for once when coinbase advanced refuses a key, and found right', async () => {
    const [keys, other] = await openAccounts(fixture.sandbox, { venue: 'coinbase_advanced', count: 2 });
    const before = await countRequests(fixture.sandbox, 'coinbase_advanced', '/v2/time');
    const wrong = { ...keys, secret: other?.secret } as ExchangeKeys;
    await expect(
      (await fixture.anAdapter()).connect(aCall(wrong), ['coinbase_advanced']),
    ).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect((await countRequests(fixture.sandbox, 'coinbase_advanced', '/v2/time')) - before).toBe(1);
  });
});

test('a wrong coinbase passphrase is invalid credentials', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'coinbase' });
  const call = aCall({ ...keys, passphrase: 'not it' });
  await expect((await fixture.anAdapter()).connect(call, ['coinbase'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test('coinbase advanced keys of both kinds connect, and a secret that is no key is refused unsent', async () => {
  const adapter = await fixture.anAdapter();
  const keys = await openAccount(fixture.sandbox, {
    venue: 'coinbase_advanced',
    name: 'ed25519',
    balances: { BTC: '2' },
  });
  const { accounts } = await adapter.connect(aCall(keys), ['coinbase_advanced']);
  expect(accounts[0]?.balances).toMatchObject([{ asset: 'BTC', total: '2' }]);
  const before = await countRequests(fixture.sandbox, 'coinbase_advanced', 'key_permissions');
  const nonsense = {
    ...keys,
    apiKey: 'organizations/a/apiKeys/b',
    secret: '-----BEGIN EC PRIVATE KEY-----\nAA',
  };
  await expect(adapter.connect(aCall(nonsense), ['coinbase_advanced'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
  expect(await countRequests(fixture.sandbox, 'coinbase_advanced', 'key_permissions')).toBe(before);
});

test('coinbase advanced wallets beyond the first page of 250 count', async () => {
  const balances = Object.fromEntries(
    Array.from({ length: 600 }, (_, index) => [`TKN${(index + 1).toString().padStart(4, '0')}`, '1.5']),
  );
  const keys = await openAccount(fixture.sandbox, { venue: 'coinbase_advanced', balances });
  const account = await (await fixture.anAdapter()).fetchAccount(aCall(keys), 'coinbase_advanced');
  expect(account.balances).toHaveLength(600);
});

test('many calls at once with one bitfinex key use no nonce twice', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'bitfinex', balances: { BTC: '1' } });
  const adapter = await fixture.anAdapter();
  const accounts = await Promise.all(
    Array.from({ length: 25 }, () => adapter.fetchAccount(aCall(keys), 'bitfinex')),
  );
  expect(accounts.every(({ balances }) => balances[0]?.total === '1')).toBe(true);
});

test('addresses that a key is not good for are named where the venue names them', async () => {
  const adapter = await fixture.anAdapter();
  for (const venue of ['coinbase', 'bitstamp']) {
    const keys = await openAccount(fixture.sandbox, { venue, faults: ['ip_not_allowed'] });
    await expect(adapter.connect(aCall(keys), [venue])).rejects.toMatchObject({ code: 'ip_not_whitelisted' });
  }
});

test.each(['coinbase', 'bitfinex', 'bitstamp'])(
  'deposits and withdrawals of %s are all listed, exact, since a moment',
  async (venue) => {
    const keys = await openAccount(fixture.sandbox, { venue, trades: 20 });
    const add = (transfer: object) => addTransfer(fixture.sandbox, keys.apiKey, transfer);
    await add({ type: 'deposit', asset: 'BTC', amount: '9', at: '2025-12-31T00:00:00Z' });
    // More than one page of any of them but bitstamp, whose pages hold a thousand.
    for (let day = 0; day < 130; day += 1)
      await add({
        type: 'deposit',
        asset: 'ETH',
        amount: '0.05',
        at: new Date(Date.UTC(2026, 0, 2 + day)).toISOString(),
      });
    await add({ type: 'withdrawal', asset: 'ETH', amount: '0.3', fee: '0.1', at: '2026-08-01T00:00:00Z' });
    await add({ type: 'deposit', asset: 'ETH', amount: '7', status: 'pending', at: '2026-08-02T00:00:00Z' });
    const adapter = await fixture.anAdapter();
    const { transfers } = await adapter.fetchTransfers(aCall(keys), venue, '2026-01-01T00:00:00Z');
    expect(transfers).toHaveLength(131);
    expect(transfers[0]).toMatchObject({
      kind: 'deposit',
      asset: 'ETH',
      amount: '0.05',
      at: '2026-01-02T00:00:00.000Z',
    });
    expect(transfers.filter(({ kind }) => kind === 'withdrawal')).toMatchObject([
      { asset: 'ETH', amount: '0.3', fee: { asset: 'ETH', amount: '0.1' } },
    ]);
  },
);
