/** Target portfolios over HTTP: what is stored, what is refused and in which words. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

let count = 0;
const create = async (weights: Record<string, unknown> = { BTC: 60, ETH: 40 }, by = caller) => {
  count += 1;
  const answer = await by.post('/api/portfolios', { name: `Portfolio ${count}`, weights });
  if (answer.status !== 201) throw new Error(`creating answered ${answer.status}: ${answer.text}`);
  return answer.body as { id: number; name: string };
};

const auditOf = async (object: string): Promise<string[]> => {
  const rows = await gateway.owner.session(caller.tenantId).query<{ action: string }>(
    {
      name: 'test.audit-of',
      text: 'select action from audit_log where tenant_id = $1 and object = $2 order by seq',
    },
    [caller.tenantId, object],
  );
  return rows.map(({ action }) => action);
};

describe('portfolios', () => {
  test('are made, read, replaced and removed, each with a line in the audit log', async () => {
    const made = await caller.post('/api/portfolios', {
      name: 'Three',
      weights: { ETH: '33.3', BTC: 60, SOL: 6.7 },
    });
    expect(made.status).toBe(201);
    expect(made.text).toContain('"weights":{"BTC":60,"ETH":33.3,"SOL":6.7}');
    const { id } = made.body as { id: number };
    expect((await caller.get(`/api/portfolios/${id}`)).body).toEqual(made.body);
    const replaced = await caller.put(`/api/portfolios/${id}`, {
      name: 'Two',
      weights: { BTC: 50, ADA: 50 },
    });
    expect(replaced).toMatchObject({ status: 200, body: { id, name: 'Two', weights: { ADA: 50, BTC: 50 } } });
    expect(await caller.delete(`/api/portfolios/${id}`)).toMatchObject({ status: 204, text: '' });
    const gone = await caller.get(`/api/portfolios/${id}`);
    expect(gone).toMatchObject({ status: 404, text: '{"detail":"Not Found"}' });
    expect((await caller.delete(`/api/portfolios/${id}`)).text).toBe(gone.text);
    expect(await auditOf(`portfolio:${id}`)).toEqual([
      'portfolio.created',
      'portfolio.updated',
      'portfolio.removed',
    ]);
  });

  test('keep every digit of a weight', async () => {
    const { id } = await create({ BTC: '33.33333333', ETH: '33.33333333', SOL: '33.33333334' });
    expect((await caller.get(`/api/portfolios/${id}`)).text).toContain(
      '{"SOL":33.33333334,"BTC":33.33333333,"ETH":33.33333333}',
    );
  });

  test('are listed oldest first in pages that say how many there are', async () => {
    const other = await gateway.newCaller();
    const ids: number[] = [];
    for (let index = 0; index < 3; index += 1) ids.push((await create(undefined, other)).id);
    const pages: { readonly portfolios: { readonly id: number }[] }[] = [];
    for (const offset of [0, 2])
      pages.push(
        (await other.get(`/api/portfolios?limit=2&offset=${offset}`)).body as (typeof pages)[number],
      );
    expect(pages.flatMap(({ portfolios }) => portfolios.map(({ id }) => id))).toEqual(ids);
    expect(pages).toMatchObject([{ total_count: 3 }, { total_count: 3 }]);
    expect((await (await gateway.newCaller()).get('/api/portfolios')).body).toEqual({
      portfolios: [],
      total_count: 0,
    });
  });

  test('a name is taken within its tenant only', async () => {
    const { name, id } = await create();
    const same = await caller.post('/api/portfolios', { name, weights: { BTC: 100 } });
    expect(same).toMatchObject({ status: 409, body: { detail: 'Another portfolio has this name' } });
    const { id: second } = await create();
    expect((await caller.put(`/api/portfolios/${second}`, { name, weights: { BTC: 100 } })).status).toBe(409);
    expect((await caller.put(`/api/portfolios/${id}`, { name, weights: { BTC: 100 } })).status).toBe(200);
    const stranger = await gateway.newCaller();
    expect((await stranger.post('/api/portfolios', { name, weights: { BTC: 100 } })).status).toBe(201);
  });
});

describe('refused portfolios', () => {
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`A${index}`, 1]));

  test.each<[string, object, object[]]>([
    [
      'nothing',
      {},
      [
        { loc: ['body', 'name'], msg: 'Field required', type: 'missing', input: null, ctx: {} },
        { loc: ['body', 'weights'], msg: 'Field required', type: 'missing', input: null, ctx: {} },
      ],
    ],
    [
      'wrong types',
      { name: 7, weights: [] },
      [
        { loc: ['body', 'name'], msg: 'Input should be a valid string', type: 'string_type', input: 7 },
        {
          loc: ['body', 'weights'],
          msg: 'Input should be a valid dictionary',
          type: 'dict_type',
          input: null,
        },
      ],
    ],
    [
      'an empty name and no asset',
      { name: '', weights: {} },
      [
        {
          loc: ['body', 'name'],
          msg: 'String should have at least 1 character',
          type: 'string_too_short',
          input: '',
          ctx: { min_length: 1 },
        },
        {
          loc: ['body', 'weights'],
          msg: 'Dictionary should have at least 1 item after validation, not 0',
          type: 'too_short',
          ctx: { field_type: 'Dictionary', min_length: 1, actual_length: 0 },
        },
      ],
    ],
    [
      'a blank name and a long one too many',
      { name: ' ', weights: many },
      [
        { loc: ['body', 'name'], msg: 'Value error, must not be blank', type: 'value_error' },
        { loc: ['body', 'weights'], type: 'too_long', ctx: { max_length: 100, actual_length: 101 } },
      ],
    ],
    [
      'a long name',
      { name: 'n'.repeat(256), weights: { BTC: 100 } },
      [{ loc: ['body', 'name'], type: 'string_too_long', input: null, ctx: { max_length: 255 } }],
    ],
    [
      'weights that are no shares',
      { name: 'x', weights: { A: 0, B: -1, C: 101, D: 'much', E: true, F: '1.123456789' } },
      [
        {
          loc: ['body', 'weights', 'A'],
          msg: 'Input should be greater than 0',
          type: 'greater_than',
          input: 0,
          ctx: { gt: 0 },
        },
        { loc: ['body', 'weights', 'B'], type: 'greater_than', input: -1 },
        { loc: ['body', 'weights', 'C'], type: 'less_than_equal', input: 101, ctx: { le: 100 } },
        { loc: ['body', 'weights', 'D'], type: 'decimal_parsing', input: 'much' },
        { loc: ['body', 'weights', 'E'], type: 'decimal_type', input: true },
        { loc: ['body', 'weights', 'F'], type: 'decimal_max_places', ctx: { decimal_places: 8 } },
      ],
    ],
    [
      'an asset in another spelling',
      { name: 'x', weights: { btc: 100 } },
      [
        {
          loc: ['body', 'weights', 'btc', '[key]'],
          msg: "String should match pattern '^[A-Z0-9][A-Z0-9._-]{0,31}$'",
          type: 'string_pattern_mismatch',
          input: 'btc',
        },
      ],
    ],
    [
      'a sum that is a hair off',
      { name: 'x', weights: { BTC: '50', ETH: '49.99999999' } },
      [
        {
          loc: ['body', 'weights'],
          msg: 'Value error, the weights must sum to 100, and sum to 99.99999999',
          type: 'value_error',
        },
      ],
    ],
  ])('%s: every problem is listed', async (_what, parameters, problems) => {
    const answer = await caller.post('/api/portfolios', { ...parameters });
    expect(answer.status).toBe(422);
    const { detail } = answer.body as { detail: object[] };
    expect(detail).toHaveLength(problems.length);
    expect(detail).toMatchObject(problems);
    for (const problem of detail)
      expect(Object.keys(problem)).toEqual(['loc', 'msg', 'type', 'ctx', 'input']);
  });

  test('parameters of the query and the path are named with their place', async () => {
    const list = await caller.get('/api/portfolios?limit=0&offset=x');
    expect(list).toMatchObject({
      status: 422,
      body: {
        detail: [
          { loc: ['query', 'limit'], type: 'greater_than_equal', input: '0', ctx: { ge: 1 } },
          { loc: ['query', 'offset'], type: 'int_parsing', input: 'x' },
        ],
      },
    });
    const one = await caller.get('/api/portfolios/abc');
    expect(one).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['path', 'portfolio_id'], type: 'int_parsing', input: 'abc' }] },
    });
  });

  test('what belongs into the body is not read from the query', async () => {
    const answer = await caller.send({ method: 'POST', target: '/api/portfolios?name=x' });
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'name'] }, {}] } });
  });

  test('a body that is no JSON object is a problem of the body', async () => {
    for (const body of ['{', '[]', '"x"', 'name=x']) {
      const answer = await caller.send({ method: 'POST', target: '/api/portfolios?', body });
      expect(answer).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body'], type: 'json_invalid' }] },
      });
    }
  });

  test('an input that could be a secret is not sent back', async () => {
    const answer = await caller.post('/api/portfolios', {
      name: 'x',
      weights: { API_SECRET: 'hunter2hunter2' },
    });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('errors of the surface', () => {
  test('a request without a signature is asked for one', async () => {
    const answer = await fetch(`${gateway.baseUrl}/api/portfolios`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.json()).toEqual({ detail: 'Unauthorized. Invalid or expired api key.' });
  });

  test('an unknown path is told in the words of the surface', async () => {
    expect(await caller.get('/api/nothing')).toMatchObject({ status: 404, text: '{"detail":"Not Found"}' });
  });

  test('the signature of a read does not remove what was read', async () => {
    const { id } = await create();
    const target = `/api/portfolios/${id}`;
    const { createHmac } = await import('node:crypto');
    const ofRead = createHmac('sha256', caller.apiSecret).update(target).digest('hex');
    const headers = { Apikey: caller.apiKey, Signature: ofRead };
    expect((await fetch(gateway.baseUrl + target, { headers })).status).toBe(200);
    expect((await fetch(gateway.baseUrl + target, { method: 'DELETE', headers })).status).toBe(401);
    expect((await fetch(gateway.baseUrl + target, { method: 'PUT', headers })).status).toBe(422);
    expect((await caller.get(target)).status).toBe(200);
  });
});
