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
const BTC_SETTLED = { type: 'swap', settle: 'btc' };

let sandbox: Sandbox;
let exchange: Exchange;

const demoKeys = (): SandboxKeys => {
  const keys = sandbox.accounts['gate_io'];
  if (keys === undefined) throw new Error('no demo account');
  return keys;
};
const anAccount = async (input: Record<string, unknown>): Promise<Exchange> => {
  const keys = await openAccount(sandbox, { venue: 'gate_io', ...input });
  const account = await connect(sandbox, 'gate', keys, SPOT);
  account.setMarketsFromExchange(exchange);
  return account;
};

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'gate tests' });
  exchange = await connect(sandbox, 'gate', demoKeys(), SPOT);
  await exchange.loadMarkets();
});
afterEach(() => admin(sandbox, 'DELETE', 'faults'));
afterAll(() => sandbox.close());

describe('gate market data', () => {
  test('spot pairs, contracts of both settlements and currencies load', () => {
    expect(exchange.market('BTC/USDT')).toMatchObject({ id: 'BTC_USDT', active: true, spot: true });
    expect(exchange.market('BTC/USDT:USDT')).toMatchObject({ id: 'BTC_USDT', swap: true, linear: true });
    expect(exchange.market('BTC/USD:BTC')).toMatchObject({ id: 'BTC_USD', swap: true, inverse: true });
    expect(spotMarkets(exchange).some((market) => market.active === false)).toBe(true);
    expect(Object.keys(exchange.currencies['USDT']?.networks ?? {})).toContain('TRC20');
  });

  test('every spot market has a ticker, and cross rates agree', () =>
    checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

  test('single tickers, order books, risk limits and time answer', async () => {
    expect((await exchange.fetchTicker('ETH/BTC')).symbol).toBe('ETH/BTC');
    expect((await exchange.fetchTicker('BTC/USD:BTC')).symbol).toBe('BTC/USD:BTC');
    for (const symbol of ['BTC/USDT', 'BTC/USDT:USDT']) {
      const book = await exchange.fetchOrderBook(symbol, 20);
      expect(book.bids).toHaveLength(20);
      expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(book.asks[0]?.[0]));
    }
    const tiers = await exchange.fetchMarketLeverageTiers('BTC/USDT:USDT');
    expect(tiers[0]).toMatchObject({ tier: 1, maxLeverage: '125' });
    expect(await failure(callEndpoint(exchange, 'publicSpotGetTickers', { currency_pair: 'NO_PE' }))).toBe(
      'BadSymbol',
    );
    expect(await exchange.fetchTime()).toBeGreaterThan(1_700_000_000_000);
  });
});

