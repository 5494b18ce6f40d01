/** Trying exchange keys over HTTP: always a 200 that says what they are good for, and nothing of them is kept. */
import { describe, expect, test } from '@jest/globals';
import type { TestAnswer } from '../support/test-caller.ts';
import { bodyOf, problemsOf, type SentKeys, useCredentials } from './credentials-fixture.ts';

const use = useCredentials();

const validate = (parameters: Readonly<Record<string, unknown>>, by = use.caller): Promise<TestAnswer> =>
  by.post('/api/exchange/validate', parameters);

const verdict = async (exchange: string, sent: SentKeys, by = use.caller) =>
  bodyOf(await validate({ exchange, ...sent }, by)) as Record<string, unknown>;

describe('good keys', () => {
  test.each(['binance', 'binanceus', 'kraken', 'okx', 'bybit', 'kucoin', 'bitstamp', 'gate_io'])(
    '%s: every key of the answer is there',
    async (exchange) => {
      const venue = exchange === 'binanceus' ? 'binance_us' : exchange;
      const found = await verdict(exchange, await use.keys(venue));
      expect(found).toEqual({
        valid: true,
        exchange,
        validation_status: 'valid',
        message: expect.any(String),
        permissions: expect.arrayContaining(['read']),
        permissions_source: expect.stringMatching(/^(?:exchange|probe|unknown)$/),
        can_withdraw: found['can_withdraw'] === null ? null : false,
        ip_restricted: found['ip_restricted'] === null ? null : expect.any(Boolean),
        key_expires_at: null,
        account_types: [expect.any(String)],
        warnings: expect.any(Array),
        latency_ms: expect.any(Number),
        timestamp: expect.any(String),
        error: null,
        error_type: null,
      });
    },
  );

  test('are warned of: no IP lock, withdrawals, an end that is near, stored before', async () => {
    const by = await use.gateway.newCaller();
    await use.rows("update tenants set withdrawal_policy = 'warn' where id = $1", [], by);
    const sent = await use.keys('binance', { permissions: ['read', 'trade', 'withdraw'] });
    await use.store('binance', sent, {}, by);
    const found = await verdict('binance', sent, by);
    expect(found).toMatchObject({ valid: true, can_withdraw: true, ip_restricted: false });
    const codes = (found['warnings'] as { code: string }[]).map(({ code }) => code);
    expect(codes).toEqual(['no_ip_restriction', 'can_withdraw', 'already_stored']);
    const soon = new Date(Date.now() + 86_400_000).toISOString();
    const ending = await verdict('okx', await use.keys('okx', { expires_at: soon }), by);
    if (ending['key_expires_at'] !== null)
      expect(ending['warnings']).toContainEqual(expect.objectContaining({ code: 'key_expires_soon' }));
  });
});

describe('keys that are not', () => {
  test.each(['binance', 'kraken', 'okx'])('%s: a wrong secret', async (exchange) => {
    const sent = await use.keys(exchange);
    const wrong = { ...sent, api_secret: Buffer.alloc(64, 7).toString('base64') };
    expect(await verdict(exchange, wrong)).toMatchObject({
      valid: false,
      validation_status: 'invalid',
      error: expect.any(String),
      error_type: 'invalid_credentials',
      permissions: [],
      account_types: [],
    });
  });

  test('withdrawals, where the tenant refuses them', async () => {
    const sent = await use.keys('binance', { permissions: ['read', 'withdraw'] });
    expect(await verdict('binance', sent)).toMatchObject({
      valid: false,
      validation_status: 'withdrawal_enabled',
      can_withdraw: true,
      permissions: ['read', 'withdraw'],
      permissions_source: 'exchange',
    });
  });

  // A venue that limits us is left alone for a while.
  test.each([
    ['server_error', 'bitfinex', 'exchange_unavailable'],
    ['html_200', 'bitfinex', 'bad_response'],
    ['hang', 'bitfinex', 'timeout'],
    ['rate_limited', 'coinbase', 'rate_limited'],
  ])('an exchange with %s', async (kind, exchange, type) => {
    const sent = await use.keys(exchange, { faults: [kind] });
    expect(await verdict(exchange, sent)).toMatchObject({
      valid: false,
      validation_status: 'exchange_unavailable',
      error_type: type,
    });
  });

  test('a time that is off', async () => {
    const sent = await use.keys('okx', { faults: ['clock_skew'] });
    expect(await verdict('okx', sent)).toMatchObject({
      valid: false,
      validation_status: 'clock_skew',
      error_type: 'clock_skew',
    });
  });

  test('a test network where there is none', async () => {
    const sent = { ...(await use.keys('kraken')), exchange_metadata: { testnet: true } };
    expect(await verdict('kraken', sent)).toMatchObject({
      valid: false,
      validation_status: 'unsupported',
      error_type: 'not_supported',
    });
  });

  test('a missing passphrase is a bad parameter', async () => {
    const sent = { ...(await use.keys('okx')), api_passphrase: undefined };
    expect(problemsOf(await validate({ exchange: 'okx', ...sent }))).toEqual([
      'body.api_passphrase value_error',
    ]);
  });
});

test('nothing that was tried is stored or answered', async () => {
  const by = await use.gateway.newCaller();
  const good = await use.keys('kraken');
  const wrong = { ...(await use.keys('kraken')), api_secret: 'planted-secret-of-nobody' };
  const answers = [
    await validate({ exchange: 'kraken', ...good }, by),
    await validate({ exchange: 'kraken', ...wrong }, by),
  ];
  for (const { text } of answers)
    for (const { api_key: key, api_secret: secret } of [good, wrong]) {
      expect(text).not.toContain(key);
      expect(text).not.toContain(secret);
    }
  expect(await use.list('', by)).toEqual([]);
  const [row] = await use.rows<{ stored: number }>(
    'select count(*) as stored from credentials where tenant_id = $1',
    [],
    by,
  );
  expect(row).toEqual({ stored: 0 });
});
