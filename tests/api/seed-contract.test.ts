/** The whole table of the seed against the API document and against real answers of a gateway with sandbox venues. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../src/surfaces/openapi-schemas.ts';
import { differencesOfAnswer, differencesOfSchema, resolver } from '../contracts/answer-shape.ts';
import { connect as connectCcxt } from '../sandbox/ccxt-client.ts';
import { createBearerCaller, newToken } from '../support/test-token.ts';
import { nameOf, useExchange } from './seed-fixture.ts';
import { differencesOfParameters, type Resolve } from './seed-document.ts';
import { SEED_OPERATIONS, type SeedOperation } from './seed-operations.ts';
import { allRefusals, withParameter } from './seed-refusals.ts';

const exchange = useExchange();

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  readonly components: Json;
}

let document: Document;
let resolve: Resolve;

beforeAll(async () => {
  const response = await fetch(`${exchange.gateway.baseUrl}/openapi.json`);
  document = (await response.json()) as Document;
  resolve = resolver(document.components);
});

const described = ({ method, path }: SeedOperation): Json => {
  const found = document.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`);
  return found;
};

const OPERATIONS = SEED_OPERATIONS.map((operation) => [nameOf(operation), operation] as const);

test('the seed has 22 operations', () => {
  expect(new Set(OPERATIONS.map(([name]) => name)).size).toBe(22);
});

describe('the document', () => {
  test('describes under /api/exchange what the seed has, and nothing else', () => {
    const names = Object.entries(document.paths)
      .filter(([path]) => path.startsWith('/api/exchange/'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(names.sort()).toEqual(OPERATIONS.map(([name]) => name).sort());
  });

  test('has a bearer token in the header, as the seed names it', () => {
    expect(document.components).toHaveProperty('securitySchemes.HTTPBearer', {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: expect.any(String),
    });
  });

  test.each(OPERATIONS)('%s: parameters', (_name, operation) => {
    expect(differencesOfParameters(operation, described(operation), resolve)).toEqual([]);
  });

  test.each(OPERATIONS)('%s: who may ask', (_name, operation) => {
    const { security, 'x-scope': scope } = described(operation);
    if (operation.isPublic) expect(security).toEqual([]);
    else expect(security).toContainEqual({ HTTPBearer: [] });
    expect(scope ?? null).toBe(operation.scope);
  });

  test.each(OPERATIONS)('%s: answers', (_name, operation) => {
    const responses = described(operation)['responses'] as Record<string, { content: Record<string, Json> }>;
    const schemaOf = (status: string): unknown => responses[status]?.content['application/json']?.['schema'];
    expect(Object.keys(responses).filter((status) => status.startsWith('2'))).toEqual(['200']);
    expect(differencesOfSchema(schemaOf('200'), operation.answer, resolve)).toEqual([]);
    const invalid = { $ref: '#/components/schemas/HTTPValidationError' };
    expect(schemaOf('422')).toEqual(operation.parameters.length === 0 ? undefined : invalid);
  });

  test('describes bad parameters by place, words, type, input and context', () => {
    const { HTTPValidationError: error, ValidationError: problem } = document.components['schemas'] as Json;
    expect(error).toMatchObject({
      required: ['detail'],
      properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } } },
    });
    expect(problem).toMatchObject({
      required: ['loc', 'msg', 'type', 'input', 'ctx'],
      properties: {
        loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
        msg: { type: 'string' },
        type: { type: 'string' },
        ctx: { type: 'object' },
      },
    });
  });
});

/** Lists and maps at the top of an answer that hold nothing, and so prove nothing. */
const emptyParts = (body: unknown): string[] =>
  Object.entries(body as Json)
    .filter(([, value]) => typeof value === 'object' && value !== null && Object.keys(value).length === 0)
    .map(([place]) => place);
const MAY_BE_EMPTY = new Set(['ip_whitelist', 'exchange_metadata', 'warnings', 'dropped']);

