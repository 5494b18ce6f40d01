import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Exchange } from 'ccxt';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { admin, callEndpoint, connect, failure, openAccount } from './ccxt-client.ts';

const MINUTE_MS = 60_000;
let sandbox: Sandbox;
let loaded: Exchange;
let now = Date.UTC(2026, 2, 1, 12);

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 'binance order tests', clock: { now: () => now } });
  loaded = await connect(sandbox, 'binance');
  await loaded.loadMarkets();
});
afterAll(() => sandbox.close());
beforeEach(() => admin(sandbox, 'DELETE', 'clock'));

const trader = async (input: Record<string, unknown>): Promise<Exchange> => {
  const client = await connect(
    sandbox,
    'binance',
    await openAccount(sandbox, { venue: 'binance', ...input }),
  );
  client.setMarketsFromExchange(loaded);
  // The sandbox's time in these tests is not the machine's.
  client.nonce = () => now;
  return client;
};

const amount = (text: string) => text as unknown as number;

describe('spot orders', () => {
  test('a market buy is filled at the ask, pays the quote and brings the base less the fee', async () => {
    const client = await trader({ balances: { USDT: '10000' } });
    const { ask } = await client.fetchTicker('BTC/USDT');
    const order = await client.createOrder('BTC/USDT', 'market', 'buy', amount('0.1'));
    expect(order).toMatchObject({
      status: 'closed',
      filled: '0.10000000',
      average: ask?.toString().replace(/0+$/, ''),
    });
    const balance = await client.fetchBalance();
    expect(balance.BTC?.free).toBe('0.09990000');
    expect(Number(balance.USDT?.free)).toBeCloseTo(10_000 - 0.1 * Number(ask), 8);
    const trades = await client.fetchMyTrades('BTC/USDT');
    expect(trades).toMatchObject([
      {
        order: order.id,
        price: ask,
        side: 'buy',
        takerOrMaker: 'taker',
        fee: { cost: '0.00010000', currency: 'BTC' },
      },
    ]);
  });

  test('a limit order that does not cross rests and locks, and a cancel frees what it locked', async () => {
    const client = await trader({ balances: { USDT: '1000.5' } });
    const order = await client.createOrder('BTC/USDT', 'limit', 'buy', amount('0.01'), amount('20000'));
    expect(order.status).toBe('open');
    expect((await client.fetchBalance()).USDT).toMatchObject({ free: '800.50000000', used: '200.00000000' });
    expect(await client.fetchOpenOrders('BTC/USDT')).toMatchObject([{ id: order.id, remaining: '0.01' }]);
    expect(await client.cancelOrder(order.id ?? '', 'BTC/USDT')).toMatchObject({ status: 'canceled' });
    expect((await client.fetchBalance()).USDT).toMatchObject({ free: '1000.50000000', used: '0.00000000' });
    expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
    expect((await client.fetchOrder(order.id ?? '', 'BTC/USDT')).status).toBe('canceled');
    expect(await failure(client.cancelOrder(order.id ?? '', 'BTC/USDT'))).toBe('OrderNotFound');
  });

  test('a resting order fills at its own price once the price path has crossed it', async () => {
    const client = await trader({ balances: { ETH: '1', USDT: '5000' } });
    const { last } = await client.fetchTicker('ETH/USDT');
    const priceAt = (factor: number) => (Number(last) * factor).toFixed(2);
    const at = (factor: number) => amount(priceAt(factor));
    await client.createOrder('ETH/USDT', 'limit', 'sell', amount('1'), at(1.002));
    await client.createOrder('ETH/USDT', 'limit', 'buy', amount('1'), at(0.998));
    expect(await client.fetchOpenOrders('ETH/USDT')).toHaveLength(2);
    for (let step = 0; step < 200 && (await client.fetchOpenOrders('ETH/USDT')).length === 2; step += 1)
      now += 15 * MINUTE_MS;
    const [trade] = await client.fetchMyTrades('ETH/USDT');
    const order = await client.fetchOrder(trade?.order ?? '', 'ETH/USDT');
    expect(order).toMatchObject({ status: 'closed', price: trade?.price });
    expect(Number(order.average)).toBe(Number(trade?.price));
    expect(trade).toMatchObject({ takerOrMaker: 'maker', amount: '1.00000000' });
    expect(Number(trade?.price)).toBe(Number(priceAt(trade?.side === 'sell' ? 1.002 : 0.998)));
    const { ETH } = await client.fetchBalance();
    if (trade?.side === 'sell') expect(ETH).toBeUndefined();
    else expect(ETH).toMatchObject({ free: '0.99900000', used: '1.00000000' });
  });

  test('a buy for a sum, an order that must not take, and one that must fill at once', async () => {
    const client = await trader({ balances: { USDT: '5000' } });
    const bought = await client.createOrder('SOL/USDT', 'market', 'buy', 0, undefined, {
      quoteOrderQty: '100',
    });
    expect(Number(bought.cost)).toBeLessThanOrEqual(100);
    expect(Number(bought.cost)).toBeGreaterThan(99);
    const high = amount('999999');
    const maker = client.createOrder('BTC/USDT', 'limit', 'buy', amount('0.001'), high, { postOnly: true });
    expect(await failure(maker)).toBe('OrderImmediatelyFillable');
    const params = { timeInForce: 'IOC' };
    const late = await client.createOrder('BTC/USDT', 'limit', 'buy', amount('0.01'), amount('9000'), params);
    expect(late).toMatchObject({ status: 'expired', filled: '0.00000000' });
    const test = { ...params, test: true };
    await client.createOrder('BTC/USDT', 'limit', 'buy', amount('0.01'), amount('9000'), test);
    expect(await client.fetchOrders('BTC/USDT')).toHaveLength(1);
  });

  test('orders are found and cancelled by the caller own id, one by one or all of a market', async () => {
    const client = await trader({ balances: { BTC: '1' } });
    const sell = (clientOrderId: string, symbol = 'BTC/USDT') =>
      client.createOrder(symbol, 'limit', 'sell', amount('0.1'), amount('200000'), { clientOrderId });
    await sell('mine-1');
    await sell('mine-2');
    await sell('mine-3', 'BTC/USDC');
    expect(await failure(sell('mine-1'))).toBe('InvalidOrder');
    expect(await client.fetchOrder('', 'BTC/USDT', { clientOrderId: 'mine-2' })).toMatchObject({
      clientOrderId: 'mine-2',
      status: 'open',
    });
    expect(await client.cancelAllOrders('BTC/USDT')).toHaveLength(2);
    expect(await callEndpoint(client, 'privateGetOpenOrders')).toMatchObject([{ clientOrderId: 'mine-3' }]);
    expect((await client.fetchBalance()).BTC).toMatchObject({ free: '0.90000000', used: '0.10000000' });
  });

  test('what the venue does not take is refused in its words, and moves nothing', async () => {
    const client = await trader({ balances: { USDT: '100' } });
    const raw = (order: object) =>
      failure(callEndpoint(client, 'privatePostOrder', { symbol: 'BTCUSDT', side: 'BUY', ...order }));
    const limit = { type: 'LIMIT', timeInForce: 'GTC' };
    expect(await raw({ type: 'MARKET', quantity: '1' })).toBe('InsufficientFunds');
    expect(await raw({ ...limit, quantity: '1', price: '60000' })).toBe('InsufficientFunds');
    expect(await raw({ ...limit, quantity: '0.000001', price: '60000' })).toBe('InvalidOrder');
    expect(await raw({ ...limit, quantity: '0.001', price: '60000.001' })).toBe('InvalidOrder');
    expect(await raw({ ...limit, quantity: '0.001', price: '-5' })).toBe('InvalidOrder');
    expect(await raw({ ...limit, quantity: 'NaN', price: '60000' })).toBe('InvalidOrder');
    expect(await raw({ ...limit, quantity: '0.00001', price: '60000' })).toBe('BadRequest');
    expect(await raw({ ...limit, quantity: '0.001' })).toBe('BadRequest');
    expect(await raw({ type: 'STOP_LOSS', quantity: '0.001' })).toBe('BadRequest');
    expect(await raw({ type: 'MARKET', quantity: '1', symbol: 'NOPE' })).toBe('BadSymbol');
    expect((await client.fetchBalance()).USDT).toMatchObject({ free: '100.00000000', used: '0.00000000' });
    const reader = await trader({ balances: { USDT: '100' }, permissions: ['read'] });
    expect(await failure(reader.createOrder('BTC/USDT', 'market', 'buy', amount('0.001')))).toBe(
      'AuthenticationError',
    );
  });
});

