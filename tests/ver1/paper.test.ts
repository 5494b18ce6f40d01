/** Paper accounts: connected with a name alone, kept apart from real ones, valued and synced like any account. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compare } from '../../src/shared/money.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const connect = (name: string) => caller.post('/ver1/accounts/new', { type: 'paper_trading', name });

const list = async (mode: 'real' | 'paper'): Promise<unknown[]> => {
  const answer: TestAnswer = await caller.send({
    method: 'GET',
    target: '/ver1/accounts',
    headers: { 'Forced-Mode': mode },
  });
  return answer.body as unknown[];
};

test('a name is enough for a paper account, which is listed in paper mode only', async () => {
  const answer = await connect('Play money');
  expect(answer.status).toBe(201);
  const record = answer.body as Record<string, unknown>;
  expect(record).toMatchObject({
    name: 'Play money',
    market_code: 'paper_trading',
    exchange_name: 'Paper Account',
    pretty_display_type: 'PaperTrading',
    api_key: '',
    trading_supported: true,
    deposit_enabled: false,
  });
  expect(record).not.toHaveProperty('address');
  // 0.5 BTC, 5 ETH and 50,000 USDT of the default configuration.
  expect(compare(String(record['usd_amount']), '90000') > 0).toBe(true);
  expect(await list('paper')).toContainEqual(record);
  expect(await list('real')).toEqual([]);
});

test('it is synced, renamed and removed like any account', async () => {
  const { id } = (await connect('Second')).body as { id: number };
  const synced = await caller.post(`/ver1/accounts/${id}/load_balances`);
  expect(synced.status).toBe(201);
  expect(synced.body).toMatchObject({ id, name: 'Second', api_key_invalid: false });
  expect((await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Third' })).body).toMatchObject({
    name: 'Third',
  });
  expect((await caller.post(`/ver1/accounts/${id}/remove`)).body).toBe(true);
  expect((await caller.get(`/ver1/accounts/${id}`)).status).toBe(404);
});

test('each paper account has books of its own, which open with what the record showed', async () => {
  const [first, second] = await Promise.all([connect('One'), connect('Two')]);
  expect([first.status, second.status]).toEqual([201, 201]);
  const rows = await gateway.owner.session(caller.tenantId).query<{ opening: unknown; state: unknown }>(
    {
      name: 'test.paper-ledgers',
      text: `select l.opening, l.state from paper_ledgers l
               join accounts a on a.tenant_id = l.tenant_id and a.credential_id = l.credential_id
              where l.tenant_id = $1 and a.id = any($2)`,
    },
    [caller.tenantId, [first, second].map(({ body }) => (body as { id: number }).id)],
  );
  expect(rows).toHaveLength(2);
  for (const row of rows)
    expect(row).toEqual({ opening: { BTC: '0.5', ETH: '5', USDT: '50000' }, state: null });
});

test('without a name there is none', async () => {
  const answer = await caller.post('/ver1/accounts/new', { type: 'paper_trading' });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ error_attributes: { name: ['is missing'] } });
});
