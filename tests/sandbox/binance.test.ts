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
  sandbox = await startSandbox({ port: 0, seed: 'binance tests' });
  exchange = await connect(sandbox, 'binance', sandbox.accounts.binance);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('binance market data', () => {
  test('spot markets, linear and inverse contracts load with their steps and limits', () => {
    const spot = spotMarkets(exchange);
    expect(spot.length).toBeGreaterThanOrEqual(200);
    expect(exchange.market('BTC/USDT')).toMatchObject({
      id: 'BTCUSDT',
      active: true,
      precision: { price: '0.01000000', amount: '0.00001000' },
      limits: { cost: { min: '5.00000000' } },
    });
    expect(exchange.market('BTC/USDT:USDT')).toMatchObject({ swap: true, linear: true });
    expect(exchange.market('BTC/USD:BTC')).toMatchObject({ swap: true, inverse: true });
    expect(spot.some((market) => !market.active)).toBe(true);
  });

  test('some assets are reachable through two hops only', () => {
    const quotes = (base: string) =>
      spotMarkets(exchange)
        .filter((market) => market.base === base)
        .map((market) => market.quote);
    expect(quotes('NMR')).toEqual(['BTC']);
    expect(quotes('LPT')).toEqual(['ETH']);
  });

  test('every spot market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

  test('a stablecoin trades near one dollar and not at it', async () => {
    const { last } = await exchange.fetchTicker('USDC/USDT');
    expect(Number(last)).toBeCloseTo(1, 2);
    expect(Number(last)).not.toBe(1);
  });

  test('single tickers, selected tickers, book tickers, last prices and contract tickers answer', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    expect(Object.keys(await exchange.fetchTickers(['BTC/USDT', 'ETH/USDT']))).toHaveLength(2);
    expect((await exchange.fetchBidsAsks(['BTC/USDT']))['BTC/USDT']?.bid).toMatch(/^\d+\.\d{8}$/);
    expect(Object.keys(await exchange.fetchLastPrices()).length).toBeGreaterThanOrEqual(200);
    expect((await exchange.fetchTicker('BTC/USDT:USDT')).last).toBeDefined();
    expect((await exchange.fetchTicker('BTC/USD:BTC')).last).toBeDefined();
    expect(await failure(callEndpoint(exchange, 'publicGetTicker24hr', { symbol: 'NOPE' }))).toBe(
      'BadSymbol',
    );
  });

  test('time and status answer', async () => {
    expect(Math.abs(((await exchange.fetchTime()) ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await exchange.fetchStatus()).status).toBe('ok');
  });
});

describe('binance account', () => {
  test('balances carry every digit, locked amounts, dust and zeros', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'binance',
      balances: { BTC: { free: '1.5', locked: '0.25' }, ETH: '0.123456789012345678', SHIB: '0.00000001' },
    });
    const balance = await (await connect(sandbox, 'binance', keys)).fetchBalance();
    expect(balance.BTC).toMatchObject({ free: '1.50000000', used: '0.25000000', total: '1.75' });
    expect(balance.ETH?.free).toBe('0.123456789012345678');
    expect(balance.SHIB?.total).toBe('0.00000001');
    expect(Number(balance.LTC?.total)).toBe(0);
  });

  test('margin, futures and funding wallets, positions and hedge mode are kept apart', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'binance',
      wallets: {
        margin: { BTC: '2' },
        linear: { USDT: { free: '900', locked: '100' } },
        inverse: { BTC: '3' },
        funding: { USDC: '4' },
      },
      hedge_mode: true,
      positions: [{ contract: 'BTCUSDT', amount: '-0.5', entry_price: '60000' }],
    });
    const account = await connect(sandbox, 'binance', keys);
    expect((await account.fetchBalance({ type: 'margin' })).BTC?.total).toBe('2');
    // The total counts the open profit of the position in, what is free does not.
    const { last } = await account.fetchTicker('BTC/USDT:USDT');
    const linear = (await account.fetchBalance({ type: 'swap', subType: 'linear' })).USDT;
    expect(Number(linear?.total)).toBeCloseTo(1_000 - 0.5 * (Number(last) - 60_000), -2);
    expect((await account.fetchBalance({ type: 'swap', subType: 'linear', useV2: true })).USDT?.free).toBe(
      '900.00000000',
    );
    expect((await account.fetchBalance({ type: 'swap', subType: 'inverse' })).BTC?.total).toBe('3.00000000');
    expect((await account.fetchBalance({ type: 'funding' })).USDC?.total).toBe('4');
    const positions = await account.fetchPositions();
    expect(positions).toHaveLength(1);
    expect(positions[0]).toMatchObject({ symbol: 'BTC/USDT:USDT', side: 'short', contracts: '0.5' });
    expect(await account.fetchPositions(undefined, { subType: 'inverse' })).toHaveLength(0);
    expect((await account.fetchPositionMode()).hedged).toBe(true);
  });

  test('trades of a symbol come oldest first, from a time or up to a limit', async () => {
    const trades = await exchange.fetchMyTrades('BTC/USDT');
    expect(trades.length).toBeGreaterThan(1);
    const times = trades.map((trade) => trade.timestamp ?? 0);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(trades[0]).toMatchObject({ symbol: 'BTC/USDT', fee: { currency: 'USDT' } });
    expect(await exchange.fetchMyTrades('BTC/USDT', times[1])).toHaveLength(trades.length - 1);
    expect((await exchange.fetchMyTrades('BTC/USDT', undefined, 1))[0]?.id).toBe(trades.at(-1)?.id);
  });

  test('key rights tell reading, trading, withdrawing, the address lock and the expiry', async () => {
    const keys = await openAccount(sandbox, {
      venue: 'binance',
      permissions: ['read', 'withdraw'],
      ip_restricted: true,
      expires_at: '2030-01-01T00:00:00Z',
    });
    const account = await connect(sandbox, 'binance', keys);
    expect(await callEndpoint(account, 'sapiGetAccountApiRestrictions')).toMatchObject({
      enableReading: true,
      enableSpotAndMarginTrading: false,
      enableFutures: false,
      enableWithdrawals: true,
      ipRestrict: true,
      tradingAuthorityExpirationTime: 1_893_456_000_000,
    });
  });

  test('the calls that ccxt adds when it has keys answer too', async () => {
    const account = await connect(sandbox, 'binance', sandbox.accounts.binance, {
      options: { fetchMargins: true },
    });
    await account.loadMarkets();
    expect(account.market('BTC/USDT').marginModes).toMatchObject({ cross: true, isolated: true });
    expect(account.currencies.BTC).toBeDefined();
    expect((await account.fetchBalance({ marginMode: 'isolated' })).info).toEqual({ assets: [] });
  });
});

