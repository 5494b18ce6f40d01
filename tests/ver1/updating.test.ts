/** POST /ver1/accounts/update: new keys are proven first, swapped at once, and what they replaced never comes back. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway({ callDeadlineMs: 2_000 });
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.sandbox.clearFaults());

type Keys = Readonly<Record<string, string>> & { readonly api_key: string };

const newKeys = async (
  venue: string,
  btc = '1',
  options: Readonly<Record<string, unknown>> = {},
): Promise<Keys> => ({
  ...(await gateway.sandbox.openAccount({ venue, balances: { BTC: btc }, ...options })),
});

const connect = async (type: string, venue = type, extra: object = {}) => {
  const keys = await newKeys(venue);
  const answer = await caller.post('/ver1/accounts/new', { type, name: 'An account', ...keys, ...extra });
  if (answer.status !== 201) throw new Error(`connecting answered ${answer.status}: ${answer.text}`);
  return { id: (answer.body as { id: number }).id, keys };
};

const update = (parameters: Readonly<Record<string, unknown>>, by = caller) =>
  by.post('/ver1/accounts/update', parameters);

interface Stored {
  readonly generation: number;
  readonly sealed: string;
  readonly fingerprint: Buffer;
  readonly prefix: string;
}

const storedKeys = async (accountId: number): Promise<Stored | undefined> => {
  const [row] = await gateway.owner.session(caller.tenantId).query<Stored>(
    {
      name: 'test.stored-keys',
      text: `select c.generation, c.sealed, c.fingerprint, c.key_prefix as prefix from accounts a
               join credentials c on c.tenant_id = a.tenant_id and c.id = a.credential_id
              where a.tenant_id = $1 and a.id = $2`,
    },
    [caller.tenantId, accountId],
  );
  return row;
};

const auditOf = async (object: string): Promise<string[]> => {
  const rows = await gateway.owner.session(caller.tenantId).query<{ action: string }>(
    {
      name: 'test.audit-of',
      text: `select action from audit_log where tenant_id = $1 and object = $2 and action not like 'secret.%' order by seq`,
    },
    [caller.tenantId, object],
  );
  return rows.map(({ action }) => action);
};

const SUPERSEDED = {
  error: 'record_invalid',
  error_description: 'Invalid parameters',
  error_attributes: { api_key: ['was replaced by another key and is not accepted again'] },
};
const CONNECTED = { error_attributes: { api_key: ['This account is already connected!'] } };

describe('new keys', () => {
  test.each([
    ['binance', 'binance'],
    ['kraken', 'kraken'],
    ['okex', 'okx'],
  ])('%s: take the place of the old ones, with what they open', async (type, venue) => {
    const { id, keys } = await connect(type, venue);
    const before = await storedKeys(id);
    const fresh = await newKeys(venue, '7');
    const answer = await update({ account_id: id, ...fresh });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id,
      name: 'An account',
      btc_amount: '7',
      api_key: `${fresh.api_key.slice(0, 4)}••••••••${fresh.api_key.slice(-4)}`,
    });
    const after = await storedKeys(id);
    expect(after).toMatchObject({ generation: 2, prefix: fresh.api_key.slice(0, 4) });
    expect(after?.sealed).not.toBe(before?.sealed);
    expect(after?.fingerprint).not.toEqual(before?.fingerprint);
    // Custody opens the new blob: what the venue account holds now is read with it.
    await gateway.sandbox.changeAccount(fresh.api_key, { balances: { BTC: '9' } });
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).body).toMatchObject({ btc_amount: '9' });
    const byKey = async (key: string) =>
      (await caller.get(`/ver1/accounts?api_key=${encodeURIComponent(key)}`)).body;
    expect(await byKey(fresh.api_key)).toHaveLength(1);
    expect(await byKey(keys.api_key)).toEqual([]);
    expect(await auditOf(`account:${id}`)).toEqual(['account.connected', 'account.updated']);
  });

  test('serve every account of the same keys', async () => {
    const { id, keys } = await connect('binance', 'binance', { types_to_create: ['binance_futures'] });
    const fresh = await newKeys('binance', '3');
    expect((await update({ account_id: id, ...fresh })).status).toBe(201);
    const listed = (await caller.get(`/ver1/accounts?api_key=${fresh.api_key}`)).body as {
      id: number;
      market_code: string;
    }[];
    expect(listed.map(({ market_code }) => market_code)).toEqual(['binance', 'binance_futures']);
    for (const account of listed)
      expect((await caller.post(`/ver1/accounts/${account.id}/load_balances`)).status).toBe(201);
    expect((await caller.get(`/ver1/accounts?api_key=${keys.api_key}`)).body).toEqual([]);
  });

  test('end the lock that refused ones left', async () => {
    const { id } = await connect('kraken');
    await gateway.sandbox.addFault({ venue: 'kraken', kind: 'invalid_key' });
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(422);
    await gateway.sandbox.clearFaults();
    expect((await caller.get(`/ver1/accounts/${id}`)).body).toMatchObject({ is_locked: true });
    const answer = await update({ account_id: id, ...(await newKeys('kraken')) });
    expect(answer.body).toMatchObject({ is_locked: false, lock_reason: null, api_key_invalid: false });
  });

  test('come with a name and the rest in one request', async () => {
    const { id } = await connect('kraken');
    const fresh = await newKeys('kraken');
    const answer = await update({
      account_id: String(id),
      ...fresh,
      name: 'Renewed',
      include_in_summary: 'false',
    });
    expect(answer.body).toMatchObject({ name: 'Renewed', include_in_summary: false });
  });

  test('sent at once by two requests are swapped in once each, or refused, and one of them works', async () => {
    const { id } = await connect('kraken');
    const both = [await newKeys('kraken', '2'), await newKeys('kraken', '4')];
    const answers = await Promise.all(both.map((keys) => update({ account_id: id, ...keys })));
    const won = answers.filter(({ status }) => status === 201).length;
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
    expect((await storedKeys(id))?.generation).toBe(1 + won);
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(201);
  });
});

describe('a replaced key', () => {
  test('is not put back by the request that once brought it, on update or on connecting', async () => {
    const first = await connect('kraken');
    const { id } = first;
    const [second, third] = [await newKeys('kraken'), await newKeys('kraken')];
    const bringSecond = { account_id: id, ...second };
    expect((await update(bringSecond)).status).toBe(201);
    expect((await update({ account_id: id, ...third })).status).toBe(201);
    const stored = await storedKeys(id);
    expect(await update(bringSecond)).toMatchObject({ status: 400, body: SUPERSEDED });
    expect(await update({ account_id: id, ...first.keys })).toMatchObject({ status: 400, body: SUPERSEDED });
    const again = await caller.post('/ver1/accounts/new', {
      type: 'kraken',
      name: 'An account',
      ...first.keys,
    });
    expect(again).toMatchObject({ status: 400, body: SUPERSEDED });
    expect(await storedKeys(id)).toEqual(stored);
  });

  test("is another tenant's to use", async () => {
    const { id, keys } = await connect('kraken');
    await update({ account_id: id, ...(await newKeys('kraken')) });
    const stranger = await gateway.newCaller();
    expect(
      (await stranger.post('/ver1/accounts/new', { type: 'kraken', name: 'Mine', ...keys })).status,
    ).toBe(201);
  });

  test('is not what the present one is: sending that again changes nothing to see', async () => {
    const { id } = await connect('kraken');
    const fresh = { account_id: id, ...(await newKeys('kraken')) };
    expect((await update(fresh)).status).toBe(201);
    expect((await update(fresh)).status).toBe(201);
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(201);
  });
});

describe('refused, with nothing swapped', () => {
  const expectUnchanged = async (
    change: (id: number) => Promise<{ status: number; body: unknown }>,
    status: number,
    body: object,
  ): Promise<void> => {
    const { id } = await connect('kraken');
    const before = [await storedKeys(id), (await caller.get(`/ver1/accounts/${id}`)).body];
    const answer = await change(id);
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body });
    await gateway.sandbox.clearFaults();
    expect([await storedKeys(id), (await caller.get(`/ver1/accounts/${id}`)).body]).toEqual(before);
    expect((await caller.post(`/ver1/accounts/${id}/load_balances`)).status).toBe(201);
  };

  test('keys that do not work', () =>
    expectUnchanged(
      async (id) => {
        const keys = await newKeys('kraken');
        return update({
          account_id: id,
          ...keys,
          secret: Buffer.alloc(64, 7).toString('base64'),
          name: 'New name',
        });
      },
      422,
      { error: 'invalid_api_key' },
    ));

  test('keys that can withdraw', () =>
    expectUnchanged(
      async (id) => {
        const keys = await newKeys('kraken', '1', { permissions: ['read', 'trade', 'withdraw'] });
        return update({ account_id: id, ...keys });
      },
      422,
      { error: 'withdrawals_enabled' },
    ));

  test('keys of another account of the tenant', () =>
    expectUnchanged(
      async (id) => {
        const other = await connect('kraken');
        return update({ account_id: id, ...other.keys });
      },
      400,
      CONNECTED,
    ));

  test.each([
    ['server_error', 503, 'exchange_unavailable'],
    ['html_200', 502, 'exchange_error'],
    ['hang', 504, 'exchange_timeout'],
  ])('a venue with %s', (kind, status, error) =>
    expectUnchanged(
      async (id) => {
        const keys = await newKeys('kraken');
        await gateway.sandbox.addFault({ venue: 'kraken', kind, path: '/0/private' });
        return update({ account_id: id, ...keys });
      },
      status,
      { error },
    ),
  );
});

describe('parameters', () => {
  test('a name and the summary flag alone ask no venue', async () => {
    const { id } = await connect('kraken');
    await gateway.sandbox.addFault({ venue: 'kraken', kind: 'server_error' });
    const answer = await update({
      account_id: id,
      name: 'Quiet',
      include_in_summary: false,
      subaccount_name: null,
    });
    expect(answer).toMatchObject({ status: 201, body: { name: 'Quiet', include_in_summary: false } });
    expect((await update({ account_id: id })).body).toMatchObject({ name: 'Quiet' });
  });

  test.each<[object, object]>([
    [{ account_id: undefined }, { account_id: ['is missing'] }],
    [{ account_id: 'abc' }, { account_id: ['is invalid'] }],
    [{ account_id: true }, { account_id: ['is invalid'] }],
    [{ name: '' }, { name: ['is empty'] }],
    [{ name: 'x' }, { name: ['is too short (minimum is 2 characters)'] }],
    [
      { name: 5, include_in_summary: 'perhaps' },
      { name: ['is invalid'], include_in_summary: ['is invalid'] },
    ],
    [{ api_key: 'abcde' }, { secret: ['is missing'] }],
    [{ secret: 'abcde' }, { api_key: ['is missing'] }],
    [
      { api_key: 'abcd', secret: '', name: 'x' },
      {
        name: ['is too short (minimum is 2 characters)'],
        api_key: ['is too short (minimum is 5 characters)'],
        secret: ['is empty'],
      },
    ],
    [{ subaccount_name: 'other' }, { api_key: ['is missing'], secret: ['is missing'] }],
  ])('%j', async (parameters, attributes) => {
    const { id } = await connect('kraken');
    expect(await update({ account_id: id, ...parameters })).toMatchObject({
      status: 400,
      body: { error: 'record_invalid', error_attributes: attributes },
    });
  });

  test('a venue with a passphrase wants it along with new keys', async () => {
    const { id } = await connect('okex', 'okx');
    const keys = { ...(await newKeys('okx')), passphrase: undefined };
    expect(await update({ account_id: id, ...keys })).toMatchObject({
      status: 400,
      body: { error_attributes: { passphrase: ['is missing'] } },
    });
  });

  test('a paper account has no keys to change', async () => {
    const made = await caller.post('/ver1/accounts/new', { type: 'paper_trading', name: 'Paper' });
    const { id } = made.body as { id: number };
    expect(await update({ account_id: id, api_key: 'abcde', secret: 'abcde' })).toMatchObject({
      status: 400,
      body: { error_attributes: { api_key: ['is invalid'] } },
    });
    expect(await update({ account_id: id, name: 'Still paper' })).toMatchObject({
      status: 201,
      body: { name: 'Still paper' },
    });
  });
});
