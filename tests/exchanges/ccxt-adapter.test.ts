// Real ccxt over HTTP against the sandbox venues: what each answer of a venue becomes in the port's terms.
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter, type KeyedCall } from '../../src/exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRecordingLogger } from './recording-logger.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

let sandbox: Sandbox;
const adapters: CcxtAdapter[] = [];
const logger = createRecordingLogger();

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'adapter', markets: 200 });
});
afterEach(async () => {
  await clearFaults(sandbox);
  await Promise.all(adapters.splice(0).map((adapter) => adapter.close()));
});
afterAll(() => sandbox.close());

const anAdapter = async (
  options: { callDeadlineMs?: number; privateInstances?: number; skewMs?: number } = {},
) => {
  const adapter = await createCcxtAdapter({
    catalog: createCatalog(),
    venues: CCXT_VENUES,
    clock: { now: () => systemClock.now() + (options.skewMs ?? 0) },
    logger,
    sandboxUrl: sandbox.url,
    callDeadlineMs: options.callDeadlineMs ?? 10_000,
    privateInstances: options.privateInstances ?? 100,
    marketsMaxAgeMs: 3_600_000,
  });
  adapters.push(adapter);
  return adapter;
};

const aCall = (keys: ExchangeKeys, credential = keys.apiKey): KeyedCall => ({
  credential,
  version: '1',
  deadlineMs: 20_000,
  openKeys: () => Promise.resolve(keys),
});

const VENUES = [
  { venue: 'binance', code: 'binance' },
  { venue: 'kraken', code: 'kraken' },
  { venue: 'okx', code: 'okex' },
];

test.each(VENUES)('good $venue keys connect with rights and exact balances', async ({ venue, code }) => {
  const keys = await openAccount(sandbox, {
    venue,
    balances: {
      BTC: { free: '1.00000001', locked: '0.5' },
      ETH: '0.000000000000000001',
      USDT: '12345678901234.5',
    },
    ip_restricted: true,
  });
  const connection = await (await anAdapter()).connect(aCall(keys), [code]);
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
  const keys = await openAccount(sandbox, { venue, permissions: ['read', 'trade', 'withdraw'] });
  const { rights } = await (await anAdapter()).connect(aCall(keys), [code]);
  expect(rights).toMatchObject({ canTrade: true, canWithdraw: true, ipRestricted: false });
});

