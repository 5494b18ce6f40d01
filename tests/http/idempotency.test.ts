/** Idempotency-Key: what was asked once is done once, and answered the same way as often as it is asked. */
import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { type Ask, aPaperAccount, ask, queryAs, replayed } from './idempotency-fixture.ts';

let gateway: TestGateway;
let offsetMs = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => Date.now() + offsetMs } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const paperAccounts = async (by: TestCaller): Promise<unknown[]> => {
  const { body } = await by.send({
    method: 'GET',
    target: '/ver1/accounts',
    headers: { 'Forced-Mode': 'paper' },
  });
  return body as unknown[];
};

const rowsOf = (by: TestCaller) =>
  queryAs<{ state: string; body: Buffer | null; is_sealed: boolean }>(
    gateway,
    by,
    'select state, body, is_sealed from idempotency_keys where tenant_id = $1',
  );

describe('the same request under the same key', () => {
  test('is answered byte for byte as it was, and nothing is done again', async () => {
    const caller = await gateway.newCaller();
    const request = { ...aPaperAccount(), key: randomUUID() };
    const first = await ask(caller, request);
    expect([first.status, replayed(first)]).toEqual([201, null]);
    const again = [await ask(caller, request), await ask(caller, request)];
    for (const answer of again)
      expect([answer.status, answer.text, replayed(answer)]).toEqual([201, first.text, 'true']);
    expect(await paperAccounts(caller)).toHaveLength(1);
    expect(await rowsOf(caller)).toEqual([
      { state: 'done', body: Buffer.from(first.text), is_sealed: false },
    ]);
  });

  test('stays as it was when the thing has changed since', async () => {
    const caller = await gateway.newCaller();
    const request = { ...aPaperAccount('Before'), key: 'once' };
    const first = await ask(caller, request);
    const { id } = first.body as { id: number };
    await ask(caller, { target: `/ver1/accounts/${id}/rename`, parameters: { name: 'After' } });
    await ask(caller, { target: `/ver1/accounts/${id}/remove`, key: 'remove' });
    expect((await ask(caller, request)).text).toBe(first.text);
  });

  test('is done once when fifty ask at the same time', async () => {
    const caller = await gateway.newCaller();
    const request = { ...aPaperAccount(), key: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(caller, request)));
    const done = answers.filter(({ status }) => status === 201);
    expect(done.length).toBeGreaterThan(0);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(done.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    const busy = answers.filter(({ status }) => status !== 201);
    for (const answer of busy)
      expect([answer.status, answer.body, answer.headers.get('retry-after')]).toEqual([
        409,
        expect.objectContaining({ error: 'request_in_progress' }),
        '1',
      ]);
    expect(await paperAccounts(caller)).toHaveLength(1);
  });

  test('without a body in the answer is answered without one', async () => {
    const caller = await gateway.newCaller();
    const made = await caller.post('/api/portfolios', { name: 'Gone', weights: { BTC: 100 } });
    const request = {
      method: 'DELETE',
      target: `/api/portfolios/${(made.body as { id: number }).id}`,
      key: 'delete',
    };
    for (const isReplay of [null, 'true']) {
      const answer = await ask(caller, request);
      expect([answer.status, answer.text, replayed(answer)]).toEqual([204, '', isReplay]);
    }
  });

  test('is a new request a day later', async () => {
    const caller = await gateway.newCaller();
    const request = { ...aPaperAccount(), key: 'daily' };
    const first = await ask(caller, request);
    // Time only goes forward: the limits of the gateway read the same clock.
    offsetMs += 24 * 60 * 60 * 1_000 + 1;
    const second = await ask(caller, request);
    expect([second.status, replayed(second), second.text === first.text]).toEqual([201, null, false]);
    await ask(caller, { ...aPaperAccount(), key: 'another' });
    offsetMs += 24 * 60 * 60 * 1_000 + 1;
    await ask(caller, { ...aPaperAccount(), key: 'sweeps' });
    expect(await rowsOf(caller)).toHaveLength(1);
  });
});

describe('the key', () => {
  test.each<[string, Partial<Ask>]>([
    ['another body', { parameters: { type: 'paper_trading', name: 'Other' } }],
    ['another target', { target: '/public/api/ver1/accounts/new' }],
    ['another mode', { headers: { 'Forced-Mode': 'paper' } }],
  ])('under which %s was sent before is refused', async (_name, other) => {
    const caller = await gateway.newCaller();
    const request = { ...aPaperAccount(), key: 'same' };
    await ask(caller, request);
    const answer = await ask(caller, { ...request, ...other });
    expect([answer.status, answer.body]).toEqual([
      422,
      expect.objectContaining({ error: 'idempotency_key_reused' }),
    ]);
    expect(await paperAccounts(caller)).toHaveLength(1);
  });

  test('is refused in the words of each surface', async () => {
    const caller = await gateway.newCaller();
    const portfolio = (name: string) => ({
      target: '/api/portfolios',
      parameters: { name, weights: { BTC: 100 } },
      key: 'same',
    });
    expect((await ask(caller, portfolio('One'))).status).toBe(201);
    const answer = await ask(caller, portfolio('Two'));
    expect([answer.status, answer.body]).toEqual([
      422,
      {
        detail: [
          {
            loc: ['header', 'Idempotency-Key'],
            msg: 'This Idempotency-Key was used for another request',
            type: 'value_error',
            input: null,
            ctx: { error: {} },
          },
        ],
      },
    ]);
  });

  test('belongs to one caller key', async () => {
    const caller = await gateway.newCaller();
    const second = await gateway.newCaller({ tenantId: caller.tenantId });
    const stranger = await gateway.newCaller();
    for (const by of [caller, second, stranger]) {
      const answer = await ask(by, { ...aPaperAccount(), key: 'mine' });
      expect([answer.status, replayed(answer)]).toEqual([201, null]);
    }
  });

  test.each(['', ' ', 'with space', 'x'.repeat(256), 'ä'])('%j is refused', async (key) => {
    const caller = await gateway.newCaller();
    const answer = await ask(caller, { ...aPaperAccount(), key });
    expect([answer.status, await paperAccounts(caller)]).toEqual([400, []]);
  });

  test('means nothing on a read', async () => {
    const caller = await gateway.newCaller();
    for (const request of [
      { method: 'GET', target: '/ver1/accounts' },
      { target: '/ver1/accounts/summary/pie_chart_data' },
    ]) {
      const answers = [
        await ask(caller, { ...request, key: 'r' }),
        await ask(caller, { ...request, key: 'r' }),
      ];
      expect(answers.map(replayed)).toEqual([null, null]);
    }
    expect(await rowsOf(caller)).toEqual([]);
  });
});

