/** An exchange that fails and comes back: each tenant with keys there hears of it once, whoever dies in between. */
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createCustodyClient } from '../../src/custody/rpc-client.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { createCatalog } from '../../src/exchanges/catalog.ts';
import { createVenueHealthService } from '../../src/features/venues/venue-health-service.ts';
import { createVenueNotices } from '../../src/features/venues/venue-notices.ts';
import { createVenuePauses } from '../../src/features/venues/venue-pauses.ts';
import { createVenueWatch } from '../../src/features/venues/venue-watch.ts';
import { type CheckedVenue, createVenueWatchStore } from '../../src/features/venues/venue-watch-store.ts';
import { openDatabase, silent } from '../db/rows.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let database: TenantDatabase;
let nowMs = Date.now();
const clock = { now: () => nowMs };
const { signal } = new AbortController();

beforeAll(async () => {
  gateway = await startTestGateway();
  database = openDatabase(gateway.database.gatewayUrl);
}, 60_000);
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await gateway.sandbox.clearFaults();
});

/** As one worker has it. */
const aWatch = (): (() => Promise<void>) => {
  const catalog = createCatalog();
  const pauses = createVenuePauses(database);
  const health = createVenueHealthService({ exchanges: gateway.custody, pauses, catalog, clock });
  const watch = createVenueWatch({
    database,
    health,
    pauses,
    catalog,
    clock,
    logger: silent,
    intervalMs: 15_000,
  });
  return () => watch(signal);
};

const tell = (through: Pick<TenantDatabase, 'shared' | 'transact'> = database): Promise<void> =>
  createVenueNotices({ database: through, clock, logger: silent })(signal);

const look = async (watches: readonly (() => Promise<void>)[], times: number): Promise<void> => {
  for (let time = 0; time < times; time += 1) {
    nowMs += 16_000;
    await Promise.all(watches.map((watch) => watch()));
  }
};

const connect = async (caller: TestCaller, venue: string): Promise<number> => {
  const keys = await gateway.sandbox.openAccount({ venue, balances: { BTC: '1' } });
  const { status, body } = await caller.post('/ver1/accounts/new', { type: venue, name: 'One', ...keys });
  expect(status).toBe(201);
  return (body as { id: number }).id;
};

const heard = async ({ tenantId }: TestCaller): Promise<object[]> => {
  const rows = await gateway.owner.session(tenantId).query<{ type: string; data: object }>(
    {
      name: 'test.heard',
      text: "select type, data from events where tenant_id = $1 and type like 'exchange.%' order by seq",
    },
    [tenantId],
  );
  return rows.map(({ type, data }) => ({ type, ...data }));
};

test('three looks that find it failing are told, once to each tenant with keys there, and so is its recovery', async () => {
  const [one, other, elsewhere] = [
    await gateway.newCaller(),
    await gateway.newCaller(),
    await gateway.newCaller(),
  ];
  const account = await connect(one, 'binance');
  await connect(one, 'binance');
  await connect(other, 'binance');
  await connect(elsewhere, 'kraken');
  // Two workers: each look is one of them's.
  const watches = [aWatch(), aWatch()];
  await gateway.sandbox.addFault({ venue: 'binance', kind: 'server_error' });
  // It is not probed before it has been silent for a minute.
  await look(watches, 1);
  while ((await stateOf('binance')).failures < 2) await look(watches, 1);
  await Promise.all([tell(), tell()]);
  expect(await heard(one)).toEqual([]);
  await look(watches, 1);
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  const degraded = { type: 'exchange.degraded', exchange: 'binance', reason: expect.any(String) };
  expect(await heard(one)).toEqual([degraded]);
  expect(await heard(other)).toEqual([degraded]);
  const { since } = await stateOf('binance');

  await gateway.sandbox.clearFaults();
  await until(async () => (await one.post(`/ver1/accounts/${account}/load_balances`)).status === 201);
  await look(watches, 1);
  await Promise.all([tell(), tell()]);
  const recovered = { type: 'exchange.recovered', exchange: 'binance', degraded_since: since.toISOString() };
  expect(await heard(one)).toEqual([degraded, recovered]);
  expect(await heard(other)).toEqual([degraded, recovered]);
  expect(await heard(elsewhere)).toEqual([]);
  expect(await stateOf('binance')).toMatchObject({ state: 'healthy', reason: null });
});

test('a worker that dies while it tells leaves the rest to another one, and nobody hears twice', async () => {
  const callers = await Promise.all([1, 2, 3].map(() => gateway.newCaller()));
  for (const caller of callers) await connect(caller, 'okx');
  await aWatch()();
  await database.shared.query(
    {
      name: 'test.notice',
      text: `insert into venue_notices (venue, state, reason, degraded_since, at)
             values ('okx', 'degraded', 'banned', $1, $1), ('okx', 'healthy', null, $1, $1)`,
    },
    [new Date(nowMs)],
  );
  let tellings = 0;
  const dying: Pick<TenantDatabase, 'shared' | 'transact'> = {
    shared: database.shared,
    transact: async (tenantId, work) => {
      tellings += 1;
      if (tellings === 2) throw new Error('killed');
      return await database.transact(tenantId, work);
    },
  };
  await expect(tell(dying)).rejects.toThrow('killed');
  expect((await Promise.all(callers.map(heard))).flat()).toHaveLength(1);
  // Until its lease is over, nobody takes it from the one that may still live.
  await tell();
  expect((await Promise.all(callers.map(heard))).flat()).toHaveLength(1);
  nowMs += 61_000;
  await Promise.all([tell(), tell()]);
  for (const caller of callers) {
    expect(await heard(caller)).toMatchObject([
      { type: 'exchange.degraded', exchange: 'okx', reason: 'banned' },
      { type: 'exchange.recovered', exchange: 'okx' },
    ]);
  }
});

test('while custody is away no exchange counts as failing', async () => {
  await connect(await gateway.newCaller(), 'bybit');
  const catalog = createCatalog();
  const pauses = createVenuePauses(database);
  const nowhere = createCustodyClient({
    socketPath: path.join(tmpdir(), `nowhere-${randomUUID()}`),
    logger: silent,
    clock,
    callDeadlineMs: 1_000,
  });
  const watch = createVenueWatch({
    database,
    health: createVenueHealthService({ exchanges: nowhere, pauses, catalog, clock }),
    pauses,
    catalog,
    clock,
    logger: silent,
    intervalMs: 15_000,
  });
  await look([() => watch(signal)], 5);
  const { checkedAt, ...state } = await stateOf('bybit');
  expect(state).toMatchObject({ state: 'healthy', failures: 0 });
  expect(checkedAt).toEqual(new Date(nowMs));
});

test('a worker watches by itself what somebody has keys of', async () => {
  await connect(await gateway.newCaller(), 'kucoin');
  await gateway.addWorker({ venueCheckSeconds: 1 });
  await until(async () =>
    (await watched()).some(({ venueId, checkedAt }) => venueId === 'kucoin' && checkedAt !== null),
  );
});

const watched = (): Promise<CheckedVenue[]> => createVenueWatchStore(database.shared).list();

const stateOf = async (venueId: string): Promise<CheckedVenue> => {
  const found = (await watched()).find((venue) => venue.venueId === venueId);
  if (found === undefined) throw new Error(`${venueId} is not watched`);
  return found;
};

const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await delay(20);
};
