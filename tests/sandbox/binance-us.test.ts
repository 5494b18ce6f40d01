import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  sandbox = await startSandbox({ port: 0, seed: 'binance.us tests' });
  exchange = await connect(sandbox, 'binanceus', sandbox.accounts['binance_us']);
  await exchange.loadMarkets();
});
afterAll(() => sandbox.close());

test('spot markets load alone, priced in dollars too', async () => {
  expect(spotMarkets(exchange)).toHaveLength(Object.keys(exchange.markets ?? {}).length);
  expect(exchange.market('BTC/USD')).toMatchObject({ id: 'BTCUSD', active: true });
  expect((await exchange.fetchTicker('BTC/USD')).last).toBeDefined();
  expect((await exchange.fetchOrderBook('BTC/USD', 10)).bids).toHaveLength(10);
  expect((await exchange.fetchStatus()).status).toBe('ok');
});

test('every market has a ticker, and cross rates agree', () =>
  checkTickers(exchange, ['ETH/BTC', 'BTC/USDT', 'ETH/USDT']));

test('the account tells balances, whether it may trade and withdraw, and nothing of the key', async () => {
  const keys = await openAccount(sandbox, {
    venue: 'binance_us',
    balances: { ETH: '0.123456789012345678' },
    permissions: ['read'],
  });
  const account = await connect(sandbox, 'binanceus', keys);
  expect((await account.fetchBalance()).ETH?.total).toBe('0.123456789012345678');
  expect(await callEndpoint(account, 'privateGetAccount')).toMatchObject({
    canTrade: false,
    canWithdraw: false,
  });
});

test('orders are filled and rest as on any venue', async () => {
  const keys = await openAccount(sandbox, { venue: 'binance_us', balances: { USD: '5000' } });
  const account = await connect(sandbox, 'binanceus', keys);
  const amount = '0.01' as unknown as number;
  expect((await account.createOrder('BTC/USD', 'market', 'buy', amount)).status).toBe('closed');
  const price = '1000' as unknown as number;
  const resting = await account.createOrder('BTC/USD', 'limit', 'buy', amount, price);
  expect((await account.fetchBalance()).USD?.used).toBe('10.00000000');
  await account.cancelOrder(resting.id ?? '', 'BTC/USD');
  expect(await account.fetchOpenOrders('BTC/USD')).toEqual([]);
  expect(await account.fetchMyTrades('BTC/USD')).toHaveLength(1);
});

test('a wrong secret, an unknown key and a stale time are refused', async () => {
  const attempt = async (change: Record<string, unknown>) => {
    const client = await connect(sandbox, 'binanceus', sandbox.accounts['binance_us'], change);
    return (await refusal(client, exchange)).replace(/\{"code":(-\d+),.*/, '$1');
  };
  expect(await attempt({ secret: 'B'.repeat(64) })).toBe('AuthenticationError -1022');
  expect(await attempt({ apiKey: 'A'.repeat(64) })).toBe('AuthenticationError -2015');
  expect(await attempt({ options: { timeDifference: 30_000 } })).toBe('InvalidNonce -1021');
});

test('what ccxt inherits from Binance finds no such call here, and no such key there', async () => {
  const get = async (host: string, path: string) => {
    const response = await fetch(sandbox.url + path, { headers: { 'x-sandbox-host': host } });
    return response.status;
  };
  expect(await get('api.binance.us', '/sapi/v1/bnbBurn')).toBe(404);
  expect(await get('api.binance.us', '/sapi/v1/account/apiRestrictions')).toBe(404);
  expect(await get('api.binance.us', '/fapi/v1/time')).toBe(404);
  expect(await get('api.binance.us', '/api/v3/time')).toBe(200);
  expect(await failure(callEndpoint(exchange, 'fapiPrivateV2GetAccount'))).toBe('AuthenticationError');
});
