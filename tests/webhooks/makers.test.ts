/** An endpoint listens by the right of a caller key, and for no longer than that key may. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type Scope, SCOPES } from '../../src/auth/actor.ts';
import { type IssuedKeyOptions, issueManagedKey } from '../../src/features/caller-keys/caller-key-issuer.ts';
import { createManagedKeyStore } from '../../src/features/caller-keys/managed-key-store.ts';
import { startReceiver } from './receiver.ts';
import { aTestEvent, anActor, HOUR_MS, until, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

const newKey = (tenant: string, change: Partial<IssuedKeyOptions> = {}) =>
  rig.database.transact(tenant, async (session) => {
    const { key } = await issueManagedKey(session, rig.gatewayKek, {
      name: 'a key',
      scopes: SCOPES,
      ...change,
    });
    return key;
  });

const revoke = (tenant: string, id: string) =>
  rig.database.transact(tenant, (session) =>
    createManagedKeyStore(session).revoke(id, new Date(rig.clock.now()).toISOString()),
  );

const endpointOf = (tenant: string, id: string) => rig.webhooks.get(anActor(tenant), id);

const untilOff = (tenant: string, id: string) =>
  until(async () => {
    const endpoint = await endpointOf(tenant, id);
    return endpoint.disabledAt !== null && endpoint;
  });

test('a revoked key listens no more by the endpoints that it made; the others are told', async () => {
  await using thief = await startReceiver();
  await using owner = await startReceiver();
  const tenant = await rig.newTenant();
  const key = await newKey(tenant);
  const stolen = await rig.newEndpoint(tenant, thief.url, {}, { callerKeyId: key.id });
  const own = await rig.newEndpoint(tenant, owner.url);
  await revoke(tenant, key.id);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const { disabledReason, createdBy } = await untilOff(tenant, stolen.endpoint.id);
  expect({ disabledReason, createdBy }).toEqual({
    disabledReason: expect.stringMatching(/key that made it was revoked/),
    createdBy: key.id,
  });
  const told = await rig.untilAll(tenant, own.endpoint.id, ({ state }) => state === 'delivered');
  expect(told.map(({ eventType }) => eventType)).toContain('webhook.disabled');
  expect(thief.received).toEqual([]);
});

test('an endpoint ends with the time of the key that made it', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const key = await newKey(tenant, { expiresAt: new Date(rig.clock.now() + HOUR_MS) });
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url, {}, { callerKeyId: key.id });
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  await rig.pass(2 * HOUR_MS);
  await rig.emit(tenant, aTestEvent());
  expect((await untilOff(tenant, endpoint.id)).disabledReason).toMatch(/has expired/);
  expect(receiver.received).toHaveLength(1);
});

test('another key takes an endpoint over, before or after the end of the one that made it', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const [first, second, third] = await Promise.all([newKey(tenant), newKey(tenant), newKey(tenant)]);
  const { id } = (await rig.newEndpoint(tenant, receiver.url, {}, { callerKeyId: first.id })).endpoint;
  const takeOver = (callerKeyId: string) =>
    rig.webhooks.update(anActor(tenant, { callerKeyId }), id, { askedAt: undefined, enabled: true });

  expect(await takeOver(second.id)).toMatchObject({ createdBy: second.id, disabledAt: null });
  await revoke(tenant, first.id);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, id, ({ state }) => state === 'delivered');

  await revoke(tenant, second.id);
  await rig.emit(tenant, aTestEvent());
  await untilOff(tenant, id);
  expect(await takeOver(third.id)).toMatchObject({ createdBy: third.id, disabledAt: null });
  await rig.untilAll(tenant, id, ({ state }) => state === 'delivered');
});

test('what the key may no longer see is not sent, and a test still is', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const key = await newKey(tenant);
  const { id } = (await rig.newEndpoint(tenant, receiver.url, {}, { callerKeyId: key.id })).endpoint;
  await rig.emit(
    tenant,
    { type: 'key.created', data: { key_id: randomUUID() }, requestId: undefined },
    { type: 'account.updated', data: { account_id: 7, changed: ['name'] }, requestId: undefined },
    { type: 'account.updated', data: { account_id: 8, changed: ['name'] }, requestId: undefined },
  );
  const narrowed: readonly Scope[] = ['ACCOUNTS_READ', 'WEBHOOKS_WRITE'];
  await rig.database.transact(tenant, (session) =>
    createManagedKeyStore(session).update(
      { ...key, scopes: narrowed, allowedAccountIds: [8] },
      new Date(rig.clock.now()).toISOString(),
    ),
  );
  await rig.deliveries.test({ tenantId: tenant, requestId: 'r', name: 'key:a' }, id);
  rig.startWorker();
  const log = await rig.untilAll(tenant, id, ({ state }) => state !== 'pending');
  expect(log.map(({ eventType, state, lastError }) => [eventType, state, lastError])).toEqual([
    ['key.created', 'dead', expect.stringContaining('may no longer see it')],
    ['account.updated', 'dead', expect.stringContaining('may no longer see it')],
    ['account.updated', 'delivered', null],
    ['webhook.test', 'delivered', null],
  ]);
  expect(receiver.received).toHaveLength(2);
});
