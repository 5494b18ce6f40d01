// Real ccxt over HTTP against the sandbox venues: what each refusal and failure becomes, and what is told of it.
import { expect, test } from '@jest/globals';
import type { ExchangeKeys } from '../../src/exchanges/exchange.ts';
import { aCall, useAdapters, VENUES } from './adapter-fixture.ts';
import { addFault, clearFaults, countRequests, openAccount, openAccounts } from './sandbox-control.ts';

const fixture = useAdapters();

test.each(VENUES)('a wrong $venue secret is invalid credentials', async ({ venue, code }) => {
  const [keys, other] = await openAccounts(fixture.sandbox, { venue, count: 2 });
  const wrong = { ...keys, secret: other?.secret } as ExchangeKeys;
  await expect((await fixture.anAdapter()).connect(aCall(wrong), [code])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test.each(VENUES)('an unknown $venue key is invalid credentials', async ({ venue, code }) => {
  const keys = await openAccount(fixture.sandbox, { venue });
  const unknown = { ...keys, apiKey: keys.apiKey.toLowerCase().replace(/^./, 'x') };
  await expect((await fixture.anAdapter()).connect(aCall(unknown), [code])).rejects.toMatchObject({
    code: 'invalid_credentials',
  });
});

test('a wrong okx passphrase is invalid credentials, and named', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'okx' });
  const call = aCall({ ...keys, passphrase: 'not it' });
  await expect((await fixture.anAdapter()).connect(call, ['okex'])).rejects.toMatchObject({
    code: 'invalid_credentials',
    message: 'The exchange refused the passphrase',
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
    const keys = await openAccount(fixture.sandbox, { venue });
    const adapter = await fixture.anAdapter();
    await adapter.fetchPrices(venue, 5_000);
    const before = await countRequests(fixture.sandbox, venue, '');
    await expect(adapter.connect(aCall({ ...keys, ...change }), [code])).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
    expect(await countRequests(fixture.sandbox, venue, '')).toBe(before);
  },
);

test.each([
  { fault: { kind: 'server_error', status: 502 }, code: 'exchange_unavailable', details: {} },
  { fault: { kind: 'html_200' }, code: 'bad_response', details: {} },
  { fault: { kind: 'truncated_json' }, code: 'bad_response', details: {} },
  { fault: { kind: 'reset' }, code: 'exchange_error', details: {} },
  { fault: { kind: 'invalid_key' }, code: 'invalid_credentials', details: {} },
])('$fault.kind becomes $code at every venue', async ({ fault, code, details }) => {
  const adapter = await fixture.anAdapter();
  for (const { venue, code: marketCode } of VENUES) {
    const keys = await openAccount(fixture.sandbox, { venue });
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, ...fault });
    await expect(adapter.connect(aCall(keys), [marketCode])).rejects.toMatchObject({ code, details });
    await clearFaults(fixture.sandbox);
    await expect(adapter.connect(aCall(keys), [marketCode])).resolves.toBeDefined();
  }
});

test('an HTML page in place of the balance alone is a bad response, not an empty balance', async () => {
  const adapter = await fixture.anAdapter();
  for (const { venue, code, path } of [
    { venue: 'binance', code: 'binance', path: 'api/v3/account' },
    { venue: 'kraken', code: 'kraken', path: 'BalanceEx' },
    { venue: 'okx', code: 'okex', path: 'account/balance' },
  ]) {
    const keys = await openAccount(fixture.sandbox, { venue });
    await addFault(fixture.sandbox, { venue, path, kind: 'html_200' });
    await expect(adapter.fetchAccount(aCall(keys), code)).rejects.toMatchObject({ code: 'bad_response' });
  }
});

test.each(VENUES)(
  'a $venue key that is revoked after it worked is invalid credentials',
  async ({ venue, code }) => {
    const keys = await openAccount(fixture.sandbox, { venue });
    const adapter = await fixture.anAdapter();
    await adapter.fetchAccount(aCall(keys), code);
    await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind: 'invalid_key' });
    await expect(adapter.fetchAccount(aCall(keys), code)).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  },
);

