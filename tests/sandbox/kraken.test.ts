import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import {
  callEndpoint,
  checkTickers,
  connect,
  failure,
  openAccount,
  refusal,
  spotMarkets,
} from './ccxt-client.ts';

let sandbox: Sandbox;
let exchange: Exchange;

/** Nonces that never collide, however fast the calls follow each other. */
const withGrowingNonce = (client: Exchange): Exchange => {
  let last = Date.now() * 1000;
  client.nonce = () => (last += 1);
  return client;
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'kraken tests' });
  exchange = withGrowingNonce(await connect(sandbox, 'kraken', sandbox.accounts.kraken));
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('kraken market data', () => {
  test('pairs carry the venue names and load under the usual ones', () => {
    expect(exchange.market('BTC/USD')).toMatchObject({
      id: 'XXBTZUSD',
      active: true,
      precision: { price: '0.1' },
    });
    expect(exchange.market('ETH/BTC').id).toBe('XETHXXBT');
    expect(exchange.market('ADA/USD').id).toBe('ADAUSD');
    expect(exchange.market('USDT/USD').id).toBe('USDTZUSD');
    expect(exchange.market('DOGE/USD').id).toBe('XDGUSD');
    expect(exchange.currency('BTC').id).toBe('XXBT');
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
  });

  test('every market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USD', 'ETH/USD']));

  test('single tickers, time and status answer; an unknown pair is named so', async () => {
    expect((await exchange.fetchTicker('GNO/BTC')).symbol).toBe('GNO/BTC');
    expect(Object.keys(await exchange.fetchTickers(['BTC/USD', 'ETH/USD']))).toHaveLength(2);
    expect(await failure(callEndpoint(exchange, 'publicGetTicker', { pair: 'NOPE' }))).toBe('ExchangeError');
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
    expect((await exchange.fetchStatus()).status).toBe('ok');
  });
});

describe('kraken account', () => {
  test('balances come under the usual names with every digit', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'kraken',
      balances: { BTC: { free: '1', locked: '0.5' }, USD: '10.25', DOGE: '3', ETH: '0.123456789012345678' },
    });
    const balance = await withGrowingNonce(await connect(sandbox, 'kraken', keys)).fetchBalance();
    expect(balance.BTC).toMatchObject({ total: '1.5000000000', used: '0.5000000000', free: '1' });
    expect(balance.USD?.total).toBe('10.2500');
    expect(balance.DOGE?.total).toBe('3.0000000000');
    expect(balance.ETH?.total).toBe('0.123456789012345678');
    expect(Object.keys((balance.info as { result: object }).result).sort()).toEqual([
      'XETH',
      'XXBT',
      'XXDG',
      'ZUSD',
    ]);
  });

  test('trades come newest first in pages, from a time on, with their pair', async () => {
    const all = await exchange.fetchMyTrades();
    expect(all).toHaveLength(40);
    expect(new Set(all.map((trade) => trade.id)).size).toBe(40);
    expect(await exchange.fetchMyTrades(all[3]?.symbol)).not.toHaveLength(0);
    const keys = await openAccount(sandbox, { venue: 'kraken', trades: 70 });
    const busy = withGrowingNonce(await connect(sandbox, 'kraken', keys));
    expect(await busy.fetchMyTrades()).toHaveLength(50);
    expect(await busy.fetchMyTrades(undefined, undefined, undefined, { ofs: 50 })).toHaveLength(20);
  });

  test('the key tells its rights, its addresses and its end', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'kraken',
      permissions: ['read', 'withdraw'],
      ip_restricted: true,
      expires_at: '2030-01-01T00:00:00Z',
    });
    const account = await connect(sandbox, 'kraken', keys);
    const { result } = (await callEndpoint(account, 'privatePostGetApiKeyInfo')) as {
      result: { permissions: string[]; ipAllowlist: string[]; validUntil: string };
    };
    expect(result.permissions).toEqual(expect.arrayContaining(['query-funds', 'withdraw-funds']));
    expect(result.permissions).not.toContain('modify-trades');
    expect(result.ipAllowlist).toHaveLength(1);
    expect(result.validUntil).toBe('1893456000');
  });

  test('open positions are listed by market', async () => {
    const positions = [{ contract: 'XXBTZUSD', amount: '-0.5', entry_price: '60000' }];
    const keys = await openAccount(sandbox, { venue: 'kraken', positions });
    const account = withGrowingNonce(await connect(sandbox, 'kraken', keys));
    expect(await account.fetchPositions()).toMatchObject([{ symbol: 'BTC/USD', side: 'short' }]);
    expect(await exchange.fetchPositions()).toEqual([]);
  });
});

describe('kraken refuses', () => {
  const attempt = async (change: Record<string, unknown>) =>
    refusal(withGrowingNonce(await connect(sandbox, 'kraken', sandbox.accounts.kraken, change)), exchange);

  test('an unknown key and a wrong secret', async () => {
    expect(await attempt({ apiKey: 'A'.repeat(56) })).toBe(
      'AuthenticationError {"error":["EAPI:Invalid key"]}',
    );
    expect(await attempt({ secret: Buffer.alloc(64).toString('base64') })).toBe(
      'ExchangeError {"error":["EAPI:Invalid signature"]}',
    );
  });

  test('a nonce that repeats or falls, and accepts the next greater one', async () => {
    const keys = await openAccount(sandbox, { venue: 'kraken', balances: { BTC: '1' } });
    const client = await connect(sandbox, 'kraken', keys);
    client.setMarketsFromExchange(exchange);
    const withNonce = async (nonce: number) => {
      client.nonce = () => nonce;
      return failure(client.fetchBalance());
    };
    expect(await withNonce(1_000)).toBe('no error');
    expect(await withNonce(1_000)).toBe('InvalidNonce');
    expect(await withNonce(999)).toBe('InvalidNonce');
    expect(await withNonce(1_001)).toBe('no error');
  });

  test('a refused signature leaves the nonce unused', async () => {
    const keys = await openAccount(sandbox, { venue: 'kraken' });
    const forged = await connect(sandbox, 'kraken', { ...keys, secret: Buffer.alloc(64).toString('base64') });
    forged.nonce = () => 5_000;
    expect(await refusal(forged, exchange)).toContain('Invalid signature');
    const honest = await connect(sandbox, 'kraken', keys);
    honest.nonce = () => 4_000;
    expect(await refusal(honest, exchange)).toBe('accepted');
  });

  test('a key that may not read', async () => {
    const { api_key, secret } = await openAccount(sandbox, { venue: 'kraken', permissions: ['trade'] });
    expect(await attempt({ apiKey: api_key, secret })).toBe(
      'PermissionDenied {"error":["EGeneral:Permission denied"]}',
    );
  });
});
