import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount, refusal, spotMarkets } from './ccxt-client.ts';

let sandbox: Sandbox;
let exchange: Exchange;

const client = async (keys: SandboxKeys, change: Record<string, unknown> = {}): Promise<Exchange> => {
  const own = await connect(sandbox, 'coinbaseexchange', keys, change);
  own.setMarketsFromExchange(exchange);
  return own;
};

const open = (input: Record<string, unknown> = {}): Promise<SandboxKeys> =>
  openAccount(sandbox, { venue: 'coinbase', ...input });

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'coinbase tests' });
  exchange = await connect(sandbox, 'coinbaseexchange', sandbox.accounts['coinbase']);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('coinbase exchange market data', () => {
  test('products and currencies load with their steps and networks, halted ones too', () => {
    expect(exchange.market('BTC/USD')).toMatchObject({ id: 'BTC-USD', active: true });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
    expect(Object.keys(exchange.currency('USDT')['networks'] as object).length).toBeGreaterThanOrEqual(3);
    expect(exchange.currency('EUR')['type']).toBe('fiat');
  });

  test('every market has a last price, and cross rates agree', async () => {
    const tickers = await exchange.fetchTickers();
    expect(Object.keys(tickers).sort()).toEqual(
      spotMarkets(exchange)
        .map(({ symbol }) => symbol)
        .sort(),
    );
    const [first, second, direct] = ['ETH/BTC', 'BTC/USD', 'ETH/USD'].map((symbol) =>
      Number(tickers[symbol]?.last),
    );
    expect(((first ?? 0) * (second ?? 0)) / (direct ?? 0)).toBeCloseTo(1, 3);
  });

  test('one ticker, its figures of the day, an order book, time; an unknown product is not found', async () => {
    const ticker = await exchange.fetchTicker('ETH/BTC');
    expect(Number(ticker.bid)).toBeLessThan(Number(ticker.ask));
    expect(await callEndpoint(exchange, 'publicGetProductsIdStats', { id: 'BTC-USD' })).toHaveProperty(
      'high',
    );
    const book = await exchange.fetchOrderBook('BTC/USD');
    expect(book.bids).toHaveLength(50);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
    expect(await failure(callEndpoint(exchange, 'publicGetProductsIdTicker', { id: 'NO-NO' }))).toBe(
      'OrderNotFound',
    );
  });
});