describe('errors', () => {
  test('that changed nothing are not kept: the request may be sent again', async () => {
    const caller = await gateway.newCaller();
    const portfolio = { target: '/api/portfolios', parameters: { name: 'Taken', weights: { BTC: 100 } } };
    await ask(caller, portfolio);
    const request = { ...portfolio, key: 'again' };
    expect((await ask(caller, request)).status).toBe(409);
    expect(await rowsOf(caller)).toEqual([]);
    await queryAs(gateway, caller, 'delete from portfolio_weights where tenant_id = $1');
    await queryAs(gateway, caller, 'delete from portfolios where tenant_id = $1');
    const answer = await ask(caller, request);
    expect([answer.status, replayed(answer)]).toEqual([201, null]);
  });

  test('of parameters leave the key to a better request', async () => {
    const caller = await gateway.newCaller();
    expect((await ask(caller, { ...aPaperAccount(''), key: 'better' })).status).toBe(400);
    expect((await ask(caller, { ...aPaperAccount(), key: 'better' })).status).toBe(201);
  });

  test('that pass are not kept, whatever was noted on the way', async () => {
    const caller = await gateway.newCaller();
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const made = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Down', ...keys });
    const request = {
      target: `/ver1/accounts/${(made.body as { id: number }).id}/load_balances`,
      key: 'down',
    };
    await gateway.sandbox.changeAccount(keys.api_key, { faults: ['maintenance'] });
    expect((await ask(caller, request)).status).toBeGreaterThanOrEqual(500);
    await gateway.sandbox.changeAccount(keys.api_key, { faults: [] });
    const answer = await ask(caller, request);
    expect([answer.status, replayed(answer)]).toEqual([201, null]);
  });

  test('that changed something are kept: keys that the venue refused lock the account once', async () => {
    const caller = await gateway.newCaller();
    const keys = await gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
    const made = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Refused', ...keys });
    const { id } = made.body as { id: number };
    await gateway.sandbox.changeAccount(keys.api_key, { faults: ['invalid_key'] });
    const request = { target: `/ver1/accounts/${id}/load_balances`, key: 'refused' };
    const first = await ask(caller, request);
    expect(first.status).toBe(422);
    const again = await ask(caller, request);
    expect([again.status, again.text, replayed(again)]).toEqual([422, first.text, 'true']);
    const locks = await queryAs(
      gateway,
      caller,
      "select 1 from audit_log where tenant_id = $1 and action = 'credential.refused'",
    );
    expect(locks).toHaveLength(1);
  });
});

test('an account that is changed in several steps is changed and answered as a whole', async () => {
  const caller = await gateway.newCaller();
  const open = () => gateway.sandbox.openAccount({ venue: 'binance', balances: { BTC: '1' } });
  const made = await caller.post('/ver1/accounts/new', { type: 'binance', name: 'Old', ...(await open()) });
  const { id } = made.body as { id: number };
  const request = {
    target: '/ver1/accounts/update',
    parameters: { account_id: id, name: 'New', ...(await open()) },
    key: 'update',
  };
  const first = await ask(caller, request);
  expect([first.status, first.body]).toEqual([201, expect.objectContaining({ id, name: 'New' })]);
  expect(await ask(caller, request)).toMatchObject({ status: 201, text: first.text });
  const replaced = await queryAs(
    gateway,
    caller,
    "select 1 from audit_log where tenant_id = $1 and action = 'credential.replaced'",
  );
  expect(replaced).toHaveLength(1);
});

test('a key that is limited to accounts keeps its limits under an Idempotency-Key', async () => {
  const whole = await gateway.newCaller();
  const { body } = await ask(whole, aPaperAccount());
  const { id } = body as { id: number };
  const limited = await gateway.newCaller({ tenantId: whole.tenantId, key: { allowedAccountIds: [] } });
  const rename = { target: `/ver1/accounts/${id}/rename`, parameters: { name: 'Mine' }, key: 'reach' };
  expect((await ask(limited, rename)).status).toBe(404);
  expect((await ask(whole, rename)).status).toBe(201);
});

test('a signature is asked for before any answer is given again', async () => {
  const caller = await gateway.newCaller();
  const request = { ...aPaperAccount(), key: 'mine' };
  expect((await ask(caller, request)).status).toBe(201);
  const forged = createHmac('sha256', 'guess').update('x').digest('hex');
  expect((await ask(caller, { ...request, headers: { Signature: forged } })).status).toBe(401);
});
