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

/** A day of the computed past, which begins on 2025-06-02. */
const PAST = Date.parse('2025-06-02T00:00:00Z');

let sandbox: Sandbox;
let exchange: Exchange;

const demoKeys = (): SandboxKeys => {
  const keys = sandbox.accounts['kucoin'];
  if (keys === undefined) throw new Error('no demo account');
  return keys;
};
const onFastEngine = (account: Exchange): Exchange => {
  account.setMarketsFromExchange(exchange);
  account.options['hf'] = true;
  return account;
};
const anAccount = async (input: Record<string, unknown>): Promise<Exchange> =>
  onFastEngine(await connect(sandbox, 'kucoin', await openAccount(sandbox, { venue: 'kucoin', ...input })));

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'kucoin tests' });
  exchange = await connect(sandbox, 'kucoin', demoKeys());
  await exchange.loadMarkets();
});
afterEach(() => admin(sandbox, 'DELETE', 'faults'));
afterAll(() => sandbox.close());

describe('kucoin market data', () => {
  test('spot pairs and currencies with their networks load', () => {
    expect(exchange.market('BTC/USDT')).toMatchObject({ id: 'BTC-USDT', active: true, spot: true });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
    expect(Object.keys(exchange.currencies['USDT']?.networks ?? {})).toContain('TRC20');
  });

  test('every spot market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

  test('single tickers, order books with and without keys, time and status answer', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    expect((await exchange.fetchOrderBook('BTC/USDT')).bids.length).toBeGreaterThan(100);
    const book = await exchange.fetchOrderBook('BTC/USDT', 20);
    expect(book.bids).toHaveLength(20);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(await failure(callEndpoint(exchange, 'publicGetMarketStats', { symbol: 'NO-PE' }))).toBe(
      'ExchangeError',
    );
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
    expect((await exchange.fetchStatus()).status).toBe('ok');
  });
});

describe('kucoin account', () => {
  test('the trading and the main account carry every digit, under the types of the fast engine', async () => {
    const account = await anAccount({
      balances: { USDT: { free: '100.5', locked: '0.25' }, ETH: '0.123456789012345678' },
      wallets: { funding: { BTC: '0.00005426' } },
    });
    const balance = await account.fetchBalance();
    expect(balance['USDT']).toMatchObject({ free: '100.5', used: '0.25', total: '100.75' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
    expect((await account.fetchBalance({ type: 'main' }))['BTC']?.total).toBe('0.00005426');
    account.options['hf'] = false;
    expect((await account.fetchBalance())['USDT']).toBeUndefined();
  });

  test('trades of a symbol come for the last week, or for the week after a start', async () => {
    onFastEngine(exchange);
    const everything = await Promise.all(
      ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'ADA/USDT', 'DOGE/USDT'].map((symbol) =>
        exchange.fetchMyTrades(symbol, PAST, 100),
      ),
    );
    const trades = everything.flat();
    expect(trades.length).toBeGreaterThan(3);
    const { symbol = '' } = trades[0] ?? {};
    expect(await exchange.fetchMyTrades(symbol)).toEqual([]);
    expect(await exchange.fetchMyTrades(symbol, PAST - 8 * 86_400_000)).toEqual([]);
    expect(trades[0]?.fee).toMatchObject({ cost: expect.stringMatching(/^\d/), currency: 'USDT' });
  });

  test('the key tells its rights and its address list', async () => {
    const open = await anAccount({ permissions: ['read', 'trade', 'withdraw'] });
    const bound = await anAccount({ permissions: ['read'], ip_restricted: true });
    const told = await callEndpoint(open, 'privateGetUserApiKey');
    expect(told).toMatchObject({ data: { permission: 'General,Spot,Withdrawal' } });
    expect(told).not.toHaveProperty('data.ipWhitelist');
    expect(await callEndpoint(bound, 'privateGetUserApiKey')).toMatchObject({
      data: { permission: 'General', ipWhitelist: expect.stringMatching(/^\d/) },
    });
  });

  test('deposits, withdrawals and deposit addresses are told', async () => {
    const keys = await openAccount(sandbox, { venue: 'kucoin', balances: { USDT: '500' } });
    for (const transfer of [
      { type: 'deposit', asset: 'BTC', amount: '0.123456789012345678' },
      { type: 'withdrawal', asset: 'USDT', amount: '100', fee: '1', network: 'TRX', address: 'T-somewhere' },
    ]) {
      expect((await admin(sandbox, 'POST', `accounts/${keys.api_key}/transfers`, transfer)).status).toBe(201);
    }
    const account = onFastEngine(await connect(sandbox, 'kucoin', keys));
    expect(await account.fetchDeposits()).toMatchObject([
      { currency: 'BTC', amount: '0.123456789012345678', status: 'ok', network: 'BTC' },
    ]);
    expect(await account.fetchWithdrawals('USDT')).toMatchObject([
      { amount: '100', status: 'ok', fee: { cost: '1' }, addressTo: 'T-somewhere', network: 'TRC20' },
    ]);
    expect(await account.fetchDepositAddress('USDT', { network: 'TRC20' })).toMatchObject({
      network: 'TRC20',
      address: expect.stringMatching(/^T/),
    });
    expect(Object.keys(await account.fetchDepositAddressesByNetwork('USDT'))).toContain('ERC20');
  });
});

describe('kucoin orders', () => {
  test('a market order fills at the price of the moment, less the fee', async () => {
    const account = await anAccount({ balances: { USDT: '100000' } });
    const order = await account.createOrder('BTC/USDT', 'market', 'buy', 0.5);
    const [trade] = await account.fetchMyTrades('BTC/USDT');
    expect(trade).toMatchObject({ order: order.id, amount: '0.5', side: 'buy', takerOrMaker: 'taker' });
    const balance = await account.fetchBalance();
    expect(balance['BTC']?.total).toBe('0.4995');
    expect(Number(balance['USDT']?.total)).toBeCloseTo(100_000 - 0.5 * Number(trade?.price), 6);
    expect(await account.fetchClosedOrders('BTC/USDT')).toMatchObject([{ id: order.id, filled: '0.5' }]);
  });

  test('a limit order that does not cross rests and locks its funds; cancelling frees them', async () => {
    const account = await anAccount({ balances: { USDT: '1000' } });
    const { id = '' } = await account.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 30_000);
    expect(await account.fetchOpenOrders('BTC/USDT')).toMatchObject([{ id, status: 'open', amount: '0.01' }]);
    expect(await account.fetchOrder(id, 'BTC/USDT')).toMatchObject({ id, status: 'open' });
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '700', used: '300' });
    await account.cancelOrder(id, 'BTC/USDT');
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '1000', used: '0' });
    expect(await failure(account.cancelOrder(id, 'BTC/USDT'))).toBe('OrderNotFound');
  });

  test('what cannot be is refused in words that ccxt knows', async () => {
    const account = await anAccount({ balances: { USDT: '10' } });
    const attempt = (amount: number) =>
      failure(account.createOrder('BTC/USDT', 'limit', 'buy', amount, 30_000));
    expect(await attempt(1)).toBe('InsufficientFunds');
    expect(await attempt(0.000001)).toBe('InvalidOrder');
    const reader = await anAccount({ permissions: ['read'] });
    expect(await failure(reader.createOrder('BTC/USDT', 'market', 'sell', 1))).toBe('AuthenticationError');
    expect(await failure(account.cancelOrder('12345', 'BTC/USDT'))).toBe('OrderNotFound');
  });
});

