/** Bad input to /api/exchange, told as FastAPI tells it: every problem at once, each by its place. */
import { describe, expect, test } from '@jest/globals';
import type { TestAnswer } from '../support/test-caller.ts';
import { problemsOf, useExchange } from './seed-fixture.ts';

const exchange = useExchange();

const post = (path: string, body: Readonly<Record<string, unknown>>): Promise<TestAnswer> =>
  exchange.caller.post(`/api/exchange/${path}`, body);

const get = (path: string): Promise<TestAnswer> => exchange.caller.get(`/api/exchange/${path}`);

const KEYS = { api_key: 'key-key-key', api_secret: 'secret-secret' };

describe('every problem at once', () => {
  test('of a body', async () => {
    const problems = problemsOf(
      await post('credentials', {
        exchange_name: 5,
        credential_name: '',
        api_key: 'short',
        permissions: 'read',
        ip_whitelist: {},
        exchange_metadata: [],
      }),
    );
    expect(problems.map(({ loc, type }) => [loc.join('.'), type]).sort()).toEqual([
      ['body.api_key', 'string_too_short'],
      ['body.api_secret', 'missing'],
      ['body.credential_name', 'string_too_short'],
      ['body.exchange_metadata', 'dict_type'],
      ['body.exchange_name', 'string_type'],
      ['body.ip_whitelist', 'list_type'],
      ['body.permissions', 'list_type'],
    ]);
  });

  test('of a query', async () => {
    const problems = problemsOf(
      await get('balance/history?start_date=never&end_date=2026-13-01T00:00:00Z&limit=-1'),
    );
    expect(problems.map(({ loc, type }) => [loc.join('.'), type]).sort()).toEqual([
      ['query.currency', 'missing'],
      ['query.end_date', 'datetime_parsing'],
      ['query.exchange', 'missing'],
      ['query.limit', 'greater_than_equal'],
      ['query.start_date', 'datetime_parsing'],
    ]);
  });

  test('of nothing at all: each required parameter by its name', async () => {
    const empty = await exchange.caller.send({ method: 'POST', target: '/api/exchange/validate' });
    const answers = [await post('validate', {}), empty];
    for (const answer of answers)
      expect(problemsOf(answer)).toEqual(
        ['exchange', 'api_key', 'api_secret'].map((name) => ({
          loc: ['body', name],
          msg: 'Field required',
          type: 'missing',
          input: null,
          ctx: {},
        })),
      );
  });

  test('inside a list, with the index', async () => {
    const problems = problemsOf(
      await post('credentials', {
        exchange_name: 'binance',
        ...KEYS,
        permissions: ['read', 'fly', 7],
        ip_whitelist: ['10.0.0.0/24', '1.2.3.4', '300.1.1.1', '10.0.0.0/33'],
      }),
    );
    expect(problems.map(({ loc }) => loc).sort()).toEqual([
      ['body', 'ip_whitelist', 2],
      ['body', 'ip_whitelist', 3],
      ['body', 'permissions', 1],
      ['body', 'permissions', 2],
    ]);
  });
});

describe('exchanges that nobody knows', () => {
  const NAMES = [
    ['a word', 'nowhere'],
    ['nothing', ''],
    ['a blank', ' '],
    ['a prototype', '__proto__'],
    ['a method of every object', 'constructor'],
    ['a way through folders', 'binance/../kraken'],
    ['a very long one', 'b'.repeat(5_000)],
  ] as const;

  test.each(NAMES)('%s is refused as a parameter', async (_what, name) => {
    for (const path of ['markets?', 'ticker?symbol=BTC%2FUSDT&', 'balance?', 'trades?', 'trades/stats?'])
      expect(problemsOf(await get(`${path}exchange=${encodeURIComponent(name)}`))).toMatchObject([
        { loc: ['query', 'exchange'] },
      ]);
    expect(problemsOf(await post('validate', { exchange: name, ...KEYS }))).toMatchObject([
      { loc: ['body', 'exchange'] },
    ]);
    expect(problemsOf(await post('credentials', { exchange_name: name, ...KEYS }))).toMatchObject([
      { loc: ['body', 'exchange_name'] },
    ]);
  });

  test.each(NAMES.filter(([, name]) => name !== ''))('%s in the path is not found', async (_what, name) => {
    for (const rest of ['info', 'health'])
      expect(await get(`${encodeURIComponent(name)}/${rest}`)).toMatchObject({
        status: 404,
        body: { detail: expect.any(String) },
      });
  });

  test('names in capitals and with blanks around are known, and come back as they were written', async () => {
    for (const name of ['Kraken', ' kraken ', 'KRAKEN'])
      expect(await get(`markets?exchange=${encodeURIComponent(name)}`)).toMatchObject({
        status: 200,
        body: { exchange: name },
      });
  });
});