test('a lost connection is tried once more', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance', balances: { BTC: '1' } });
  const adapter = await fixture.anAdapter();
  await addFault(fixture.sandbox, { venue: 'binance', api_key: keys.apiKey, kind: 'reset', times: 1 });
  const account = await adapter.fetchAccount(aCall(keys), 'binance');
  expect(account.balances).toHaveLength(1);
});

test('a venue that never answers ends the call at its deadline', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'okx' });
  const adapter = await fixture.anAdapter();
  await adapter.fetchPrices('okx', 5_000);
  await addFault(fixture.sandbox, { venue: 'okx', api_key: keys.apiKey, kind: 'hang' });
  const hanging = adapter.connect({ ...aCall(keys), deadlineMs: 300 }, ['okex']);
  await expect(hanging).rejects.toMatchObject({ code: 'exchange_timeout' });
  await clearFaults(fixture.sandbox);
  // The hanging request was aborted, so the key's queue goes on.
  await expect(adapter.connect(aCall(keys), ['okex'])).resolves.toBeDefined();
});

test('a caller that goes away ends its call', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  const adapter = await fixture.anAdapter();
  await addFault(fixture.sandbox, { venue: 'binance', api_key: keys.apiKey, kind: 'hang' });
  const gone = new AbortController();
  const call = adapter.connect({ ...aCall(keys), signal: gone.signal }, ['binance']);
  gone.abort();
  await expect(call).rejects.toMatchObject({ code: 'exchange_timeout' });
});

test.each([
  { venue: 'binance', code: 'binance', skewMs: 600_000 },
  { venue: 'okx', code: 'okex', skewMs: -600_000 },
])('a clock that is off at $venue is measured once and corrected', async ({ venue, code, skewMs }) => {
  const [first, second] = await openAccounts(fixture.sandbox, { venue, count: 2, balances: { BTC: '2' } });
  const adapter = await fixture.anAdapter({ skewMs });
  const before = await countRequests(fixture.sandbox, venue, 'time');
  await adapter.connect(aCall(first as ExchangeKeys), [code]);
  await adapter.connect(aCall(second as ExchangeKeys), [code]);
  expect((await countRequests(fixture.sandbox, venue, 'time')) - before).toBe(1);
});

test('a clock that stays wrong is clock_skew', async () => {
  const keys = await openAccount(fixture.sandbox, { venue: 'binance' });
  await addFault(fixture.sandbox, { venue: 'binance', path: 'apiRestrictions', kind: 'clock_skew' });
  await expect((await fixture.anAdapter()).connect(aCall(keys), ['binance'])).rejects.toMatchObject({
    code: 'clock_skew',
  });
});

test('nothing logged or thrown on the way carries a key, a secret or a signed URL', async () => {
  const adapter = await fixture.anAdapter();
  for (const { venue, code } of VENUES) {
    for (const kind of [
      'server_error',
      'html_200',
      'truncated_json',
      'reset',
      'rate_limited',
      'invalid_key',
    ]) {
      const keys = await openAccount(fixture.sandbox, { venue });
      await addFault(fixture.sandbox, { venue, api_key: keys.apiKey, kind });
      const error: unknown = await adapter.connect(aCall(keys), [code]).catch((caught: unknown) => caught);
      await clearFaults(fixture.sandbox);
      const told = `${JSON.stringify(error)} ${String(error)} ${(error as Error).stack ?? ''} ${fixture.logger.lines.join('\n')}`;
      expect((error as Error).cause).toBeUndefined();
      for (const secret of Object.values(keys)) expect(told).not.toContain(secret);
      expect(told).not.toMatch(/signature=|api\.binance|api\.kraken|okx\.com/);
    }
  }
});
