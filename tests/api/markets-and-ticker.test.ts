/** Markets and tickers of exchanges for any authenticated caller, through the whole gateway. */
import { request as httpRequest } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import { useExchanges } from './exchange-fixture.ts';

const exchanges = useExchanges({ callDeadlineMs: 3_000 });

const MINUTE_MS = 60_000;

const get = (path: string, headers: Record<string, string> = {}) =>
  exchanges.caller.send({ method: 'GET', target: `/api/exchange/${path}`, headers });

interface Markets {
  readonly markets: readonly Record<string, unknown>[];
  readonly cached: boolean;
  readonly last_updated: string;
  readonly timestamp: string;
  readonly total_count: number;
}

/** As sent: fetch would unpack it. */
const getRaw = (path: string, headers: Record<string, string>) =>
  new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const { baseUrl, apiKey, apiSecret } = exchanges.caller;
    const target = `/api/exchange/${path}`;
    const Signature = createHmac('sha256', apiSecret).update(target).digest('hex');
    httpRequest(baseUrl + target, { headers: { Apikey: apiKey, Signature, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    })
      .on('error', reject)
      .end();
  });

describe('markets', () => {
  test.each(EXCHANGE_IDS)('of %s are all there, digit for digit as the exchange has them', async (venue) => {
    const { status, body, text } = await get(`markets?exchange=${venue}`);
    expect(status).toBe(200);
    const { markets, total_count, last_updated, timestamp } = body as Markets;
    expect(body).toMatchObject({ exchange: venue, cached: expect.any(Boolean) });
    expect(total_count).toBe(markets.length);
    expect(markets.length).toBeGreaterThan(50);
    expect(Date.parse(last_updated)).toBeLessThanOrEqual(Date.parse(timestamp));
    expect(text).toContain('"symbol":"BTC/USD');
    expect(text).not.toMatch(/\d[eE][-+]?\d/);
  });

  test('carry the tick sizes, limits and fees that the exchange states, and null for what it does not', async () => {
    const { text } = await get('markets?exchange=binance');
    expect(text).toContain(
      '{"symbol":"BTC/USDT","base":"BTC","quote":"USDT","settle":null,"type":"spot","active":true,' +
        '"price_precision":0.01,"amount_precision":0.00001,"min_amount":0.00001,"max_amount":9000000,' +
        '"min_cost":5,"max_cost":9000000,"min_price":0.01,"max_price":1000000,' +
        '"maker_fee":0.001,"taker_fee":0.001}',
    );
    expect(text).toContain('"settle":"USDT","type":"swap"');
    expect(text).toContain('"active":false');
    const bitfinex = await get('markets?exchange=bitfinex');
    expect(bitfinex.text).toContain('"price_precision":null');
  });

  test('are asked of the exchange once, and every later answer says that it is cached and how old', async () => {
    exchanges.advance(10 * MINUTE_MS);
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('markets?exchange=okx')));
    expect(answers.filter(({ body }) => !(body as Markets).cached)).toHaveLength(1);
    exchanges.advance(4 * MINUTE_MS);
    const before = await exchanges.requestsTo('okx');
    const later = await get('markets?exchange=okx');
    expect(later.body).toMatchObject({ cached: true });
    expect(Number(later.headers.get('age'))).toBeGreaterThanOrEqual(240);
    expect(await exchanges.requestsTo('okx')).toBe(before);
  });

  test('are not sent again to those who have them, also after they were read anew', async () => {
    const first = await get('markets?exchange=kucoin');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"[\w-]+"$/);
    expect(first.headers.get('cache-control')).toBe('private, no-cache');
    for (const ms of [0, 10 * MINUTE_MS]) {
      exchanges.advance(ms);
      const again = await get('markets?exchange=kucoin', { 'If-None-Match': `"x", ${etag}` });
      expect({ status: again.status, text: again.text, etag: again.headers.get('etag') }).toEqual({
        status: 304,
        text: '',
        etag,
      });
    }
    expect((await get('markets?exchange=kucoin', { 'If-None-Match': 'W/"other"' })).status).toBe(200);
    const other = await get('markets?exchange=binance', { 'If-None-Match': etag });
    expect(other.status).toBe(200);
  });

  test('are compressed as the caller likes', async () => {
    await get('markets?exchange=kraken');
    const [plain, gzip, br, none] = await Promise.all(
      ['identity', 'gzip', 'gzip, br', 'gzip;q=0'].map((encoding) =>
        getRaw('markets?exchange=kraken', { 'Accept-Encoding': encoding }),
      ),
    );
    const text = plain?.body.toString() ?? '';
    expect(gunzipSync(gzip?.body ?? '').toString()).toBe(text);
    expect(brotliDecompressSync(br?.body ?? '').toString()).toBe(text);
    expect(none?.body.toString()).toBe(text);
    expect([plain, gzip, br, none].map((answer) => answer?.headers['content-encoding'])).toEqual([
      undefined,
      'gzip',
      'br',
      undefined,
    ]);
    for (const answer of [plain, gzip, br]) {
      expect(answer?.headers['vary']).toBe('Accept-Encoding');
      expect(answer?.headers['content-length']).toBe(String(answer?.body.length));
    }
    expect(gzip?.body.length ?? 0).toBeLessThan(text.length / 5);
  });

  test('echo the name as it was written, and know every name of an exchange', async () => {
    const { markets } = (await get('markets?exchange=okx')).body as Markets;
    for (const name of ['okex', 'OKX', ' okx', 'okex_futures']) {
      const { body } = await get(`markets?exchange=${encodeURIComponent(name)}`);
      expect(body).toMatchObject({ exchange: name, total_count: markets.length });
    }
  });

  test('of an exchange that is down are served while they are known, else 503 or 504', async () => {
    await get('markets?exchange=gate_io');
    exchanges.advance(30 * MINUTE_MS);
    await exchanges.gateway.sandbox.addFault({ venue: 'gate_io', kind: 'maintenance' });
    const { status, headers } = await get('markets?exchange=gate_io');
    expect(status).toBe(200);
    expect(Number(headers.get('age'))).toBeGreaterThanOrEqual(1_800);
    const dead = await get('markets?exchange=deribit');
    expect([502, 503, 504]).toContain(dead.status);
    expect(dead.body).toEqual({ detail: expect.any(String) });
  });
});

