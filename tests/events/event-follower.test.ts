/** Following the events of a tenant for one caller, without the gateway around it. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Actor, SCOPES, systemActor } from '../../src/auth/actor.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createEventFollower, type EventFollowerDeps } from '../../src/features/events/event-follower.ts';
import { createEventHub } from '../../src/features/events/event-hub.ts';
import { createEventReader } from '../../src/features/events/event-reader.ts';
import { createEventStore, type NewEvent } from '../../src/features/events/event-store.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { aTenant, openDatabase, silent } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';

const OWN_KEY = '3f2d9a54-6f0e-4d1b-9d6e-2a7c51d0b6aa';
const OTHER_KEY = '8e6b1f70-52c4-4f0b-9a15-0c8f7c1f3a42';
const changeOf = (key: string, type: 'key.updated' | 'key.revoked' = 'key.updated'): NewEvent => ({
  type,
  data: { key_id: key },
  requestId: undefined,
});

let testDatabase: TestDatabase;
let database: TenantDatabase;
let actor: Actor;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = openDatabase(testDatabase.gatewayUrl);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await testDatabase[Symbol.asyncDispose]();
});
beforeEach(async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  actor = { ...systemActor(tenantId, 'test'), callerKeyId: OWN_KEY, scopes: new Set(SCOPES) };
});

const append = (...events: readonly NewEvent[]): Promise<void> =>
  database.transact(actor.tenantId, (session) => createEventStore(session).appendAll(events));

const createFollower = (deps: Partial<EventFollowerDeps>) =>
  createEventFollower({
    reader: createEventReader({ database }),
    hub: createEventHub(),
    watchCaller: () => Promise.resolve(() => Promise.resolve(true)),
    forgetCaller: () => undefined,
    clock: systemClock,
    logger: silent,
    ...deps,
  });

test('it ends before the event of a change of its own key, though word of the change has not come yet', async () => {
  let isForgotten = false;
  const follow = createFollower({
    // As a key that is kept in memory: revoked, and let in until it is looked up again.
    watchCaller: () => Promise.resolve(() => Promise.resolve(!isForgotten)),
    forgetCaller: () => {
      isForgotten = true;
    },
  });
  await append(changeOf(OTHER_KEY), changeOf(OTHER_KEY, 'key.revoked'));
  const filter = { patterns: [], accountId: undefined };
  const open = await follow(actor, { filter, after: 0, forMs: undefined });
  await append(changeOf(OWN_KEY, 'key.revoked'), changeOf(OTHER_KEY));
  const told = open(new AbortController().signal);
  expect((await told.next()).value?.events.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(await told.next()).toEqual({ done: true, value: undefined });
});

test('it goes on after a change of its own key that takes nothing from it', async () => {
  const follow = createFollower({});
  const filter = { patterns: [], accountId: undefined };
  const open = await follow(actor, { filter, after: 0, forMs: 0 });
  await append(changeOf(OWN_KEY), changeOf(OTHER_KEY));
  const { value } = await open(new AbortController().signal).next();
  expect(value?.events.map(({ seq }) => seq)).toEqual([1, 2]);
});

test('a reader for whom there is nothing hears where it stands, over what is not for it', async () => {
  const follow = createFollower({ heartbeatMs: 5 });
  const filter = { patterns: ['account.*'], accountId: undefined };
  const open = await follow(actor, { filter, after: undefined, forMs: undefined });
  const stop = new AbortController();
  const told = open(stop.signal);
  // Nobody wakes it: it looks by itself.
  expect((await told.next()).value).toEqual({ events: [], place: 0 });
  await append(changeOf(OTHER_KEY), changeOf(OTHER_KEY), changeOf(OTHER_KEY));
  while ((await told.next()).value?.place !== 3);
  stop.abort();
  while ((await told.next()).done !== true);
});
