/** Whether an exchange works, for anybody who asks: through the whole gateway. */
import { describe, expect, test } from '@jest/globals';
import { useExchanges } from './exchange-fixture.ts';

const exchanges = useExchanges({ callDeadlineMs: 2_000 });

/** As anybody: without a key. */
const ask = async (path: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${exchanges.gateway.baseUrl}/api/exchange/${path}`);
  return { status: response.status, body: await response.json() };
};

const INSTANT = expect.stringMatching(/^\d{4}-.*Z$/);

// A venue is probed at most once in five seconds, so each test takes venues of its own.
describe('health of one exchange', () => {
  test('is asked for with one request, however many strangers ask at once', async () => {
    const before = await exchanges.requestsTo('binance_us');
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => ask('binance_us/health?force_refresh=true')),
    );
    expect(await exchanges.requestsTo('binance_us')).toBe(before + 1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(answers[0]?.body).toEqual({
      exchange: 'binance_us',
      status: 'healthy',
      latency_ms: expect.any(Number),
      exchange_status: 'ok',
      last_check: INSTANT,
      last_success: INSTANT,
      consecutive_failures: 0,
      circuit_state: 'closed',
      rate_limited_until: null,
      error: null,
      error_type: null,
      cached: expect.any(Boolean),
      timestamp: INSTANT,
    });
    // Also those who come just after, and those whom the gateway would ask for again.
    expect((await ask('binance_us/health?force_refresh=true')).body).toMatchObject({ cached: true });
    exchanges.advance(6_000);
    expect((await ask('binance_us/health?force_refresh=true')).body).toMatchObject({ cached: true });
    expect(await exchanges.requestsTo('binance_us')).toBe(before + 1);
  });

  test('echoes the name as it was written', async () => {
    expect((await ask('OKEX/health')).body).toMatchObject({ exchange: 'OKEX', status: 'healthy' });
  });

  test.each([
    ['kraken', { kind: 'html_200' }, { status: 'unhealthy', error_type: 'bad_response' }],
    ['bybit', { kind: 'maintenance' }, { status: 'unhealthy', error_type: 'exchange_unavailable' }],
    ['kucoin', { kind: 'hang' }, { status: 'unhealthy', error_type: 'timeout' }],
    ['bitstamp', { kind: 'reset' }, { status: 'unhealthy' }],
    ['gate_io', { kind: 'rate_limited' }, { status: 'degraded', error_type: 'rate_limited' }],
    ['coinbase', { kind: 'truncated_json' }, { status: 'unhealthy', error_type: 'bad_response' }],
  ])('%s under %j', async (venue, fault, health) => {
    await exchanges.gateway.sandbox.addFault({ venue, ...fault });
    const { status, body } = await ask(`${venue}/health`);
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ...health, exchange_status: null, latency_ms: null, error: expect.any(String) },
    });
    expect(JSON.stringify(body)).not.toMatch(/https?:|</);
  });

  test('of an exchange that has banned us says until when, and asks it no more', async () => {
    await exchanges.gateway.sandbox.addFault({ venue: 'binance', kind: 'banned', retry_after_s: 300 });
    await ask('binance/health');
    const before = await exchanges.requestsTo('binance');
    exchanges.advance(60_000);
    expect((await ask('binance/health?force_refresh=1')).body).toMatchObject({
      status: 'degraded',
      rate_limited_until: INSTANT,
      error_type: 'rate_limited',
    });
    expect(await exchanges.requestsTo('binance')).toBe(before);
  });

  test('of an exchange that answers everything with an error stays bad, whoever else asks it', async () => {
    const bad = { status: 'unhealthy', last_success: null, error_type: 'bad_response' };
    // The sandbox does not simulate it.
    expect((await ask('gemini/health')).body).toMatchObject(bad);
    expect((await exchanges.caller.get('/api/exchange/markets?exchange=gemini')).status).toBe(502);
    exchanges.advance(2_000);
    expect((await ask('gemini/health')).body).toMatchObject({ ...bad, cached: true });
  });

  test('tells no more of a failure that is over', async () => {
    await exchanges.gateway.sandbox.addFault({ venue: 'okx', kind: 'html_200' });
    exchanges.advance(60_000);
    await ask('okx/health');
    await exchanges.gateway.sandbox.clearFaults();
    const ticker = '/api/exchange/ticker?exchange=okx&symbol=ETH/USDT';
    expect((await exchanges.caller.get(ticker)).status).toBe(200);
    exchanges.advance(2_000);
    expect((await ask('okx/health')).body).toMatchObject({
      status: 'healthy',
      error: null,
      error_type: null,
    });
  });

  test('of an exchange that is not there is not found', async () => {
    for (const name of ['mtgox', 'ethereumwallet', '__proto__', '%20'])
      expect(await ask(`${name}/health`)).toMatchObject({
        status: 404,
        body: { detail: expect.stringContaining('Unknown exchange') },
      });
  });
});

test.each(['health?force_refresh=maybe', 'okx/health?force_refresh=2', 'health?force_refresh='])(
  '%s is refused',
  async (path) => {
    expect(await ask(path)).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['query', 'force_refresh'], type: 'bool_parsing' }] },
    });
  },
);