describe('contracts', () => {
  const equityOf = async (client: Exchange) =>
    Number((await client.fetchBalance({ type: 'swap', subType: 'linear' })).USDT?.total);

  test('a position opens with its margin locked, and closing it frees the margin', async () => {
    const client = await trader({ wallets: { linear: { USDT: '10000' } } });
    await client.createOrder('BTC/USDT:USDT', 'market', 'sell', amount('0.5'));
    const [position] = await client.fetchPositions(['BTC/USDT:USDT']);
    expect(position).toMatchObject({ side: 'short', contracts: '0.5' });
    const { USDT } = await client.fetchBalance({ type: 'swap', subType: 'linear' });
    const notional = 0.5 * Number(position?.entryPrice);
    expect(Number(USDT?.free)).toBeCloseTo(10_000 - notional / 10 - notional * 0.0005, 4);
    now += 60 * MINUTE_MS;
    const close = { reduceOnly: true };
    await client.createOrder('BTC/USDT:USDT', 'market', 'buy', amount('2'), undefined, close);
    expect(await client.fetchPositions(['BTC/USDT:USDT'])).toEqual([]);
    const after = await client.fetchBalance({ type: 'swap', subType: 'linear' });
    expect(after.USDT?.used).toBe('0.00000000');
    const trades = await client.fetchMyTrades('BTC/USDT:USDT');
    expect(trades).toMatchObject([
      { side: 'sell', amount: '0.5' },
      { side: 'buy', amount: '0.5' },
    ]);
    const [sold, bought] = trades.map((trade) => Number(trade.price));
    const fees = trades.reduce((sum, trade) => sum + Number(trade.fee?.cost), 0);
    expect(await equityOf(client)).toBeCloseTo(10_000 + 0.5 * ((sold ?? 0) - (bought ?? 0)) - fees, 4);
    expect(await failure(client.createOrder('BTC/USDT:USDT', 'market', 'buy', 1, undefined, close))).toBe(
      'InvalidOrder',
    );
  });

  test('in hedge mode both sides are held at once, and orders must name theirs', async () => {
    const client = await trader({ wallets: { linear: { USDT: '20000' } } });
    await client.setPositionMode(true, 'ETH/USDT:USDT');
    expect((await client.fetchPositionMode('ETH/USDT:USDT')).hedged).toBe(true);
    const order = (side: 'buy' | 'sell', positionSide: string) =>
      client.createOrder('ETH/USDT:USDT', 'market', side, amount('1'), undefined, { positionSide });
    await order('buy', 'LONG');
    await order('sell', 'SHORT');
    expect((await client.fetchPositions()).map((position) => position.side).sort()).toEqual([
      'long',
      'short',
    ]);
    expect(await failure(order('buy', 'BOTH'))).not.toBe('no error');
    expect(await failure(client.setPositionMode(false, 'ETH/USDT:USDT'))).not.toBe('no error');
    await order('sell', 'LONG');
    expect((await client.fetchPositions()).map((position) => position.side)).toEqual(['short']);
  });

  test('an inverse contract is margined in its coin; a resting order locks and frees', async () => {
    const client = await trader({ wallets: { inverse: { BTC: '1' } } });
    const used = async () =>
      Number((await client.fetchBalance({ type: 'swap', subType: 'inverse' })).BTC?.used);
    const resting = await client.createOrder('BTC/USD:BTC', 'limit', 'buy', amount('10'), amount('20000'));
    expect(await used()).toBeCloseTo(1_000 / 20_000 / 10 + (1_000 / 20_000) * 0.0005, 8);
    expect(await client.fetchOpenOrders('BTC/USD:BTC')).toHaveLength(1);
    await client.cancelOrder(resting.id ?? '', 'BTC/USD:BTC');
    expect(await used()).toBe(0);
    await client.createOrder('BTC/USD:BTC', 'market', 'buy', amount('10'));
    const [position] = await client.fetchPositions(undefined, { subType: 'inverse' });
    expect(position).toMatchObject({ symbol: 'BTC/USD:BTC', side: 'long', contracts: '10' });
    const much = client.createOrder('BTC/USD:BTC', 'market', 'buy', amount('99999'));
    expect(await failure(much)).toBe('InsufficientFunds');
  });

  test('leverage tiers rise with the value of a position', async () => {
    const client = await trader({});
    const tiers = (await client.fetchLeverageTiers(['BTC/USDT:USDT']))['BTC/USDT:USDT'] ?? [];
    expect(tiers.length).toBeGreaterThan(3);
    expect(tiers[0]).toMatchObject({ minNotional: '0', maxLeverage: '125', maintenanceMarginRate: '0.004' });
    for (const [index, tier] of tiers.slice(1).entries())
      expect(tier.minNotional).toBe(tiers[index]?.maxNotional);
    const inverse = await client.fetchLeverageTiers(undefined, { subType: 'inverse' });
    expect(Object.keys(inverse)).toContain('BTC/USD:BTC');
  });
});

