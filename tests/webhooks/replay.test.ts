/** Sending again: one delivery, all of a time, all that was missed; and never twice at once. */
import { expect, test } from '@jest/globals';
import { accept, answerStatus, startReceiver } from './receiver.ts';
import { anActor, aTestEvent, until, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

const askerOf = (tenantId: string) => ({ tenantId, requestId: 'a request', name: 'key:test' });
const EVERYTHING = { since: undefined, until: undefined, missedOnly: false };
const MISSED = { ...EVERYTHING, missedOnly: true };

/** Given up: as if all attempts were over. */
const giveUp = (tenantId: string, endpointId: string) =>
  rig.owner.transact(tenantId, (session) =>
    session.query(
      {
        name: 'test.give-up',
        text: `update deliveries set state = 'dead', next_attempt_at = null, attempts = 10
                where tenant_id = $1 and endpoint_id = $2`,
      },
      [tenantId, endpointId],
    ),
  );

test('what was given up is sent again in a new series of attempts', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(500) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const worker = rig.startWorker();
  await rig.emit(tenant, aTestEvent(), aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  await worker[Symbol.asyncDispose]();
  await giveUp(tenant, endpoint.id);
  receiver.answerWith(accept);
  rig.startWorker();
  const [first] = await rig.log(tenant, endpoint.id);
  if (first === undefined) throw new Error('there is no delivery');
  const replayed = await rig.deliveries.replayOne(askerOf(tenant), endpoint.id, first.id);
  expect(replayed).toMatchObject({ state: 'pending', attempts: 0 });
  await receiver.untilReceived(3);
  expect(await rig.deliveries.replayRange(askerOf(tenant), endpoint.id, MISSED)).toEqual({
    replayed: 1,
    nextSince: null,
  });
  const log = await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(log.map(({ attempts, attemptLog }) => [attempts, attemptLog.length])).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(await rig.deliveries.replayRange(askerOf(tenant), endpoint.id, MISSED)).toMatchObject({
    replayed: 0,
  });
});

test('a delivery that waits for its next attempt is due at once', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(500) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  receiver.answerWith(accept);
  await rig.deliveries.replayById(askerOf(tenant), delivery?.id ?? '');
  await rig.untilAll(tenant, endpoint.id, ({ state, attempts }) => state === 'delivered' && attempts === 2);
});

test('what failed and waits for its next attempt is missed too, and due at once', async () => {
  await using receiver = await startReceiver({ answer: answerStatus(500) });
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const worker = rig.startWorker();
  await rig.emit(tenant, aTestEvent(), aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  await worker[Symbol.asyncDispose]();
  receiver.answerWith(accept);
  const replay = () => rig.deliveries.replayRange(askerOf(tenant), endpoint.id, MISSED);
  expect(await replay()).toMatchObject({ replayed: 2 });
  expect(await replay()).toMatchObject({ replayed: 0 });
  rig.startWorker();
  await rig.untilAll(tenant, endpoint.id, ({ state, attempts }) => state === 'delivered' && attempts === 2);
});

test('all of a time is sent again, also what was delivered, and twice at once no more than once', async () => {
  const tenant = await rig.newTenant();
  await rig.emit(tenant, aTestEvent(), aTestEvent());
  await using receiver = await startReceiver();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  const worker = rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  await worker[Symbol.asyncDispose]();
  // Also what happened before the endpoint was made, when that is asked for.
  const since = new Date(0);
  const replays = await Promise.all(
    [1, 2, 3].map(() => rig.deliveries.replayRange(askerOf(tenant), endpoint.id, { ...EVERYTHING, since })),
  );
  expect(replays.map(({ replayed }) => replayed).sort()).toEqual([0, 0, 3]);
  rig.startWorker();
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  expect(receiver.received).toHaveLength(4);
});

test('a long time is gone through in parts', async () => {
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, 'http://127.0.0.1:9/', { eventTypes: ['key.*'] });
  await rig.webhooks.update(anActor(tenant), endpoint.id, { enabled: false, askedAt: undefined });
  await rig.owner.transact(tenant, (session) =>
    session.query(
      {
        name: 'test.many-events',
        text: `insert into events (tenant_id, seq, id, type, data, at)
               select $1, n, gen_random_uuid(), case when n % 2 = 0 then 'key.created' else 'account.removed' end, '{}',
                      clock_timestamp() from generate_series(1, 12000) as n`,
      },
      [tenant],
    ),
  );
  const first = await rig.deliveries.replayRange(askerOf(tenant), endpoint.id, MISSED);
  expect(first).toEqual({ replayed: 5_000, nextSince: expect.any(Date) });
  const rest = await rig.deliveries.replayRange(askerOf(tenant), endpoint.id, {
    ...MISSED,
    since: first.nextSince ?? undefined,
  });
  expect(rest).toEqual({ replayed: 1_000, nextSince: null });
}, 30_000);

test('what is replayed while the endpoint is being delivered to is not left behind', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  rig.startWorker();
  await rig.emit(tenant, aTestEvent());
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
  for (let round = 2; round <= 20; round += 1) {
    await Promise.all([
      rig.deliveries.replayOne(askerOf(tenant), endpoint.id, delivery?.id ?? ''),
      rig.emit(tenant, aTestEvent()),
    ]);
    await until(async () => {
      const log = await rig.log(tenant, endpoint.id);
      return log.length === round && log.every(({ state }) => state === 'delivered');
    });
  }
});

test('an endpoint or delivery of another tenant is not there', async () => {
  const [tenant, other] = [await rig.newTenant(), await rig.newTenant()];
  const { endpoint } = await rig.newEndpoint(tenant, 'http://127.0.0.1:9/');
  await rig.emit(tenant, aTestEvent());
  const [delivery] = await rig.log(tenant, endpoint.id);
  const { deliveries } = rig;
  await expect(deliveries.replayRange(askerOf(other), endpoint.id, MISSED)).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(deliveries.replayById(askerOf(other), delivery?.id ?? '')).rejects.toMatchObject({
    code: 'not_found',
  });
});
