/** /api/webhooks as callers use it: made, changed, rotated, tested, replayed; and who may see and do what. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scope, SCOPES } from '../../src/auth/actor.ts';
import { verifyWebhook } from '../../src/sdk/webhook.ts';
import type { TestAnswer, TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';
import { createBearerCaller, newToken, nextMoment } from '../support/test-token.ts';
import { accept, answerStatus, startReceiver } from '../webhooks/receiver.ts';
import { until } from '../webhooks/webhook-fixture.ts';

interface Endpoint {
  readonly id: string;
  readonly secret?: string | null;
  readonly [field: string]: unknown;
}

interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly [field: string]: unknown;
}

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
  await gateway.addWorker({ balanceSyncMinutes: 0, tradeSyncMinutes: 0, credentialCheckHours: 0 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const aCaller = (scopes: readonly Scope[] = SCOPES, more = {}): Promise<TestCaller> =>
  gateway.newCaller({ scopes, ...more });

const dated = (parameters: object) => ({ ...parameters, timestamp: nextMoment() });

const URL_HERE = 'http://127.0.0.1:9/hook';

const make = (by: TestCaller, parameters: object = {}): Promise<TestAnswer> =>
  by.post('/api/webhooks', dated({ url: URL_HERE, event_types: ['*'], ...parameters }));

const made = async (by: TestCaller, parameters: object = {}): Promise<Endpoint> => {
  const { status, text, body } = await make(by, parameters);
  if (status !== 201) throw new Error(`making an endpoint answered ${status}: ${text}`);
  return body as Endpoint;
};

const patch = (by: TestCaller, id: string, change: object): Promise<TestAnswer> =>
  by.send({
    method: 'PATCH',
    target: `/api/webhooks/${id}`,
    body: JSON.stringify(dated(change)),
    headers: { 'Content-Type': 'application/json' },
  });

const messages = ({ body }: TestAnswer): string[] =>
  (body as { detail: { msg: string }[] }).detail.map(({ msg }) => msg);

describe('an endpoint', () => {
  test('is made with a secret that is shown this once', async () => {
    const caller = await aCaller();
    const endpoint = await made(caller, { event_types: ['account.*', 'key.created'], description: 'Mine' });
    expect(endpoint).toEqual({
      id: expect.any(String),
      url: URL_HERE,
      description: 'Mine',
      event_types: ['account.*', 'key.created'],
      account_ids: null,
      signature: 'hmac',
      public_key: null,
      status: 'enabled',
      failing_since: null,
      disabled_at: null,
      disabled_reason: null,
      previous_secret_ends_at: null,
      created_by: expect.any(String),
      created_at: expect.any(String),
      updated_at: expect.any(String),
      secret: expect.stringMatching(/^whsec_/),
    });
    const { secret, ...shown } = endpoint;
    expect((await caller.get(`/api/webhooks/${endpoint.id}`)).body).toEqual(shown);
    const list = await caller.get('/api/webhooks');
    expect(list.body).toEqual({ webhooks: [shown], total_count: 1 });
    expect(list.text).not.toContain(String(secret));
  });

  test('with Ed25519 shows a public key and no secret', async () => {
    expect(await made(await aCaller(), { signature: 'ed25519' })).toMatchObject({
      secret: null,
      public_key: expect.stringMatching(/^whpk_[A-Za-z0-9+/]{43}=$/),
    });
  });

  test('is changed in what is sent, switched off and on, and removed', async () => {
    const caller = await aCaller();
    const { id } = await made(caller, { description: 'Old' });
    expect((await patch(caller, id, { description: 'New' })).body).toMatchObject({
      ...{ description: 'New', url: URL_HERE, status: 'enabled' },
    });
    expect((await patch(caller, id, { enabled: false })).body).toMatchObject({
      ...{ status: 'disabled', disabled_reason: 'switched off by the tenant', description: 'New' },
    });
    const tested = await caller.post(`/api/webhooks/${id}/test`);
    expect([tested.status, (tested.body as { detail: string }).detail]).toEqual([
      409,
      expect.stringContaining('switched off'),
    ]);
    expect((await patch(caller, id, { enabled: true })).body).toMatchObject({ status: 'enabled' });
    expect((await patch(caller, id, { description: null })).body).toMatchObject({ description: null });
    expect((await caller.delete(`/api/webhooks/${id}`)).status).toBe(204);
    for (const target of [`/api/webhooks/${id}`, `/api/webhooks/${id}/deliveries`])
      expect((await caller.get(target)).status).toBe(404);
    expect((await caller.delete(`/api/webhooks/${id}`)).status).toBe(404);
  });

  test('and its changes stand in the audit log', async () => {
    const caller = await aCaller();
    const { id } = await made(caller);
    await patch(caller, id, { enabled: false });
    await caller.post(`/api/webhooks/${id}/rotate`, dated({}));
    await caller.delete(`/api/webhooks/${id}`);
    const rows = await gateway.owner.transact(caller.tenantId, (session) =>
      session.query<{ action: string }>(
        {
          name: 'test.audit',
          text: 'select action from audit_log where tenant_id = $1 and object = $2 order by seq',
        },
        [caller.tenantId, `webhook:${id}`],
      ),
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'webhook.created',
      'webhook.updated',
      'webhook.rotated',
      'webhook.removed',
    ]);
  });
});

describe('bad input', () => {
  test('is told with what was meant', async () => {
    const caller = await aCaller();
    const refused = async (parameters: object): Promise<string[]> => {
      const answer = await make(caller, parameters);
      expect(answer.status).toBe(422);
      return messages(answer);
    };
    expect(await refused({ event_types: ['acount.connected'] })).toEqual([
      'Value error, "acount.connected" is no type of event; did you mean account.connected?',
    ]);
    expect(await refused({ event_types: ['xyz'] })).toEqual([
      'Value error, "xyz" is no type of event; there are e.g. account.connected, account.* and *',
    ]);
    expect(await refused({ event_types: [] })).toEqual(['Value error, must have 1 to 100 entries']);
    expect(await refused({ event_types: ['credential.*', 'credential.nothing'] })).toHaveLength(1);
    expect(await refused({ url: 'ftp://example.com/' })).toEqual([
      'Value error, must begin with https://, not ftp://',
    ]);
    expect(await refused({ url: 'https://user:pass@example.com/' })).toEqual([
      expect.stringContaining('no user name and password'),
    ]);
    expect(await refused({ url: undefined })).toEqual(['Field required']);
    expect(await refused({ signature: 'rsa' })).toEqual(["Input should be 'hmac' or 'ed25519'"]);
    expect(await refused({ account_ids: [] })).toEqual(['Value error, must have 1 to 1000 entries']);
    const { status } = await make(caller, { account_ids: [2_000_000_000] });
    expect(status).toBe(404);
  });

  test('of a replay and a log too', async () => {
    const caller = await aCaller();
    const { id } = await made(caller);
    const ask = (parameters: object) => caller.post(`/api/webhooks/${id}/replay`, { ...parameters });
    expect(messages(await ask({ since: 'yesterday' }))).toEqual([expect.stringContaining('valid datetime')]);
    expect(messages(await ask({ since: '2026-02-01', until: '2026-01-01' }))).toEqual([
      'Value error, must not be before since',
    ]);
    expect((await caller.get(`/api/webhooks/${id}/deliveries?state=lost`)).status).toBe(422);
    expect((await caller.get(`/api/webhooks/${id}/deliveries?cursor=x`)).status).toBe(422);
    expect((await caller.get('/api/webhooks/nothing/deliveries')).status).toBe(404);
  });

  test('a legacy request that shows a secret or moves an endpoint needs a time, and counts once', async () => {
    const caller = await aCaller();
    const parameters = { url: URL_HERE, event_types: ['*'] };
    const undated = await caller.post('/api/webhooks', parameters);
    expect([undated.status, messages(undated)]).toEqual([422, [expect.stringContaining('legacy signature')]]);
    const once = dated(parameters);
    expect((await caller.post('/api/webhooks', once)).status).toBe(201);
    expect((await caller.post('/api/webhooks', once)).status).toBe(401);
  });
});

describe('who may', () => {
  test('a key subscribes to what its own scopes show, and to no more', async () => {
    const reader = await aCaller(['ACCOUNTS_READ', 'WEBHOOKS_WRITE']);
    const refused = await make(reader, { event_types: ['account.*', 'security.*'] });
    expect(messages(refused)).toEqual([
      'Value error, security.* is heard with the scope KEYS_WRITE, which the API key lacks',
    ]);
    expect((await make(reader, { event_types: ['*'] })).status).toBe(201);
  });

  test('a key does not move, rotate or remove an endpoint that hears of more than it may see', async () => {
    const owner = await aCaller();
    const reader = await aCaller(['ACCOUNTS_READ', 'WEBHOOKS_WRITE'], { tenantId: owner.tenantId });
    const { id } = await made(owner);
    const answers = [
      await patch(reader, id, { url: 'http://127.0.0.1:10/' }),
      await reader.post(`/api/webhooks/${id}/rotate`, dated({})),
      await reader.delete(`/api/webhooks/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers[0]?.text).toContain('it lacks KEYS_WRITE');
    expect((await owner.get(`/api/webhooks/${id}`)).body).toMatchObject({ url: URL_HERE });
  });

  test('a key that is limited to accounts hears of these alone, and sees no other endpoint', async () => {
    const owner = await aCaller();
    const connect = async (): Promise<number> => {
      const { status, text, body } = await owner.post('/ver1/accounts/new', {
        type: 'paper_trading',
        name: 'Paper',
      });
      if (status !== 201) throw new Error(text);
      return (body as { id: number }).id;
    };
    const [own, foreign] = [await connect(), await connect()];
    const limited = await aCaller(SCOPES, { tenantId: owner.tenantId, key: { allowedAccountIds: [own] } });
    const whole = await made(owner);
    const mixed = await made(owner, { account_ids: [own, foreign] });
    const mine = await made(limited);
    expect(mine).toMatchObject({ account_ids: [own] });
    expect((await make(limited, { account_ids: [foreign] })).status).toBe(404);
    const seen = (await limited.get('/api/webhooks')).body as { webhooks: Endpoint[] };
    expect(seen.webhooks.map(({ id }) => id)).toEqual([mine.id]);
    for (const { id } of [whole, mixed])
      for (const target of [`/api/webhooks/${id}`, `/api/webhooks/${id}/deliveries`])
        expect((await limited.get(target)).status).toBe(404);
    await owner.post(`/ver1/accounts/${own}/rename`, { name: 'Renamed' });
    await owner.post(`/ver1/accounts/${foreign}/rename`, { name: 'Renamed too' });
    const { body } = await limited.get(`/api/webhooks/${mine.id}/deliveries`);
    expect((body as { deliveries: Delivery[] }).deliveries).toMatchObject([
      { event_type: 'account.updated' },
    ]);
  });

  test('an access token reads, and makes nothing that outlives it', async () => {
    const caller = await aCaller();
    const token = createBearerCaller(caller, await newToken(caller, ['ACCOUNTS_READ', 'WEBHOOKS_WRITE']));
    expect((await token.get('/api/webhooks')).status).toBe(200);
    expect((await make(token)).status).toBe(403);
  });
});

describe('deliveries', () => {
  test('a test goes the way of every event, and the client verifies it', async () => {
    await using receiver = await startReceiver();
    const caller = await aCaller();
    for (const signature of ['hmac', 'ed25519']) {
      const endpoint = await made(caller, { url: receiver.url, signature, event_types: ['profit.daily'] });
      const before = receiver.received.length;
      const tested = await caller.post(`/api/webhooks/${endpoint.id}/test`);
      expect([tested.status, tested.body]).toEqual([
        200,
        expect.objectContaining({ event_type: 'webhook.test', endpoint_id: endpoint.id }),
      ]);
      const received = (await receiver.untilReceived(before + 1))[before];
      if (received === undefined) throw new Error('nothing came');
      const { headers, body } = received;
      const key =
        signature === 'hmac'
          ? { secret: String(endpoint.secret) }
          : { publicKey: String(endpoint['public_key']) };
      const event = await verifyWebhook({ ...key, headers: headers as Record<string, string>, body });
      expect(event).toMatchObject({ type: 'webhook.test', data: { endpoint_id: endpoint.id } });
    }
  });

  test('the log tells of every attempt, by state and type, page by page; what failed is sent again', async () => {
    await using receiver = await startReceiver({ answer: answerStatus(500) });
    const caller = await aCaller();
    const endpoint = await made(caller, { url: receiver.url, event_types: ['account.*', 'key.*'] });
    for (const name of ['One', 'Two', 'Three'])
      await caller.post('/ver1/accounts/new', { type: 'paper_trading', name });
    const log = async (query = ''): Promise<{ deliveries: Delivery[]; next_cursor: number | null }> =>
      (await caller.get(`/api/webhooks/${endpoint.id}/deliveries${query}`)).body as never;
    const failed = await until(async () => {
      const { deliveries } = await log('?event_type=account.connected');
      return (
        deliveries.length === 3 && deliveries.every(({ last_status }) => last_status === 500) && deliveries
      );
    });
    expect(failed[0]).toMatchObject({
      state: 'pending',
      last_error: 'answered 500',
      attempt_log: expect.arrayContaining([
        { at: expect.any(String), status: 500, error: 'answered 500', latency_ms: expect.any(Number) },
      ]),
    });
    const first = await log('?limit=2');
    const second = await log(`?limit=2&cursor=${first.next_cursor ?? ''}`);
    expect([...first.deliveries, ...second.deliveries].map(({ id }) => id)).toEqual(
      (await log()).deliveries.slice(0, 4).map(({ id }) => id),
    );
    expect((await log('?state=delivered')).deliveries).toEqual([]);
    expect((await caller.get(`/api/webhooks/${endpoint.id}`)).body).toMatchObject({ status: 'failing' });
    receiver.answerWith(accept);
    const one = `/api/webhooks/${endpoint.id}/deliveries/${failed[0]?.id ?? ''}`;
    expect((await caller.post(`${one}/replay`)).status).toBe(200);
    await until(async () => ((await caller.get(one)).body as Delivery).state === 'delivered');
    expect((await caller.get(`/api/webhooks/${endpoint.id}`)).body).toMatchObject({ status: 'enabled' });
    const replayed = await caller.post(`/api/webhooks/${endpoint.id}/replay`, {});
    expect(replayed.body).toEqual({ replayed: expect.any(Number), next_since: null });
    await until(async () => (await log()).deliveries.every(({ state }) => state === 'delivered'));
  });
});
