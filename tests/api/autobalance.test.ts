/** The balancing settings of accounts over HTTP: what is stored, what is refused and in which words. */
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

const connect = async (by = caller): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue: 'kraken', balances: { BTC: '1' } });
  const answer = await by.post('/ver1/accounts/new', { type: 'kraken', name: 'An account', ...keys });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return (answer.body as { id: number }).id;
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

describe('autobalance', () => {
  test('an account starts without it', async () => {
    const account = await connect();
    expect(await caller.get(`/api/accounts/${account}/autobalance`)).toMatchObject({
      status: 200,
      body: {
        account_id: account,
        enabled: false,
        portfolio_id: null,
        period: 24,
        method: null,
        currency_change_limit: null,
        error: null,
        last_run_at: null,
      },
    });
    expect((await caller.get(`/ver1/accounts/${account}`)).body).toMatchObject({
      auto_balance_portfolio: null,
    });
  });

  test('enabled, it shows in the account record and says that nothing has run; disabled, it says nothing', async () => {
    const account = await connect();
    const { id, name } = await create();
    const settings = {
      portfolio_id: id,
      period: 12,
      method: 'currency_change',
      currency_change_limit: '2.50',
    };
    const enabled = await caller.put(`/api/accounts/${account}/autobalance`, { enabled: true, ...settings });
    expect(enabled).toMatchObject({
      status: 200,
      body: {
        enabled: true,
        ...settings,
        currency_change_limit: 2.5,
        error: 'No automatic balancing has run yet',
      },
    });
    expect(enabled.body).toEqual((await caller.get(`/api/accounts/${account}/autobalance`)).body);
    const record = await caller.get(`/ver1/accounts/${account}`);
    expect(record.body).toMatchObject({
      autobalance_enabled: true,
      auto_balance_portfolio_id: id,
      auto_balance_period: 12,
      auto_balance_method: 'currency_change',
      auto_balance_currency_change_limit: '2.5',
      auto_balance_error: 'No automatic balancing has run yet',
      last_auto_balance: null,
    });
    expect(record.text).toContain(
      `"auto_balance_portfolio":{"id":${id},"name":"${name}","currencies":` +
        '[{"currency_code":"BTC","percentage":60},{"currency_code":"ETH","percentage":40}]}',
    );
    const disabled = await caller.put(`/api/accounts/${account}/autobalance`, { enabled: 'no' });
    expect(disabled.body).toMatchObject({ enabled: false, portfolio_id: null, period: 24, error: null });
    expect((await caller.get(`/ver1/accounts/${account}`)).body).toMatchObject({
      autobalance_enabled: false,
      auto_balance_error: null,
      auto_balance_portfolio: null,
    });
    expect(await auditOf(`account:${account}`)).toEqual([
      'account.connected',
      'account.autobalance_enabled',
      'account.autobalance_disabled',
    ]);
  });

  test('a portfolio stays while a live account is set to it, enabled or not', async () => {
    const account = await connect();
    const { id } = await create();
    await caller.put(`/api/accounts/${account}/autobalance`, { enabled: false, portfolio_id: id });
    expect(await caller.delete(`/api/portfolios/${id}`)).toMatchObject({
      status: 409,
      body: { detail: 'An account is set to this portfolio; set it to another one first' },
    });
    await caller.post(`/ver1/accounts/${account}/remove`);
    expect((await caller.delete(`/api/portfolios/${id}`)).status).toBe(204);
  });

  test.each<[object, object[]]>([
    [{}, [{ loc: ['body', 'enabled'], type: 'missing' }]],
    [
      { enabled: 'maybe', period: 0, method: 'never', currency_change_limit: 0, portfolio_id: 'x' },
      [
        { loc: ['body', 'enabled'], type: 'bool_parsing' },
        { loc: ['body', 'portfolio_id'], type: 'int_parsing' },
        { loc: ['body', 'period'], type: 'greater_than_equal', ctx: { ge: 1 } },
        {
          loc: ['body', 'method'],
          type: 'literal_error',
          msg: "Input should be 'time' or 'currency_change'",
          ctx: { expected: "'time' or 'currency_change'" },
        },
        { loc: ['body', 'currency_change_limit'], type: 'greater_than' },
      ],
    ],
    [{ enabled: 1, period: 1.5 }, [{ loc: ['body', 'period'], type: 'int_from_float', input: 1.5 }]],
    [
      { enabled: null, period: null },
      [
        { loc: ['body', 'enabled'], type: 'bool_type' },
        { loc: ['body', 'period'], type: 'int_type' },
      ],
    ],
    [
      { enabled: true },
      [
        {
          loc: ['body', 'portfolio_id'],
          type: 'value_error',
          msg: 'Value error, is needed to balance automatically',
        },
        { loc: ['body', 'method'], type: 'value_error' },
      ],
    ],
    [
      { enabled: false, method: 'currency_change' },
      [{ loc: ['body', 'currency_change_limit'], type: 'value_error' }],
    ],
  ])('%j: every problem is listed', async (parameters, problems) => {
    const account = await connect();
    const answer = await caller.put(`/api/accounts/${account}/autobalance`, { ...parameters });
    expect(answer.status).toBe(422);
    expect((answer.body as { detail: object[] }).detail).toMatchObject(problems);
  });

  test("another tenant's portfolio is not there", async () => {
    const account = await connect();
    const stranger = await gateway.newCaller();
    const { id } = await create(undefined, stranger);
    const settings = { enabled: true, method: 'time' };
    const [foreign, missing] = [id, 2_000_000_000].map((portfolio_id) =>
      caller.put(`/api/accounts/${account}/autobalance`, { ...settings, portfolio_id }),
    );
    expect(await foreign).toMatchObject({ status: 404, text: '{"detail":"There is no such portfolio"}' });
    expect((await missing)?.text).toBe((await foreign)?.text);
  });
});
