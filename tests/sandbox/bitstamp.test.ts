import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, checkTickers, connect, failure, openAccount, refusal, spotMarkets } from './ccxt-client.ts';

let sandbox: Sandbox;
let exchange: Exchange;

const client = async (keys: SandboxKeys, change: Record<string, unknown> = {}): Promise<Exchange> => {
  const own = await connect(sandbox, 'bitstamp', keys, change);
  own.setMarketsFromExchange(exchange);
  return own;
};

const open = (input: Record<string, unknown> = {}): Promise<SandboxKeys> =>
  openAccount(sandbox, { venue: 'bitstamp', ...input });

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'bitstamp tests' });
  exchange = await connect(sandbox, 'bitstamp', sandbox.accounts['bitstamp']);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('bitstamp market data', () => {
  test('markets load with their steps, halted ones too', () => {
    expect(exchange.market('BTC/USD')).toMatchObject({ id: 'btcusd', active: true });
    expect(exchange.market('BTC/USD').precision).toEqual({ amount: '0.00000001', price: '0.1' });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
  });

  test('every market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USD', 'ETH/USD']));

  test('one ticker and an order book; parameters that the venue does not know are refused', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    const book = await exchange.fetchOrderBook('BTC/USD');
    expect(book.bids).toHaveLength(100);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(await failure(exchange.fetchTickers(undefined, { type: 'spot' }))).toBe('ExchangeError');
  });
});

describe('bitstamp account', () => {
  test('balances tell every digit, available and reserved', async () => {
    const own = await client(
      await open({ balances: { BTC: { free: '1', locked: '0.5' }, ETH: '0.123456789012345678' } }),
    );
    const balance = await own.fetchBalance();
    expect(balance['BTC']).toMatchObject({ free: '1', used: '0.5', total: '1.5' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
  });

  test('trades are told apart from transfers, and filtered by pair', async () => {
    const all = await exchange.fetchMyTrades();
    expect(all).toHaveLength(40);
    const [symbol] = all.map((trade) => trade.symbol);
    const some = await exchange.fetchMyTrades(symbol);
    expect(some.length).toBeGreaterThan(0);
    expect(some.every((trade) => trade.symbol === symbol)).toBe(true);
    expect(new Set(all.map(({ side }) => side))).toEqual(new Set(['buy', 'sell']));
    const own = await client(await open({ trades: 12 }));
    expect(await own.fetchMyTrades(undefined, undefined, 5)).toHaveLength(5);
  });

  test('deposits and withdrawals', async () => {
    const keys = await open();
    const path = `accounts/${keys.api_key}/transfers`;
    for (const transfer of [
      { type: 'deposit', asset: 'ETH', amount: '2.5' },
      { type: 'withdrawal', asset: 'ETH', amount: '1', fee: '0.25' },
    ])
      expect((await admin(sandbox, 'POST', path, transfer)).status).toBe(201);
    const own = await client(keys);
    expect((await own.fetchDepositsWithdrawals('ETH')).map(({ type }) => type).sort()).toEqual([
      'deposit',
      'withdrawal',
    ]);
    expect(await own.fetchWithdrawals()).toMatchObject([{ amount: '1', currency: 'ETH', status: 'ok' }]);
    expect((await own.fetchBalance())['ETH']?.total).toBe('1.25');
  });

  test('a deposit address, with a tag where there is one', async () => {
    expect((await exchange.fetchDepositAddress('BTC')).address).toMatch(/^bc1/);
    expect(await exchange.fetchDepositAddress('XRP')).toMatchObject({
      address: expect.stringMatching(/^r/),
      tag: expect.stringMatching(/^\d+$/),
    });
  });
});

describe('bitstamp orders', () => {
  test('a limit order away from the market rests, locks its funds, and gives them back when cancelled', async () => {
    const own = await client(await open({ balances: { USD: '1000' } }));
    const order = await own.createOrder('BTC/USD', 'limit', 'buy', 0.01, 10_000);
    expect((await own.fetchBalance())['USD']).toMatchObject({ free: '899.9', used: '100.1' });
    expect(await own.fetchOpenOrders('BTC/USD')).toMatchObject([{ id: order.id, side: 'buy' }]);
    await own.cancelOrder(order.id ?? '');
    expect(await own.fetchOpenOrders()).toEqual([]);
    expect((await own.fetchOrder(order.id ?? '')).status).toBe('canceled');
    expect((await own.fetchBalance())['USD']?.free).toBe('1000');
  });

  test('a market order fills at once and shows among the transactions', async () => {
    const own = await client(await open({ balances: { BTC: '1' } }));
    const order = await own.createOrder('BTC/USD', 'market', 'sell', 0.5);
    expect((await own.fetchOrder(order.id ?? '', 'BTC/USD')).status).toBe('closed');
    expect((await own.fetchBalance())['BTC']?.total).toBe('0.5');
    expect(await own.fetchMyTrades()).toMatchObject([{ order: order.id, side: 'sell', symbol: 'BTC/USD' }]);
  });

  test('orders that cannot be are refused; of one that is not there ccxt does not know the words', async () => {
    const own = await client(await open());
    expect(await failure(own.createOrder('BTC/USD', 'limit', 'buy', 1, 10_000))).toBe('InsufficientFunds');
    expect(await failure(own.cancelOrder('12345'))).toBe('ExchangeError');
    expect(own.last_http_response).toContain('"404.002"');
  });
});

describe('bitstamp refuses', () => {
  const attempt = async (keys: SandboxKeys, change: Record<string, unknown> = {}) =>
    refusal(await client(keys, change), exchange);

  test('an unknown key, a key of a wrong form, a wrong secret, a key that may not read', async () => {
    const keys = await open();
    expect(await attempt(keys, { apiKey: 'x'.repeat(32) })).toBe(
      'AuthenticationError {"status":"error","reason":"API key not found","code":"API0001"}',
    );
    expect(await attempt(keys, { apiKey: 'short' })).toContain('API0011');
    expect(await attempt(keys, { secret: 'x'.repeat(32) })).toContain('AuthenticationError');
    expect(await attempt(await open({ permissions: ['trade'] }))).toBe(
      'PermissionDenied {"status":"error","reason":"No permission found","code":"API0003"}',
    );
    expect(await attempt(keys)).toBe('accepted');
  });

  test('a nonce that repeats, and a request out of its time', async () => {
    const keys = await open();
    const own = await client(keys);
    own.uuid = () => '0f5ad1a7-32c6-4d0e-9d27-3f0a3b6f5c11';
    expect(await failure(own.fetchBalance())).toBe('no error');
    expect(await failure(own.fetchBalance())).toBe('InvalidNonce');
    const late = await client(keys);
    late.milliseconds = () => Date.now() - 200_000;
    expect(await failure(late.fetchBalance())).toBe('ExchangeError');
    expect(late.last_http_response).toContain('API0017');
  });
});
