import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import {
  admin,
  callEndpoint,
  checkTickers,
  connect,
  failure,
  openAccount,
  refusal,
  spotMarkets,
} from './ccxt-client.ts';

const SPOT = { options: { defaultType: 'spot' } };
/** A day of the computed past, which begins on 2025-06-02. */
const PAST = Date.parse('2025-06-02T00:00:00Z');

let sandbox: Sandbox;
let exchange: Exchange;

const demoKeys = (): SandboxKeys => {
  const keys = sandbox.accounts['bybit'];
  if (keys === undefined) throw new Error('no demo account');
  return keys;
};
const anAccount = async (input: Record<string, unknown>): Promise<Exchange> => {
  const keys = await openAccount(sandbox, { venue: 'bybit', ...input });
  const account = await connect(sandbox, 'bybit', keys, SPOT);
  account.setMarketsFromExchange(exchange);
  return account;
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'bybit tests' });
  exchange = await connect(sandbox, 'bybit', demoKeys(), SPOT);
  await exchange.loadMarkets();
});
afterEach(() => admin(sandbox, 'DELETE', 'faults'));
afterAll(() => sandbox.close());

describe('bybit market data', () => {
  test('spot pairs and both kinds of contracts load, and coins with their networks', () => {
    expect(exchange.market('BTC/USDT')).toMatchObject({ id: 'BTCUSDT', active: true, spot: true });
    expect(exchange.market('BTC/USDT:USDT')).toMatchObject({ id: 'BTCUSDT', swap: true, linear: true });
    expect(exchange.market('BTC/USD:BTC')).toMatchObject({ id: 'BTCUSD', swap: true, inverse: true });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
    expect(Object.keys(exchange.currencies['USDT']?.networks ?? {})).toContain('TRC20');
  });

  test('every spot market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

  test('single tickers, order books, brackets, time and status answer', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    expect((await exchange.fetchTicker('BTC/USD:BTC')).symbol).toBe('BTC/USD:BTC');
    const book = await exchange.fetchOrderBook('BTC/USDT', 20);
    expect(book.bids).toHaveLength(20);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(
      await failure(callEndpoint(exchange, 'publicGetV5MarketTickers', { category: 'spot', symbol: 'NO' })),
    ).toBe('BadRequest');
    const tiers = await exchange.fetchMarketLeverageTiers('BTC/USDT:USDT');
    expect(tiers[0]).toMatchObject({ tier: 1, maxLeverage: '125.00' });
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
    expect((await exchange.fetchStatus()).status).toBe('ok');
  });
});