describe('real answers', () => {
  test.each(OPERATIONS)('%s', async (_name, operation) => {
    const sample = await exchange.sampleOf(operation);
    const { status, headers, body, text } = await exchange.ask(operation, sample);
    expect({ status, text }).toEqual({ status: 200, text });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).not.toBeNull();
    expect(differencesOfAnswer(body, operation.answer)).toEqual([]);
    expect(emptyParts(body).filter((place) => !MAY_BE_EMPTY.has(place))).toEqual([]);
  });

  test.each(OPERATIONS)('%s: for nobody', async (_name, operation) => {
    const response = await exchange.askAsNobody(operation, {
      path: { exchange_name: 'kraken', credential_id: '00000000-0000-4000-8000-000000000000' },
    });
    expect(response.status).toBe(operation.isPublic ? 200 : 401);
    if (operation.isPublic) return;
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer\b/);
    expect(await response.json()).toMatchObject({ detail: expect.any(String) });
  });

  test.each(OPERATIONS.filter(([, { scope }]) => scope !== null))(
    '%s: for a key without the scope',
    async (_name, operation) => {
      const other = operation.scope === 'ACCOUNTS_READ' ? 'ACCOUNTS_WRITE' : 'ACCOUNTS_READ';
      const by = await exchange.gateway.newCaller({ scopes: [other], tenantId: exchange.caller.tenantId });
      const answer = await exchange.ask(operation, { path: { credential_id: 'any' } }, by);
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.any(String) } });
    },
  );

  test('a bearer token is as good as a signature', async () => {
    const token = await newToken(exchange.caller, ['ACCOUNTS_READ']);
    const by = createBearerCaller(exchange.caller, token);
    for (const operation of SEED_OPERATIONS.filter(({ scope }) => scope === 'ACCOUNTS_READ')) {
      const sample = await exchange.sampleOf(operation);
      const { status } = await exchange.ask(operation, sample, by);
      expect([nameOf(operation), status]).toEqual([nameOf(operation), 200]);
    }
  });
});

describe('bad parameters', () => {
  const all = allRefusals(SEED_OPERATIONS).map(
    (row) => [`${nameOf(row.operation)}: ${row.parameter.name} ${row.refusal.what}`, row] as const,
  );

  test.each(all)('%s', async (_name, { operation, parameter, refusal }) => {
    const sample = GOOD[nameOf(operation)] ?? {};
    const answer = await exchange.ask(operation, withParameter(sample, parameter, refusal.value));
    const { status, body, text } = answer;
    expect({ status, text }).toEqual({ status: 422, text });
    const { detail } = body as { detail: { loc: unknown[]; type: string; ctx: unknown }[] };
    const mine = detail.filter(({ loc }) => loc[1] === parameter.name);
    expect(mine).toEqual(
      [
        {
          loc: [parameter.place, parameter.name],
          msg: expect.any(String),
          type: expect.stringMatching(refusal.type),
          input: /key|secret|pass|credential/.test(parameter.name) ? null : expect.anything(),
          ctx: refusal.ctx ?? expect.any(Object),
        },
      ].map((problem) =>
        refusal.value === undefined || refusal.value === null ? { ...problem, input: null } : problem,
      ),
    );
    expect(detail).toHaveLength(1);
  });
});

/** Parameters that are right as far as their form goes: what is wrong beside them is told before anything is done. */
const GOOD: Readonly<Record<string, Parameters<typeof withParameter>[0]>> = (() => {
  const keys = { api_key: 'a'.repeat(16), api_secret: 's'.repeat(16) };
  const query = { exchange: 'binance' };
  const path = { credential_id: '00000000-0000-4000-8000-000000000000', exchange_name: 'kraken' };
  return {
    'POST /api/exchange/bnb-burn': { body: { spot_bnb_burn: true, exchange: 'binance' } },
    'POST /api/exchange/validate': { body: { exchange: 'binance', ...keys } },
    'GET /api/exchange/markets': { query },
    'GET /api/exchange/ticker': { query: { ...query, symbol: 'BTC/USDT' } },
    'GET /api/exchange/route': { query: { base: 'BTC', quote: 'USDT' } },
    'POST /api/exchange/credentials': { body: { exchange_name: 'binance', ...keys } },
    'PUT /api/exchange/credentials/{credential_id}': { path, body: {} },
    'DELETE /api/exchange/credentials/{credential_id}': { path },
    'GET /api/exchange/balance': { query },
    'POST /api/exchange/balance/sync': { query },
    'GET /api/exchange/balance/history': { query: { ...query, currency: 'BTC' } },
    'GET /api/exchange/trades': { query },
    'POST /api/exchange/trades/sync': { query },
    'GET /api/exchange/{exchange_name}/health': { path },
  };
})();