describe('lengths', () => {
  test.each([
    ['api_key', 7, 'string_too_short', { min_length: 8 }],
    ['api_secret', 7, 'string_too_short', { min_length: 8 }],
    ['credential_name', 0, 'string_too_short', { min_length: 1 }],
    ['credential_name', 101, 'string_too_long', { max_length: 100 }],
  ])('%s of %i characters', async (name, length, type, ctx) => {
    const body = { exchange_name: 'binance', ...KEYS, [name]: 'k'.repeat(length) };
    expect(problemsOf(await post('credentials', body))).toMatchObject([{ loc: ['body', name], type, ctx }]);
  });

  test.each(['api_key', 'api_secret', 'api_passphrase', 'exchange_name'])(
    '%s of ten thousand characters',
    async (name) => {
      const body = { exchange_name: 'binance', ...KEYS, [name]: 'k'.repeat(10_000) };
      expect(problemsOf(await post('credentials', body))[0]?.loc).toEqual(['body', name]);
    },
  );

  test.each(['base=&quote=USDT', 'base=BTC&quote='])('route?%s', async (query) => {
    expect(problemsOf(await get(`route?${query}`))).toMatchObject([
      { type: 'string_too_short', ctx: { min_length: 1 } },
    ]);
  });
});

describe('ranges', () => {
  const RANGES = [
    'balance/history?exchange=binance&currency=BTC',
    'trades?exchange=binance',
    'trades/stats?',
  ];

  test.each(RANGES)('%s: dates the wrong way round', async (path) => {
    const problems = problemsOf(await get(`${path}&start_date=2026-02-01&end_date=2026-01-01`));
    expect(problems).toMatchObject([
      { loc: ['query', 'end_date'], type: 'value_error', msg: expect.stringContaining('start_date') },
    ]);
  });

  test.each(RANGES)('%s: one day, and moments far from now', async (path) => {
    await exchange.sampleOf({
      method: 'GET',
      path: '/api/exchange/credentials',
      isPublic: false,
      scope: null,
      parameters: [],
      answer: 'object',
    });
    for (const range of [
      'start_date=2026-01-01&end_date=2026-01-01',
      'start_date=0001-01-01&end_date=9999-12-31',
      'start_date=0&end_date=1767225600',
      'start_date=2026-01-01T00:00:00%2B14:00',
    ])
      expect([range, (await get(`${path}&${range}`)).status]).toEqual([range, 200]);
  });

  test.each(['0', '-1', '1001', '1e3', '9'.repeat(30), '5.5', '', 'NaN', 'Infinity', '0x10', 'ten'])(
    'limit=%s',
    async (limit) => {
      for (const path of ['balance/history?exchange=binance&currency=BTC', 'trades?exchange=binance'])
        expect(problemsOf(await get(`${path}&limit=${limit}`))).toMatchObject([{ loc: ['query', 'limit'] }]);
      const { caller } = exchange;
      expect(
        problemsOf(await caller.post(`/api/exchange/trades/sync?exchange=binance&limit=${limit}`)),
      ).toMatchObject([{ loc: ['query', 'limit'] }]);
    },
  );

  test.each(['-1', '1.5', '9'.repeat(30)])('offset=%s', async (offset) => {
    expect(problemsOf(await get(`trades?exchange=binance&offset=${offset}`))).toMatchObject([
      { loc: ['query', 'offset'] },
    ]);
  });

  test.each(['size=0', 'size=-1', 'size=abc', 'size=NaN', 'quote_size=0', 'quote_size=1e400'])(
    'route with %s',
    async (query) => {
      expect(problemsOf(await get(`route?base=BTC&quote=USDT&${query}`))).toMatchObject([
        { loc: ['query', query.split('=')[0]] },
      ]);
    },
  );

  test('a route from an asset to itself', async () => {
    expect(problemsOf(await get('route?base=BTC&quote=BTC'))[0]?.loc[0]).toBe('query');
  });
});
