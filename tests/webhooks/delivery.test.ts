/** The way of an event to a receiver: signed, once in normal running, tried again by the schedule, given up at its end. */
import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { Scope } from '../../src/auth/actor.ts';
import { createEventStore } from '../../src/features/events/event-store.ts';
import { accept, answerStatus, type Received, startReceiver } from './receiver.ts';
import { anActor, aTestEvent, HOUR_MS, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

const headersOf = ({ headers }: Received): Record<string, string> =>
  Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, String(headers[name])]),
  );

test('an event is delivered with its envelope, and the signature of standardwebhooks fits', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint, secret } = await rig.newEndpoint(tenant, `${receiver.url}?from=countersign`);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [received] = await receiver.untilReceived(1);
  if (received === undefined || secret === null) throw new Error('nothing came');
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const event = new Webhook(secret).verify(received.body, headersOf(received));
  expect(event).toEqual({
    id: received.headers['webhook-id'],
    type: 'credential.stored',
    timestamp: expect.any(String),
    sequence: 1,
    account_id: null,
    account_sequence: null,
    data: { credential_id: expect.any(String), exchange: 'exchange 1' },
  });
  expect(received.path).toBe('/hook?from=countersign');
  expect(received.headers['content-type']).toBe('application/json');
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(delivery).toMatchObject({
    ...{ attempts: 1, lastStatus: 204, lastError: null, nextAttemptAt: null },
    eventType: 'credential.stored',
    attemptLog: [{ at: expect.stringMatching(/^\d{4}-.*Z$/), status: 204, error: null }],
  });
});

test('Ed25519 deliveries are verified by the public key alone', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const issued = await rig.newEndpoint(tenant, receiver.url, { signature: 'ed25519' });
  expect(issued.secret).toBeNull();
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [received] = await receiver.untilReceived(1);
  if (received === undefined) throw new Error('nothing came');
  const x = Buffer.from((issued.endpoint.publicKey ?? '').replace(/^whpk_/, ''), 'base64');
  expect(x).toHaveLength(32);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') },
    format: 'jwk',
  });
  const {
    'webhook-id': id,
    'webhook-timestamp': time,
    'webhook-signature': signature = '',
  } = headersOf(received);
  const [version, text = ''] = signature.split(',');
  expect(version).toBe('v1a');
  const signed = Buffer.from(`${id}.${time}.${received.body}`);
  expect(verify(null, signed, key, Buffer.from(text, 'base64'))).toBe(true);
});

test('while a secret is being replaced both sign, and afterwards the new one alone', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const first = await rig.newEndpoint(tenant, receiver.url);
  const { id } = first.endpoint;
  const second = await rig.webhooks.rotate(anActor(tenant), id, { overlapMs: HOUR_MS, askedAt: undefined });
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [both] = await receiver.untilReceived(1);
  if (both === undefined) throw new Error('nothing came');
  for (const { secret } of [first, second])
    expect(new Webhook(secret ?? '').verify(both.body, headersOf(both))).toMatchObject({ sequence: 1 });
  await rig.pass(HOUR_MS + 1);
  await rig.emit(tenant, aTestEvent());
  const [, later] = await receiver.untilReceived(2);
  expect(String(later?.headers['webhook-signature']).split(' ')).toHaveLength(1);
});

test('a failed delivery is tried again by the schedule of Standard Webhooks, and given up after the tenth attempt', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(500) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const waits: number[] = [];
  for (let attempt = 1; attempt < 10; attempt += 1) {
    const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === attempt);
    const at = Date.parse(delivery?.attemptLog.at(-1)?.at ?? '');
    const dueIn = (delivery?.nextAttemptAt?.getTime() ?? 0) - at;
    waits.push(Math.round(dueIn / 1_000));
    await rig.pass(dueIn);
  }
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'dead');
  const [minute, hour] = [60, 3_600];
  const schedule = [
    5,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ];
  // An attempt takes a moment too.
  expect(waits.map((wait, index) => Math.abs(wait - (schedule[index] ?? 0)) <= 5)).toEqual(
    waits.map(() => true),
  );
  expect(delivery).toMatchObject({
    attempts: 10,
    lastStatus: 500,
    lastError: 'answered 500',
    nextAttemptAt: null,
  });
  expect(delivery?.attemptLog).toHaveLength(10);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect((await rig.webhooks.get(anActor(tenant), endpoint.id)).failingSince).not.toBeNull();
}, 60_000);

