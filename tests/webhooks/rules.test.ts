/** Small rules of webhooks: which scope shows an event, how long a retry waits, what a name was meant to be, how many there may be. */
import { describe, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { EVENT_TYPES, type EventType } from '../../src/features/events/event-types.ts';
import { MOST_ATTEMPTS, nextWaitMs } from '../../src/features/webhooks/delivery-schedule.ts';
import { checkPatterns, showingScopes } from '../../src/features/webhooks/event-pattern.ts';
import { openWebhookSecret } from '../../src/features/webhooks/webhook-secret.ts';
import { createWebhookService } from '../../src/features/webhooks/webhook-service.ts';
import { nearestWord } from '../../src/shared/nearest-word.ts';
import { anActor, useWebhooks } from './webhook-fixture.ts';

const rig = useWebhooks();

test('Postgres asks the same scope for each type of event as the table of types', async () => {
  const types = Object.keys(EVENT_TYPES) as EventType[];
  const rows = await rig.database.shared.query<{ scope: string }>(
    {
      name: 'test.scopes',
      text: 'select event_scope(t) as scope from unnest($1::text[]) with ordinality as u (t, n) order by n',
    },
    [types],
  );
  expect(rows.map(({ scope }, index) => [types[index], scope])).toEqual(
    types.map((type) => [type, EVENT_TYPES[type].scope]),
  );
});

describe('retries', () => {
  test('wait within 20 % of the schedule, and end after the tenth attempt', () => {
    expect(MOST_ATTEMPTS).toBe(10);
    for (const random of [0, 0.25, 0.5, 0.999]) {
      const factor = 0.8 + 0.4 * random;
      expect(nextWaitMs(1, undefined, random)).toBeCloseTo(5_000 * factor, -1);
      expect(nextWaitMs(9, undefined, random)).toBeCloseTo(86_400_000 * factor, -1);
    }
    expect(nextWaitMs(10, undefined, 0.5)).toBeUndefined();
    expect(nextWaitMs(10, 1_000, 0.5)).toBeUndefined();
  });

  test('wait longer when the receiver asks for it, a day at most, and never shorter', () => {
    expect(nextWaitMs(1, 60_000, 0.5)).toBe(60_000);
    expect(nextWaitMs(2, 1_000, 0.5)).toBe(300_000);
    expect(nextWaitMs(1, 10 * 86_400_000, 0.5)).toBe(86_400_000);
  });
});

describe('subscriptions', () => {
  const all = showingScopes(new Set(SCOPES));

  test('are kept without repeats, and only the scopes that show events count', () => {
    expect(all).toEqual(['ACCOUNTS_READ', 'KEYS_WRITE']);
    expect(checkPatterns(['*', 'account.*', '*'], all)).toEqual(['*', 'account.*']);
    expect(() => checkPatterns(['*'], [])).toThrow('Invalid parameters');
  });

  test('that are none are told with the nearest that is', () => {
    const words = ['account.connected', 'account.removed', 'trades.synced'];
    expect(nearestWord('trade.synced', words)).toBe('trades.synced');
    expect(nearestWord('account.remove', words)).toBe('account.removed');
    expect(nearestWord('order.filled', words)).toBeUndefined();
    expect(nearestWord('', words)).toBeUndefined();
    for (const pattern of ['accounts.*', 'account', '**', 'account.*.x', 'ACCOUNT.*', ' *'])
      expect(() => checkPatterns([pattern], all)).toThrow('Invalid parameters');
  });
});

test('a tenant has so many endpoints and no more, also when it makes several at once', async () => {
  const tenant = await rig.newTenant();
  const { database, gatewayKek, clock } = rig;
  const rules = { allowHttp: true, allowPrivate: true };
  const refuseReplay = (): Promise<void> => Promise.resolve();
  const webhooks = createWebhookService({
    database,
    gatewayKek,
    refuseReplay,
    clock,
    rules,
    mostEndpoints: 3,
  });
  const make = () =>
    webhooks.create(anActor(tenant), {
      ...{ url: 'http://127.0.0.1:9/', description: null, eventTypes: ['*'], accountIds: undefined },
      ...{ signature: 'hmac', askedAt: undefined },
    });
  const made = await Promise.allSettled([make(), make(), make(), make(), make()]);
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await expect(make()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('3 webhook'),
  });
  const { endpoints } = await webhooks.list(anActor(tenant), { limit: 10, offset: 0 });
  await webhooks.remove(anActor(tenant), endpoints[0]?.id ?? '');
  await expect(make()).resolves.toBeDefined();
});

test('an endpoint that fails is not trusted anew for being switched off and on', async () => {
  const tenant = await rig.newTenant();
  const { id } = (await rig.newEndpoint(tenant, 'http://127.0.0.1:9/')).endpoint;
  const fail = {
    name: 'test.fail',
    text: 'update webhook_queues set is_failing = true where endpoint_id = $1',
  };
  await rig.owner.shared.query(fail, [id]);
  for (const enabled of [false, true])
    await rig.webhooks.update(anActor(tenant), id, { askedAt: undefined, enabled });
  const look = {
    name: 'test.look',
    text: 'select is_failing as "isFailing" from webhook_queues where endpoint_id = $1',
  };
  expect(await rig.owner.shared.query(look, [id])).toEqual([{ isFailing: true }]);
});

test('a sealed secret opens in its own row alone', async () => {
  const tenant = await rig.newTenant();
  const { endpoint, secret } = await rig.newEndpoint(tenant, 'http://127.0.0.1:9/');
  const stored = {
    name: 'test.secret',
    text: 'select secret_jwe as jwe from webhook_endpoints where tenant_id = $1',
  };
  const [row] = await rig.database.session(tenant).query<{ jwe: string }>(stored, [tenant]);
  const place = { tenantId: tenant, endpointId: endpoint.id };
  const { bytes } = await openWebhookSecret(rig.gatewayKek, place, row?.jwe ?? '');
  expect(`whsec_${bytes.toString('base64')}`).toBe(secret);
  const elsewhere = { ...place, endpointId: tenant };
  await expect(openWebhookSecret(rig.gatewayKek, elsewhere, row?.jwe ?? '')).rejects.toThrow('another place');
});
