/** GET /api/events/stream: what happens, as it happens; in its order, without gap or repeat, whatever is lost on the way. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import { createEventStore, type NewEvent } from '../../src/features/events/event-store.ts';
import { execute } from '../db/rows.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { done, keyIdOf, listEvents, until, useEvents } from './events-fixture.ts';
import { openStream, type StreamOpening, type StreamReader } from './stream-reader.ts';

const MOST_OF_A_KEY = 2;
const MOST = 5;
let offsetMs = 0;
const use = useEvents({
  limits: { streamsPerKey: MOST_OF_A_KEY, streams: MOST },
  clock: { now: () => Date.now() + offsetMs },
});

let open: StreamReader[] = [];
afterEach(() => {
  for (const stream of open) stream.close();
  open = [];
});
const stream = async (by: TestCaller, opening: StreamOpening = {}): Promise<StreamReader> => {
  // Those of the test before may still be on their way out.
  for (;;) {
    const opened = await openStream(by, opening);
    open.push(opened);
    if (opened.status !== 503) return opened;
  }
};

const OF_KEY: NewEvent = {
  type: 'key.updated',
  data: { key_id: '3f2d9a54-6f0e-4d1b-9d6e-2a7c51d0b6aa' },
  requestId: undefined,
};
const append = (by: TestCaller, count = 1): Promise<void> =>
  use.gateway.owner.transact(by.tenantId, (session) =>
    createEventStore(session).appendAll(Array.from({ length: count }, () => OF_KEY)),
  );

const sequences = (events: readonly { readonly sequence: number }[]): number[] =>
  events.map(({ sequence }) => sequence);
const upTo = (count: number, from = 1): number[] => Array.from({ length: count }, (_, index) => from + index);

test('it tells what happens from now on, in the words of the list', async () => {
  const caller = await use.aCaller();
  await append(caller, 2);
  const reader = await stream(caller);
  expect([reader.status, reader.headers.get('content-type'), reader.headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream',
    'no-store',
  ]);
  await append(caller);
  const told = await reader.next();
  expect(told).toEqual((await listEvents(caller, 'after=2')).items[0]);
  expect(told?.sequence).toBe(3);
});

test('it goes on after the last event that was seen, by header or parameter', async () => {
  const caller = await use.aCaller();
  await append(caller, 250);
  expect(sequences(await (await stream(caller, { lastEventId: 3 })).take(247))).toEqual(upTo(247, 4));
  expect((await (await stream(caller, { query: 'after=248' })).next())?.sequence).toBe(249);
});

test('it ends by itself when the caller says so, with all that has happened', async () => {
  const caller = await use.aCaller();
  await append(caller, 3);
  const reader = await stream(caller, { query: 'after=0&max_seconds=0' });
  expect(sequences(await reader.take(3))).toEqual(upTo(3));
  expect(await reader.next()).toBeUndefined();
});

test('a reader that comes back in the midst of many writers misses nothing and hears nothing twice', async () => {
  const caller = await use.aCaller();
  const [writers, each] = [6, 25];
  const seen: number[] = [];
  const writing = Promise.all(
    upTo(writers).map(async () => {
      for (let count = 0; count < each; count += 1) await append(caller);
    }),
  );
  for (let last = 0; last < writers * each; last = seen.length) {
    const reader = await stream(caller, { lastEventId: last });
    const wanted = Math.min(40, writers * each - last);
    seen.push(...sequences(await reader.take(wanted)));
    reader.close();
    await until(async () => ((await openPlaces(caller)) ? true : undefined));
  }
  await writing;
  expect(seen).toEqual(upTo(writers * each));
});

/** Whether the caller may open a stream: closed ones count until the gateway has heard of it. */
const openPlaces = async (by: TestCaller): Promise<boolean> =>
  (await by.get('/api/events/stream?after=0&max_seconds=0')).status === 200;

test('a reader that does not read is told all the same when it does', async () => {
  const caller = await use.aCaller();
  const reader = await stream(caller, { lastEventId: 0 });
  // Far more than sockets and buffers on the way hold.
  for (let batch = 0; batch < 20; batch += 1) await append(caller, 500);
  expect(sequences(await reader.take(10_000))).toEqual(upTo(10_000));
});

test('types and the accounts of a key are kept apart', async () => {
  const caller = await use.aCaller();
  const [own, other] = [await use.connect(caller, 'kraken'), await use.connect(caller, 'kraken')];
  const limited = await use.gateway.newCaller({
    scopes: SCOPES,
    tenantId: caller.tenantId,
    key: { allowedAccountIds: [own.id] },
  });
  const ofAccount = await stream(limited);
  const ofType = await stream(caller, { query: `types=account.*&account_id=${other.id}` });
  for (const { id } of [other, own, other])
    done(await caller.post(`/ver1/accounts/${id}/rename`, { name: 'Renamed' }));
  done(await caller.post(`/ver1/accounts/${own.id}/rename`, { name: 'Last' }));
  expect((await ofAccount.take(2)).map(({ account_id: id }) => id)).toEqual([own.id, own.id]);
  expect((await ofType.take(2)).map(({ account_id: id }) => id)).toEqual([other.id, other.id]);
});

