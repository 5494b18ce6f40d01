import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount } from './ccxt-client.ts';

const MINUTE_MS = 60_000;
let sandbox: Sandbox;
let loaded: Exchange;
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'kraken order tests', clock: { now: () => now } });
  loaded = await connect(sandbox, 'kraken');
  await loaded.loadMarkets();
});
afterAll(() => sandbox.close());

const client = async (keys: SandboxKeys): Promise<Exchange> => {
  const exchange = await connect(sandbox, 'kraken', keys);
  exchange.setMarketsFromExchange(loaded);
  let nonce = now;
  exchange.nonce = () => (nonce += 1);
  return exchange;
};
const trader = async (input: Record<string, unknown>) =>
  client(await openAccount(sandbox, { venue: 'kraken', ...input }));

const amount = (text: string) => text as unknown as number;

test('a market order fills at once, the fee of a buy comes out of the quote', async () => {
  const exchange = await trader({ balances: { USD: '10000' } });
  const { ask } = await exchange.fetchTicker('BTC/USD');
  const { id = '' } = await exchange.createOrder('BTC/USD', 'market', 'buy', amount('0.1'));
  expect(id).toMatch(/^O[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{6}$/);
  const cost = 0.1 * Number(ask);
  const order = await exchange.fetchOrder(id);
  expect(order).toMatchObject({ status: 'closed', filled: '0.10000000', symbol: 'BTC/USD' });
  expect(Number(order.cost)).toBeCloseTo(cost, 6);
  const balance = await exchange.fetchBalance();
  expect(balance.BTC?.total).toBe('0.1000000000');
  expect(Number(balance.USD?.total)).toBeCloseTo(10_000 - cost * 1.001, 4);
  const [trade] = await exchange.fetchMyTrades();
  expect(trade).toMatchObject({ order: id, side: 'buy', symbol: 'BTC/USD' });
  expect(Number(trade?.fee?.cost)).toBeCloseTo(cost * 0.001, 6);
});

test('a resting order locks cost and fee, and is found, cancelled and listed as closed', async () => {
  const exchange = await trader({ balances: { USD: '1000' } });
  const order = { clientOrderId: '6d1b345e-2821-40e2-ad83-4ecb18a06876' };
  const { id = '' } = await exchange.createOrder(
    'ETH/USD',
    'limit',
    'buy',
    amount('0.5'),
    amount('1000'),
    order,
  );
  expect((await exchange.fetchBalance()).USD).toMatchObject({ total: '1000.0000', used: '500.5000' });
  expect(await exchange.fetchOpenOrders()).toMatchObject([
    { id, status: 'open', price: '1000', remaining: '0.5' },
  ]);
  await exchange.cancelOrder(id);
  expect((await exchange.fetchBalance()).USD?.used).toBe('0.0000');
  expect(await exchange.fetchClosedOrders()).toMatchObject([{ id, status: 'canceled' }]);
  expect(await failure(exchange.cancelOrder(id))).not.toBe('no error');
  await exchange.createOrder('ETH/USD', 'limit', 'buy', amount('0.1'), amount('1000'));
  await exchange.createOrder('BTC/USD', 'limit', 'buy', amount('0.001'), amount('1000'));
  await exchange.cancelAllOrders();
  expect(await exchange.fetchOpenOrders()).toEqual([]);
});

test('resting orders on both sides fill as maker when the price reaches them', async () => {
  const exchange = await trader({ balances: { ETH: '1', USD: '5000' } });
  const { last } = await exchange.fetchTicker('ETH/USD');
  const priceAt = (factor: number) => (Number(last) * factor).toFixed(2);
  const at = (factor: number) => amount(priceAt(factor));
  await exchange.createOrder('ETH/USD', 'limit', 'sell', amount('1'), at(1.002));
  await exchange.createOrder('ETH/USD', 'limit', 'buy', amount('1'), at(0.998));
  for (let step = 0; step < 200 && (await exchange.fetchOpenOrders()).length === 2; step += 1)
    now += 15 * MINUTE_MS;
  const [trade] = await exchange.fetchMyTrades();
  expect(trade).toMatchObject({ takerOrMaker: 'maker', amount: '1' });
  expect(Number(trade?.price)).toBe(Number(priceAt(trade?.side === 'sell' ? 1.002 : 0.998)));
});

test('what the venue does not take is refused in its words', async () => {
  const exchange = await trader({ balances: { USD: '100' } });
  const add = (order: object) =>
    failure(
      callEndpoint(exchange, 'privatePostAddOrder', {
        pair: 'XXBTZUSD',
        type: 'buy',
        volume: '0.01',
        ...order,
      }),
    );
  const limit = { ordertype: 'limit' };
  expect(await add({ ordertype: 'market', volume: '1' })).toBe('InsufficientFunds');
  expect(await add({ ordertype: 'market', volume: '0.000001' })).toBe('InvalidOrder');
  expect(await add({ ...limit, price: '60000.001' })).toBe('InvalidOrder');
  expect(await add({ ...limit, price: '' })).toBe('InvalidOrder');
  expect(await add({ ...limit, price: '999999', oflags: 'post' })).not.toBe('no error');
  expect(await add({ ordertype: 'market', pair: 'NOPE' })).not.toBe('no error');
  expect(await add({ ...limit, price: '1000', volume: '0.001', validate: 'true' })).toBe('no error');
  expect(await exchange.fetchOpenOrders()).toEqual([]);
  expect((await exchange.fetchBalance()).USD?.total).toBe('100.0000');
  const reader = await trader({ balances: { USD: '100' }, permissions: ['read'] });
  expect(await failure(reader.createOrder('BTC/USD', 'market', 'buy', amount('0.001')))).toBe(
    'PermissionDenied',
  );
  expect(await failure(reader.cancelOrder('12345'))).toBe('PermissionDenied');
  expect(await failure(exchange.cancelOrder('12345'))).not.toBe('PermissionDenied');
});

test('deposits, withdrawals and addresses are told in the venue names', async () => {
  const keys = await openAccount(sandbox, { venue: 'kraken', balances: { BTC: '1' } });
  const exchange = await client(keys);
  const post = (transfer: object) =>
    admin(sandbox, 'POST', `accounts/${encodeURIComponent(keys.api_key)}/transfers`, transfer);
  await post({ type: 'deposit', asset: 'BTC', amount: '0.25' });
  await post({ type: 'withdrawal', asset: 'BTC', amount: '0.5', fee: '0.0002', status: 'pending' });
  expect((await exchange.fetchBalance()).BTC?.total).toBe('0.7498000000');
  expect(await exchange.fetchDeposits('BTC')).toMatchObject([
    { currency: 'BTC', amount: '0.2500000000', status: 'ok', type: 'deposit' },
  ]);
  expect(await exchange.fetchWithdrawals('BTC')).toMatchObject([
    { amount: '0.5000000000', fee: { cost: '0.0002000000' }, status: 'pending' },
  ]);
  expect(await exchange.fetchDeposits('BTC', now + MINUTE_MS)).toEqual([]);
  const methods = await callEndpoint(exchange, 'privatePostDepositMethods', { asset: 'USDT' });
  expect(methods).toMatchObject({
    result: expect.arrayContaining([expect.objectContaining({ method: 'Tether USD (TRC20)' })]),
  });
  expect((await exchange.fetchDepositAddress('BTC')).address).toMatch(/^bc1q/);
  expect((await exchange.fetchDepositAddress('XRP')).tag).toMatch(/^\d+$/);
  expect(await failure(callEndpoint(exchange, 'privatePostDepositMethods', { asset: 'NOPE' }))).toBe(
    'BadSymbol',
  );
});

test('the order book lies around the ticker, in order', async () => {
  const book = await loaded.fetchOrderBook('BTC/USD', 25);
  const { last } = await loaded.fetchTicker('BTC/USD');
  expect(book.bids).toHaveLength(25);
  expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(last));
  expect(Number(book.asks[0]?.[0])).toBeGreaterThan(Number(last));
  expect(Number(book.asks[24]?.[0])).toBeGreaterThan(Number(book.asks[0]?.[0]));
});