describe('bybit account', () => {
  test('the unified and the funding wallet carry every digit', async () => {
    const account = await anAccount({
      balances: { USDT: { free: '100.5', locked: '0.25' }, ETH: '0.123456789012345678' },
      wallets: { funding: { BTC: '0.00005426' } },
    });
    const balance = await account.fetchBalance();
    expect(balance['USDT']).toMatchObject({ free: '100.5', used: '0.25', total: '100.75' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
    expect((await account.fetchBalance({ type: 'funding' }))['BTC']?.total).toBe('0.00005426');
    expect((await account.fetchBalance({ type: 'swap' }))['USDT']?.total).toBe('100.75');
  });

  test('trades of a week come newest week first, or of the week after a start', async () => {
    expect(await exchange.fetchMyTrades()).toEqual([]);
    const trades = await exchange.fetchMyTrades(undefined, PAST, 100);
    expect(trades).toHaveLength(40);
    const { symbol } = trades[0] ?? {};
    const some = await exchange.fetchMyTrades(symbol, PAST, 100);
    expect(new Set(some.map((trade) => trade.symbol))).toEqual(new Set([symbol]));
    expect(await exchange.fetchMyTrades(undefined, PAST - 8 * 86_400_000)).toEqual([]);
    expect(trades[0]?.fee).toMatchObject({ cost: expect.stringMatching(/^\d/) });
  });

  test('the key tells its rights, its address list and its expiry', async () => {
    const open = await anAccount({
      permissions: ['read', 'trade', 'withdraw'],
      expires_at: '2030-01-01T00:00:00Z',
    });
    expect(await callEndpoint(open, 'privateGetV5UserQueryApi')).toMatchObject({
      result: {
        readOnly: 0,
        permissions: { Spot: ['SpotTrade'], Wallet: ['AccountTransfer', 'Withdraw'] },
        ips: ['*'],
        expiredAt: '2030-01-01T00:00:00.000Z',
      },
    });
    const bound = await anAccount({ permissions: ['read'], ip_restricted: true });
    expect(await callEndpoint(bound, 'privateGetV5UserQueryApi')).toMatchObject({
      result: { readOnly: 1, permissions: { Wallet: [] }, ips: [expect.stringMatching(/^\d/)] },
    });
  });

  test('positions are listed by settlement, and a named contract tells the position mode', async () => {
    const account = await anAccount({
      hedge_mode: true,
      positions: [
        { contract: 'BTCUSDT', amount: '-0.5', entry_price: '60000' },
        { contract: 'BTCUSD', amount: '100', entry_price: '60000' },
      ],
    });
    const linear = await account.fetchPositions(undefined, { type: 'swap' });
    expect(linear).toMatchObject([
      { symbol: 'BTC/USDT:USDT', side: 'short', contracts: '0.5', hedged: true },
    ]);
    expect(await account.fetchPositions(undefined, { type: 'swap', subType: 'inverse' })).toMatchObject([
      { symbol: 'BTC/USD:BTC', side: 'long', contracts: '100' },
    ]);
    const named = { category: 'linear', symbol: 'ETHUSDT' };
    const rows = await callEndpoint(account, 'privateGetV5PositionList', named);
    expect(rows).toMatchObject({ result: { list: [{ positionIdx: 1, size: '0' }, { positionIdx: 2 }] } });
    expect(await callEndpoint(exchange, 'privateGetV5PositionList', named)).toMatchObject({
      result: { list: [{ positionIdx: 0, size: '0' }] },
    });
  });

  test('deposits, withdrawals and deposit addresses are told', async () => {
    const keys = await openAccount(sandbox, { venue: 'bybit', balances: { USDT: '500' } });
    for (const transfer of [
      { type: 'deposit', asset: 'BTC', amount: '0.123456789012345678' },
      { type: 'withdrawal', asset: 'USDT', amount: '100', fee: '1', network: 'TRX', address: 'T-somewhere' },
    ]) {
      expect((await admin(sandbox, 'POST', `accounts/${keys.api_key}/transfers`, transfer)).status).toBe(201);
    }
    const account = await connect(sandbox, 'bybit', keys, SPOT);
    account.setMarketsFromExchange(exchange);
    expect(await account.fetchDeposits()).toMatchObject([
      { currency: 'BTC', amount: '0.123456789012345678', status: 'ok', type: 'deposit', network: 'BTC' },
    ]);
    expect(await account.fetchWithdrawals('USDT')).toMatchObject([
      { amount: '100', status: 'ok', type: 'withdrawal', fee: { cost: '1' }, addressTo: 'T-somewhere' },
    ]);
    expect((await account.fetchBalance())['USDT']?.total).toBe('399');
    const address = await account.fetchDepositAddress('USDT', { network: 'TRC20' });
    expect(address).toMatchObject({ network: 'TRC20', address: expect.stringMatching(/^T/) });
  });
});

describe('bybit orders', () => {
  test('a market order fills at the price of the moment, less the fee', async () => {
    const account = await anAccount({ balances: { USDT: '100000' } });
    const order = await account.createOrder('BTC/USDT', 'market', 'buy', 0.5);
    const [trade] = await account.fetchMyTrades('BTC/USDT');
    expect(trade).toMatchObject({ order: order.id, amount: '0.5', side: 'buy', takerOrMaker: 'taker' });
    const balance = await account.fetchBalance();
    expect(balance['BTC']?.total).toBe('0.4995');
    expect(Number(balance['USDT']?.total)).toBeCloseTo(100_000 - 0.5 * Number(trade?.price), 6);
    expect(await account.fetchOpenOrders('BTC/USDT')).toEqual([]);
  });

  test('a limit order that does not cross rests and locks its funds; cancelling frees them', async () => {
    const account = await anAccount({ balances: { USDT: '1000' } });
    const { id = '' } = await account.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 30_000);
    expect(await account.fetchOpenOrders()).toMatchObject([{ id, status: 'open', amount: '0.01' }]);
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '700', used: '300' });
    await account.cancelOrder(id, 'BTC/USDT');
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '1000', used: '0' });
    expect(await failure(account.cancelOrder(id, 'BTC/USDT'))).toBe('OrderNotFound');
  });

  test('a contract order takes its margin from the unified wallet and opens a position', async () => {
    const account = await anAccount({ balances: { USDT: '10000' } });
    await account.createOrder('BTC/USDT:USDT', 'market', 'sell', 0.1);
    expect(await account.fetchPositions(undefined, { type: 'swap' })).toMatchObject([
      { symbol: 'BTC/USDT:USDT', side: 'short', contracts: '0.1' },
    ]);
    expect(Number((await account.fetchBalance())['USDT']?.used)).toBeGreaterThan(100);
    expect(await account.fetchMyTrades('BTC/USDT')).toEqual([]);
    expect(await account.fetchMyTrades('BTC/USDT:USDT')).toHaveLength(1);
  });

  test('what cannot be is refused in words that ccxt knows', async () => {
    const account = await anAccount({ balances: { USDT: '10' } });
    const attempt = (amount: number, price: number) =>
      failure(account.createOrder('BTC/USDT', 'limit', 'buy', amount, price));
    expect(await attempt(1, 30_000)).toBe('InsufficientFunds');
    expect(await attempt(0.00001, 30_000)).toBe('InvalidOrder');
    const reader = await anAccount({ permissions: ['read'] });
    expect(await failure(reader.createOrder('BTC/USDT', 'market', 'sell', 1))).toBe('PermissionDenied');
    expect(await failure(account.cancelOrder('12345', 'BTC/USDT'))).toBe('OrderNotFound');
  });
});

