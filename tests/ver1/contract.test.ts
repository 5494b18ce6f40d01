/**
 * Section 3 of the /ver1 contract against the API document and against real answers under both prefixes, and those
 * against the values of the public reference; then the error bodies of section 2.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isJson, type Json } from '../../src/surfaces/openapi-schemas.ts';
import { differencesOfAnswer, differencesOfSchema, resolver } from '../contracts/answer-shape.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { ACCOUNT_EXAMPLE, EXAMPLES } from './contract-examples.ts';
import { useContract } from './contract-fixture.ts';
import { CONTRACT_ROWS, type ContractRow, LATER } from './contract-rows.ts';
import { SEED_ACCOUNT_KEYS } from './contract-shapes.ts';

const contract = useContract();

let paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
let components: Json;
let servers: readonly { url: string }[];

beforeAll(async () => {
  const response = await fetch(`${contract.gateway.baseUrl}/openapi.json`);
  ({ paths, components, servers } = (await response.json()) as {
    paths: typeof paths;
    components: Json;
    servers: typeof servers;
  });
});

const keyOf = ({ method, path }: ContractRow): string => `${method} ${path}`;
const ROWS = CONTRACT_ROWS.map(
  (row) => [keyOf(row) + (row.on === undefined ? '' : ` (${row.on})`), row] as const,
);

const described = ({ method, path }: ContractRow): Json => {
  const found = paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`${method} ${path} is not in the document`);
  return found;
};

interface DescribedParameter {
  readonly name: string;
  /** Of parameters in the body: none. */
  readonly in?: string;
  readonly required: boolean;
  readonly schema: Json;
}

const parametersOf = (operation: Json): DescribedParameter[] => {
  const parameters = (operation['parameters'] ?? []) as DescribedParameter[];
  const body = operation['requestBody'] as { content: Record<string, { schema: Json }> } | undefined;
  const { properties, required } = body?.content['application/json']?.schema ?? {};
  const inBody = Object.entries(isJson(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    required: (required as string[]).includes(name),
    schema: schema as Json,
  }));
  // Headers are told of elsewhere: Idempotency-Key belongs to every change.
  return [...parameters.filter((one) => one.in !== 'header'), ...inBody];
};

/** `name*`, `name=default` */
const notation = ({ name, required, schema }: DescribedParameter): string => {
  const fallback = schema['default'];
  return name + (required ? '*' : '') + (fallback === undefined ? '' : `=${JSON.stringify(fallback)}`);
};