describe('ticker', () => {
  test.each(EXCHANGE_IDS)('of %s has the price and the best of the book as exact numbers', async (venue) => {
    const { body: listed } = await get(`markets?exchange=${venue}`);
    const symbols = (listed as Markets).markets.map(({ symbol }) => symbol);
    const symbol = ['BTC/USDT', 'BTC/USD'].find((each) => symbols.includes(each));
    const { status, body, headers, text } = await get(`ticker?exchange=${venue}&symbol=${symbol}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      exchange: venue,
      symbol,
      last: expect.any(Number),
      bid: expect.any(Number),
      ask: expect.any(Number),
      cached: expect.any(Boolean),
    });
    expect(headers.get('age')).toMatch(/^\d+$/);
    expect(text).not.toMatch(/\d[eE][-+]?\d/);
    expect(Object.keys(body as object)).toHaveLength(19);
  });

  test.each([
    ['okx', 'BTC-USDT', 'BTC/USDT'],
    ['okx', 'btcusdt', 'BTC/USDT'],
    ['okx', 'btc_usdt', 'BTC/USDT'],
    ['okx', 'BTC/USDT:USDT', 'BTC/USDT:USDT'],
    ['okx', 'BTC-USDT:USDT', 'BTC/USDT:USDT'],
    ['kraken', 'BTCUSD', 'BTC/USD'],
  ])('of %s finds %s', async (venue, spelled, symbol) => {
    const { status, body } = await get(`ticker?exchange=${venue}&symbol=${encodeURIComponent(spelled)}`);
    expect({ status, body }).toMatchObject({ status: 200, body: { symbol } });
  });

  test('comes out of a cache for a few seconds, with one request for many callers', async () => {
    await get('ticker?exchange=bybit&symbol=ETH/USDT');
    exchanges.advance(6_000);
    const before = await exchanges.requestsTo('bybit');
    const answers = await Promise.all(
      Array.from({ length: 30 }, () => get('ticker?exchange=bybit&symbol=ETH/USDT')),
    );
    expect(answers.filter(({ body }) => (body as { cached: boolean }).cached)).toHaveLength(29);
    expect(await exchanges.requestsTo('bybit')).toBe(before + 1);
    exchanges.advance(4_000);
    const later = await get('ticker?exchange=bybit&symbol=ETH/USDT');
    expect(later.body).toMatchObject({ cached: true });
    expect(Number(later.headers.get('age'))).toBeGreaterThanOrEqual(4);
    expect(await exchanges.requestsTo('bybit')).toBe(before + 1);
  });

  test('of a symbol that the exchange does not list is not found', async () => {
    for (const symbol of ['NO/SUCH', '__proto__', 'BTC/USDT:XRP', 'constructor', '/'])
      expect(await get(`ticker?exchange=binance&symbol=${encodeURIComponent(symbol)}`)).toMatchObject({
        status: 404,
        body: { detail: `The exchange has no market ${symbol}` },
      });
  });

  test('of an exchange that answers with a page is 502, one that is down 503, one that hangs 504', async () => {
    for (const [venue, kind, status] of [
      ['bitstamp', 'html_200', 502],
      ['bitfinex', 'maintenance', 503],
      ['coinbase', 'hang', 504],
    ] as const) {
      const symbol = 'ETH/USD';
      await get(`markets?exchange=${venue}`);
      await exchanges.gateway.sandbox.addFault({ venue, kind });
      const answer = await get(`ticker?exchange=${venue}&symbol=${symbol}`);
      expect({ venue, status: answer.status, body: answer.body }).toEqual({
        venue,
        status,
        body: { detail: expect.any(String) },
      });
      expect(answer.text).not.toContain('<');
    }
  });
});

test.each([
  ['markets', [{ loc: ['query', 'exchange'], type: 'missing' }]],
  ['markets?exchange=mtgox', [{ loc: ['query', 'exchange'], type: 'value_error', input: 'mtgox' }]],
  ['markets?exchange=ethereumwallet', [{ loc: ['query', 'exchange'], type: 'value_error' }]],
  [
    'ticker?exchange=mtgox',
    [
      { loc: ['query', 'exchange'], type: 'value_error' },
      { loc: ['query', 'symbol'], type: 'missing' },
    ],
  ],
  ['ticker?exchange=kraken&symbol=', [{ loc: ['query', 'symbol'], type: 'string_too_short' }]],
  [
    `ticker?exchange=kraken&symbol=${'x'.repeat(65)}`,
    [{ loc: ['query', 'symbol'], type: 'string_too_long' }],
  ],
])('%s is refused, every problem at once', async (path, problems) => {
  const { status, body } = await get(path);
  expect(status).toBe(422);
  expect((body as { detail: object[] }).detail).toMatchObject(problems);
  expect((body as { detail: object[] }).detail).toHaveLength(problems.length);
});

test('nobody reads them without a key', async () => {
  for (const path of ['markets?exchange=binance', 'ticker?exchange=binance&symbol=BTC/USDT'])
    expect((await fetch(`${exchanges.gateway.baseUrl}/api/exchange/${path}`)).status).toBe(401);
});