test('order books lie around the ticker, in order, of the length asked for', async () => {
  for (const symbol of ['BTC/USDT', 'PEPE/USDT', 'BTC/USDT:USDT', 'BTC/USD:BTC']) {
    const book = await loaded.fetchOrderBook(symbol, 50);
    const bids = book.bids.map(([price]) => Number(price));
    const asks = book.asks.map(([price]) => Number(price));
    expect(asks).toHaveLength(50);
    expect(bids).toEqual([...bids].sort((a, b) => b - a));
    expect(asks).toEqual([...asks].sort((a, b) => a - b));
    const ticker = await loaded.fetchTicker(symbol);
    expect(bids[0]).toBeLessThan(Number(ticker.last));
    expect(asks[0]).toBeGreaterThan(Number(ticker.last));
  }
  expect(await failure(callEndpoint(loaded, 'publicGetDepth', { symbol: 'NOPE' }))).toBe('BadSymbol');
});

test('the balances of the futures APIs are those of their accounts', async () => {
  const client = await trader({
    wallets: { linear: { USDT: '10' }, inverse: { ETH: { free: '1', locked: '2' } } },
  });
  const linear = (await callEndpoint(client, 'fapiPrivateV3GetBalance')) as object[];
  expect(linear).toMatchObject([{ asset: 'USDT', balance: '10.00000000', availableBalance: '10.00000000' }]);
  const inverse = (await callEndpoint(client, 'dapiPrivateGetBalance')) as object[];
  expect(inverse).toMatchObject([{ asset: 'ETH', balance: '3.00000000', availableBalance: '1.00000000' }]);
});
