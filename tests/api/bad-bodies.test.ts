/** Bodies of /api/exchange that are none, parameters in another's place, and secrets that must not come back. */
import { describe, expect, test } from '@jest/globals';
import type { TestAnswer } from '../support/test-caller.ts';
import { problemsOf, useExchange } from './seed-fixture.ts';

const exchange = useExchange();

const post = (path: string, body: Readonly<Record<string, unknown>>): Promise<TestAnswer> =>
  exchange.caller.post(`/api/exchange/${path}`, body);

const get = (path: string): Promise<TestAnswer> => exchange.caller.get(`/api/exchange/${path}`);

/** With a `?` before the body, as a signature over what is no JSON needs it. */
const send = (path: string, body: string, type?: string): Promise<TestAnswer> =>
  exchange.caller.send({
    method: 'POST',
    target: `/api/exchange/${path}?`,
    body,
    ...(type !== undefined && { headers: { 'Content-Type': type } }),
  });

const KEYS = { api_key: 'key-key-key', api_secret: 'secret-secret' };

describe('bodies', () => {
  const DEEP = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;

  test.each([
    ['no JSON', '{"exchange": "binance"', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['a text', '"exchange"', 'application/json'],
    ['null', 'null', 'application/json'],
    ['too deep', DEEP, 'application/json'],
    [
      'a form',
      'exchange=binance&api_key=key-key-key&api_secret=secret-secret',
      'application/x-www-form-urlencoded',
    ],
    ['names that reach prototypes', '{"__proto__": {"exchange": "binance"}}', 'application/json'],
    ['half of a surrogate pair', String.raw`{"exchange": "\ud800"}`, 'application/json'],
  ])('%s', async (_what, body, type) => {
    for (const path of ['validate', 'credentials', 'bnb-burn']) {
      const answer = await send(path, body, type);
      expect(problemsOf(answer)).toMatchObject([{ loc: ['body'], type: 'json_invalid', input: null }]);
      expect(answer.text).not.toContain('secret-secret');
    }
  });

  test('a body longer than the gateway reads', async () => {
    expect(await send('validate', JSON.stringify({ exchange: 'x'.repeat(2_000_000) }))).toMatchObject({
      status: 413,
      body: { detail: expect.any(String) },
    });
  });

  test('a query that is not percent-encoded UTF-8', async () => {
    const answer = await get('markets?exchange=%ff');
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.any(String) } });
  });
});

describe('places', () => {
  test('what belongs into the query is not read out of the body', async () => {
    for (const path of ['balance/sync', 'trades/sync'])
      expect(problemsOf(await post(path, { exchange: 'binance' }))).toMatchObject([
        { loc: ['query', 'exchange'], type: 'missing' },
      ]);
  });

  test('what belongs into the body is not read out of the query', async () => {
    const query = new URLSearchParams({ exchange: 'binance', ...KEYS }).toString();
    expect(problemsOf(await post(`validate?${query}`, {})).map(({ loc }) => loc)).toEqual([
      ['body', 'exchange'],
      ['body', 'api_key'],
      ['body', 'api_secret'],
    ]);
    const burn = await post('bnb-burn?spot_bnb_burn=true&exchange=kraken', { spot_bnb_burn: 'perhaps' });
    expect(problemsOf(burn)).toMatchObject([{ loc: ['body', 'spot_bnb_burn'], type: 'bool_parsing' }]);
  });

  test('an id in query or body is not that of the path', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const { caller, store } = exchange;
    const own = (await store('kraken', 'kraken')).id;
    const answer = await caller.put(`/api/exchange/credentials/${id}?credential_id=${own}`, {
      credential_id: own,
      credential_name: 'Another',
    });
    expect(answer.status).toBe(404);
    expect(await caller.get(`/api/exchange/credentials/${own}`)).toMatchObject({
      status: 200,
      body: { credential_name: 'Default' },
    });
  });

  test('of a parameter that is sent twice the last one counts', async () => {
    expect(await get('markets?exchange=nowhere&exchange=kraken')).toMatchObject({
      status: 200,
      body: { exchange: 'kraken' },
    });
  });

  test('unknown parameters are left alone', async () => {
    expect(await get('markets?exchange=kraken&nonsense=1')).toMatchObject({ status: 200 });
  });
});

describe('secrets never come back', () => {
  const PLANTED = 'PLANTED-1234';

  test.each([
    ['as it should be', { api_key: PLANTED, api_secret: PLANTED, api_passphrase: PLANTED }],
    ['too short', { api_key: PLANTED.slice(0, 7), api_secret: PLANTED.slice(0, 7) }],
    ['in a list', { api_key: [PLANTED], api_secret: [PLANTED], api_passphrase: [PLANTED] }],
    ['in an object', { api_key: { value: PLANTED }, api_secret: { a: { b: PLANTED } }, api_passphrase: {} }],
    ['beside the others', { exchange_metadata: { api_key: PLANTED, deep: { api_secret: [PLANTED] } } }],
    ['as a name', { exchange_metadata: { [PLANTED]: PLANTED }, permissions: [{ api_secret: PLANTED }] }],
  ])('%s', async (_what, parameters) => {
    const bodies = [
      { exchange: 'nowhere', ...parameters },
      { exchange_name: 'nowhere', ...parameters },
    ];
    const { caller } = exchange;
    const answers = [
      await post('validate', bodies[0] ?? {}),
      await post('credentials', bodies[1] ?? {}),
      await caller.put('/api/exchange/credentials/00000000-0000-4000-8000-000000000000', {
        ...parameters,
        permissions: 'none',
      }),
    ];
    for (const { status, text } of answers) {
      expect(status).toBe(422);
      expect(text).not.toContain(PLANTED.slice(0, 7));
    }
  });

  test('not even out of a query that they do not belong into', async () => {
    const answer = await get(`balance?api_key=${PLANTED}&api_secret=${PLANTED}`);
    expect(problemsOf(answer)).toMatchObject([{ loc: ['query', 'exchange'] }]);
    expect(answer.text).not.toContain(PLANTED);
  });
});
