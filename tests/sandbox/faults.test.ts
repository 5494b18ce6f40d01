import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type VenueName, admin, callEndpoint, connect, failure, openAccount } from './ccxt-client.ts';

const VENUES: readonly VenueName[] = ['binance', 'kraken', 'okx'];
let sandbox: Sandbox;
const clients = new Map<VenueName, Exchange>();

const client = (venue: VenueName): Exchange => {
  const found = clients.get(venue);
  if (found === undefined) throw new Error(`no client of ${venue}`);
  return found;
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'fault tests' });
  for (const venue of VENUES) {
    const exchange = await connect(sandbox, venue, sandbox.accounts[venue]);
    let nonce = Date.now() * 1000;
    if (venue === 'kraken') exchange.nonce = () => (nonce += 1);
    await exchange.loadMarkets();
    clients.set(venue, exchange);
  }
});
afterEach(() => admin(sandbox, 'DELETE', 'faults'));
afterAll(() => sandbox.close());

const fault = (venue: VenueName, kind: string, more: object = {}) =>
  admin(sandbox, 'POST', 'faults', { venue, kind, ...more });
const balance = (venue: VenueName) => failure(client(venue).fetchBalance());

/** With a client that soon gives up, for faults under which no answer comes. */
const impatientBalance = async (venue: VenueName): Promise<string> => {
  const exchange = client(venue);
  const { timeout } = exchange;
  exchange.timeout = 300;
  const outcome = await balance(venue);
  exchange.timeout = timeout;
  return outcome;
};

describe.each(VENUES)('on %s', (venue) => {
  test('a fault strikes as often as told, and then everything works again', async () => {
    await fault(venue, 'server_error', { times: 2 });
    expect(await balance(venue)).not.toBe('no error');
    expect(await balance(venue)).not.toBe('no error');
    expect(await balance(venue)).toBe('no error');
  });

  test('rate_limited answers 429 with Retry-After', async () => {
    await fault(venue, 'rate_limited', { retry_after_s: 7 });
    expect(['DDoSProtection', 'RateLimitExceeded']).toContain(await balance(venue));
    expect(client(venue).last_response_headers).toMatchObject({ 'Retry-After': '7' });
  });

  test('server_error answers the status asked for, as an outage', async () => {
    await fault(venue, 'server_error', { status: 502 });
    expect(['ExchangeNotAvailable', 'OnMaintenance']).toContain(await balance(venue));
  });

  test('html_200 answers a page that ccxt takes for an empty balance', async () => {
    await fault(venue, 'html_200');
    const answer = await client(venue).fetchBalance();
    expect(typeof answer.info).toBe('string');
  });

  test('truncated_json answers half of the JSON', async () => {
    await fault(venue, 'truncated_json', { times: 1 });
    const answer = await client(venue).fetchBalance();
    expect(typeof answer.info).toBe('string');
    expect(() => JSON.parse(answer.info as string) as unknown).toThrow();
  });

  test('invalid_key refuses signed calls and leaves public ones alone', async () => {
    await fault(venue, 'invalid_key');
    const fresh = await connect(sandbox, venue, sandbox.accounts[venue]);
    fresh.setMarketsFromExchange(client(venue));
    expect(await failure(fresh.fetchBalance())).toBe('AuthenticationError');
    expect(await failure(client(venue).fetchTime())).toBe('no error');
  });

  test('latency beyond the client timeout times out, latency below it does not', async () => {
    await fault(venue, 'latency', { ms: 60_000, times: 1 });
    expect(await impatientBalance(venue)).toBe('RequestTimeout');
    await fault(venue, 'latency', { ms: 5, times: 1 });
    expect(await balance(venue)).toBe('no error');
  });

  test('hang never answers and reset breaks the connection', async () => {
    await fault(venue, 'hang', { times: 1 });
    expect(await impatientBalance(venue)).toBe('RequestTimeout');
    await fault(venue, 'reset', { times: 1 });
    expect(['NetworkError', 'ExchangeNotAvailable', 'TypeError']).toContain(await balance(venue));
    expect(await balance(venue)).toBe('no error');
  });

  test('clock_skew moves the venue clock', async () => {
    const before = (await client(venue).fetchTime()) ?? 0;
    await fault(venue, 'clock_skew', { ms: 3_600_000 });
    expect((await client(venue).fetchTime()) ?? 0).toBeGreaterThanOrEqual(before + 3_590_000);
    // Kraken has no timestamps to judge, only nonces.
    expect(await balance(venue)).toBe(venue === 'kraken' ? 'no error' : 'InvalidNonce');
  });

  test('a fault on one path or one key spares the others', async () => {
    const keys = await openAccount(sandbox, { venue, balances: { BTC: '1' } });
    const other = await connect(sandbox, venue, keys);
    other.setMarketsFromExchange(client(venue));
    await fault(venue, 'invalid_key', { api_key: keys.api_key });
    await fault(venue, 'server_error', { path: 'icker' });
    expect(await failure(other.fetchBalance())).toBe('AuthenticationError');
    expect(await balance(venue)).toBe('no error');
    expect(await failure(client(venue).fetchTicker('ETH/BTC'))).not.toBe('no error');
  });
});

test('binance: a key refused after it once worked looks like a rate limit to ccxt', async () => {
  expect(await balance('binance')).toBe('no error');
  await fault('binance', 'invalid_key');
  expect(await balance('binance')).toBe('DDoSProtection');
});

test('withdrawals_enabled shows in the rights of the key while it lasts', async () => {
  const rights = async () => ({
    binance: await callEndpoint(client('binance'), 'sapiGetAccountApiRestrictions'),
    kraken: await callEndpoint(client('kraken'), 'privatePostGetApiKeyInfo'),
    okx: await callEndpoint(client('okx'), 'privateGetAccountConfig'),
  });
  const before = JSON.stringify(await rights());
  for (const venue of VENUES) await fault(venue, 'withdrawals_enabled');
  expect(await rights()).toMatchObject({
    binance: { enableWithdrawals: true },
    kraken: { result: { permissions: expect.arrayContaining(['withdraw-funds']) } },
    okx: { data: [{ perm: 'read_only,withdraw,trade' }] },
  });
  await admin(sandbox, 'DELETE', 'faults');
  expect(before).toContain('"enableWithdrawals":false');
  expect(before).not.toContain('withdraw-funds');
  expect(await rights()).toMatchObject({ binance: { enableWithdrawals: false } });
});

test('faults of one venue are cleared without those of another', async () => {
  await fault('binance', 'server_error');
  await fault('okx', 'server_error');
  await admin(sandbox, 'DELETE', 'faults?venue=binance');
  expect(await balance('binance')).toBe('no error');
  expect(await balance('okx')).not.toBe('no error');
});
