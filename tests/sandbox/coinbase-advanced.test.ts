import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount, refusal, spotMarkets } from './ccxt-client.ts';

const V3 = { v3: true };
let sandbox: Sandbox;
let exchange: Exchange;

const client = async (keys: SandboxKeys, change: Record<string, unknown> = {}): Promise<Exchange> => {
  const own = await connect(sandbox, 'coinbase', keys, change);
  own.setMarketsFromExchange(exchange);
  return own;
};

const open = (input: Record<string, unknown> = {}): Promise<SandboxKeys> =>
  openAccount(sandbox, { venue: 'coinbase_advanced', ...input });

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'coinbase advanced tests' });
  exchange = await connect(sandbox, 'coinbase', sandbox.accounts['coinbase_advanced']);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

describe('coinbase advanced market data', () => {
  test('products load with their steps, halted ones too', () => {
    expect(exchange.market('BTC/USD')).toMatchObject({ id: 'BTC-USD', active: true });
    expect(exchange.market('BTC/USD').precision).toEqual({ amount: '0.00000001', price: '0.01' });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
  });

  test('every market has a ticker, and cross rates agree', async () => {
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

  test('one ticker, several, an order book, best prices, time', async () => {
    const ticker = await exchange.fetchTicker('ETH/BTC');
    expect(Number(ticker.bid)).toBeLessThan(Number(ticker.ask));
    expect(Object.keys(await exchange.fetchTickers(['BTC/USD', 'ETH/USD']))).toHaveLength(2);
    const book = await exchange.fetchOrderBook('BTC/USD', 10);
    expect(book.bids).toHaveLength(10);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(Object.keys(await exchange.fetchBidsAsks(['BTC/USD']))).toEqual(['BTC/USD']);
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
  });
});

describe('coinbase advanced account', () => {
  test('wallets tell every digit, free and held', async () => {
    const own = await client(
      await open({
        balances: { BTC: { free: '1', locked: '0.5' }, ETH: '0.123456789012345678', EUR: '10.25' },
      }),
    );
    const balance = await own.fetchBalance(V3);
    expect(balance['BTC']).toMatchObject({ free: '1', used: '0.5', total: '1.5' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
    expect(balance['EUR']?.free).toBe('10.25');
  });

  test('wallets come in pages that a cursor leads through', async () => {
    const own = await client(await open({ balances: { ADA: '1' } }));
    const first = (await callEndpoint(own, 'v3PrivateGetBrokerageAccounts', { limit: 5 })) as Page;
    expect(first).toMatchObject({ has_next: true, size: 5 });
    const second = (await callEndpoint(own, 'v3PrivateGetBrokerageAccounts', {
      limit: 5,
      cursor: first.cursor,
    })) as Page;
    expect(second).toMatchObject({ has_next: false, cursor: '' });
    expect([...first.accounts, ...second.accounts].map(({ currency }) => currency)).toEqual([
      'ADA',
      'BTC',
      'ETH',
      'LTC',
      'SOL',
      'USD',
      'USDC',
      'USDT',
      'XRP',
    ]);
  });

  test('trades come newest first, of one product or of all, with their fees', async () => {
    const all = await exchange.fetchMyTrades();
    expect(all).toHaveLength(40);
    expect(new Set(all.map(({ id }) => id)).size).toBe(40);
    const [symbol] = all.map((trade) => trade.symbol);
    const some = await exchange.fetchMyTrades(symbol);
    expect(some.length).toBeGreaterThan(0);
    expect(some.every((trade) => trade.symbol === symbol)).toBe(true);
    expect(some[0]?.fee).toMatchObject({ currency: symbol?.split('/')[1] });
  });

  test('the key tells its rights, whatever they are', async () => {
    const own = await client(await open({ permissions: ['withdraw'] }));
    expect(await callEndpoint(own, 'v3PrivateGetBrokerageKeyPermissions')).toMatchObject({
      can_view: false,
      can_trade: false,
      can_transfer: true,
    });
  });

  test('deposits and withdrawals stand in the history of their wallet', async () => {
    const keys = await open();
    const path = `accounts/${encodeURIComponent(keys.api_key)}/transfers`;
    for (const transfer of [
      { type: 'deposit', asset: 'BTC', amount: '2.5' },
      { type: 'withdrawal', asset: 'BTC', amount: '1', fee: '0.0005' },
      { type: 'deposit', asset: 'USD', amount: '100' },
    ])
      expect((await admin(sandbox, 'POST', path, transfer)).status).toBe(201);
    const own = await client(keys);
    const rows = await own.fetchDepositsWithdrawals('BTC');
    expect(rows.map(({ type, amount }) => [type, amount]).sort()).toEqual([
      ['deposit', '2.5'],
      ['withdrawal', '1'],
    ]);
    expect(await own.fetchDeposits('USD')).toMatchObject([{ amount: '100', currency: 'USD', status: 'ok' }]);
    expect((await own.fetchBalance(V3))['BTC']?.total).toBe('1.4995');
  });

  test('deposit addresses are there for each chain', async () => {
    const own = await client(await open());
    const addresses = (await own.fetchDepositAddressesByNetwork('USDT')) as Record<
      string,
      { address: string }
    >;
    expect(Object.keys(addresses).length).toBeGreaterThanOrEqual(3);
    for (const { address } of Object.values(addresses)) expect(address.length).toBeGreaterThan(25);
  });
});

describe('coinbase advanced orders', () => {
  test('a limit order away from the market rests, locks its funds, and gives them back when cancelled', async () => {
    const own = await client(await open({ balances: { USD: '1000' } }));
    const order = await own.createOrder('BTC/USD', 'limit', 'buy', 0.01, 10_000);
    expect((await own.fetchBalance(V3))['USD']).toMatchObject({ free: '899.9', used: '100.1' });
    expect(await own.fetchOpenOrders('BTC/USD')).toMatchObject([
      { id: order.id, side: 'buy', price: '10000', status: 'open' },
    ]);
    await own.cancelOrder(order.id ?? '');
    expect(await own.fetchOpenOrders()).toEqual([]);
    expect(await own.fetchOrder(order.id ?? '')).toMatchObject({ status: 'canceled' });
    expect((await own.fetchBalance(V3))['USD']).toMatchObject({ free: '1000', used: '0' });
    expect(await failure(own.cancelOrder(order.id ?? ''))).toBe('BadRequest');
  });

  test('market orders fill at once and show in balances and trades', async () => {
    const own = await client(await open({ balances: { USD: '1000', BTC: '1' } }));
    const sold = await own.createOrder('BTC/USD', 'market', 'sell', 0.5);
    await own.createMarketBuyOrderWithCost('ETH/USD', 500);
    const balance = await own.fetchBalance(V3);
    expect(balance['BTC']?.total).toBe('0.5');
    expect(Number(balance['ETH']?.total)).toBeGreaterThan(0);
    expect(await own.fetchOrder(sold.id ?? '')).toMatchObject({
      status: 'closed',
      filled: '0.5',
      side: 'sell',
    });
    expect((await own.fetchMyTrades('BTC/USD')).map(({ order }) => order)).toEqual([sold.id]);
  });

  test('orders that cannot be are refused, in words of which ccxt knows none', async () => {
    const own = await client(await open());
    expect(await failure(own.createOrder('BTC/USD', 'limit', 'buy', 1, 10_000))).toBe('ExchangeError');
    expect(await failure(own.fetchOrder('nonsense'))).toBe('ExchangeError');
  });
});

describe('coinbase advanced refuses', () => {
  const attempt = async (keys: SandboxKeys, change: Record<string, unknown> = {}) =>
    refusal(await client(keys, change), exchange);

  test('an unknown key, another key of the same form, and a key that has expired', async () => {
    const keys = await open();
    const other = await open();
    const expired = await open({ expires_at: '2020-01-01T00:00:00Z' });
    expect(await attempt({ ...keys, api_key: keys.api_key.replace(/.$/, 'x') })).toContain(
      'AuthenticationError',
    );
    expect(await attempt({ ...keys, secret: other.secret })).toContain('AuthenticationError');
    expect(await attempt(expired)).toContain('AuthenticationError');
    expect(await attempt(keys)).toBe('accepted');
  });

  test('a token for another path, a token out of its time, and no token at all', async () => {
    const own = await client(await open());
    const signer = own as unknown as { createAuthToken(s: number, method: string, url: string): string };
    const token = (path: string, seconds: number): string =>
      signer.createAuthToken(seconds, 'GET', `https://api.coinbase.com${path}`);
    const ask = async (authorization: string): Promise<number> => {
      const headers = { authorization, 'x-sandbox-host': 'api.coinbase.com' };
      return (await fetch(`${sandbox.url}/api/v3/brokerage/accounts?limit=1`, { headers })).status;
    };
    const now = Math.floor(Date.now() / 1_000);
    expect(await ask(`Bearer ${token('/api/v3/brokerage/accounts', now)}`)).toBe(200);
    expect(await ask(`Bearer ${token('/api/v3/brokerage/portfolios', now)}`)).toBe(401);
    expect(await ask(`Bearer ${token('/api/v3/brokerage/accounts', now - 300)}`)).toBe(401);
    expect(await ask(`Bearer ${token('/api/v3/brokerage/accounts', now + 300)}`)).toBe(401);
    expect(await ask('Bearer a.b.c')).toBe(401);
    expect(await ask('')).toBe(401);
  });

  test('a key that may not read, and one that may not trade', async () => {
    expect(await attempt(await open({ permissions: ['trade'] }))).toContain('PermissionDenied');
    const reader = await client(await open({ permissions: ['read'], balances: { BTC: '1' } }));
    expect(await failure(reader.createOrder('BTC/USD', 'market', 'sell', 0.1))).toBe('PermissionDenied');
  });
});

test('keys of the newer kind sign with EdDSA', async () => {
  const keys = await open({ name: 'ed25519', balances: { BTC: '3' } });
  expect(keys.secret).toHaveLength(88);
  const own = await client(keys);
  expect((await own.fetchBalance(V3))['BTC']?.total).toBe('3');
  const other = await open({ name: 'ed25519 other' });
  expect(await refusal(await client({ ...keys, secret: other.secret }), exchange)).toContain(
    'AuthenticationError',
  );
});

interface Page {
  readonly cursor: string;
  readonly accounts: readonly { readonly currency: string }[];
}