describe('gate account', () => {
  test('spot and both futures wallets carry every digit', async () => {
    const account = await anAccount({
      balances: { USDT: { free: '100.5', locked: '0.25' }, ETH: '0.123456789012345678' },
      wallets: { linear: { USDT: { free: '900', locked: '100' } }, inverse: { BTC: '0.00005426' } },
    });
    const balance = await account.fetchBalance();
    expect(balance['USDT']).toMatchObject({ free: '100.5', used: '0.25', total: '100.75' });
    expect(balance['ETH']?.total).toBe('0.123456789012345678');
    expect((await account.fetchBalance({ type: 'swap' }))['USDT']).toMatchObject({
      free: '900',
      total: '1000',
    });
    expect((await account.fetchBalance(BTC_SETTLED))['BTC']?.total).toBe('0.00005426');
  });

  test('trades come for the last week, or for thirty days from a start', async () => {
    expect(await exchange.fetchMyTrades()).toEqual([]);
    const trades = await exchange.fetchMyTrades(undefined, PAST);
    expect(trades).toHaveLength(40);
    const { symbol } = trades[0] ?? {};
    const some = await exchange.fetchMyTrades(symbol, PAST);
    expect(new Set(some.map((trade) => trade.symbol))).toEqual(new Set([symbol]));
    expect(trades[0]?.fee?.cost).toMatch(/^\d/);
  });

  test('account and keys tell the rights; keys show their start only', async () => {
    const account = await anAccount({ permissions: ['read', 'withdraw'], ip_restricted: true });
    expect(await callEndpoint(account, 'privateAccountGetDetail')).toMatchObject({
      ip_whitelist: [expect.stringMatching(/^\d/)],
      key: { mode: 1 },
    });
    const keys = (await callEndpoint(account, 'privateAccountGetMainKeys')) as { key: string }[];
    expect(keys).toHaveLength(2);
    expect(keys[1]).toMatchObject({
      perms: [
        { name: 'spot', read_only: true },
        { name: 'futures', read_only: true },
        { name: 'wallet', read_only: true },
        { name: 'withdrawal', read_only: false },
      ],
      key: expect.stringMatching(/^[0-9a-f]{12}\*{20}$/),
    });
    expect(account.apiKey.startsWith(keys[1]?.key.slice(0, 12) ?? '?')).toBe(true);
  });

  test('positions are kept by settlement, and the futures account tells the mode', async () => {
    const account = await anAccount({
      hedge_mode: true,
      positions: [
        { contract: 'BTC_USDT', amount: '-5', entry_price: '60000' },
        { contract: 'BTC_USD', amount: '100', entry_price: '60000' },
      ],
    });
    const open = (await account.fetchPositions()).filter((position) => Number(position.contracts) > 0);
    expect(open).toMatchObject([{ symbol: 'BTC/USDT:USDT', side: 'short', contracts: '5' }]);
    const holding = await account.fetchPositions(undefined, { settle: 'btc', holding: true });
    expect(holding).toMatchObject([{ symbol: 'BTC/USD:BTC', side: 'long', contracts: '100' }]);
    expect(await callEndpoint(account, 'privateFuturesGetSettleAccounts', { settle: 'usdt' })).toMatchObject({
      in_dual_mode: true,
      currency: 'USDT',
      total: '0',
    });
  });

  test('deposits, withdrawals and deposit addresses are told', async () => {
    const keys = await openAccount(sandbox, { venue: 'gate_io', balances: { USDT: '500' } });
    for (const transfer of [
      { type: 'deposit', asset: 'BTC', amount: '0.123456789012345678' },
      { type: 'withdrawal', asset: 'USDT', amount: '100', fee: '1', network: 'TRX', address: 'T-somewhere' },
    ]) {
      expect((await admin(sandbox, 'POST', `accounts/${keys.api_key}/transfers`, transfer)).status).toBe(201);
    }
    const account = await connect(sandbox, 'gate', keys, SPOT);
    account.setMarketsFromExchange(exchange);
    expect(await account.fetchDeposits()).toMatchObject([
      { currency: 'BTC', amount: '0.123456789012345678', status: 'ok', type: 'deposit' },
    ]);
    expect(await account.fetchWithdrawals('USDT')).toMatchObject([
      { amount: '100', status: 'ok', type: 'withdrawal', fee: { cost: '1' }, address: 'T-somewhere' },
    ]);
    expect(await account.fetchDepositAddress('USDT', { network: 'TRC20' })).toMatchObject({
      network: 'TRC20',
      address: expect.stringMatching(/^T/),
    });
  });
});

describe('gate orders', () => {
  test('a market buy spends what it may cost, and fills less the fee', async () => {
    const account = await anAccount({ balances: { USDT: '100000' } });
    const order = await account.createOrder('BTC/USDT', 'market', 'buy', 0, undefined, { cost: 1_000 });
    expect(order).toMatchObject({ status: 'closed' });
    const [trade] = await account.fetchMyTrades('BTC/USDT');
    expect(trade).toMatchObject({ order: order.id, side: 'buy', takerOrMaker: 'taker' });
    const balance = await account.fetchBalance();
    expect(Number(balance['BTC']?.total)).toBeCloseTo(Number(trade?.amount) * 0.999, 8);
    expect(Number(balance['USDT']?.total)).toBeLessThan(99_100);
  });

  test('a limit order that does not cross rests and locks its funds; cancelling frees them', async () => {
    const account = await anAccount({ balances: { USDT: '1000' } });
    const { id = '' } = await account.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 30_000);
    expect(await account.fetchOpenOrders()).toMatchObject([{ id, status: 'open', amount: '0.01' }]);
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '700', used: '300' });
    expect(await account.cancelOrder(id, 'BTC/USDT')).toMatchObject({ status: 'canceled' });
    expect((await account.fetchBalance())['USDT']).toMatchObject({ free: '1000', used: '0' });
    expect(await failure(account.cancelOrder(id, 'BTC/USDT'))).toBe('OrderNotFound');
  });

  test('contract orders take margin from their wallet, open a position and close it', async () => {
    const account = await anAccount({ wallets: { linear: { USDT: '10000' } } });
    const open = async () =>
      (await account.fetchPositions(undefined, { holding: true })).map(({ side, contracts }) => ({
        side,
        contracts,
      }));
    const order = await account.createOrder('BTC/USDT:USDT', 'market', 'sell', 3);
    expect(order).toMatchObject({ status: 'closed', side: 'sell', amount: '3' });
    expect(await open()).toEqual([{ side: 'short', contracts: '3' }]);
    expect(await account.fetchMyTrades('BTC/USDT:USDT')).toMatchObject([{ side: 'sell', amount: '3' }]);
    const resting = await account.createOrder('BTC/USDT:USDT', 'limit', 'buy', 2, 20_000);
    expect(await account.fetchOpenOrders('BTC/USDT:USDT')).toMatchObject([{ id: resting.id }]);
    await account.cancelOrder(resting.id ?? '', 'BTC/USDT:USDT');
    await account.createOrder('BTC/USDT:USDT', 'market', 'buy', 3, undefined, { reduceOnly: true });
    expect(await open()).toEqual([]);
    expect((await account.fetchBalance({ type: 'swap' }))['USDT']?.used).toBe('0');
  });

  test('what cannot be is refused in words that ccxt knows', async () => {
    const account = await anAccount({ balances: { USDT: '10' } });
    const attempt = (amount: number) =>
      failure(account.createOrder('BTC/USDT', 'limit', 'buy', amount, 30_000));
    expect(await attempt(1)).toBe('InsufficientFunds');
    expect(await attempt(0.00001)).toBe('BadRequest');
    expect(await failure(account.createOrder('BTC/USDT:USDT', 'market', 'buy', 100_000))).toBe(
      'InsufficientFunds',
    );
    const reader = await anAccount({ permissions: ['read'], balances: { BTC: '1' } });
    expect(await failure(reader.createOrder('BTC/USDT', 'market', 'sell', 1))).toBe('PermissionDenied');
    expect(await failure(account.cancelOrder('12345', 'BTC/USDT'))).toBe('OrderNotFound');
  });
});

