/**
 * A key that is limited to certain accounts finds no others: at every place of every route where an account's id can
 * stand, in lists, sums and charts, and in what /api/exchange tells of exchange keys.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { storeTrade } from '../support/stored-trade.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { type Id, idPlaces, sendSample, type ServedRoute, servedRoutes, THINGS } from './route-matrix.ts';

let gateway: TestGateway;
let whole: TestCaller;
beforeAll(async () => {
  gateway = await startTestGateway();
  whole = await gateway.newCaller({ scopes: SCOPES });
});
afterAll(() => gateway[Symbol.asyncDispose]());

interface Connected {
  readonly id: number;
  readonly keys: Readonly<Record<string, unknown>> & { readonly api_key: string };
}

const connect = async (by: TestCaller, btc: string): Promise<Connected> => {
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: btc } });
  const { status, text, body } = await by.post('/ver1/accounts/new', {
    type: 'binance',
    name: 'One',
    ...keys,
  });
  if (status !== 201) throw new Error(text);
  return { id: (body as { id: number }).id, keys: { ...keys } };
};

const limitedTo = (ids: readonly number[]): Promise<TestCaller> =>
  gateway.newCaller({ scopes: SCOPES, tenantId: whole.tenantId, key: { allowedAccountIds: ids } });

let made = 0;
const makePortfolio = async (): Promise<number> => {
  made += 1;
  const { body } = await whole.post('/api/portfolios', { name: `Portfolio ${made}`, weights: { BTC: 100 } });
  return (body as { id: number }).id;
};

const pick = (ids: Readonly<Record<string, Id>>, names: readonly string[]): Record<string, Id> =>
  Object.fromEntries(Object.entries(ids).filter(([name]) => names.includes(name)));

const NEVER_GIVEN = 2_147_483_646;

const shown = ({ status, text, headers }: TestAnswer) => ({
  status,
  text,
  headers: [...headers.keys()].filter((name) => !name.startsWith('ratelimit')).sort(),
});

const accountPlaces = (): { served: ServedRoute; place: string }[] =>
  servedRoutes(gateway.surfaces).flatMap((served) =>
    idPlaces(served.route)
      .filter((place) => THINGS[place] === 'account')
      .map((place) => ({ served, place })),
  );

test('at every place of every route an account out of reach is one that is not there', async () => {
  const foreign = await connect(whole, '1');
  const manager = await limitedTo([(await connect(whole, '1')).id]);
  const { body } = await manager.get('/api/keys?limit=500');
  const key = (body as { keys: { id: string; api_key: string }[] }).keys.find(
    ({ api_key }) => api_key === manager.apiKey,
  );
  const others = { key_id: key?.id ?? '', portfolio_id: await makePortfolio(), credential_id: randomUUID() };
  const places = accountPlaces();
  expect(places.length).toBeGreaterThan(15);
  for (const { served, place } of places) {
    const ask = (id: number) =>
      sendSample(manager, served, { ...pick(others, idPlaces(served.route)), [place]: id });
    const name = `${served.route.method} ${served.route.path} ${place}`;
    const beyond = await ask(foreign.id);
    // What a key allows goes beyond it in any case, an account that is there or not.
    const refused = place === 'allowed_account_ids' ? 403 : 404;
    expect({ name, status: beyond.status }).toEqual({ name, status: refused });
    expect({ name, ...shown(beyond) }).toEqual({ name, ...shown(await ask(NEVER_GIVEN)) });
  }
  expect((await whole.get(`/ver1/accounts/${foreign.id}`)).body).toMatchObject({ name: 'One' });
});

test('the account within reach is served as it is to a key without limits', async () => {
  const others = { portfolio_id: await makePortfolio() };
  for (const { served, place } of accountPlaces()) {
    if (place !== 'account_id') continue;
    const ids = pick(others, idPlaces(served.route));
    const [mine, free] = [(await connect(whole, '1')).id, (await connect(whole, '1')).id];
    const answer = await sendSample(await limitedTo([mine]), served, { ...ids, account_id: mine });
    const expected = await sendSample(whole, served, { ...ids, account_id: free });
    const name = `${served.route.method} ${served.route.path}`;
    expect({ name, status: answer.status, text: answer.status < 300 ? '' : answer.text }).toEqual({
      name,
      status: expected.status,
      text: expected.status < 300 ? '' : expected.text,
    });
  }
}, 60_000);

test('lists, the summary and its charts are of the accounts within reach', async () => {
  const own = await gateway.newCaller({ scopes: SCOPES });
  const [first, second, third] = [await connect(own, '1'), await connect(own, '2'), await connect(own, '4')];
  const limited = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [first.id, third.id] },
  });
  const ids = ({ body }: TestAnswer): number[] => (body as { id: number }[]).map(({ id }) => id);
  expect(ids(await limited.get('/ver1/accounts'))).toEqual([first.id, third.id]);
  expect(ids(await limited.get(`/ver1/accounts?api_key=${second.keys.api_key}`))).toEqual([]);
  expect(ids(await own.get('/ver1/accounts'))).toHaveLength(3);
  const worth = async (by: TestCaller): Promise<unknown[]> => {
    const { body: table } = await by.post('/ver1/accounts/summary/account_table_data');
    const { body: pie } = await by.post('/ver1/accounts/summary/pie_chart_data');
    const { body: sum } = await by.get('/ver1/accounts/summary');
    return [
      (table as { equity: string }[])[0]?.equity,
      (pie as { amount: string }[])[0]?.amount,
      (sum as { btc_amount: string }).btc_amount,
    ].map(Number);
  };
  expect(await worth(limited)).toEqual([5, 5, 5]);
  expect(await worth(own)).toEqual([7, 7, 7]);
});

test('what /api/exchange tells is of the exchange keys of the accounts within reach', async () => {
  const own = await gateway.newCaller({ scopes: SCOPES });
  const first = await connect(own, '1');
  await connect(own, '2');
  const limited = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [first.id] },
  });
  const credentials = async (by: TestCaller): Promise<{ id: string }[]> =>
    ((await by.get('/api/exchange/credentials')).body as { credentials: { id: string }[] }).credentials;
  const all = await credentials(own);
  const seen = await credentials(limited);
  expect([all.length, seen.length]).toEqual([2, 1]);
  const hidden = all.find(({ id }) => id !== seen[0]?.id)?.id ?? '';
  expect((await limited.get(`/api/exchange/credentials/${hidden}`)).status).toBe(404);
  expect((await limited.get(`/api/exchange/balance?exchange=binance&credential_id=${hidden}`)).status).toBe(
    404,
  );
});

test('a limited key connects nothing: it could not reach what it connects', async () => {
  const limited = await limitedTo([]);
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  const before = await openings(whole.tenantId);
  expect((await limited.post('/ver1/accounts/new', { type: 'binance', name: 'More', ...keys })).status).toBe(
    403,
  );
  const stored = { exchange_name: 'binance', api_key: keys.api_key, api_secret: keys.secret };
  expect((await limited.post('/api/exchange/credentials', stored)).status).toBe(403);
  expect(await openings(whole.tenantId)).toBe(before);
});

const openings = async (tenantId: string): Promise<number> => {
  const text = "select 1 from audit_log where tenant_id = $1 and action = 'secret.opened'";
  return (await gateway.owner.session(tenantId).query({ name: 'test.openings', text }, [tenantId])).length;
};

test('removing an account leaves the keys that an account out of reach still uses', async () => {
  const own = await gateway.newCaller({ scopes: SCOPES });
  const { id, keys } = await connect(own, '1');
  const futures = await own.post('/ver1/accounts/new', { type: 'binance_futures', name: 'Two', ...keys });
  expect([futures.status, futures.text.slice(0, 0)]).toEqual([201, '']);
  const limited = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [id] },
  });
  expect((await limited.post(`/ver1/accounts/${id}/remove`)).status).toBe(201);
  const rest = (futures.body as { id: number }).id;
  expect((await own.post(`/ver1/accounts/${rest}/load_balances`)).status).toBe(201);
  const last = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [rest] },
  });
  expect((await last.post(`/ver1/accounts/${rest}/remove`)).status).toBe(201);
  const left = await gateway.owner.session(own.tenantId).query(
    {
      name: 'test.live-keys',
      text: 'select id from credentials where tenant_id = $1 and shredded_at is null',
    },
    [own.tenantId],
  );
  expect(left).toEqual([]);
});

test('exchange keys that an account out of reach uses too are not changed, and keep their history', async () => {
  const own = await gateway.newCaller({ scopes: SCOPES });
  const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  const stored = { exchange_name: 'binance', api_key: keys.api_key, api_secret: keys.secret };
  const { body } = await own.post('/api/exchange/credentials', stored);
  const target = `/api/exchange/credentials/${(body as { id: string }).id}`;
  const first = await own.post('/ver1/accounts/new', { type: 'binance', name: 'First', ...keys });
  const { id } = first.body as { id: number };
  const other = await own.post('/ver1/accounts/new', { type: 'binance_futures', name: 'Other', ...keys });
  const limited = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [id] },
  });
  const foreign = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '9' } });
  const taken = { api_key: foreign.api_key, api_secret: foreign.secret };
  for (const change of [taken, { is_active: false }, { credential_name: 'Mine' }])
    expect((await limited.put(target, change)).status).toBe(403);
  const update = { account_id: id, name: 'Mine', ...foreign };
  expect((await limited.post('/ver1/accounts/update', update)).status).toBe(403);
  expect((await limited.post(`/ver1/accounts/${id}/rename`, { name: 'Mine' })).status).toBe(201);
  await limited.post(`/ver1/accounts/${id}/remove`);
  expect((await limited.delete(`${target}?delete_history=true`)).status).toBe(409);
  expect((await own.get(target)).body).toMatchObject({ is_active: true, credential_name: 'Default' });
  const rest = (other.body as { id: number }).id;
  expect((await own.post(`/ver1/accounts/${rest}/load_balances`)).status).toBe(201);
  expect((await own.put(target, { is_active: false })).status).toBe(200);
});

test('trades of an account out of reach are not told, though it has the same exchange keys', async () => {
  const own = await gateway.newCaller({ scopes: SCOPES });
  const { id, keys } = await connect(own, '1');
  const other = await own.post('/ver1/accounts/new', { type: 'binance_futures', name: 'Other', ...keys });
  for (const account of [id, (other.body as { id: number }).id])
    await storeTrade(gateway.owner, own.tenantId, account);
  const limited = await gateway.newCaller({
    scopes: SCOPES,
    tenantId: own.tenantId,
    key: { allowedAccountIds: [id] },
  });
  const counts = async (by: TestCaller): Promise<unknown[]> => {
    const lists = ['binance', 'binance_futures'].map((name) =>
      by.get(`/api/exchange/trades?exchange=${name}`),
    );
    const { body: stats } = await by.get('/api/exchange/trades/stats');
    return [
      ...(await Promise.all(lists)).map(({ body }) => (body as { total_records: number }).total_records),
      (stats as { total_trades: number }).total_trades,
    ];
  };
  expect(await counts(own)).toEqual([1, 1, 2]);
  expect(await counts(limited)).toEqual([1, 0, 1]);
  const sync = (name: string) => limited.post(`/api/exchange/trades/sync?exchange=${name}&symbol=BTC/USDT`);
  expect((await sync('binance')).status).toBe(200);
  expect((await sync('binance_futures')).status).toBe(403);
});
