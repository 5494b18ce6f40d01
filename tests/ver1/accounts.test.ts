/** Reading and changing connected accounts: paging, filters, idempotence, and the walls between tenants and scopes. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

interface Connected {
  readonly id: number;
  readonly keys: { readonly api_key: string; readonly secret: string };
}

const connect = async (
  by: TestCaller = caller,
  name = 'An account',
  venue = 'kraken',
  type = venue,
): Promise<Connected> => {
  const keys = await gateway.sandbox.openAccount({ venue, balances: { BTC: '1', ETH: '2' } });
  const answer = await by.post('/ver1/accounts/new', { type, name, ...keys });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return { id: (answer.body as { id: number }).id, keys };
};

const NOT_FOUND = { error: 'not_found', error_description: 'Not Found' };

describe('listing', () => {
  test('pages are oldest first, complete and without overlap', async () => {
    const other = await gateway.newCaller();
    const ids: number[] = [];
    for (let index = 0; index < 5; index += 1) ids.push((await connect(other, `Account ${index}`)).id);
    const seen: number[] = [];
    for (const page of [1, 2, 3, 4]) {
      const answer = await other.get(`/ver1/accounts?page=${page}&per_page=2`);
      expect(answer.status).toBe(200);
      seen.push(...(answer.body as { id: number }[]).map(({ id }) => id));
    }
    expect(seen).toEqual(ids);
  });

  test.each([
    ['page=0', { page: ['must be greater than or equal to 1'] }],
    ['per_page=101', { per_page: ['must be less than or equal to 100'] }],
    ['per_page=0', { per_page: ['must be greater than or equal to 1'] }],
    ['page=x&per_page=1.5', { page: ['is invalid'], per_page: ['is invalid'] }],
    ['page=0x10&per_page=1e1', { page: ['is invalid'], per_page: ['is invalid'] }],
  ])('%s is refused by name', async (query, attributes) => {
    const answer = await caller.get(`/ver1/accounts?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'record_invalid', error_attributes: attributes });
  });

  test('paper accounts are listed apart, and a wrong Forced-Mode is named', async () => {
    await connect();
    const paper = await caller.send({
      method: 'GET',
      target: '/ver1/accounts',
      headers: { 'Forced-Mode': 'paper' },
    });
    expect(paper.body).toEqual([]);
    const wrong = await caller.send({
      method: 'GET',
      target: '/ver1/accounts',
      headers: { 'Forced-Mode': '' },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body).toMatchObject({ error: 'forced_mode_invalid' });
  });
});

describe('load_balances', () => {
  test('answers what the venue holds now, and stores a snapshot', async () => {
    const { id, keys } = await connect();
    await gateway.sandbox.changeAccount(keys.api_key, { balances: { BTC: '3', ETH: '0' } });
    const answer = await caller.post(`/ver1/accounts/${id}/load_balances`);
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id, btc_amount: '3' });
    const rows = await gateway.owner.session(caller.tenantId).query<{ asset: string; total: string }>(
      {
        name: 'test.balances',
        text: 'select asset, total from balances where tenant_id = $1 and account_id = $2',
      },
      [caller.tenantId, id],
    );
    expect(rows).toEqual([{ asset: 'BTC', total: '3' }]);
  });

  test.each([
    ['binance', 'binance'],
    ['kraken', 'kraken'],
    ['okx', 'okex'],
  ])('%s: keys that stop working lock the account until they work again', async (venue, type) => {
    const { id } = await connect(caller, 'Will be locked', venue, type);
    await gateway.sandbox.addFault({ venue, kind: 'invalid_key' });
    const refused = await caller.post(`/ver1/accounts/${id}/load_balances`);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ error: 'invalid_api_key' });
    const locked = await caller.get(`/ver1/accounts/${id}`);
    expect(locked.body).toMatchObject({
      is_locked: true,
      lock_reason: 'invalid_api_key',
      api_key_invalid: true,
    });

    await gateway.sandbox.clearFaults();
    const unlocked = await caller.post(`/ver1/accounts/${id}/load_balances`);
    expect(unlocked.body).toMatchObject({ is_locked: false, lock_reason: null, api_key_invalid: false });
  });

  test('a page of HTML with status 200 does not empty the account', async () => {
    const { id } = await connect();
    await gateway.sandbox.addFault({ venue: 'kraken', kind: 'html_200' });
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(502);
    await gateway.sandbox.clearFaults();
    const read = await caller.get(`/ver1/accounts/${id}`);
    expect(Number((read.body as { btc_amount: string }).btc_amount)).toBeGreaterThan(1);
  });
});

describe('rename', () => {
  test('answers the record with the new name', async () => {
    const { id } = await connect();
    const answer = await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Überkonto', account_id: 77 });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ id, name: 'Überkonto' });
  });

  test.each([
    [{}, 'is missing'],
    [{ name: '' }, 'is empty'],
    [{ name: 'x' }, 'is too short (minimum is 2 characters)'],
    [{ name: 7 }, 'is invalid'],
    [{ name: 'n'.repeat(256) }, 'is too long (maximum is 255 characters)'],
  ])('%j: %s', async (parameters, message) => {
    const { id } = await connect();
    const answer = await caller.post(`/ver1/accounts/${id}/rename`, parameters);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error_attributes: { name: [message] } });
  });
});

describe('remove', () => {
  test('is idempotent, hides the account and destroys its keys', async () => {
    const { id, keys } = await connect();
    for (let time = 0; time < 2; time += 1) {
      const answer = await caller.post(`/ver1/accounts/${id}/remove`);
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 201, text: 'true' });
    }
    expect((await caller.get(`/ver1/accounts/${id}`)).status).toBe(404);
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(404);
    const [credential] = await gateway.owner.session(caller.tenantId).query<{ sealed: string | null }>(
      {
        name: 'test.sealed',
        text: `select c.sealed from credentials c join accounts a on a.tenant_id = c.tenant_id and a.credential_id = c.id
                  where a.tenant_id = $1 and a.id = $2`,
      },
      [caller.tenantId, id],
    );
    expect(credential).toEqual({ sealed: null });
    const again = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Back again', ...keys });
    expect(again.status).toBe(201);
  });

  test('keys that another account uses stay', async () => {
    const keys = await gateway.sandbox.openAccount({ venue: 'okx', balances: { USDT: '5' } });
    const parameters = { type: 'okex', name: 'Both', types_to_create: ['okex_futures'], ...keys };
    const spot = await caller.post('/ver1/accounts/new', parameters);
    expect(spot.status).toBe(201);
    await caller.post(`/ver1/accounts/${(spot.body as { id: number }).id}/remove`);
    const [futures] = (await caller.get(`/ver1/accounts?api_key=${keys.api_key}`)).body as { id: number }[];
    expect((await caller.post(`/ver1/accounts/${futures?.id ?? 0}/load_balances`)).status).toBe(201);
  });
});

describe('walls', () => {
  const ROUTES: readonly ['GET' | 'POST', (id: string) => string, string | undefined][] = [
    ['GET', (id) => `/ver1/accounts/${id}`, undefined],
    ['POST', (id) => `/ver1/accounts/${id}/load_balances`, undefined],
    ['POST', (id) => `/ver1/accounts/${id}/rename`, '{"name":"Mine now"}'],
    ['POST', (id) => `/ver1/accounts/${id}/remove`, undefined],
  ];

  test("another tenant's id, a removed id and ids that cannot exist answer one and the same 404", async () => {
    const stranger = await gateway.newCaller();
    const foreign = await connect(stranger);
    const ids = [String(foreign.id), '2147483647', '99999999999', '0', '-1', 'abc', '1e3', '%31x'];
    for (const [method, target, body] of ROUTES) {
      for (const id of ids) {
        const answer = await caller.send({
          method,
          target: target(id),
          ...(body !== undefined && { body, headers: { 'Content-Type': 'application/json' } }),
        });
        expect({ target: target(id), status: answer.status, body: answer.body }).toEqual({
          target: target(id),
          status: 404,
          body: NOT_FOUND,
        });
      }
    }
    const intact = await stranger.get(`/ver1/accounts/${foreign.id}`);
    expect(intact.body).toMatchObject({ name: 'An account' });
  });

  test('the same keys may be connected by two tenants without either seeing the other', async () => {
    const stranger = await gateway.newCaller();
    const { keys } = await connect(stranger);
    const mine = await caller.post('/ver1/accounts/new', { type: 'kraken', name: 'Shared keys', ...keys });
    expect(mine.status).toBe(201);
    expect(
      (await stranger.get(`/ver1/accounts?api_key=${encodeURIComponent(keys.api_key)}`)).body,
    ).toHaveLength(1);
  });

  test('WRITE does not imply READ, nor READ WRITE', async () => {
    const { id } = await connect();
    const reader = await gateway.newCaller({ scopes: ['ACCOUNTS_READ'], tenantId: caller.tenantId });
    const writer = await gateway.newCaller({ scopes: ['ACCOUNTS_WRITE'], tenantId: caller.tenantId });
    const denied = { error: 'access_denied', error_description: "Api key doesn't have enough permissions" };
    for (const answer of [
      await writer.get('/ver1/accounts'),
      await writer.get(`/ver1/accounts/${id}`),
      await writer.post(`/ver1/accounts/${id}/load_balances`),
      await reader.post('/ver1/accounts/new', {}),
      await reader.post(`/ver1/accounts/${id}/rename`, { name: 'No' }),
      await reader.post(`/ver1/accounts/${id}/remove`),
    ]) {
      expect(answer.status).toBe(403);
      expect(answer.body).toEqual(denied);
    }
    expect((await reader.get(`/ver1/accounts/${id}`)).status).toBe(200);
    expect((await writer.get('/ver1/validate')).body).toEqual({ valid: true });
  });
});

test('the icon of a record is a picture that the gateway serves', async () => {
  const { id } = await connect();
  const { market_icon: link } = (await caller.get(`/ver1/accounts/${id}`)).body as { market_icon: string };
  const picture = await fetch(link);
  expect(picture.headers.get('content-type')).toBe('image/svg+xml');
  expect(await picture.text()).toContain('<title>Kraken</title>');
});

test('every documented route is served under both prefixes', async () => {
  const { paths } = (await (await fetch(`${gateway.baseUrl}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const documented = Object.entries(paths)
    .filter(([path]) => path.startsWith('/ver1/'))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
  expect(documented).toContain('POST /ver1/accounts/new');
  for (const operation of documented) {
    const [method = '', path = ''] = operation.split(' ');
    const target = path.replaceAll(/\{\w+\}/g, '1');
    const answer = await caller.send({ method, target: `/public/api${target}` });
    // A route that is there answers about its parameters, or about an account that is not; never that it is not there.
    const possible = path === target ? [200, 201, 400] : [200, 201, 400, 404];
    expect({ operation, status: possible.includes(answer.status) || answer.status }).toEqual({
      operation,
      status: true,
    });
    expect(answer.headers.get('content-type')).toBe('application/json');
  }
});
