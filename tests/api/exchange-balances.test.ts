/** Balances over /api/exchange: the last sync, a sync on request, and what was held before; one truth with /ver1. */
import { describe, expect, test } from '@jest/globals';
import { bodyOf, problemsOf, useCredentials } from './credentials-fixture.ts';

const use = useCredentials();

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const WHALE = '123456789012.123456789012345678';

interface History {
  readonly total_records: number;
  readonly history: { readonly total: number; readonly sync_timestamp: string }[];
}

const history = async (query: string, by = use.caller): Promise<History> =>
  bodyOf(await use.history(query, by)) as History;

describe('the last sync', () => {
  test('is read, and the first read syncs', async () => {
    const by = await use.gateway.newCaller();
    const sent = await use.keys('binance', { balances: { BTC: { free: '1', locked: '0.5' }, ETH: '2' } });
    const { id } = await use.store('binance', sent, {}, by);
    const first = await use.balance('exchange=binance', by);
    expect(first.body).toEqual({
      balances: {
        BTC: {
          currency: 'BTC',
          free: 1,
          locked: 0.5,
          total: 1.5,
          sync_timestamp: expect.stringMatching(DATE),
        },
        ETH: { currency: 'ETH', free: 2, locked: 0, total: 2, sync_timestamp: expect.stringMatching(DATE) },
      },
      exchange: 'binance',
      currency: null,
      last_sync: expect.stringMatching(DATE),
    });
    await use.gateway.sandbox.changeAccount(sent.api_key, { balances: { ETH: '3' } });
    expect((await use.balance('exchange=binance', by)).text).toBe(first.text);
    const synced = await use.sync(`exchange=binance&credential_id=${id}`, by);
    expect(synced.body).toEqual({
      success: true,
      user_id: by.tenantId,
      exchange: 'binance',
      currencies_synced: 2,
      balances: { BTC: { free: 1, locked: 0.5, total: 1.5 }, ETH: { free: 3, locked: 0, total: 3 } },
      timestamp: expect.stringMatching(DATE),
      error: null,
      error_type: null,
    });
    expect((await use.balance('exchange=binance&currency=eth', by)).body).toMatchObject({
      balances: { ETH: { total: 3 } },
      currency: 'eth',
    });
    expect((await use.balance('exchange=binance&currency=NONE', by)).body).toMatchObject({ balances: {} });
  });

  test('keeps every digit', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken', { balances: { BTC: WHALE } }));
    const query = `exchange=kraken&credential_id=${id}`;
    expect((await use.sync(query)).text).toContain(`"total":${WHALE}`);
    expect((await use.balance(query)).text).toContain(`"free":${WHALE}`);
    expect((await use.history(`${query}&currency=BTC`)).text).toContain(`"total":${WHALE}`);
  });

  test('of an account that holds nothing is empty', async () => {
    const { id } = await use.store('okx', await use.keys('okx', { balances: {} }));
    expect((await use.balance(`exchange=okx&credential_id=${id}`)).body).toMatchObject({
      balances: {},
      last_sync: expect.stringMatching(DATE),
    });
  });

  test('marks the use of the keys', async () => {
    const { id } = await use.store('kraken', await use.keys('kraken'));
    await use.rows(
      "update credentials set last_used_at = now() - interval '1 day' where tenant_id = $1 and id = $2",
      [id],
    );
    await use.sync(`exchange=kraken&credential_id=${id}`);
    const { last_used: used } = (await use.get(id)).body as { last_used: string };
    expect(Date.now() - Date.parse(used)).toBeLessThan(60_000);
  });
});

describe('which keys', () => {
  test('the oldest active ones of the exchange, unless others are named', async () => {
    const by = await use.gateway.newCaller();
    const ids: string[] = [];
    for (const total of ['1', '2'])
      ids.push(
        (await use.store('kraken', await use.keys('kraken', { balances: { BTC: total } }), {}, by)).id,
      );
    const held = async (query: string): Promise<unknown> =>
      ((await use.balance(query, by)).body as { balances: Record<string, { total: number }> }).balances['BTC']
        ?.total;
    expect(await held('exchange=kraken')).toBe(1);
    expect(await held(`exchange=kraken&credential_id=${ids[1]}`)).toBe(2);
    await use.put(ids[0] ?? '', { is_active: false }, by);
    expect(await held('exchange=kraken')).toBe(2);
    expect(await use.balance(`exchange=binance&credential_id=${ids[1]}`, by)).toMatchObject({ status: 404 });
    const none = await use.balance('exchange=okx', by);
    expect(none).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('POST /api/exchange/credentials') },
    });
    expect((await use.sync('exchange=okx', by)).text).toBe(none.text);
    expect((await use.history('exchange=okx&currency=BTC', by)).status).toBe(404);
  });

  test('another wallet of the same keys has balances of its own', async () => {
    const sent = await use.keys('binance', { wallets: { linear: { USDT: '77' } } });
    const { id } = await use.store('binance', sent);
    const futures = await use.balance(`exchange=binance_futures&credential_id=${id}`);
    expect(futures.body).toMatchObject({ balances: { USDT: { total: 77 } } });
    expect((await use.balance(`exchange=binance&credential_id=${id}`)).body).toMatchObject({
      balances: { BTC: { total: 1.5 } },
    });
  });
});

