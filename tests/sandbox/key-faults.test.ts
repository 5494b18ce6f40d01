import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type VenueName, admin, connect, failure, openAccount } from './ccxt-client.ts';

const NAMES = ['binance', 'binanceus', 'kraken', 'okx'] as const;
type Name = (typeof NAMES)[number];
const venueOf = (name: Name): string => (name === 'binanceus' ? 'binance_us' : name);

let sandbox: Sandbox;
const loaded = new Map<VenueName, Exchange>();

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'key fault tests', markets: 60 });
  for (const name of NAMES) {
    const exchange = await connect(sandbox, name);
    await exchange.loadMarkets();
    loaded.set(name, exchange);
  }
});
afterEach(async () => {
  await admin(sandbox, 'DELETE', 'faults');
  await admin(sandbox, 'DELETE', 'clock');
});
afterAll(() => sandbox.close());

/** Of an account that carries the faults itself. */
const client = async (name: Name, input: object = {}): Promise<Exchange & { keys: SandboxKeys }> => {
  const keys = await openAccount(sandbox, { venue: venueOf(name), balances: { BTC: '1.5' }, ...input });
  const exchange = await connect(sandbox, name, keys);
  const source = loaded.get(name);
  if (source !== undefined) exchange.setMarketsFromExchange(source);
  let nonce = Date.now() * 1_000;
  if (name === 'kraken') exchange.nonce = () => (nonce += 1);
  return Object.assign(exchange, { keys });
};
const outcome = async (name: Name, faults: unknown) => {
  const exchange = await client(name, { faults });
  const error = await failure(exchange.fetchBalance());
  return { error, headers: exchange.last_response_headers as Record<string, string>, exchange };
};

describe.each(NAMES)('a key of %s that carries a fault', (name) => {
  test('is banned until a time, with Retry-After', async () => {
    const { error, headers } = await outcome(name, [{ kind: 'banned', retry_after_s: 300 }]);
    expect(['DDoSProtection', 'RateLimitExceeded']).toContain(error);
    expect(headers['Retry-After']).toBe('300');
  });

  test('meets maintenance, has expired, or comes from the wrong address', async () => {
    const { error } = await outcome(name, ['maintenance']);
    expect(['OnMaintenance', 'ExchangeNotAvailable']).toContain(error);
    const of = { binance: 'AuthenticationError', binanceus: 'AuthenticationError' } as const;
    const expired = (await outcome(name, ['expired_key'])).error;
    expect(expired).toBe({ ...of, kraken: 'AuthenticationError', okx: 'ExchangeError' }[name]);
    const stranger = (await outcome(name, ['ip_not_allowed'])).error;
    expect(stranger).toBe({ ...of, kraken: 'PermissionDenied', okx: 'PermissionDenied' }[name]);
  });

  test('keeps it through a clearing of faults, until its account is changed', async () => {
    const { error, exchange } = await outcome(name, ['maintenance']);
    expect(error).not.toBe('no error');
    await admin(sandbox, 'DELETE', 'faults');
    expect(await failure(exchange.fetchBalance())).not.toBe('no error');
    const path = `accounts/${encodeURIComponent(exchange.keys.api_key)}`;
    expect(await admin(sandbox, 'GET', path)).toMatchObject({ body: { faults: ['maintenance'] } });
    await admin(sandbox, 'PATCH', path, { faults: [] });
    expect((await exchange.fetchBalance()).BTC?.total).toMatch(/^1\.50*$/);
  });

  test('on one path alone leaves the other paths as they are', async () => {
    const faults = [{ kind: 'server_error', path: 'rade', status: 502 }];
    const { error, exchange } = await outcome(name, faults);
    expect(error).toBe('no error');
    expect(await failure(exchange.fetchMyTrades('BTC/USDT'))).not.toBe('no error');
    expect(await failure((await client(name)).fetchMyTrades('BTC/USDT'))).toBe('no error');
  });

  test('wrong types come under the right names', async () => {
    const raw = async (faults: unknown): Promise<object> => {
      const exchange = await client(name, { faults });
      // What ccxt makes of it is another matter.
      exchange.handleErrors = () => undefined;
      await exchange.fetchBalance().catch(() => undefined);
      return JSON.parse(exchange.last_http_response ?? 'null') as object;
    };
    const good = await raw([]);
    const swapped = await raw(['wrong_types']);
    expect(Object.keys(swapped)).toEqual(Object.keys(good));
    expect(JSON.stringify(swapped)).not.toBe(JSON.stringify(good));
    expect(JSON.stringify(await raw(['wrong_amounts']))).toContain('{"amount":"1.5');
  });

  test('sends amounts as bare JSON numbers with every digit', async () => {
    const exchange = await client(name, {
      bare_numbers: true,
      balances: { ETH: '0.123456789012345678', BTC: '12345678901234.5' },
    });
    await exchange.fetchBalance();
    const text = exchange.last_http_response ?? '';
    expect(text).toMatch(/:0\.123456789012345678[,}]/);
    expect(text).toMatch(/:12345678901234\.50*[,}]/);
    expect(text).not.toContain('"0.123456789012345678"');
  });
});

test('a ban names the moment at which it ends, on the clock of the sandbox', async () => {
  await admin(sandbox, 'POST', 'clock', { now: '2026-03-01T12:00:00Z' });
  await admin(sandbox, 'POST', 'faults', { venue: 'binance', kind: 'banned', retry_after_s: 60 });
  const response = await fetch(`${sandbox.url}/api/v3/time`, {
    headers: { 'x-sandbox-host': 'api.binance.com' },
  });
  expect(response.status).toBe(418);
  expect(await response.json()).toMatchObject({
    code: -1003,
    msg: expect.stringContaining(`banned until ${Date.UTC(2026, 2, 1, 12, 1)}`),
  });
});

describe('the clock of the sandbox', () => {
  const time = async () => (await loaded.get('okx')?.fetchTime()) ?? 0;
  const set = (input: object) => admin(sandbox, 'POST', 'clock', input);

  test('stands still when told so, goes on by steps, and runs again when reset', async () => {
    const noon = Date.UTC(2026, 2, 1, 12);
    expect(await set({ now: noon })).toEqual({ status: 200, body: { now: noon, frozen: true } });
    expect(await time()).toBe(noon);
    await set({ advance_ms: 5_000 });
    expect(await time()).toBe(noon + 5_000);
    await admin(sandbox, 'DELETE', 'clock');
    expect(Math.abs((await time()) - Date.now())).toBeLessThan(60_000);
  });

  test('runs ahead of the real time by what it is told, for every venue and their signatures', async () => {
    await set({ offset_ms: 3_600_000 });
    expect((await time()) - Date.now()).toBeGreaterThan(3_500_000);
    const okx = await client('okx');
    expect(await failure(okx.fetchBalance())).toBe('InvalidNonce');
    await okx.loadTimeDifference();
    expect(await failure(okx.fetchBalance())).toBe('no error');
  });

  test('is not set by nonsense', async () => {
    for (const input of [{}, { now: 'noon' }, { now: -1 }, { offset_ms: '5' }, { offset_ms: 1, now: 1 }, []])
      expect((await set(input)).status).toBe(400);
  });
});