describe('coinbase exchange account', () => {
  test('wallets tell every digit, available and on hold', async () => {
    const own = await client(
      await open({ balances: { BTC: { free: '1', locked: '0.5' }, ETH: '0.123456789012345678' } }),
    );
    const balance = await own.fetchBalance();
    expect(balance['BTC']).toMatchObject({ free: '1', used: '0.5', total: '1.5' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
    expect(Array.isArray(balance.info)).toBe(true);
  });

  test('fills of one product come newest first, from a time on', async () => {
    const counts = await Promise.all(
      spotMarkets(exchange)
        .slice(0, 40)
        .map(async ({ symbol }) => (await exchange.fetchMyTrades(symbol)).length),
    );
    expect(counts.reduce((a, b) => a + b, 0)).toBe(40);
    const symbol = spotMarkets(exchange)[counts.findIndex((count) => count > 1)]?.symbol;
    const trades = await exchange.fetchMyTrades(symbol);
    const later = await exchange.fetchMyTrades(symbol, (trades[0]?.timestamp ?? 0) + 1);
    expect(later).toHaveLength(trades.length - 1);
  });

  test('deposits and withdrawals of one wallet or of all', async () => {
    const keys = await open();
    const path = `accounts/${keys.api_key}/transfers`;
    for (const transfer of [
      { type: 'deposit', asset: 'BTC', amount: '2.5' },
      { type: 'withdrawal', asset: 'BTC', amount: '1', fee: '0.5', status: 'pending' },
      { type: 'deposit', asset: 'USD', amount: '100' },
    ])
      expect((await admin(sandbox, 'POST', path, transfer)).status).toBe(201);
    const own = await client(keys);
    expect(await own.fetchDepositsWithdrawals()).toHaveLength(3);
    expect(await own.fetchDeposits('BTC')).toMatchObject([{ amount: '2.5', status: 'ok', network: 'BTC' }]);
    expect(await own.fetchWithdrawals('BTC')).toMatchObject([
      { type: 'withdrawal', status: 'pending', fee: { cost: '0.5' } },
    ]);
    expect((await own.fetchBalance())['BTC']?.total).toBe('1');
  });

  test('a deposit address is made on request', async () => {
    const { address } = (await exchange.createDepositAddress('BTC')) as { address: string };
    expect(address).toMatch(/^bc1/);
  });
});

describe('coinbase exchange orders', () => {
  test('a limit order away from the market rests, locks its funds, and gives them back when cancelled', async () => {
    const own = await client(await open({ balances: { USD: '1000' } }));
    const order = await own.createOrder('BTC/USD', 'limit', 'buy', 0.01, 10_000);
    expect((await own.fetchBalance())['USD']).toMatchObject({ free: '899.9', used: '100.1' });
    expect(await own.fetchOpenOrders('BTC/USD')).toMatchObject([{ id: order.id, status: 'open' }]);
    await own.cancelOrder(order.id ?? '');
    expect(await own.fetchOpenOrders()).toEqual([]);
    expect((await own.fetchOrder(order.id ?? '')).status).toBe('canceled');
    expect((await own.fetchBalance())['USD']?.free).toBe('1000');
    expect(await failure(own.cancelOrder(order.id ?? ''))).toBe('OrderNotFound');
  });

  test('a market order fills at once and shows in the fills', async () => {
    const own = await client(await open({ balances: { BTC: '1' } }));
    const order = await own.createOrder('BTC/USD', 'market', 'sell', 0.5);
    expect(order).toMatchObject({ status: 'closed', filled: '0.5' });
    expect((await own.fetchBalance())['BTC']?.total).toBe('0.5');
    expect(await own.fetchMyTrades('BTC/USD')).toMatchObject([{ order: order.id, side: 'sell' }]);
    expect(await own.fetchClosedOrders()).toHaveLength(1);
  });

  test('orders that cannot be are refused', async () => {
    const own = await client(await open());
    expect(await failure(own.createOrder('BTC/USD', 'limit', 'buy', 1, 10_000))).toBe('InsufficientFunds');
    expect(await failure(own.cancelOrder('12345'))).toBe('InvalidOrder');
    expect(await failure(own.cancelOrder('00000000-0000-4000-8000-000000012345'))).toBe('OrderNotFound');
  });
});

describe('coinbase exchange refuses', () => {
  const attempt = async (change: Record<string, unknown>) =>
    refusal(await client(sandbox.accounts['coinbase'] ?? { api_key: '', secret: '' }, change), exchange);

  test('an unknown key, a wrong secret, a wrong passphrase', async () => {
    expect(await attempt({ apiKey: 'a'.repeat(32) })).toBe(
      'AuthenticationError {"message":"Invalid API Key"}',
    );
    expect(await attempt({ secret: Buffer.alloc(64).toString('base64') })).toBe(
      'AuthenticationError {"message":"invalid signature"}',
    );
    expect(await attempt({ password: 'wrong' })).toBe('AuthenticationError {"message":"Invalid Passphrase"}');
    expect(await attempt({})).toBe('accepted');
  });

  test('a request out of its time, and a time in milliseconds', async () => {
    const { api_key, secret, passphrase = '' } = await open();
    const ask = async (timestamp: string): Promise<unknown> => {
      const sign = createHmac('sha256', Buffer.from(secret, 'base64'))
        .update(`${timestamp}GET/accounts`)
        .digest('base64');
      const answer = await fetch(`${sandbox.url}/accounts`, {
        headers: {
          'x-sandbox-host': 'api.exchange.coinbase.com',
          'cb-access-key': api_key,
          'cb-access-sign': sign,
          'cb-access-timestamp': timestamp,
          'cb-access-passphrase': passphrase,
        },
      });
      return answer.status === 200 ? 200 : [answer.status, await answer.json()];
    };
    const now = Math.floor(Date.now() / 1_000);
    expect(await ask(now.toString())).toBe(200);
    expect(await ask((now - 60).toString())).toEqual([401, { message: 'request timestamp expired' }]);
    expect(await ask((now + 60).toString())).toEqual([401, { message: 'request timestamp expired' }]);
    expect(await ask((now * 1_000).toString())).toEqual([400, { message: 'invalid timestamp' }]);
  });

  test('a key that may not read, and one that may not trade', async () => {
    const blind = await client(await open({ permissions: ['trade'] }));
    expect(await failure(blind.fetchBalance())).not.toBe('no error');
    expect(blind.last_http_response).toBe('{"message":"Forbidden"}');
    const reader = await client(await open({ permissions: ['read'], balances: { BTC: '1' } }));
    expect(await failure(reader.createOrder('BTC/USD', 'market', 'sell', 0.1))).not.toBe('no error');
    expect((await reader.fetchBalance())['BTC']?.total).toBe('1');
  });
});
