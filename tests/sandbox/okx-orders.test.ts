import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, type SandboxKeys, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount } from './ccxt-client.ts';

const MINUTE_MS = 60_000;
let sandbox: Sandbox;
let loaded: Exchange;
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'okx order tests', clock: { now: () => now } });
  loaded = await connect(sandbox, 'okx');
  await loaded.loadMarkets();
});
afterAll(() => sandbox.close());

const client = async (keys: SandboxKeys): Promise<Exchange> => {
  const exchange = await connect(sandbox, 'okx', keys);
  exchange.setMarketsFromExchange(loaded);
  exchange.nonce = () => now;
  exchange.milliseconds = () => now;
  return exchange;
};
const trader = async (input: Record<string, unknown>) =>
  client(await openAccount(sandbox, { venue: 'okx', ...input }));

const amount = (text: string) => text as unknown as number;

describe('spot orders', () => {
  test('a market order fills at once and a trade tells of it', async () => {
    const exchange = await trader({ balances: { ETH: '2' } });
    const { bid } = await exchange.fetchTicker('ETH/USDT');
    const { id = '' } = await exchange.createOrder('ETH/USDT', 'market', 'sell', amount('0.5'));
    expect(await exchange.fetchOrder(id, 'ETH/USDT')).toMatchObject({
      status: 'closed',
      filled: '0.5',
      average: bid,
      fee: { currency: 'USDT' },
    });
    const balance = await exchange.fetchBalance();
    expect(balance.ETH?.free).toBe('1.5');
    expect(Number(balance.USDT?.free)).toBeCloseTo(0.5 * Number(bid) * 0.999, 6);
    expect(await exchange.fetchMyTrades()).toMatchObject([
      { order: id, side: 'sell', takerOrMaker: 'taker' },
    ]);
    expect(await exchange.fetchClosedOrders('ETH/USDT')).toMatchObject([{ id, status: 'closed' }]);
  });

  test('the size of a market buy is money unless told otherwise', async () => {
    const exchange = await trader({ balances: { USDT: '1000' } });
    const buy = (more: object) =>
      callEndpoint(exchange, 'privatePostTradeOrder', {
        instId: 'BTC-USDT',
        tdMode: 'cash',
        side: 'buy',
        ordType: 'market',
        ...more,
      });
    await buy({ sz: '100' });
    await buy({ sz: '0.001', tgtCcy: 'base_ccy' });
    const [first, second] = await exchange.fetchMyTrades('BTC/USDT');
    expect(Number(first?.cost)).toBeCloseTo(100, 0);
    expect(second?.amount).toBe('0.001');
  });

  test('a resting order locks, is found by either id, and is cancelled alone or in a batch', async () => {
    const exchange = await trader({ balances: { USDT: '1000' } });
    const limit = (clientOrderId: string) =>
      exchange.createOrder('BTC/USDT', 'limit', 'buy', amount('0.01'), amount('20000'), { clientOrderId });
    const { id = '' } = await limit('mine1');
    await limit('mine2');
    expect((await exchange.fetchBalance()).USDT).toMatchObject({ free: '600', used: '400' });
    const mine = await exchange.fetchOrder('', 'BTC/USDT', { clientOrderId: 'mine1' });
    expect(mine).toMatchObject({ id, status: 'open' });
    expect(await exchange.fetchOpenOrders()).toHaveLength(2);
    expect(await failure(limit('mine1'))).toBe('InvalidOrder');
    await exchange.cancelOrder(id, 'BTC/USDT');
    expect(await failure(exchange.cancelOrder(id, 'BTC/USDT'))).toBe('OrderNotFound');
    const [rest] = await exchange.fetchOpenOrders();
    await exchange.cancelOrders([rest?.id ?? ''], 'BTC/USDT');
    expect((await exchange.fetchBalance()).USDT).toMatchObject({ free: '1000', used: '0' });
    expect(await failure(exchange.fetchOrder('1', 'BTC/USDT'))).toBe('OrderNotFound');
  });

  test('a maker-only order that would take is accepted and cancelled', async () => {
    const exchange = await trader({ balances: { USDT: '1000' } });
    const params = { postOnly: true };
    const high = amount('900000');
    const { id = '' } = await exchange.createOrder('BTC/USDT', 'limit', 'buy', amount('0.001'), high, params);
    expect((await exchange.fetchOrder(id, 'BTC/USDT')).status).toBe('canceled');
    expect((await exchange.fetchBalance()).USDT?.free).toBe('1000');
  });

  test('what the venue does not take is refused with a code for each order', async () => {
    const exchange = await trader({ balances: { USDT: '100' } });
    const limit = (size: string, price: string) =>
      failure(exchange.createOrder('BTC/USDT', 'limit', 'buy', amount(size), amount(price)));
    expect(await limit('1', '60000')).toBe('InsufficientFunds');
    expect(await limit('0.0000001', '60000')).toBe('InvalidOrder');
    const bodies = [
      { instId: 'NO-PE', tdMode: 'cash', side: 'buy', ordType: 'market', sz: '1' },
      { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.001', px: '20000' },
    ];
    const answer = await fetchSigned(exchange, 'trade/batch-orders', bodies);
    expect(answer).toMatchObject({ code: '2', data: [{ sCode: '51001' }, { sCode: '0' }] });
    const reader = await trader({ permissions: ['read'] });
    expect(await failure(reader.createOrder('BTC/USDT', 'market', 'buy', amount('1')))).not.toBe('no error');
  });
});

/** Past ccxt's own reading of the answer. */
const fetchSigned = async (exchange: Exchange, path: string, body: unknown): Promise<unknown> => {
  const signed = exchange.sign(path, 'private', 'POST', body as object) as {
    url: string;
    headers: Record<string, string>;
    body: string;
  };
  const response = await fetch(sandbox.url + signed.url.replace('https://www.okx.com', ''), {
    method: 'POST',
    headers: { ...signed.headers, 'x-sandbox-host': 'www.okx.com' },
    body: signed.body,
  });
  return response.json();
};

describe('swaps', () => {
  test('margin comes from the one trading account, positions are valued at the market', async () => {
    const exchange = await trader({ balances: { USDT: '10000' } });
    const swap = 'BTC/USDT:USDT';
    const size = Number(exchange.market(swap).contractSize);
    await exchange.createOrder(swap, 'market', 'buy', amount('20'));
    const [position] = await exchange.fetchPositions();
    expect(position).toMatchObject({ symbol: swap, side: 'long', contracts: '20' });
    const notional = 20 * size * Number(position?.entryPrice);
    const { USDT } = await exchange.fetchBalance();
    expect(Number(USDT?.free)).toBeCloseTo(10_000 - notional / 10 - notional * 0.0005, 4);
    now += 60 * MINUTE_MS;
    const { last } = await exchange.fetchTicker(swap);
    const profit = 20 * size * (Number(last) - Number(position?.entryPrice));
    expect(Number((await exchange.fetchPositions())[0]?.unrealizedPnl)).toBeCloseTo(profit, 6);
    await exchange.createOrder(swap, 'market', 'sell', amount('20'), undefined, { reduceOnly: true });
    expect(await exchange.fetchPositions()).toEqual([]);
    expect((await exchange.fetchBalance()).USDT?.used).toBe('0');
    expect(await exchange.fetchMyTrades(swap)).toHaveLength(2);
    expect(await exchange.fetchMyTrades()).toHaveLength(0);
  });

  test('an inverse swap is margined in its coin, and hedge mode holds both sides', async () => {
    const exchange = await trader({ balances: { BTC: '1' } });
    await exchange.setPositionMode(true);
    expect((await exchange.fetchPositionMode()).hedged).toBe(true);
    const order = (side: 'buy' | 'sell', posSide: string) =>
      exchange.createOrder('BTC/USD:BTC', 'market', side, amount('10'), undefined, { posSide });
    await order('buy', 'long');
    await order('sell', 'short');
    expect((await exchange.fetchPositions()).map(({ side }) => side).sort()).toEqual(['long', 'short']);
    expect(await failure(order('buy', 'net'))).not.toBe('no error');
    expect(await failure(exchange.setPositionMode(false))).not.toBe('no error');
    expect(Number((await exchange.fetchBalance()).BTC?.used)).toBeGreaterThan(0);
  });

  test('leverage tiers are told in contracts', async () => {
    const tiers = await loaded.fetchMarketLeverageTiers('BTC/USDT:USDT');
    expect(tiers[0]).toMatchObject({ minNotional: '0', maxLeverage: '125' });
    for (const [index, tier] of tiers.slice(1).entries())
      expect(tier.minNotional).toBe(tiers[index]?.maxNotional);
  });
});

test('deposits, withdrawals, addresses and chains', async () => {
  const keys = await openAccount(sandbox, { venue: 'okx' });
  const exchange = await client(keys);
  const post = (transfer: object) =>
    admin(sandbox, 'POST', `accounts/${keys.api_key}/transfers`, { wallet: 'funding', ...transfer });
  await post({ type: 'deposit', asset: 'USDT', amount: '250.5', network: 'TRX' });
  now += 1_000;
  await post({ type: 'withdrawal', asset: 'USDT', amount: '50', fee: '1', network: 'TRX' });
  expect((await exchange.fetchBalance({ type: 'funding' })).USDT?.total).toBe('199.5');
  expect(await exchange.fetchDeposits()).toMatchObject([
    { currency: 'USDT', amount: '250.5', status: 'ok', network: 'TRC20' },
  ]);
  expect(await exchange.fetchDeposits('USDT', now + 1)).toEqual([]);
  expect(await exchange.fetchWithdrawals('USDT')).toMatchObject([
    { amount: '50', fee: { cost: '1' }, status: 'ok' },
  ]);
  // With keys ccxt loads the currencies too, and knows their chains.
  await exchange.loadMarkets(true);
  expect((await exchange.fetchDepositAddress('USDT', { network: 'TRC20' })).address).toMatch(/^T/);
  expect((await exchange.fetchDepositAddress('XRP')).tag).toMatch(/^\d+$/);
  const currencies = await exchange.fetchCurrencies();
  expect(Object.keys(currencies['USDT']?.networks ?? {})).toEqual(expect.arrayContaining(['ERC20', 'TRC20']));
});

test('order books of spot and swaps lie around the ticker', async () => {
  for (const symbol of ['BTC/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC']) {
    const book = await loaded.fetchOrderBook(symbol, 20);
    const { last } = await loaded.fetchTicker(symbol);
    expect(book.bids).toHaveLength(20);
    expect(Number(book.bids[0]?.[0])).toBeLessThan(Number(last));
    expect(Number(book.asks[0]?.[0])).toBeGreaterThan(Number(last));
  }
});