describe('bybit refuses', () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = await connect(sandbox, 'bybit', demoKeys(), { ...SPOT, ...change });
    return (await refusal(client, exchange)).replace(/\{.*"retCode":(\d+).*/, '$1');
  };

  test('an unknown key, a wrong secret, a stale and a future timestamp', async () => {
    expect(await attempt({ apiKey: 'x'.repeat(18) })).toBe('AuthenticationError 10003');
    expect(await attempt({ secret: 'y'.repeat(36) })).toBe('AuthenticationError 10004');
    const off = (timeDifference: number) => attempt({ options: { defaultType: 'spot', timeDifference } });
    expect(await off(30_000)).toBe('InvalidNonce 10002');
    expect(await off(-30_000)).toBe('InvalidNonce 10002');
  });

  test('a key that has expired, that is used from elsewhere, or that may not read', async () => {
    const expired = await anAccount({ expires_at: '2020-01-01T00:00:00Z' });
    expect(await refusal(expired, exchange)).toContain('"retCode":33004');
    const elsewhere = await anAccount({ faults: ['ip_not_allowed'] });
    expect(await refusal(elsewhere, exchange)).toContain('"retCode":10010');
    const blind = await anAccount({ permissions: ['trade'] });
    expect(await refusal(blind, exchange)).toMatch(/^PermissionDenied.*10005/);
  });

  test('an altered query and missing headers', async () => {
    const { url, headers } = exchange.sign('v5/account/wallet-balance', 'private', 'GET', {
      accountType: 'UNIFIED',
    }) as { url: string; headers: Record<string, string> };
    const codeOf = async (target: string, sent: Record<string, string>) => {
      const response = await fetch(sandbox.url + target.replace('https://api.bybit.com', ''), {
        headers: { ...sent, 'x-sandbox-host': 'api.bybit.com' },
      });
      return ((await response.json()) as { retCode: number }).retCode;
    };
    expect(await codeOf(url, headers)).toBe(0);
    expect(await codeOf(`${url}&coin=BTC`, headers)).toBe(10004);
    for (const name of ['X-BAPI-API-KEY', 'X-BAPI-TIMESTAMP', 'X-BAPI-SIGN']) {
      const rest = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
      expect(await codeOf(url, rest)).toBe(10001);
    }
  });

  test.each([
    ['rate_limited', 'RateLimitExceeded'],
    ['banned', 'RateLimitExceeded'],
    ['server_error', 'ExchangeNotAvailable'],
    ['maintenance', 'ExchangeError'],
    ['expired_key', 'AuthenticationError'],
    ['invalid_key', 'AuthenticationError'],
    ['ip_not_allowed', 'PermissionDenied'],
  ])('under the fault %s with its own error', async (kind, name) => {
    await admin(sandbox, 'POST', 'faults', { venue: 'bybit', kind });
    expect(await failure(exchange.fetchBalance())).toBe(name);
  });
});
