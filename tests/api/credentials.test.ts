/** Storing exchange keys over HTTP: what is kept and shown of them, what is refused, and that nothing is stored then. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { problemsOf, useCredentials } from './credentials-fixture.ts';

const use = useCredentials();

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const count = async (): Promise<number> => (await use.list()).length;

describe('storing', () => {
  test.each([
    ['binance', 'binance'],
    ['binanceus', 'binance_us'],
    ['binance_us', 'binance_us'],
    ['coinbase', 'coinbase'],
    ['coinbase_advanced', 'coinbase_advanced'],
    ['Kraken', 'kraken'],
    ['bybit', 'bybit'],
    ['kucoin', 'kucoin'],
    ['bitfinex', 'bitfinex'],
    ['okx', 'okx'],
    ['gate_io', 'gate_io'],
    ['bitstamp', 'bitstamp'],
  ])('%s keys are proven and kept, and answered without a secret', async (exchange, venue) => {
    const sent = await use.keys(venue);
    const stored = await use.store(exchange, sent);
    expect(stored).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      user_id: use.caller.tenantId,
      exchange_name: exchange,
      credential_name: 'Default',
      permissions: expect.arrayContaining(['read']),
      ip_whitelist: [],
      exchange_metadata: {
        ...sent.exchange_metadata,
        permissions_source: expect.stringMatching(/^(?:exchange|probe|declared)$/),
      },
      is_active: true,
      last_used: expect.stringMatching(DATE),
      last_validation: expect.stringMatching(DATE),
      validation_status: 'valid',
      validation_error: null,
      created_at: expect.stringMatching(DATE),
      updated_at: expect.stringMatching(DATE),
    });
    const read = await use.get(stored.id);
    expect(read.body).toEqual({
      ...stored,
      api_key_masked: `${sent.api_key.slice(0, 4)}****${sent.api_key.slice(-4)}`,
      has_passphrase: sent.api_passphrase !== undefined,
    });
    for (const secret of [sent.api_key, sent.api_secret, sent.api_passphrase ?? sent.api_secret])
      expect(read.text).not.toContain(secret);
    expect(await use.auditOf(stored.id)).toEqual([expect.stringMatching(/^credential\.stored: success/)]);
  });

  test('all that is said of the keys comes back, and permissions are what the exchange says', async () => {
    const stored = await use.store('binance', await use.keys('binance', { permissions: ['read'] }), {
      credential_name: 'Main',
      permissions: ['read', 'trade', 'withdraw', 'read'],
      ip_whitelist: ['1.2.3.4', '10.0.0.0/24', '2001:db8::/32'],
      exchange_metadata: { note: { region: ['eu', 1] }, permissions_source: 'made up' },
    });
    expect(stored).toMatchObject({
      credential_name: 'Main',
      permissions: ['read'],
      ip_whitelist: ['1.2.3.4', '10.0.0.0/24', '2001:db8::/32'],
      exchange_metadata: { note: { region: ['eu', 1] }, permissions_source: 'exchange' },
    });
  });

  test('use_us makes Binance.US of binance, and the name stays', async () => {
    const stored = await use.store('binance', await use.keys('binance_us'), {
      exchange_metadata: { use_us: true },
    });
    expect(stored).toMatchObject({ exchange_name: 'binance', exchange_metadata: { use_us: true } });
    const { id } = stored;
    expect(await use.balance(`exchange=binance&credential_id=${id}`)).toMatchObject({
      status: 200,
      body: { exchange: 'binance', balances: { BTC: { free: 1.5 } } },
    });
    expect((await use.list('?exchange_name=binanceus')).map((one) => one.id)).toContain(id);
  });

  test('keys of a test network are proven there', async () => {
    const { api_key, secret } = await use.open('binance', { testnet: true });
    const sent = { api_key, api_secret: secret };
    expect(problemsOf(await use.post({ exchange_name: 'binance', ...sent }))).toEqual([
      'body.api_key invalid_credentials',
    ]);
    const { id } = await use.store('binance', sent, { exchange_metadata: { testnet: true } });
    expect(await use.balance(`exchange=binance&credential_id=${id}`)).toMatchObject({ status: 200 });
    const none = await use.post({
      exchange_name: 'kraken',
      ...(await use.keys('kraken')),
      exchange_metadata: { testnet: true },
    });
    expect(none).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no test network') } });
  });

  test('one key is stored once, also when two bring it at the same moment', async () => {
    const sent = { exchange_name: 'kraken', ...(await use.keys('kraken')) };
    const answers = await Promise.all([use.post(sent), use.post(sent)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { id } = answers.find(({ status }) => status === 200)?.body as { id: string };
    const again = await use.post({ ...sent, credential_name: 'Again' });
    expect(again).toMatchObject({ status: 409, body: { detail: expect.stringContaining(id) } });
    const stranger = await use.gateway.newCaller();
    expect((await use.post(sent, stranger)).status).toBe(200);
  });

  test('the list is of the tenant alone, oldest first, and of one exchange when asked', async () => {
    const by = await use.gateway.newCaller();
    expect((await by.get('/api/exchange/credentials')).text).toBe('{"credentials":[],"total_count":0}');
    const ids: string[] = [];
    for (const venue of ['kraken', 'binance', 'kraken'])
      ids.push((await use.store(venue, await use.keys(venue), {}, by)).id);
    expect((await use.list('', by)).map(({ id }) => id)).toEqual(ids);
    expect((await use.list('?exchange_name=KRAKEN', by)).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
    expect((await by.get('/api/exchange/credentials?exchange_name=nowhere')).status).toBe(422);
  });
});

describe('refused, with nothing stored', () => {
  const expectRefused = async (parameters: Readonly<Record<string, unknown>>, problem: string) => {
    const before = await count();
    expect(problemsOf(await use.post(parameters))).toEqual([problem]);
    expect(await count()).toBe(before);
  };

  test('a wrong secret', async () => {
    const sent = await use.keys('kraken');
    const wrong = Buffer.alloc(64, 7).toString('base64');
    await expectRefused(
      { exchange_name: 'kraken', ...sent, api_secret: wrong },
      'body.api_key invalid_credentials',
    );
  });

  test.each([
    ['ip_not_allowed', /ip_not_whitelisted|invalid_credentials|permission_denied/],
    ['clock_skew', /clock_skew/],
  ])('a venue that answers %s', async (kind, type) => {
    const sent = await use.keys('okx', { faults: [kind] });
    const before = await count();
    const [problem] = problemsOf(await use.post({ exchange_name: 'okx', ...sent }));
    expect(problem).toMatch(type);
    expect(await count()).toBe(before);
  });

  test('keys that can withdraw, unless the tenant allows it', async () => {
    const by = await use.gateway.newCaller();
    const sent = await use.keys('binance', { permissions: ['read', 'trade', 'withdraw'] });
    const body = { exchange_name: 'binance', ...sent };
    expect(problemsOf(await use.post(body, by))).toEqual(['body.api_key withdrawal_enabled']);
    expect(await use.list('', by)).toEqual([]);
    await use.rows("update tenants set withdrawal_policy = 'warn' where id = $1", [], by);
    const stored = await use.store('binance', sent, {}, by);
    expect(stored.permissions).toEqual(['read', 'trade', 'withdraw']);
    expect(await use.auditOf(stored.id, by)).toEqual([
      expect.stringContaining('success; the keys can withdraw'),
    ]);
  });

  test('a missing passphrase, a missing customer id, and paper trading', async () => {
    const okx = { ...(await use.keys('okx')), api_passphrase: undefined };
    await expectRefused({ exchange_name: 'okx', ...okx }, 'body.api_passphrase value_error');
    const bitstamp = { ...(await use.keys('bitstamp')), exchange_metadata: undefined };
    await expectRefused({ exchange_name: 'bitstamp', ...bitstamp }, 'body.exchange_metadata value_error');
    await expectRefused(
      { exchange_name: 'paper_trading', api_key: 'paper-paper', api_secret: 'paper-paper' },
      'body.api_key value_error',
    );
  });

  test.each([
    ['a testnet that is no truth value', { testnet: 'yes' }, '.testnet'],
    ['a customer id that is no text', { customer_id: 7 }, '.customer_id'],
    ['a secret', { api_secret: 'x' }, ''],
    ['a secret in its depth', { deep: [{ passPhrase: 'x' }] }, ''],
    ['a secret that is spelled in another way', { 'API-Key': 'x' }, ''],
    ['a private key under any name', { note: '-----BEGIN EC PRIVATE KEY-----' }, ''],
    ['the keys themselves', { note: [`mine: ${'s'.repeat(16)}`] }, ''],
    ['the keys themselves as the customer', { customer_id: 'k'.repeat(16) }, ''],
    ['the keys themselves as a name', { ['s'.repeat(16)]: true }, ''],
    ['five levels', { a: { b: { c: { d: { e: 1 } } } } }, ''],
    ['five thousand characters', { long: 'x'.repeat(5_000) }, ''],
  ])('metadata with %s', async (_what, metadata, place) => {
    const keys = { api_key: 'k'.repeat(16), api_secret: 's'.repeat(16) };
    await expectRefused(
      { exchange_name: 'binance', ...keys, exchange_metadata: metadata },
      `body.exchange_metadata${place} value_error`,
    );
  });

  test('a name that is the secret', async () => {
    const keys = { api_key: 'k'.repeat(16), api_secret: 's'.repeat(16) };
    await expectRefused(
      { exchange_name: 'binance', ...keys, credential_name: keys.api_secret },
      'body.credential_name value_error',
    );
  });

  test.each(['300.1.1.1', '10.0.0.0/33', '10.0.0.1/24', 'anywhere', ''])('the address %j', async (entry) => {
    const keys = { api_key: 'k'.repeat(16), api_secret: 's'.repeat(16) };
    await expectRefused(
      { exchange_name: 'binance', ...keys, ip_whitelist: ['1.2.3.4', entry] },
      'body.ip_whitelist.1 value_error',
    );
  });

  test.each(['with blank', 'ключ-ключ', 'new\nline-key'])('the API key %j', async (key) => {
    await expectRefused(
      { exchange_name: 'binance', api_key: key, api_secret: 's'.repeat(16) },
      'body.api_key value_error',
    );
  });
});

describe('ids', () => {
  test.each(['not-a-uuid', '0', randomUUID(), `${randomUUID()}x`])(
    '%s is not found, in the same words everywhere',
    async (id) => {
      const answers = [
        await use.get(id),
        await use.put(id, { credential_name: 'Any' }),
        await use.remove(id),
        await use.balance(`exchange=binance&credential_id=${id}`),
        await use.sync(`exchange=binance&credential_id=${id}`),
      ];
      for (const { status, text } of answers)
        expect({ status, text }).toEqual({ status: 404, text: '{"detail":"Not Found"}' });
    },
  );

  test('in capitals names the same credential', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    expect((await use.get(id.toUpperCase())).body).toMatchObject({ id });
  });
});