test('the first success ends it, and the endpoint no longer counts as failing', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(503) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  receiver.answerWith(accept);
  await rig.pass(10_000);
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(delivery?.attemptLog.map(({ status }) => status)).toEqual([503, 204]);
  const { failingSince } = await rig.webhooks.get(anActor(tenant), endpoint.id);
  expect(failingSince).toBeNull();
});

test('an endpoint hears of what it asked for, of its accounts, and of what its maker may see', async () => {
  const tenant = await rig.newTenant();
  const [one, other] = [101, 102];
  const url = 'http://127.0.0.1:9/';
  const hears = async (intake: Parameters<typeof rig.newEndpoint>[2], scopes?: readonly Scope[]) =>
    (
      await rig.newEndpoint(tenant, url, intake, {
        ...(scopes !== undefined && { scopes: new Set(scopes) }),
      })
    ).endpoint.id;
  const all = await hears({});
  const group = await hears({ eventTypes: ['account.*', 'key.created'] });
  const single = await hears({ eventTypes: ['account.removed'] });
  const weak = await hears({}, ['ACCOUNTS_READ', 'WEBHOOKS_WRITE']);
  const limited = (await rig.newEndpoint(tenant, url, {}, { accountIds: [] })).endpoint.id;
  await rig.owner.transact(tenant, (session) =>
    session.query(
      {
        name: 'test.limit-endpoint',
        text: 'update webhook_endpoints set account_ids = array[$3::bigint] where tenant_id = $1 and id = $2',
      },
      [tenant, limited, one],
    ),
  );
  const off = await hears({});
  const change = { askedAt: undefined };
  await rig.webhooks.update(anActor(tenant), off, { ...change, enabled: false });
  await rig.emit(
    tenant,
    { type: 'account.updated', data: { account_id: one, changed: ['name'] }, requestId: 'r' },
    { type: 'account.removed', data: { account_id: other }, requestId: 'r' },
    { type: 'key.created', data: { key_id: randomUUID() }, requestId: 'r' },
    aTestEvent(),
  );
  const typesOf = async (id: string) => (await rig.log(tenant, id)).map(({ eventType }) => eventType);
  expect({
    all: await typesOf(all),
    group: await typesOf(group),
    single: await typesOf(single),
    weak: await typesOf(weak),
    limited: await typesOf(limited),
    off: await typesOf(off),
  }).toEqual({
    all: ['account.updated', 'account.removed', 'key.created', 'credential.stored'],
    group: ['account.updated', 'account.removed', 'key.created'],
    single: ['account.removed'],
    weak: ['account.updated', 'account.removed', 'credential.stored'],
    limited: ['account.updated'],
    off: [],
  });
});

test('an event that is rolled back is delivered to nobody', async () => {
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, 'http://127.0.0.1:9/');
  await expect(
    rig.database.transact(tenant, async (session) => {
      await createEventStore(session).append(aTestEvent());
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await rig.log(tenant, endpoint.id)).toEqual([]);
});

test('a session that is limited to accounts still tells every endpoint', async () => {
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, 'http://127.0.0.1:9/');
  await rig.database.limitToAccounts(tenant, [7], () => rig.emit(tenant, aTestEvent()));
  expect(await rig.log(tenant, endpoint.id)).toHaveLength(1);
});

test('two workers send nothing twice, and nothing is left behind', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const endpoints = await Promise.all([1, 2, 3, 4].map(() => rig.newEndpoint(tenant, receiver.url)));
  rig.startWorker();
  rig.startWorker();
  for (let round = 0; round < 20; round += 1)
    await Promise.all([1, 2, 3].map(() => rig.emit(tenant, aTestEvent(), aTestEvent())));
  for (const { endpoint } of endpoints)
    await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  const sent = receiver.received.map(({ headers }) => String(headers['webhook-id']));
  expect(sent).toHaveLength(4 * 120);
  expect(new Set(sent).size).toBe(120);
});
