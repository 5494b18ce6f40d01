/** Endpoints that are switched off, and such as are left alone for a while; what waits is sent afterwards. */
import { expect, test } from '@jest/globals';
import { accept, answerStatus, startReceiver } from './receiver.ts';
import { anActor, aTestEvent, DAY_MS, until, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

test('a receiver that only fails for five days is switched off, and the tenant is told', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(500) });
  await using witness = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url, { eventTypes: ['credential.*'] });
  await rig.newEndpoint(tenant, witness.url, { eventTypes: ['webhook.disabled'] });
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  await rig.pass(5 * DAY_MS);
  const [told] = await witness.untilReceived(1);
  const event = JSON.parse(told?.body ?? '{}') as { data: unknown };
  expect(event.data).toEqual({
    endpoint_id: endpoint.id,
    reason: expect.stringMatching(/^no delivery was accepted since \d{4}-/),
  });
  const { disabledAt, disabledReason } = await rig.webhooks.get(anActor(tenant), endpoint.id);
  expect(disabledAt).not.toBeNull();
  expect(disabledReason).toMatch(/^no delivery was accepted/);
});

test('410 switches an endpoint off at once; switched on again, what waited is sent', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(410) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url, { eventTypes: ['credential.*'] });
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await until(async () => (await rig.webhooks.get(anActor(tenant), endpoint.id)).disabledAt !== null);
  await rig.emit(tenant, aTestEvent(2));
  expect(receiver.received).toHaveLength(1);
  receiver.answerWith(accept);
  // By now the attempt that failed is due again.
  await rig.pass(10_000);
  await rig.webhooks.update(anActor(tenant), endpoint.id, { enabled: true, askedAt: undefined });
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(receiver.received).toHaveLength(2);
  // What happened meanwhile was missed, and can be had.
  const all = { since: undefined, until: undefined, missedOnly: true };
  const asker = { tenantId: tenant, requestId: 'r', name: 'test' };
  expect(await rig.deliveries.replayRange(asker, endpoint.id, all)).toEqual({ replayed: 1, nextSince: null });
  const bodies = (await receiver.untilReceived(3)).map(
    ({ body }) => JSON.parse(body) as { sequence: number },
  );
  expect(bodies.map(({ sequence }) => sequence)).toEqual([1, 1, 3]);
});

test('Retry-After is kept to: the endpoint is left alone, also with what is new', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(429, { 'Retry-After': '1800' }) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  const waitMs = (delivery?.nextAttemptAt?.getTime() ?? 0) - Date.parse(delivery?.attemptLog[0]?.at ?? '');
  expect(Math.abs(waitMs - 1_800_000)).toBeLessThan(60_000);
  await rig.emit(tenant, aTestEvent(2));
  receiver.answerWith(accept);
  // Another endpoint gets its own: the worker looked meanwhile.
  await using other = await startReceiver();
  const witness = await rig.newEndpoint(tenant, other.url);
  await rig.emit(tenant, aTestEvent(3));
  await rig.untilAll(tenant, witness.endpoint.id, ({ state }) => state === 'delivered');
  expect(receiver.received).toHaveLength(1);
  await rig.pass(1_801_000);
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(receiver.received).toHaveLength(4);
});

test('to a suspended tenant nothing is sent until it is active again', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const setStatus = (status: string) =>
    rig.owner.transact(tenant, (session) =>
      session.query({ name: 'test.status', text: 'update tenants set status = $2 where id = $1' }, [
        tenant,
        status,
      ]),
    );
  await setStatus('suspended');
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const queue = {
    name: 'test.queue',
    text: 'select paused_until from webhook_queues where endpoint_id = $1',
  };
  await until(async () => {
    const [row] = await rig.owner.shared.query<{ paused_until: Date | null }>(queue, [endpoint.id]);
    return row?.paused_until !== null;
  });
  expect(receiver.received).toEqual([]);
  await setStatus('active');
  await rig.pass(61_000);
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
});