describe('binance refuses', () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = await connect(sandbox, 'binance', sandbox.accounts.binance, change);
    return (await refusal(client, exchange)).replace(/\{"code":(-\d+),.*/, '$1');
  };
  const windowed = (recvWindow: number) => ({ options: { recvWindow, timeDifference: 30_000 } });

  test('an unknown key, a malformed key and a wrong secret', async () => {
    expect(await attempt({ apiKey: 'A'.repeat(64) })).toBe('AuthenticationError -2015');
    expect(await attempt({ apiKey: 'short' })).toBe('AuthenticationError -2014');
    expect(await attempt({ secret: 'B'.repeat(64) })).toBe('AuthenticationError -1022');
  });

  test('a stale and a future timestamp, judged by the window', async () => {
    expect(await attempt(windowed(5_000))).toBe('InvalidNonce -1021');
    expect(await attempt(windowed(59_000))).toBe('accepted');
    expect(await attempt({ options: { timeDifference: -30_000 } })).toBe('InvalidNonce -1021');
  });

  test('a key that may not read, and a key that has expired', async () => {
    const blind = await openAccount(sandbox, { venue: 'binance', permissions: ['trade'] });
    const old = await openAccount(sandbox, { venue: 'binance', expires_at: '2020-01-01T00:00:00Z' });
    expect(await attempt({ apiKey: blind.api_key, secret: blind.secret })).toBe('AuthenticationError -2015');
    expect(await attempt({ apiKey: old.api_key, secret: old.secret })).toBe('AuthenticationError -2015');
  });

  test('an altered query, and parameters after the signature', async () => {
    const url = (
      exchange as unknown as {
        sign: (...input: unknown[]) => { url: string; headers: Record<string, string> };
      }
    ).sign('account', 'private', 'GET', {});
    const send = async (target: string) => {
      const response = await fetch(sandbox.url + target.replace('https://api.binance.com', ''), {
        headers: { ...url.headers, 'x-sandbox-host': 'api.binance.com' },
      });
      return response.status;
    };
    expect(await send(url.url)).toBe(200);
    expect(await send(url.url.replace('?', '?a=1&'))).toBe(400);
    expect(await send(`${url.url}&a=1`)).toBe(400);
  });
});