describe('defaults', () => {
  const operationOf = (name: string): SeedOperation => {
    const found = SEED_OPERATIONS.find((operation) => nameOf(operation) === name);
    if (found === undefined) throw new Error(`${name} is not in the table`);
    return found;
  };
  const withoutParameters = async (name: string) => {
    const operation = operationOf(name);
    // Stores the credentials.
    await exchange.sampleOf(operation);
    return exchange.ask(operation, {});
  };

  test('the exchange of BNB questions is binanceus, which has no such discount to switch', async () => {
    expect(await withoutParameters('GET /api/exchange/dust-assets')).toMatchObject({
      status: 200,
      body: { exchange: 'binanceus' },
    });
    const detail = expect.stringMatching(/binance.?us/i);
    expect(await withoutParameters('GET /api/exchange/bnb-burn')).toMatchObject({
      status: 400,
      body: { detail },
    });
    const set = await exchange.ask(operationOf('POST /api/exchange/bnb-burn'), {
      body: { spot_bnb_burn: true },
    });
    expect(set).toMatchObject({ status: 400, body: { detail } });
  });

  test('credentials are called Default, and may do nothing that nobody said', async () => {
    const operation = operationOf('POST /api/exchange/credentials');
    const { body } = await exchange.ask(operation, await exchange.sampleOf(operation));
    expect(body).toMatchObject({ credential_name: 'Default', ip_whitelist: [], is_active: true });
  });

  test('a hundred rows of history', async () => {
    const operation = operationOf('GET /api/exchange/balance/history');
    const sample = await exchange.sampleOf(operation);
    await exchange.ask(operationOf('POST /api/exchange/balance/sync'), { query: { exchange: 'binance' } });
    await exchange.gateway.owner.session(exchange.caller.tenantId).query(
      {
        name: 'test.history',
        text: `with past as (
             insert into equity_snapshots (tenant_id, account_id, taken_at, btc_value, usd_value)
             select a.tenant_id, a.id, timestamptz '2026-01-01T00:00:00Z' + n * interval '1 hour', 1, 60000
             from accounts a, generate_series(1, 101) n
             where a.tenant_id = $1 and a.market_code = 'binance' and a.id in
               (select account_id from balances where tenant_id = $1 and asset = 'BTC' order by account_id limit 1)
             returning tenant_id, account_id, taken_at)
           insert into balance_snapshots (tenant_id, account_id, taken_at, asset, free, locked, total, btc_value, usd_value)
           select tenant_id, account_id, taken_at, 'BTC', 1, 0, 1, 1, 60000 from past`,
      },
      [exchange.caller.tenantId],
    );
    const { body } = await exchange.ask(operation, sample);
    const { history, total_records: count } = body as { history: unknown[]; total_records: number };
    expect(history).toHaveLength(100);
    expect(count).toBeGreaterThan(101);
  });

  test('a hundred trades, from the first', async () => {
    const { gateway } = exchange;
    const caller = await gateway.newCaller();
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { USDT: '5000' } });
    await caller.post('/api/exchange/credentials', {
      exchange_name: 'binance',
      api_key: keys.api_key,
      api_secret: keys.secret,
    });
    const venue = await connectCcxt(gateway.sandbox, 'binance', keys, {
      enableRateLimit: false,
      options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
    });
    for (let made = 0; made < 101; made += 1) await venue.createOrder('BTC/USDT', 'market', 'buy', 0.0002);
    const synced = await caller.post('/api/exchange/trades/sync?exchange=binance&symbol=BTC%2FUSDT');
    expect(synced).toMatchObject({ status: 200, body: { success: true, trades_synced: 101 } });
    const { body } = await caller.get('/api/exchange/trades?exchange=binance');
    expect(body).toMatchObject({ total_records: 101, has_more: true });
    expect((body as { trades: unknown[] }).trades).toHaveLength(100);
    const spelled = await caller.get('/api/exchange/trades?exchange=binance&limit=100&offset=0');
    expect(spelled.body).toEqual(body);
  }, 60_000);
});
