// Real ccxt over HTTP against answers in the forms of the venues' own references, for venues that have no sandbox twin.
import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { type CcxtAdapter, createCcxtAdapter } from '../../src/exchanges/ccxt-adapter.ts';
import { CCXT_VENUES } from '../../src/exchanges/ccxt-venues.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { aCall } from './adapter-fixture.ts';
import { createRecordingLogger } from './recording-logger.ts';

interface Said {
  readonly status?: number;
  readonly body: unknown;
}

let server: Server;
let adapter: CcxtAdapter;
/** By `host METHOD /path`. */
const usual = new Map<string, Said>();
const now = new Map<string, Said>();

const say = (endpoint: string, said: Said): void => {
  usual.set(endpoint, said);
};

/** For the running test only. */
const sayNow = (endpoint: string, said: Said): void => {
  now.set(endpoint, said);
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?');
    const endpoint = `${String(request.headers['x-sandbox-host'])} ${request.method} ${path}`;
    const said = now.get(endpoint) ?? usual.get(endpoint);
    response.writeHead(said === undefined ? 404 : (said.status ?? 200), {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify(said?.body ?? { unexpected: path }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  adapter = await createCcxtAdapter({
    catalog: createCatalog(),
    venues: CCXT_VENUES,
    clock: systemClock,
    logger: createRecordingLogger(),
    sandboxUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callDeadlineMs: 5_000,
    privateInstances: 10,
    marketsMaxAgeMs: 3_600_000,
  });
});
afterEach(() => now.clear());
afterAll(async () => {
  await adapter.close();
  server.closeAllConnections();
  server.close();
});

describe('gemini', () => {
  const keys = { apiKey: 'account-key', secret: 'secret' };
  const host = 'api.gemini.com';
  say(`${host} GET /v1/symbols`, { body: ['btcusd', 'ethbtc'] });
  say(`${host} GET /v1/pricefeed`, {
    body: [{ pair: 'BTCUSD', price: '64000.12', percentChange24h: '0.0150' }],
  });
  say(`${host} POST /v1/roles`, {
    body: { isAuditor: false, isFundManager: false, isTrader: true, counterparty_id: 'X' },
  });
  say(`${host} POST /v1/balances`, {
    body: [
      {
        type: 'exchange',
        currency: 'BTC',
        amount: '1.500000000000000001',
        available: '1',
        availableForWithdrawal: '1',
      },
    ],
  });

  test('connects with rights by roles and exact balances', async () => {
    expect(await adapter.connect(aCall(keys), ['gemini'])).toMatchObject({
      rights: { canRead: true, canTrade: true, canWithdraw: false, source: 'exchange' },
      accounts: [
        {
          balances: [
            { asset: 'BTC', free: '1', locked: '0.500000000000000001', total: '1.500000000000000001' },
          ],
        },
      ],
    });
  });

  test('a fund manager can withdraw', async () => {
    sayNow(`${host} POST /v1/roles`, { body: { isAuditor: false, isFundManager: true, isTrader: false } });
    expect((await adapter.connect(aCall(keys), ['gemini'])).rights).toMatchObject({
      canTrade: false,
      canWithdraw: true,
    });
  });

  test('prices are read from one feed', async () => {
    expect((await adapter.fetchPrices('gemini', 5_000)).prices).toEqual([
      { base: 'BTC', quote: 'USD', last: '64000.12' },
    ]);
  });

  test('a wrong signature, a key of a group, a page in place of balances', async () => {
    sayNow(`${host} POST /v1/roles`, {
      status: 400,
      body: { result: 'error', reason: 'InvalidSignature', message: 'InvalidSignature' },
    });
    const connect = (apiKey: string) => adapter.connect(aCall({ ...keys, apiKey }), ['gemini']);
    await expect(connect('account-wrong')).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(connect('master-key')).rejects.toMatchObject({ code: 'invalid_credentials' });
    sayNow(`${host} POST /v1/balances`, { body: [{ currency: 'BTC', amount: {}, available: '1' }] });
    await expect(adapter.fetchAccount(aCall(keys), 'gemini')).rejects.toMatchObject({ code: 'bad_response' });
  });
});

describe('poloniex', () => {
  const keys = { apiKey: 'poloniex key', secret: 'secret' };
  const host = 'api.poloniex.com';
  say(`${host} GET /markets`, {
    body: [
      {
        symbol: 'BTC_USDT',
        baseCurrencyName: 'BTC',
        quoteCurrencyName: 'USDT',
        displayName: 'BTC/USDT',
        state: 'NORMAL',
        visibleStartTime: 1659018819512,
        tradableStartTime: 1659018819512,
        symbolTradeLimit: {
          symbol: 'BTC_USDT',
          priceScale: 2,
          quantityScale: 6,
          amountScale: 2,
          minQuantity: '0.000001',
          minAmount: '1',
          highestBid: '0',
          lowestAsk: '0',
        },
        crossMargin: { supportCrossMargin: true, maxLeverage: 3 },
      },
    ],
  });
  say(`${host} GET /v3/market/allInstruments`, { body: { code: 200, msg: 'Success', data: [] } });
  say(`${host} GET /markets/ticker24h`, {
    body: [
      {
        symbol: 'BTC_USDT',
        open: '63000',
        low: '62000',
        high: '65000',
        close: '64000.5',
        ts: 1,
        bid: '64000',
        ask: '64001',
      },
    ],
  });
  say(`${host} GET /accounts/balances`, {
    body: [
      {
        accountId: '1',
        accountType: 'SPOT',
        balances: [{ currencyId: '28', currency: 'BTC', available: '1.000000000000000001', hold: '0.5' }],
      },
    ],
  });
  say(`${host} DELETE /orders/12345`, { status: 400, body: { code: 21301, message: 'Order not found' } });

  test('connects with what the probe tells and exact balances', async () => {
    expect(await adapter.connect(aCall(keys), ['poloniex'])).toMatchObject({
      rights: { canTrade: true, canWithdraw: null, source: 'probe' },
      accounts: [{ balances: [{ asset: 'BTC', free: '1.000000000000000001', locked: '0.5' }] }],
    });
  });

  test('prices, and an answer that is no balance', async () => {
    expect((await adapter.fetchPrices('poloniex', 5_000)).prices).toEqual([
      { base: 'BTC', quote: 'USDT', last: '64000.5' },
    ]);
    sayNow(`${host} GET /accounts/balances`, { body: [] });
    expect((await adapter.fetchAccount(aCall(keys), 'poloniex')).balances).toEqual([]);
    sayNow(`${host} GET /accounts/balances`, { body: { surprise: true } });
    await expect(adapter.fetchAccount(aCall(keys), 'poloniex')).rejects.toMatchObject({
      code: 'bad_response',
    });
  });
});

describe('deribit', () => {
  const keys = { apiKey: 'deribit key', secret: 'secret' };
  const host = 'www.deribit.com';
  const result = (body: unknown): Said => ({ body: { jsonrpc: '2.0', result: body } });
  const spot = (base: string, quote: string) => ({
    instrument_name: `${base}_${quote}`,
    kind: 'spot',
    base_currency: base,
    counter_currency: quote,
    settlement_currency: quote,
    quote_currency: quote,
    is_active: true,
    tick_size: 0.01,
    min_trade_amount: 0.0001,
    contract_size: 0.0001,
    taker_commission: 0,
    maker_commission: 0,
    creation_timestamp: 1,
  });
  say(`${host} GET /api/v2/public/get_instruments`, result([spot('BTC', 'USDC'), spot('ETH', 'BTC')]));
  say(
    `${host} GET /api/v2/public/get_book_summary_by_currency`,
    result([
      { instrument_name: 'BTC_USDC', last: 64000.5, mid_price: 64000, creation_timestamp: 1 },
      { instrument_name: 'ETH_BTC', last: 0.05, mid_price: 0.05, creation_timestamp: 1 },
    ]),
  );
  say(
    `${host} GET /api/v2/private/get_account_summaries`,
    result({
      summaries: [
        { currency: 'BTC', equity: 1.5, available_funds: 1.25, maintenance_margin: 0.25, balance: 1.5 },
      ],
    }),
  );
  say(
    `${host} GET /api/v2/private/get_positions`,
    result([
      { instrument_name: 'BTC-PERPETUAL', size: -100, direction: 'sell' },
      { instrument_name: 'ETH-PERPETUAL', size: 0, direction: 'zero' },
    ]),
  );
  const refused = (code: number): Said => ({
    status: 400,
    body: { jsonrpc: '2.0', error: { code, message: 'no' } },
  });
  say(`${host} GET /api/v2/private/cancel`, refused(11044));

  test('connects with what the probe tells, balances and open positions', async () => {
    expect(await adapter.connect(aCall(keys), ['deribit'])).toMatchObject({
      rights: { canTrade: true, source: 'probe' },
      accounts: [
        {
          balances: [{ asset: 'BTC', free: '1.25', locked: '0.25', total: '1.5' }],
          openPositions: 1,
          hedgeModeEnabled: false,
        },
      ],
    });
    sayNow(`${host} GET /api/v2/private/cancel`, refused(13021));
    expect((await adapter.connect(aCall(keys), ['deribit'])).rights.canTrade).toBe(false);
  });

  test('prices of the spot markets are gathered by currency', async () => {
    expect((await adapter.fetchPrices('deribit', 5_000)).prices).toEqual([
      { base: 'BTC', quote: 'USDC', last: '64000.5' },
      { base: 'ETH', quote: 'BTC', last: '0.05' },
    ]);
  });

  test('wrong credentials', async () => {
    sayNow(`${host} GET /api/v2/private/cancel`, refused(13004));
    sayNow(`${host} GET /api/v2/private/get_account_summaries`, refused(13004));
    await expect(adapter.connect(aCall(keys), ['deribit'])).rejects.toMatchObject({
      code: 'invalid_credentials',
    });
  });
});
