/** What receivers that must not be reached, or do not answer, are sent and hold up: nothing. */
import { expect, test } from '@jest/globals';
import { createWebhookService } from '../../src/features/webhooks/webhook-service.ts';
import { accept, answerStatus, startReceiver } from './receiver.ts';
import { anActor, aTestEvent, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();
const STRICT = { allowHttp: false, allowPrivate: false };

test('an endpoint from looser days gets nothing where only public addresses are allowed, and none like it is made', async () => {
  await using receiver = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, receiver.url);
  await rig.emit(tenant, aTestEvent());
  rig.startWorker({ config: { ...STRICT, endpointsAtOnce: 8, disableAfterHours: 120 } });
  const [delivery] = await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  expect(delivery).toMatchObject({ state: 'pending', lastStatus: null, lastError: 'address not allowed' });
  expect(receiver.received).toEqual([]);

  const { database, gatewayKek, clock } = rig;
  const refuseReplay = (): Promise<void> => Promise.resolve();
  const strict = createWebhookService({
    ...{ database, gatewayKek, clock, refuseReplay },
    ...{ rules: STRICT, mostEndpoints: 100 },
  });
  const intake = { description: null, eventTypes: ['*'], accountIds: undefined, askedAt: undefined };
  for (const [url, why] of [
    [receiver.url, 'delivers over TLS alone'],
    ['https://169.254.169.254/latest', 'is not on the public internet'],
    ['https://0x7f000001/', 'is not on the public internet'],
  ] as const) {
    const problem = {
      code: 'record_invalid',
      details: { attributes: { url: [expect.stringContaining(why)] } },
    };
    await expect(strict.create(anActor(tenant), { ...intake, url, signature: 'hmac' })).rejects.toMatchObject(
      problem,
    );
    await expect(
      strict.update(anActor(tenant), endpoint.id, { url, askedAt: undefined }),
    ).rejects.toMatchObject(problem);
  }
});

test('an endpoint that fails and then hangs holds up none of those that answer', async () => {
  await using hanging = await startReceiver({ answer: answerStatus(500) });
  await using sound = await startReceiver();
  const tenant = await rig.newTenant();
  const { endpoint } = await rig.newEndpoint(tenant, hanging.url);
  // One place for all that answer.
  const config = { allowHttp: true, allowPrivate: true, endpointsAtOnce: 1, disableAfterHours: 120 };
  rig.startWorker({ config });
  await rig.emit(tenant, aTestEvent());
  await rig.untilAll(tenant, endpoint.id, ({ attempts }) => attempts === 1);
  let answerNow = (): void => undefined;
  hanging.answerWith((received, response) => {
    answerNow = () => accept(received, response);
  });
  await rig.pass(7_000);
  await hanging.untilReceived(2);
  const others = await Promise.all([1, 2, 3].map(() => rig.newEndpoint(tenant, sound.url)));
  await rig.emit(tenant, aTestEvent(2), aTestEvent(3));
  await sound.untilReceived(6);
  for (const other of others)
    await rig.untilAll(tenant, other.endpoint.id, ({ state }) => state === 'delivered');
  const [first] = await rig.log(tenant, endpoint.id);
  expect(first).toMatchObject({ state: 'pending', attempts: 1 });
  hanging.answerWith(accept);
  answerNow();
  await rig.untilAll(tenant, endpoint.id, ({ state }) => state === 'delivered');
});