describe('what is lost on the way', () => {
  const cut = (name: string): Promise<unknown> =>
    execute(
      use.gateway.database.ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like '${name}'`,
    );

  test('the connection that hears of events: what happens meanwhile is told when it is back', async () => {
    const caller = await use.aCaller();
    const reader = await stream(caller);
    await append(caller);
    await reader.take(1);
    await cut('countersign-listener');
    await append(caller, 3);
    expect(sequences(await reader.take(3))).toEqual([2, 3, 4]);
    await append(caller);
    expect(sequences(await reader.take(1))).toEqual([5]);
  });

  test('every connection to the database: the stream goes on', async () => {
    const caller = await use.aCaller();
    const reader = await stream(caller);
    await append(caller);
    await reader.take(1);
    await cut('countersign-%');
    await append(caller, 2);
    await cut('countersign-%');
    expect(sequences(await reader.take(2))).toEqual([2, 3]);
  });
});

describe('it ends', () => {
  const patchKey = (by: TestCaller, id: string, change: object) =>
    by.send({
      method: 'PATCH',
      target: `/api/keys/${id}`,
      body: JSON.stringify({ ...change, timestamp: Date.now() + offsetMs }),
      headers: { 'Content-Type': 'application/json' },
    });

  test('with the key that asked for it, though nothing else happens', async () => {
    const caller = await use.aCaller();
    const reader = await use.gateway.newCaller({ scopes: SCOPES, tenantId: caller.tenantId });
    const ending = await stream(reader);
    done(await caller.delete(`/api/keys/${await keyIdOf(reader)}`));
    // The revocation itself is not for a key that is revoked.
    expect(await ending.next()).toBeUndefined();
    expect((await openStream(reader)).status).toBe(401);
  });

  test('when the key may no longer see what it did', async () => {
    const caller = await use.aCaller();
    const reader = await use.gateway.newCaller({ scopes: SCOPES, tenantId: caller.tenantId });
    const ending = await stream(reader);
    done(await patchKey(caller, await keyIdOf(reader), { scopes: ['ACCOUNTS_READ'] }));
    expect(await ending.next()).toBeUndefined();
  });

  test('and not when the key gets another name', async () => {
    const caller = await use.aCaller();
    const reader = await use.gateway.newCaller({ scopes: SCOPES, tenantId: caller.tenantId });
    const going = await stream(reader);
    done(await patchKey(caller, await keyIdOf(reader), { name: 'Another' }));
    expect((await going.next())?.type).toBe('key.updated');
  });

  test('with the token that it was asked for with', async () => {
    const caller = await use.aCaller();
    const asked = { scopes: ['KEYS_WRITE'], timestamp: Date.now() + offsetMs };
    const { access_token: token } = done(await caller.post('/api/auth/token', asked)) as {
      access_token: string;
    };
    const going = await stream(caller, { headers: { Authorization: `Bearer ${token}` } });
    await append(caller);
    expect((await going.next())?.sequence).toBe(1);
    offsetMs += 1_000_000;
    await append(caller);
    expect(await going.next()).toBeUndefined();
  });
});

test('a gateway that is told to stop ends its streams at once, and what they missed is told by another', async () => {
  const caller = await use.aCaller();
  const dataDir = await mkdtemp(path.join(tmpdir(), 'countersign-stream-'));
  const { gatewayUrl } = use.gateway.database;
  const process = await startGatewayProcess({ dataDir, gatewayUrl, gatewayKek: use.gateway.gatewayKek });
  try {
    const reader = await stream(caller, { baseUrl: process.baseUrl });
    await append(caller);
    expect((await reader.next())?.sequence).toBe(1);
    const stopped = process.stop();
    expect(await reader.next()).toBeUndefined();
    expect(await stopped).toBe(0);
    await append(caller);
    expect((await (await stream(caller, { lastEventId: 1 })).next())?.sequence).toBe(2);
  } finally {
    await process.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
});

describe('there are only so many', () => {
  test('of one key, which is told so; one that has ended makes room', async () => {
    const caller = await use.aCaller();
    const [first] = await Promise.all([stream(caller), stream(caller)]);
    const refused = await openStream(caller);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '5']);
    first.close();
    await until(async () => {
      const again = await openStream(caller);
      open.push(again);
      return again.status === 200 ? again : undefined;
    });
  });

  test('in all, and other requests are answered meanwhile', async () => {
    const callers = await Promise.all(upTo(MOST + 1).map(() => use.aCaller()));
    const statuses: number[] = [];
    for (const caller of callers.slice(0, MOST)) statuses.push((await stream(caller)).status);
    expect(statuses).toEqual(statuses.map(() => 200));
    const [last] = callers.slice(-1);
    if (last === undefined) throw new Error('there is no caller');
    const refused = await openStream(last);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    expect((await listEvents(last)).items).toEqual([]);
  });
});

test.each([
  ['last_event_id', { lastEventId: 5 }, 422],
  ['after', { query: 'after=5' }, 422],
  ['types', { query: 'types=nothing.at.all' }, 422],
  ['max_seconds', { query: 'max_seconds=-1' }, 422],
  ['account_id', { query: 'account_id=5' }, 404],
])('a wrong %s is refused before anything is told', async (_name, opening, status) => {
  const caller = await use.aCaller();
  expect((await openStream(caller, opening)).status).toBe(status);
});

test('a HEAD is answered and ends', async () => {
  const caller = await use.aCaller();
  const { status, text } = await caller.send({ method: 'HEAD', target: '/api/events/stream' });
  expect([status, text]).toEqual([200, '']);
});
