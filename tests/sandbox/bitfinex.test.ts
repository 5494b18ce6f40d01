import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount, refusal, spotMarkets } from './ccxt-client.ts';

let sandbox: Sandbox;
let exchange: Exchange;
let loaded = false;

/** Nonces that never collide, however fast the calls follow each other. */
const client = async (keys: SandboxKeys, change: Record<string, unknown> = {}): Promise<Exchange> => {
  const own = await connect(sandbox, 'bitfinex', keys, change);
  if (loaded) own.setMarketsFromExchange(exchange);
  let last = Date.now();
  own.nonce = () => (last += 1);
  return own;
};

const open = (input: Record<string, unknown> = {}): Promise<SandboxKeys> =>
  openAccount(sandbox, { venue: 'bitfinex', ...input });

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'bitfinex tests' });
  const own = await client(sandbox.accounts['bitfinex'] ?? { api_key: '', secret: '' });
  await own.loadMarkets();
  exchange = own;
  loaded = true;
});
afterAll(() => sandbox.close());

describe('bitfinex market data', () => {
  test('pairs carry the venue names and load under the usual ones, contracts too', () => {
    expect(exchange.market('BTC/USD').id).toBe('tBTCUSD');
    expect(exchange.market('BTC/USDT').id).toBe('tBTCUST');
    expect(exchange.market('DOGE/USD').id).toBe('tDOGE:USD');
    expect(exchange.market('ALGO/USD').id).toBe('tALGUSD');
    expect(exchange.market('BTC/USDT:USDT')).toMatchObject({ id: 'tBTCF0:USTF0', swap: true });
    expect(Object.keys(exchange.currency('USDT')['networks'] as object).length).toBeGreaterThanOrEqual(3);
  });

  test('every market has a ticker, and cross rates agree', async () => {
    const tickers = await exchange.fetchTickers();
    const symbols = spotMarkets(exchange).map(({ symbol }) => symbol);
    expect(symbols.length).toBeGreaterThanOrEqual(200);
    for (const symbol of symbols) {
      expect(Number(tickers[symbol]?.bid)).toBeGreaterThan(0);
      expect(Number(tickers[symbol]?.bid)).toBeLessThan(Number(tickers[symbol]?.ask));
    }
    const [first, second, direct] = ['ETH/BTC', 'BTC/USD', 'ETH/USD'].map((symbol) =>
      Number(tickers[symbol]?.last),
    );
    expect(((first ?? 0) * (second ?? 0)) / (direct ?? 0)).toBeCloseTo(1, 3);
  });

  test('one ticker, an order book, the status; an unknown symbol is named so', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    const book = await exchange.fetchOrderBook('BTC/USD');
    expect(book.bids).toHaveLength(25);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect((await exchange.fetchStatus()).status).toBe('ok');
    expect(await failure(callEndpoint(exchange, 'publicGetTickerSymbol', { symbol: 'tNOPE' }))).toBe(
      'BadSymbol',
    );
  });
});

describe('bitfinex account', () => {
  test('wallets come as bare numbers with every digit, each kind apart', async () => {
    const keys = await open({
      balances: { BTC: { free: '1', locked: '0.5' }, USDT: '10.25', ETH: '0.123456789012345678' },
      wallets: { margin: { BTC: '7' } },
    });
    const own = await client(keys);
    const balance = await own.fetchBalance();
    expect(balance['BTC']).toMatchObject({ total: '1.5', free: '1' });
    expect(balance['USDT']?.total).toBe('10.25');
    expect(own.last_http_response).toContain('["exchange","ETH",0.123456789012345678,0,');
    expect((await own.fetchBalance({ type: 'margin' }))['BTC']?.total).toBe('7');
  });

  test('trades come newest first, of one pair or of all, with fees in the asset received', async () => {
    const all = await exchange.fetchMyTrades(undefined, undefined, 100);
    expect(all).toHaveLength(40);
    const [symbol] = all.map((trade) => trade.symbol);
    const some = await exchange.fetchMyTrades(symbol);
    expect(some.length).toBeGreaterThan(0);
    expect(some.every((trade) => trade.symbol === symbol)).toBe(true);
    expect(Number(some[0]?.fee?.cost)).toBeGreaterThan(0);
  });

  test('the key tells its rights, scope by scope', async () => {
    const own = await client(await open({ permissions: ['read', 'withdraw'] }));
    expect(await callEndpoint(own, 'privatePostAuthRPermissions')).toEqual(
      expect.arrayContaining([
        ['wallets', 1, 0],
        ['orders', 1, 0],
        ['withdraw', 0, 1],
      ]),
    );
  });

  test('positions are listed by contract', async () => {
    const positions = [{ contract: 'tBTCF0:USTF0', amount: '-0.5', entry_price: '60000' }];
    const own = await client(await open({ positions }));
    expect(await own.fetchPositions()).toMatchObject([
      { symbol: 'BTC/USDT:USDT', side: 'short', entryPrice: '60000' },
    ]);
    expect(await exchange.fetchPositions()).toEqual([]);
  });

  test('deposits and withdrawals are movements with their fees', async () => {
    const keys = await open();
    const path = `accounts/${keys.api_key}/transfers`;
    for (const transfer of [
      { type: 'deposit', asset: 'USDT', amount: '250', network: 'TRX' },
      { type: 'withdrawal', asset: 'USDT', amount: '100', fee: '1' },
    ])
      expect((await admin(sandbox, 'POST', path, transfer)).status).toBe(201);
    const own = await client(keys);
    expect(await own.fetchDepositsWithdrawals()).toMatchObject([
      { type: 'deposit', amount: '250', currency: 'USDT', network: 'TRC20', status: 'ok' },
      { type: 'withdrawal', amount: '100', fee: { cost: '1' } },
    ]);
    expect(await own.fetchDepositsWithdrawals('BTC')).toEqual([]);
  });

  test('a deposit address belongs to a method', async () => {
    const { address } = await exchange.fetchDepositAddress('USDT', { network: 'TRC20' });
    expect(address).toMatch(/^T/);
    const answer = callEndpoint(exchange, 'privatePostAuthWDepositAddress', {
      method: 'gold',
      wallet: 'exchange',
    });
    expect(await failure(answer)).toBe('BadRequest');
  });
});