test.each(VENUES)('a wrong $venue secret is invalid credentials', async ({ venue, code }) => {
  const [keys, other] = await openAccounts(sandbox, { venue, count: 2 });
  const wrong = { ...keys, secret: other?.secret } as ExchangeKeys;
  await expect((await anAdapter()).connect(aCall(wrong), [code])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test.each(VENUES)('an unknown $venue key is invalid credentials', async ({ venue, code }) => {
  const keys = await openAccount(sandbox, { venue });
  const unknown = { ...keys, apiKey: [...keys.apiKey].reverse().join('') };
  await expect((await anAdapter()).connect(aCall(unknown), [code])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test('a wrong okx passphrase is invalid credentials', async () => {
  const keys = await openAccount(sandbox, { venue: 'okx' });
  const call = aCall({ ...keys, passphrase: 'not it' });
  await expect((await anAdapter()).connect(call, ['okex'])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test.each([
  { venue: 'kraken', code: 'kraken', change: { secret: 'not base64!' } },
  { venue: 'binance', code: 'binance', change: { secret: '-----BEGIN RSA PRIVATE KEY-----\nnonsense' } },
  { venue: 'binance', code: 'binance', change: { apiKey: 'line\r\nX-Evil: 1' } },
  { venue: 'okx', code: 'okex', change: { passphrase: 'päss\u{1f511}' } },
])(
  '$venue keys of an impossible form are refused before anything is sent',
  async ({ venue, code, change }) => {
    const keys = await openAccount(sandbox, { venue });
    const adapter = await anAdapter();
    await adapter.fetchPrices(venue, 5_000);
    const before = await countRequests(sandbox, venue, '');
    await expect(adapter.connect(aCall({ ...keys, ...change }), [code])).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(await countRequests(sandbox, venue, '')).toBe(before);
  },
);

test.each([
  {
    fault: { kind: 'rate_limited', retry_after_s: 7 },
    code: 'exchange_rate_limited',
    details: { retryAfterMs: 7_000 },
  },
  { fault: { kind: 'server_error', status: 502 }, code: 'exchange_unavailable', details: {} },
  { fault: { kind: 'html_200' }, code: 'bad_response', details: {} },
  { fault: { kind: 'truncated_json' }, code: 'bad_response', details: {} },
  { fault: { kind: 'reset' }, code: 'exchange_error', details: {} },
  { fault: { kind: 'invalid_key' }, code: 'invalid_credentials', details: {} },
])('$fault.kind becomes $code at every venue', async ({ fault, code, details }) => {
  const adapter = await anAdapter();
  for (const { venue, code: marketCode } of VENUES) {
    const keys = await openAccount(sandbox, { venue });
    await addFault(sandbox, { venue, api_key: keys.apiKey, ...fault });
    await expect(adapter.connect(aCall(keys), [marketCode])).rejects.toMatchObject({ code, details });
    await clearFaults(sandbox);
    await expect(adapter.connect(aCall(keys), [marketCode])).resolves.toBeDefined();
  }
});

test('an HTML page in place of the balance alone is a bad response, not an empty balance', async () => {
  const adapter = await anAdapter();
  for (const { venue, code, path } of [
    { venue: 'binance', code: 'binance', path: 'api/v3/account' },
    { venue: 'kraken', code: 'kraken', path: 'BalanceEx' },
    { venue: 'okx', code: 'okex', path: 'account/balance' },
  ]) {
    const keys = await openAccount(sandbox, { venue });
    await addFault(sandbox, { venue, path, kind: 'html_200' });
    await expect(adapter.fetchAccount(aCall(keys), code)).rejects.toMatchObject({ code: 'bad_response' });
  }
});

test('a lost connection is tried once more', async () => {
  const keys = await openAccount(sandbox, { venue: 'binance', balances: { BTC: '1' } });
  const adapter = await anAdapter();
  await addFault(sandbox, { venue: 'binance', api_key: keys.apiKey, kind: 'reset', times: 1 });
  const account = await adapter.fetchAccount(aCall(keys), 'binance');
  expect(account.balances).toHaveLength(1);
});

test('a venue that never answers ends the call at its deadline', async () => {
  const keys = await openAccount(sandbox, { venue: 'okx' });
  const adapter = await anAdapter({ callDeadlineMs: 300 });
  await addFault(sandbox, { venue: 'okx', api_key: keys.apiKey, kind: 'hang' });
  await expect(adapter.connect(aCall(keys), ['okex'])).rejects.toMatchObject({ code: 'exchange_timeout' });
  await clearFaults(sandbox);
  // The hanging request was aborted, so the key's queue goes on.
  await expect(adapter.connect(aCall(keys), ['okex'])).resolves.toBeDefined();
});

test('a caller that goes away ends its call', async () => {
  const keys = await openAccount(sandbox, { venue: 'binance' });
  const adapter = await anAdapter();
  await addFault(sandbox, { venue: 'binance', api_key: keys.apiKey, kind: 'hang' });
  const gone = new AbortController();
  const call = adapter.connect({ ...aCall(keys), signal: gone.signal }, ['binance']);
  gone.abort();
  await expect(call).rejects.toMatchObject({ code: 'exchange_timeout' });
});

test.each([
  { venue: 'binance', code: 'binance', skewMs: 600_000 },
  { venue: 'okx', code: 'okex', skewMs: -600_000 },
])('a clock that is off at $venue is measured once and corrected', async ({ venue, code, skewMs }) => {
  const [first, second] = await openAccounts(sandbox, { venue, count: 2, balances: { BTC: '2' } });
  const adapter = await anAdapter({ skewMs });
  const before = await countRequests(sandbox, venue, 'time');
  await adapter.connect(aCall(first as ExchangeKeys), [code]);
  await adapter.connect(aCall(second as ExchangeKeys), [code]);
  expect((await countRequests(sandbox, venue, 'time')) - before).toBe(1);
});

test('a clock that stays wrong is clock_skew', async () => {
  const keys = await openAccount(sandbox, { venue: 'binance' });
  await addFault(sandbox, { venue: 'binance', path: 'apiRestrictions', kind: 'clock_skew' });
  await expect((await anAdapter()).connect(aCall(keys), ['binance'])).rejects.toMatchObject({
    code: 'clock_skew',
  });
});

test('20 parallel calls on one kraken key all pass the nonce check, under two records too', async () => {
  const keys = await openAccount(sandbox, { venue: 'kraken', balances: { BTC: '1' } });
  const adapter = await anAdapter();
  const calls = Array.from({ length: 20 }, (_, index) =>
    adapter.fetchAccount(aCall(keys, `record ${index % 2}`), 'kraken'),
  );
  const accounts = await Promise.all(calls);
  expect(accounts.every(({ balances }) => balances[0]?.total === '1')).toBe(true);
});

test.each(VENUES)('50 parallel calls on two $venue credentials never mix them', async ({ venue, code }) => {
  const one = await openAccount(sandbox, { venue, balances: { BTC: '1' } });
  const two = await openAccount(sandbox, { venue, balances: { BTC: '2' } });
  const adapter = await anAdapter();
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
      openAccount(sandbox, { venue: 'binance', balances: { BTC: amount } }),
    ),
  );
  const adapter = await anAdapter({ privateInstances: 2 });
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
  const keys = await openAccount(sandbox, { venue: 'binance' });
  const adapter = await anAdapter();
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
  const accounts = await openAccounts(sandbox, { venue: 'binance', count: 30 });
  const adapter = await anAdapter();
  const before = await countRequests(sandbox, 'binance', 'exchangeInfo');
  await Promise.all(accounts.map((keys) => adapter.connect(aCall(keys), ['binance'])));
  expect((await countRequests(sandbox, 'binance', 'exchangeInfo')) - before).toBe(1);
});

test.each(['html_200', 'truncated_json', 'server_error'])(
  'markets that fail to load with %s are asked for again by the next call',
  async (kind) => {
    const keys = await openAccount(sandbox, { venue: 'kraken' });
    const adapter = await anAdapter();
    await addFault(sandbox, { venue: 'kraken', path: 'AssetPairs', kind, times: 1 });
    await expect(adapter.connect(aCall(keys), ['kraken'])).rejects.toMatchObject({
      code: kind === 'server_error' ? 'exchange_unavailable' : 'bad_response',
    });
    await expect(adapter.connect(aCall(keys), ['kraken'])).resolves.toBeDefined();
  },
);

test('all wallets of one binance key pair connect together, contract wallets with positions', async () => {
  const keys = await openAccount(sandbox, {
    venue: 'binance',
    balances: { BTC: '1' },
    wallets: { margin: { ETH: '2' }, linear: { USDT: '300' }, inverse: { BTC: '4' } },
    hedge_mode: true,
    positions: [{ contract: 'BTCUSDT', amount: '-0.25', entry_price: '60000' }],
  });
  const codes = ['binance', 'binance_margin', 'binance_futures', 'binance_futures_coin'];
  const { accounts } = await (await anAdapter()).connect(aCall(keys), codes);
  expect(accounts.map(({ marketCode }) => marketCode)).toEqual(codes);
  expect(accounts[1]?.balances).toMatchObject([{ asset: 'ETH', total: '2' }]);
  expect(accounts[2]).toMatchObject({ openPositions: 1, hedgeModeEnabled: true });
  expect(accounts[2]?.balances).toMatchObject([{ asset: 'USDT' }]);
  expect(accounts[3]?.balances).toMatchObject([{ asset: 'BTC' }]);
});

test('okx tells hedge mode and positions for its futures code only', async () => {
  const keys = await openAccount(sandbox, {
    venue: 'okx',
    balances: { USDT: '10' },
    hedge_mode: true,
    positions: [{ contract: 'BTC-USDT-SWAP', amount: '3', entry_price: '60000' }],
  });
  const { accounts } = await (await anAdapter()).connect(aCall(keys), ['okex', 'okex_futures']);
  expect(accounts[0]).toMatchObject({ openPositions: 0, hedgeModeEnabled: false });
  expect(accounts[1]).toMatchObject({ openPositions: 1, hedgeModeEnabled: true });
});

test.each(VENUES)(
  'prices of $venue are last prices of its spot markets, shared by callers at once',
  async ({ venue }) => {
    const adapter = await anAdapter();
    const before = await countRequests(sandbox, venue, 'icker');
    const [first, second] = await Promise.all([
      adapter.fetchPrices(venue, 5_000),
      adapter.fetchPrices(venue, 5_000),
    ]);
    expect((await countRequests(sandbox, venue, 'icker')) - before).toBe(1);
    expect(second).toBe(first);
    expect(first.prices.length).toBeGreaterThanOrEqual(200);
    expect(first.prices).toContainEqual({
      base: 'BTC',
      quote: 'USDT',
      last: expect.stringMatching(/^\d+(\.\d+)?$/),
    });
  },
);

test('market codes of two exchanges do not connect with one key pair', async () => {
  const keys = await openAccount(sandbox, { venue: 'binance' });
  const adapter = await anAdapter();
  expect(() => adapter.connect(aCall(keys), ['binance', 'kraken'])).toThrow('one exchange');
});

test('nothing logged or thrown on the way carries a key, a secret or a signed URL', async () => {
  const adapter = await anAdapter();
  for (const { venue, code } of VENUES) {
    for (const kind of [
      'server_error',
      'html_200',
      'truncated_json',
      'reset',
      'rate_limited',
      'invalid_key',
    ]) {
      const keys = await openAccount(sandbox, { venue });
      await addFault(sandbox, { venue, api_key: keys.apiKey, kind });
      const error: unknown = await adapter.connect(aCall(keys), [code]).catch((caught: unknown) => caught);
      await clearFaults(sandbox);
      const told = `${JSON.stringify(error)} ${String(error)} ${(error as Error).stack ?? ''} ${logger.lines.join('\n')}`;
      expect((error as Error).cause).toBeUndefined();
      for (const secret of Object.values(keys)) expect(told).not.toContain(secret);
      expect(told).not.toMatch(/signature=|api\.binance|api\.kraken|okx\.com/);
    }
  }
});
