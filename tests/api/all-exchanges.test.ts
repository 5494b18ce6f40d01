/** Which exchanges there are, what is known of each, and how all of them do: through the whole gateway. */
import { describe, expect, test } from '@jest/globals';
import { VENUES } from '../../src/exchanges/catalog.ts';
import { EXCHANGE_IDS } from '../../src/sandbox/venue-keys.ts';
import { useExchanges } from './exchange-fixture.ts';

const exchanges = useExchanges({ callDeadlineMs: 2_000 });

/** As anybody: without a key. */
const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${exchanges.gateway.baseUrl}/api/exchange/${path}`);
  return { status: response.status, body: await response.json() };
};

const INSTANT = expect.stringMatching(/^\d{4}-.*Z$/);

describe('health of all exchanges', () => {
  test('counts them, and says how long it holds', async () => {
    const { status, body } = await ask('health');
    expect(status).toBe(200);
    const { exchanges: map, summary } = body as {
      exchanges: Record<string, { exchange: string; status: string }>;
      summary: Record<string, number>;
    };
    expect(Object.keys(map).sort()).toEqual(VENUES.map(({ id }) => id).sort());
    for (const [name, health] of Object.entries(map)) expect(health.exchange).toBe(name);
    const count = (word: string) => Object.values(map).filter(({ status: each }) => each === word).length;
    expect(summary).toEqual({
      total: VENUES.length,
      healthy: count('healthy'),
      degraded: count('degraded'),
      unhealthy: count('unhealthy'),
      unknown: count('unknown'),
    });
    expect(body).toMatchObject({ status: 'degraded', cache_ttl_seconds: 30, timestamp: INSTANT });
    // Not simulated here: they do not answer.
    for (const name of ['gemini', 'poloniex', 'deribit', 'bitget', 'huobi', 'crypto_com'])
      expect(map[name]?.status).toBe('unhealthy');
    const requests = await Promise.all(EXCHANGE_IDS.map((venue) => exchanges.requestsTo(venue)));
    expect((await ask('health')).body).toMatchObject({ cached: true });
    expect(await Promise.all(EXCHANGE_IDS.map((venue) => exchanges.requestsTo(venue)))).toEqual(requests);
  });
});

describe('supported exchanges', () => {
  test('are all real ones, with the names and fields that they go by', async () => {
    const { status, body } = await exchanges.caller.get('/api/exchange/supported');
    expect(status).toBe(200);
    const { exchanges: list, total_count } = body as { exchanges: { name: string }[]; total_count: number };
    expect(total_count).toBe(list.length);
    expect(list.map(({ name }) => name).sort()).toEqual(VENUES.map(({ id }) => id).sort());
    expect(list.find(({ name }) => name === 'okx')).toEqual({
      name: 'okx',
      ccxt_id: 'okx',
      display_name: 'OKX',
      aliases: ['okx_futures'],
      market_codes: ['okex', 'okex_futures'],
      required_credentials: ['api_key', 'api_secret', 'api_passphrase'],
      requires_passphrase: true,
      market_types: ['spot', 'futures'],
      features: { balance: true, trades: true, bnb_burn: false, dust_assets: false, key_permissions: true },
      rate_limit_ms: 110,
      logo_url: `${exchanges.gateway.baseUrl}/icons/okx.svg`,
      docs_url: 'https://www.okx.com/docs-v5/en/',
    });
    expect(list.find(({ name }) => name === 'binance')).toMatchObject({
      features: { bnb_burn: true, dust_assets: true },
    });
    expect(list.find(({ name }) => name === 'binance_us')).toMatchObject({
      aliases: ['binanceus'],
      features: { bnb_burn: false, dust_assets: true },
    });
  });

  test('answer to every name that is listed for them', async () => {
    const { body } = await exchanges.caller.get('/api/exchange/supported');
    for (const { name, aliases, market_codes } of (
      body as { exchanges: { name: string; aliases: string[]; market_codes: string[] }[] }
    ).exchanges)
      for (const each of [name, ...aliases, ...market_codes])
        expect((await exchanges.caller.get(`/api/exchange/${each}/info`)).status).toBe(200);
  });
});

describe('info', () => {
  test('of an exchange is what is known without asking it', async () => {
    const before = await exchanges.requestsTo('bitfinex');
    const { status, body, text } = await exchanges.caller.get('/api/exchange/Bitfinex/info');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      exchange: 'Bitfinex',
      display_name: 'Bitfinex',
      ccxt_id: 'bitfinex',
      countries: ['VG'],
      required_credentials: ['api_key', 'api_secret'],
      requires_passphrase: false,
      rate_limit_ms: 250,
      market_types: ['spot'],
      urls: { www: 'https://www.bitfinex.com' },
    });
    expect(text).toContain('"fees":{"maker":0.001,"taker":0.002,"percentage":true,"tier_based":true}');
    expect(await exchanges.requestsTo('bitfinex')).toBe(before);
  });

  test('counts the markets once they are loaded', async () => {
    await exchanges.caller.get('/api/exchange/markets?exchange=coinbase_advanced');
    exchanges.advance(2_000);
    const { body } = await exchanges.caller.get('/api/exchange/coinbase_advanced/info');
    expect(body).toMatchObject({
      markets_count: expect.any(Number),
      last_updated: INSTANT,
      status: 'healthy',
    });
  });

  test('of an exchange that is not there is not found', async () => {
    expect(await exchanges.caller.get('/api/exchange/mtgox/info')).toMatchObject({ status: 404 });
  });
});

test('supported and info need a key, health needs none', async () => {
  expect((await ask('supported')).status).toBe(401);
  expect((await ask('okx/info')).status).toBe(401);
  expect((await ask('okx/health')).status).toBe(200);
});
