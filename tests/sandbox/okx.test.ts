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

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'okx tests' });
  exchange = await connect(sandbox, 'okx', sandbox.accounts.okx);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('okx market data', () => {
  test('spot pairs and both kinds of swaps load', () => {
    expect(exchange.market('BTC/USDT')).toMatchObject({
      id: 'BTC-USDT',
      active: true,
      precision: { price: '0.1' },
    });
    expect(exchange.market('BTC/USDT:USDT')).toMatchObject({ id: 'BTC-USDT-SWAP', swap: true, linear: true });
    expect(exchange.market('BTC/USD:BTC')).toMatchObject({ id: 'BTC-USD-SWAP', swap: true, inverse: true });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
  });

  test('every spot market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

  test('single tickers of spot and swap, time and status answer', async () => {
    expect((await exchange.fetchTicker('RAD/ETH')).symbol).toBe('RAD/ETH');
    expect((await exchange.fetchTicker('BTC/USDT:USDT')).symbol).toBe('BTC/USDT:USDT');
    expect(Object.keys(await exchange.fetchTickers(undefined, { type: 'swap' })).length).toBeGreaterThan(10);
    expect(await failure(callEndpoint(exchange, 'publicGetMarketTicker', { instId: 'NO-PE' }))).toBe(
      'BadSymbol',
    );
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
    expect((await exchange.fetchStatus()).status).toBe('ok');
  });
});

describe('okx account', () => {
  test('trading and funding balances carry every digit', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'okx',
      balances: { USDT: { free: '100.5', locked: '0.25' }, ETH: '0.123456789012345678' },
      wallets: { funding: { BTC: { free: '0.00005426', locked: '1' } } },
    });
    const account = await connect(sandbox, 'okx', keys);
    const balance = await account.fetchBalance();
    expect(balance.USDT).toMatchObject({ free: '100.5', used: '0.25', total: '100.75' });
    expect(balance.ETH?.total).toBe('0.123456789012345678');
    expect((await account.fetchBalance({ type: 'funding' })).BTC).toMatchObject({
      used: '1',
      total: '1.00005426',
    });
  });

  test('trades come for all symbols or for one, from a time on', async () => {
    const all = await exchange.fetchMyTrades();
    expect(all).toHaveLength(40);
    const symbol = all[0]?.symbol;
    const some = await exchange.fetchMyTrades(symbol);
    expect(some.length).toBeLessThan(40);
    expect(new Set(some.map((trade) => trade.symbol))).toEqual(new Set([symbol]));
    // Several trades can have one time.
    const since = all[30]?.timestamp ?? 0;
    const later = all.filter(({ timestamp = 0 }) => timestamp >= since);
    expect(later.length).toBeLessThan(40);
    expect(await exchange.fetchMyTrades(undefined, since)).toEqual(later);
    expect(all[0]?.fee?.cost).toMatch(/^\d/);
  });

  test('the configuration tells rights, the address lock and the position mode; positions are listed', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'okx',
      permissions: ['read', 'trade', 'withdraw'],
      ip_restricted: true,
      hedge_mode: true,
      positions: [{ contract: 'BTC-USDT-SWAP', amount: '3', entry_price: '60000' }],
    });
    const account = await connect(sandbox, 'okx', keys);
    expect(await callEndpoint(account, 'privateGetAccountConfig')).toMatchObject({
      data: [
        { perm: 'read_only,withdraw,trade', posMode: 'long_short_mode', ip: expect.stringMatching(/^\d/) },
      ],
    });
    expect((await account.fetchPositionMode()).hedged).toBe(true);
    expect(await account.fetchPositions()).toMatchObject([
      { symbol: 'BTC/USDT:USDT', side: 'long', contracts: '3' },
    ]);
    expect(await exchange.fetchPositions()).toEqual([]);
  });
});

describe('okx refuses', () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = await connect(sandbox, 'okx', sandbox.accounts.okx, change);
    return (await refusal(client, exchange)).replace(/\{.*"code":"(\d+)".*/, '$1');
  };

  test('a malformed key, a wrong passphrase, a wrong secret and a stale timestamp', async () => {
    expect(await attempt({ apiKey: 'not-a-key' })).toBe('AuthenticationError 50111');
    expect(await attempt({ password: 'wrong' })).toBe('AuthenticationError 50105');
    expect(await attempt({ secret: 'F'.repeat(32) })).toBe('AuthenticationError 50113');
    expect(await attempt({ options: { timeDifference: 40_000 } })).toBe('InvalidNonce 50102');
    expect(await attempt({ options: { timeDifference: -40_000 } })).toBe('InvalidNonce 50102');
  });

  test('an unknown key in words that ccxt does not classify', async () => {
    expect(await attempt({ apiKey: '00000000-0000-4000-a000-000000000000' })).toBe('ExchangeError 50119');
  });

  test('a key that may not read', async () => {
    const { api_key, secret, passphrase } = await openAccount(sandbox, {
      venue: 'okx',
      permissions: ['trade'],
    });
    expect(await attempt({ apiKey: api_key, secret, password: passphrase })).toBe('ExchangeError 50120');
  });

  test('requests without each of the four headers', async () => {
    const { headers } = exchange.sign('account/config', 'private', 'GET', {}) as {
      headers: Record<string, string>;
    };
    const codeWithout = async (name: string) => {
      const rest = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
      const response = await fetch(`${sandbox.url}/api/v5/account/config`, {
        headers: { ...rest, 'x-sandbox-host': 'www.okx.com' },
      });
      return ((await response.json()) as { code: string }).code;
    };
    expect(await codeWithout('')).toBe('0');
    expect(await codeWithout('OK-ACCESS-KEY')).toBe('50103');
    expect(await codeWithout('OK-ACCESS-PASSPHRASE')).toBe('50104');
    expect(await codeWithout('OK-ACCESS-SIGN')).toBe('50106');
    expect(await codeWithout('OK-ACCESS-TIMESTAMP')).toBe('50107');
  });
});