describe('bitfinex orders', () => {
  test('a limit order away from the market rests, locks its funds, and gives them back when cancelled', async () => {
    const own = await client(await open({ balances: { USD: '1000' } }));
    const order = await own.createOrder('BTC/USD', 'limit', 'buy', 0.01, 10_000);
    expect(order).toMatchObject({ status: 'open', side: 'buy', symbol: 'BTC/USD', price: '10000' });
    expect((await own.fetchBalance())['USD']).toMatchObject({ free: '900', total: '1000' });
    expect(await own.fetchOpenOrders('BTC/USD')).toMatchObject([{ id: order.id }]);
    await own.cancelOrder(order.id ?? '');
    expect(await own.fetchOpenOrders()).toEqual([]);
    expect(await own.fetchClosedOrders()).toMatchObject([{ id: order.id, status: 'canceled' }]);
    expect((await own.fetchBalance())['USD']?.free).toBe('1000');
  });

  test('a market order fills at once and shows among the trades', async () => {
    const own = await client(await open({ balances: { BTC: '1' } }));
    const order = await own.createOrder('BTC/USD', 'market', 'sell', 0.5);
    expect(order.status).toBe('closed');
    expect((await own.fetchBalance())['BTC']?.total).toBe('0.5');
    expect(await own.fetchMyTrades()).toMatchObject([
      { order: order.id, side: 'sell', amount: '0.5', fee: { currency: 'USD' } },
    ]);
  });

  test('orders that cannot be are refused', async () => {
    const own = await client(await open());
    expect(await failure(own.createOrder('BTC/USD', 'limit', 'buy', 1, 10_000))).toBe('InsufficientFunds');
    expect(await failure(own.cancelOrder('12345'))).toBe('OrderNotFound');
  });
});

describe('bitfinex refuses', () => {
  const attempt = async (keys: SandboxKeys, change: Record<string, unknown> = {}) => {
    const own = await client(keys, change);
    const outcome = await refusal(own, exchange);
    return outcome === 'accepted' ? outcome : [outcome.split(' ')[0], own.last_http_response];
  };

  test('an unknown key, a wrong secret, a key that may not read', async () => {
    const keys = await open();
    expect(await attempt(keys, { apiKey: 'x'.repeat(43) })).toEqual([
      'AuthenticationError',
      '["error",10100,"apikey: invalid"]',
    ]);
    expect(await attempt(keys, { secret: 'x'.repeat(43) })).toEqual([
      'AuthenticationError',
      '["error",10100,"apikey: digest invalid"]',
    ]);
    expect(await attempt(await open({ permissions: ['trade'] }))).toEqual([
      'PermissionDenied',
      '["error",10001,"api_key: permission invalid"]',
    ]);
    expect(await attempt(keys)).toBe('accepted');
  });

  test('a nonce that repeats or falls, and accepts the next greater one', async () => {
    const own = await client(await open());
    const withNonce = async (nonce: number) => {
      own.nonce = () => nonce;
      return failure(own.fetchBalance());
    };
    expect(await withNonce(1_000)).toBe('no error');
    expect(await withNonce(1_000)).toBe('InvalidNonce');
    expect(await withNonce(999)).toBe('InvalidNonce');
    expect(await withNonce(1_001)).toBe('no error');
  });

  test('a refused signature leaves the nonce unused', async () => {
    const keys = await open();
    const forged = await client({ ...keys, secret: 'x'.repeat(43) });
    forged.nonce = () => 5_000;
    expect(await failure(forged.fetchBalance())).toBe('AuthenticationError');
    const honest = await client(keys);
    honest.nonce = () => 4_000;
    expect(await failure(honest.fetchBalance())).toBe('no error');
  });
});