describe('an exchange that refuses', () => {
  test('a sync answers success:false, and the keys are locked until they work again', async () => {
    const sent = await use.keys('kraken');
    const { id } = await use.store('kraken', sent);
    await use.gateway.sandbox.changeAccount(sent.api_key, { faults: ['invalid_key'] });
    const query = `exchange=kraken&credential_id=${id}`;
    expect(await use.sync(query)).toMatchObject({
      status: 200,
      body: {
        success: false,
        currencies_synced: 0,
        balances: {},
        error: expect.any(String),
        error_type: 'invalid_credentials',
      },
    });
    expect((await use.balance(query)).status).toBe(400);
    expect((await use.get(id)).body).toMatchObject({
      validation_status: 'invalid',
      validation_error: expect.any(String),
    });
    expect(await use.auditOf(id)).toContainEqual(expect.stringMatching(/^credential\.refused/));
    await use.gateway.sandbox.changeAccount(sent.api_key, { faults: [] });
    expect((await use.sync(query)).body).toMatchObject({ success: true });
    expect((await use.get(id)).body).toMatchObject({ validation_status: 'valid', validation_error: null });
  });

  test.each([
    ['server_error', 'exchange_unavailable'],
    ['html_200', 'bad_response'],
    ['hang', 'timeout'],
  ])('%s', async (kind, type) => {
    const sent = await use.keys('bitfinex');
    const { id } = await use.store('bitfinex', sent);
    await use.gateway.sandbox.changeAccount(sent.api_key, { faults: [kind] });
    const { body } = await use.sync(`exchange=bitfinex&credential_id=${id}`);
    expect(body).toMatchObject({ success: false, error_type: type });
  });
});

describe('history', () => {
  test('is newest first, in bounds, with the number of all that match', async () => {
    const by = await use.gateway.newCaller();
    const sent = await use.keys('kraken');
    await use.store('kraken', sent, {}, by);
    for (const total of ['1', '2', '3', '4']) {
      await use.gateway.sandbox.changeAccount(sent.api_key, { balances: { BTC: total } });
      await use.sync('exchange=kraken', by);
    }
    const all = await history('exchange=kraken&currency=BTC', by);
    expect(all).toMatchObject({ total_records: 4, exchange: 'kraken', currency: 'BTC' });
    expect(all.history.map(({ total }) => total)).toEqual([4, 3, 2, 1]);
    expect(all.history[0]).toEqual({
      currency: 'BTC',
      free: 4,
      locked: 0,
      total: 4,
      sync_timestamp: expect.stringMatching(DATE),
      sync_status: 'synced',
    });
    const page = await history('exchange=kraken&currency=BTC&limit=2', by);
    expect([page.total_records, page.history.length]).toEqual([4, 2]);
    const [, third, second] = all.history.map(({ sync_timestamp: at }) => at);
    const range = await history(`exchange=kraken&currency=btc&start_date=${second}&end_date=${third}`, by);
    expect(range.history.map(({ total }) => total)).toEqual([3, 2]);
    expect(await history('exchange=kraken&currency=DOGE', by)).toMatchObject({
      total_records: 0,
      history: [],
    });
  });

  test.each([
    ['limit=0', 'query.limit greater_than_equal'],
    ['limit=1001', 'query.limit less_than_equal'],
    ['start_date=2026-02-01&end_date=2026-01-01', 'query.end_date value_error'],
  ])('with %s is refused', async (query, problem) => {
    expect(problemsOf(await use.history(`exchange=kraken&currency=BTC&${query}`))).toEqual([problem]);
  });
});