describe('kucoin refuses', () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = onFastEngine(await connect(sandbox, 'kucoin', demoKeys(), change));
    return (await refusal(client, exchange)).replace(/\{.*"code":"(\d+)".*/, '$1');
  };

  test('an unknown key, a wrong secret, a wrong passphrase, a stale and a future timestamp', async () => {
    expect(await attempt({ apiKey: 'f'.repeat(24) })).toBe('AuthenticationError 400003');
    expect(await attempt({ secret: 'wrong' })).toBe('AuthenticationError 400005');
    expect(await attempt({ password: 'wrong' })).toBe('AuthenticationError 400004');
    expect(await attempt({ options: { timeDifference: 30_000 } })).toBe('InvalidNonce 400002');
    expect(await attempt({ options: { timeDifference: -30_000 } })).toBe('InvalidNonce 400002');
  });

  test('a key that is used from elsewhere, or that may not read', async () => {
    const elsewhere = await anAccount({ faults: ['ip_not_allowed'] });
    expect(await refusal(elsewhere, exchange)).toContain('"code":"400006"');
    const blind = await anAccount({ permissions: ['trade'] });
    expect(await refusal(blind, exchange)).toContain('"code":"400007"');
  });

  test('an altered query and missing headers', async () => {
    const { url, headers } = exchange.sign('accounts', 'private', 'GET', { type: 'trade_hf' }) as {
      url: string;
      headers: Record<string, string>;
    };
    const codeOf = async (target: string, sent: Record<string, string>) => {
      const response = await fetch(sandbox.url + target.replace('https://api.kucoin.com', ''), {
        headers: { ...sent, 'x-sandbox-host': 'api.kucoin.com' },
      });
      return ((await response.json()) as { code: string }).code;
    };
    expect(await codeOf(url, headers)).toBe('200000');
    expect(await codeOf(`${url}&currency=BTC`, headers)).toBe('400005');
    for (const name of ['KC-API-KEY', 'KC-API-TIMESTAMP', 'KC-API-SIGN', 'KC-API-PASSPHRASE']) {
      const rest = Object.fromEntries(Object.entries(headers).filter(([header]) => header !== name));
      expect(await codeOf(url, rest)).toBe('400001');
    }
  });

  test.each([
    // ccxt does not know the code that comes with status 429; custody goes by the status.
    ['rate_limited', 'ExchangeError'],
    ['banned', 'ExchangeError'],
    ['server_error', 'ExchangeNotAvailable'],
    ['maintenance', 'ExchangeNotAvailable'],
    ['expired_key', 'AuthenticationError'],
    ['invalid_key', 'AuthenticationError'],
    ['ip_not_allowed', 'AuthenticationError'],
  ])('under the fault %s with its own error', async (kind, name) => {
    await admin(sandbox, 'POST', 'faults', { venue: 'kucoin', kind });
    expect(await failure(exchange.fetchBalance())).toBe(name);
  });
});