describe('gate refuses', () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = await connect(sandbox, 'gate', demoKeys(), { ...SPOT, ...change });
    return (await refusal(client, exchange)).replace(/\{.*"label":"(\w+)".*/, '$1');
  };

  test('an unknown key, a wrong secret, a stale and a future timestamp', async () => {
    expect(await attempt({ apiKey: 'f'.repeat(32) })).toBe('AuthenticationError INVALID_KEY');
    expect(await attempt({ secret: 'wrong' })).toBe('AuthenticationError INVALID_SIGNATURE');
    const off = (timeDifference: number) => attempt({ options: { defaultType: 'spot', timeDifference } });
    // ccxt takes these for refused keys; the handler tells them apart by the label.
    expect(await off(90_000)).toBe('AuthenticationError REQUEST_EXPIRED');
    expect(await off(-90_000)).toBe('AuthenticationError REQUEST_EXPIRED');
    expect(await off(30_000)).toBe('accepted');
  });

  test('a key that is used from elsewhere, that has expired, or that may not read', async () => {
    const elsewhere = await anAccount({ faults: ['ip_not_allowed'] });
    expect(await refusal(elsewhere, exchange)).toContain('IP_FORBIDDEN');
    const old = await anAccount({ expires_at: '2020-01-01T00:00:00Z' });
    expect(await refusal(old, exchange)).toContain('INVALID_KEY');
    const blind = await anAccount({ permissions: ['trade'] });
    expect(await refusal(blind, exchange)).toMatch(/^PermissionDenied.*FORBIDDEN/);
  });

  test('an altered query, and escapes are signed as what they stand for', async () => {
    const signed = (currency: string) =>
      exchange.sign('accounts', ['private', 'spot'], 'GET', { currency }) as {
        url: string;
        headers: Record<string, string>;
      };
    const answer = async (target: string, sent: Record<string, string>) => {
      const response = await fetch(sandbox.url + target.replace('https://api.gateio.ws', ''), {
        headers: { ...sent, 'x-sandbox-host': 'api.gateio.ws' },
      });
      return response.status;
    };
    const plain = signed('BTC');
    expect(await answer(plain.url, plain.headers)).toBe(200);
    expect(await answer(plain.url.replace('BTC', 'ETH'), plain.headers)).toBe(401);
    const odd = signed('B/T C');
    expect(odd.url).toContain('%2F');
    expect(await answer(odd.url, odd.headers)).toBe(200);
    for (const name of ['KEY', 'Timestamp', 'SIGN']) {
      const rest = Object.fromEntries(Object.entries(plain.headers).filter(([header]) => header !== name));
      expect(await answer(plain.url, rest)).toBe(400);
    }
  });

  test.each([
    ['rate_limited', 'RateLimitExceeded'],
    ['banned', 'RateLimitExceeded'],
    ['server_error', 'ExchangeNotAvailable'],
    ['maintenance', 'ExchangeNotAvailable'],
    ['expired_key', 'AuthenticationError'],
    ['invalid_key', 'AuthenticationError'],
    ['ip_not_allowed', 'AuthenticationError'],
  ])('under the fault %s with its own error', async (kind, name) => {
    await admin(sandbox, 'POST', 'faults', { venue: 'gate_io', kind });
    expect(await failure(exchange.fetchBalance())).toBe(name);
  });
});