describe('one truth with /ver1', () => {
  const connect = (sent: { api_key: string; api_secret: string }, by = use.caller) =>
    by.post('/ver1/accounts/new', {
      type: 'kraken',
      name: 'Connected',
      api_key: sent.api_key,
      secret: sent.api_secret,
    });

  test('a wallet of stored keys is no account until it is connected, and then brings its history', async () => {
    const by = await use.gateway.newCaller();
    const sent = await use.keys('kraken');
    const { id } = await use.store('kraken', sent, {}, by);
    await use.sync('exchange=kraken', by);
    expect((await by.get('/ver1/accounts')).body).toEqual([]);
    const [wallet] = await use.rows<{ id: number }>('select id from accounts where tenant_id = $1', [], by);
    const walletId = wallet?.id ?? 0;
    for (const answer of [
      await by.get(`/ver1/accounts/${walletId}`),
      await by.post(`/ver1/accounts/${walletId}/rename`, { name: 'Mine' }),
      await by.post(`/ver1/accounts/${walletId}/load_balances`),
      await by.post(`/ver1/accounts/${walletId}/remove`),
      await by.post(`/ver1/accounts/${walletId}/pie_chart_data`),
      await by.post(`/ver1/accounts/${walletId}/account_table_data`),
      await by.post('/ver1/accounts/update', { account_id: walletId, name: 'Mine' }),
      await by.get(`/api/accounts/${walletId}/autobalance`),
      await by.put(`/api/accounts/${walletId}/autobalance`, { enabled: false }),
    ])
      expect(answer.status).toBe(404);

    const connected = await connect(sent, by);
    expect(connected).toMatchObject({ status: 201, body: { id: walletId, name: 'Connected' } });
    expect(await connect(sent, by)).toMatchObject({ status: 400 });
    expect(await use.list('', by)).toMatchObject([{ id }]);
    expect((await history('exchange=kraken&currency=BTC', by)).total_records).toBe(2);

    await use.gateway.sandbox.changeAccount(sent.api_key, { balances: { BTC: '9' } });
    await by.post(`/ver1/accounts/${walletId}/load_balances`);
    expect((await use.balance('exchange=kraken&currency=BTC', by)).body).toMatchObject({
      balances: { BTC: { total: 9 } },
    });
    await use.gateway.sandbox.changeAccount(sent.api_key, { balances: { BTC: '11' } });
    await use.sync('exchange=kraken', by);
    expect((await by.post(`/ver1/accounts/${walletId}/pie_chart_data`)).text).toContain('11');
    expect((await history('exchange=kraken&currency=BTC', by)).total_records).toBe(4);
    await by.post(`/ver1/accounts/${walletId}/remove`);
    expect((await history('exchange=kraken&currency=BTC', by)).total_records).toBe(4);
  });

  test('keys of a connected account are listed, and storing them again is a duplicate', async () => {
    const by = await use.gateway.newCaller();
    const sent = await use.keys('kraken');
    expect((await connect(sent, by)).status).toBe(201);
    const [listed] = await use.list('', by);
    expect(listed).toMatchObject({ exchange_name: 'kraken', credential_name: 'Connected', is_active: true });
    expect(await use.post({ exchange_name: 'kraken', ...sent }, by)).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining(listed?.id ?? 'none') },
    });
    expect((await use.balance('exchange=kraken', by)).body).toMatchObject({
      balances: { BTC: { total: 1.5 } },
    });
    const futures = await by.post('/ver1/accounts/new', {
      type: 'binance_futures',
      name: 'Futures',
      ...(await use.open('binance')),
    });
    expect(futures.status).toBe(201);
    expect((await use.list('?exchange_name=binance', by)).map((one) => one['exchange_name'])).toEqual([
      'binance_futures',
    ]);
  });

  test('keys that came with an account go with the last one, and with their wallets', async () => {
    const by = await use.gateway.newCaller();
    const connected = await by.post('/ver1/accounts/new', {
      type: 'binance',
      name: 'Only',
      ...(await use.open('binance')),
    });
    await use.sync('exchange=binance_futures', by);
    await by.post(`/ver1/accounts/${(connected.body as { id: number }).id}/remove`);
    const rows = await use.rows<{ live: number; sealed: number }>(
      `select (select count(*) from accounts where tenant_id = $1 and removed_at is null) as live,
              (select count(*) from credentials where tenant_id = $1 and sealed is not null) as sealed`,
      [],
      by,
    );
    expect(rows).toEqual([{ live: 0, sealed: 0 }]);
    expect(await use.list('', by)).toEqual([]);
  });

  test('two first syncs at once keep one wallet', async () => {
    const by = await use.gateway.newCaller();
    await use.store('kraken', await use.keys('kraken'), {}, by);
    const answers = await Promise.all([use.sync('exchange=kraken', by), use.sync('exchange=kraken', by)]);
    for (const { body } of answers) expect(body).toMatchObject({ success: true });
    const rows = await use.rows('select id from accounts where tenant_id = $1', [], by);
    expect(rows).toHaveLength(1);
  });
});