describe('the document', () => {
  test.each(ROWS)('%s', (_name, row) => {
    const operation = described(row);
    expect(parametersOf(operation).map(notation).sort()).toEqual([...row.parameters].sort());
    const { security, 'x-scope': scope, responses } = operation;
    if (row.scope === 'public') expect(security).toEqual([]);
    else expect(security).toContainEqual({ apiKey: [], signature: [] });
    expect(scope ?? null).toBe(row.scope.startsWith('ACCOUNTS_') ? row.scope : null);
    const answers = responses as Record<string, { content: Record<string, { schema: unknown }> }>;
    expect(Object.keys(answers).filter((status) => status.startsWith('2'))).toEqual([String(row.status)]);
    const { 'application/json': json, ...others } = answers[row.status]?.content ?? {};
    expect(others).toEqual({});
    expect(differencesOfSchema(json?.schema, row.answer, resolver(components))).toEqual([]);
  });

  test('lists under /ver1 the rows of the contract and nothing else, under both prefixes', () => {
    const told = Object.entries(paths)
      .filter(([path]) => path.startsWith('/ver1/'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
      .filter((key) => !LATER.some((path) => key.endsWith(path)));
    expect(told.sort()).toEqual([...new Set(CONTRACT_ROWS.map(keyOf))].sort());
    expect(servers.map(({ url }) => url)).toEqual(['/', '/public/api']);
  });

  test('bounds pages, and names the words that a parameter can be', () => {
    const schemaOf = (path: string, name: string): Json | undefined =>
      parametersOf(paths[path]?.['get'] ?? paths[path]?.['post'] ?? {}).find((one) => one.name === name)
        ?.schema;
    expect(schemaOf('/ver1/accounts', 'per_page')).toMatchObject({
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 100,
    });
    expect(schemaOf('/ver1/accounts', 'page')).toMatchObject({ type: 'integer', minimum: 1, default: 1 });
    expect(schemaOf('/ver1/users/change_mode', 'mode')).toMatchObject({ enum: ['real', 'paper'] });
    const purpose = schemaOf('/ver1/accounts/{account_id}/networks_info', 'purpose');
    expect(JSON.stringify(purpose)).toContain('["deposit","withdraw"]');
  });
});

/** Where an answer is of another JSON kind than a documented value. */
const differencesOfKinds = (value: unknown, example: unknown, place = 'answer'): string[] => {
  if (value === null || example === null) return [];
  if (Array.isArray(example)) {
    if (!Array.isArray(value)) return [`${place} is no list`];
    return value.flatMap((item, at) =>
      example.length === 0 ? [] : differencesOfKinds(item, example[at] ?? example[0], `${place}[${at}]`),
    );
  }
  if (isJson(example)) {
    if (!isJson(value)) return [`${place} is no object`];
    return Object.entries(example).flatMap(([key, inner]) =>
      Object.hasOwn(value, key)
        ? differencesOfKinds(value[key], inner, `${place}.${key}`)
        : [`${place}.${key} is missing`],
    );
  }
  return typeof value === typeof example ? [] : [`${place} is a ${typeof value}, not a ${typeof example}`];
};

describe.each(['', '/public/api'])('real answers under %p', (prefix) => {
  test.each(ROWS)('%s', async (_name, row) => {
    const { status, headers, body, text } = await contract.ask(row, prefix);
    expect({ status, text }).toEqual({ status: row.status, text });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('x-request-id')).not.toBeNull();
    expect(differencesOfAnswer(body, row.answer)).toEqual([]);
    if (Object.hasOwn(EXAMPLES, row.path)) expect(differencesOfKinds(body, EXAMPLES[row.path])).toEqual([]);
    if (isJson(body)) expect(body).not.toHaveProperty('error');
    // An empty list would prove nothing.
    for (const list of [body, isJson(body) ? body['network_list'] : undefined])
      if (Array.isArray(list)) expect(list).not.toHaveLength(0);
  });

  test.each(ROWS.filter(([, { scope }]) => scope.startsWith('ACCOUNTS_')))(
    '%s: the other scope alone is not enough',
    async (_name, row) => {
      const answer = await contract.ask(row, prefix, await contract.callerWithout(row.scope));
      expect(answer).toMatchObject({
        status: 403,
        body: { error: 'access_denied', error_description: "Api key doesn't have enough permissions" },
      });
    },
  );
});

describe('documented values', () => {
  const connect = async (venue: string, type: string): Promise<Json> => {
    const keys = await contract.gateway.sandbox.openAccount({ venue, balances: { BTC: '0.5', USDT: '100' } });
    const answer = await contract.caller.post('/ver1/accounts/new', { type, name: 'New account', ...keys });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body as Json;
  };

  test('the seed lists its 48 response parameters in the order of the answer', async () => {
    const account = await connect('binance', 'binance');
    const keys = Object.keys(account);
    for (const key of SEED_ACCOUNT_KEYS) expect(keys).toContain(key);
    expect(SEED_ACCOUNT_KEYS).toHaveLength(48);
    expect(keys.filter((key) => SEED_ACCOUNT_KEYS.includes(key))).toEqual(SEED_ACCOUNT_KEYS);
  });

  test.each([
    ['binance', 'binance', 'Binance', ['spot']],
    ['bybit', 'bybit_spot', 'BybitSpot', ['spot']],
    ['okx', 'okex', 'Okex', ['spot']],
    ['binance_us', 'binance_us', 'BinanceUs', ['spot']],
  ])('%s, %s is shown as %s', async (venue, type, shown, markets) => {
    expect(await connect(venue, type)).toMatchObject({
      market_code: type,
      pretty_display_type: shown,
      supported_market_types: markets,
      api_keys_state: 'ok',
      api_key_invalid: false,
      autobalance_enabled: false,
      available_for_trading: {},
      lock_reason: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  test('OKX and Bybit have the names of the reference', async () => {
    expect(await connect('okx', 'okex')).toMatchObject({ exchange_name: 'OKX Spot' });
    expect(await connect('bybit', 'bybit_spot')).toMatchObject({
      exchange_name: ACCOUNT_EXAMPLE.exchange_name,
      supported_market_types: ACCOUNT_EXAMPLE.supported_market_types,
    });
  });

  test('the four types that a Binance key can connect', async () => {
    const { body } = await contract.caller.get('/ver1/accounts/types_to_connect?type=binance&name=Any');
    expect((body as { type: string }[]).map(({ type }) => type)).toEqual([
      'binance',
      'binance_margin',
      'binance_futures',
      'binance_futures_coin',
    ]);
  });

  test('the key of an account comes back as its ends alone', async () => {
    const { api_key: masked } = await connect('binance', 'binance');
    expect(masked).toMatch(/^.{4}•+.{4}$/);
  });
});

describe('error bodies of section 2', () => {
  const failing: readonly (readonly [string, number, object, (by: TestCaller) => Promise<TestAnswer>])[] = [
    [
      'a bad parameter',
      400,
      {
        error: 'record_invalid',
        error_description: 'Invalid parameters',
        error_attributes: { per_page: ['must be less than or equal to 100'] },
      },
      (by) => by.get('/ver1/accounts?per_page=101'),
    ],
    [
      'an empty mode',
      400,
      {
        error: 'forced_mode_invalid',
        error_description: "Forced mode is not included in the ['real', 'paper']",
      },
      (by) => by.send({ method: 'GET', target: '/ver1/accounts', headers: { 'Forced-Mode': '' } }),
    ],
    [
      'a body that is no JSON',
      400,
      { error: 'malformed_request', error_description: expect.any(String) },
      (by) => by.send({ method: 'POST', target: '/ver1/accounts/new', body: '{"type":' }),
    ],
    [
      'an unknown key',
      401,
      {
        error: 'api_key_invalid_or_expired',
        error_description: 'Unauthorized. Invalid or expired api key.',
      },
      (by) => by.send({ method: 'GET', target: '/ver1/accounts', headers: { Apikey: 'nobody' } }),
    ],
    [
      'a wrong signature',
      401,
      { error: 'signature_invalid', error_description: 'Provided signature is invalid' },
      (by) => by.send({ method: 'GET', target: '/ver1/accounts', headers: { Signature: 'ab'.repeat(32) } }),
    ],
    [
      'an id of nobody',
      404,
      { error: 'not_found', error_description: 'Not Found' },
      (by) => by.get('/ver1/accounts/2147483000'),
    ],
    [
      'a body that is too long',
      413,
      { error: 'payload_too_large', error_description: expect.any(String) },
      (by) => by.post('/ver1/accounts/new', { name: 'n'.repeat(2_000_000) }),
    ],
    [
      'keys that the exchange refuses',
      422,
      { error: 'invalid_api_key', error_description: 'API keys are no longer valid or incorrect.' },
      (by) =>
        by.post('/ver1/accounts/new', {
          type: 'binance',
          name: 'Wrong keys',
          api_key: 'k'.repeat(64),
          secret: 's'.repeat(64),
        }),
    ],
    [
      'keys that can withdraw',
      422,
      { error: 'withdrawals_enabled', error_description: expect.any(String) },
      async (by) => {
        const keys = await contract.gateway.sandbox.openAccount({
          venue: 'binance',
          permissions: ['read', 'trade', 'withdraw'],
        });
        return by.post('/ver1/accounts/new', { type: 'binance', name: 'Can withdraw', ...keys });
      },
    ],
    [
      'keys that are connected already',
      400,
      {
        error: 'record_invalid',
        error_description: 'Invalid parameters',
        error_attributes: { api_key: ['This account is already connected!'] },
      },
      async (by) => {
        const keys = await contract.gateway.sandbox.openAccount({ venue: 'binance' });
        const parameters = { type: 'binance', name: 'Twice', ...keys };
        expect((await by.post('/ver1/accounts/new', parameters)).status).toBe(201);
        return by.post('/ver1/accounts/new', parameters);
      },
    ],
    [
      'an account without fills',
      404,
      { error: 'not_found', error_description: 'Volume data not found' },
      async (by) => {
        const answer = await by.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Never traded' });
        const { id } = answer.body as { id: number };
        return by.get(`/ver1/accounts/${id}/volume/total`);
      },
    ],
  ];

  test.each(failing)('%s', async (_what, status, body, fail) => {
    const answer = await fail(contract.caller);
    expect({ status: answer.status, body: answer.body }).toEqual({ status, body });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('x-request-id')).not.toBeNull();
  });
});
