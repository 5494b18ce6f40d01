/** The transactions of a request as one: what its sessions see, when it is committed, and what undoes it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TenantDatabase, TenantSession, UnitOfWork } from '../../src/db/tenant-database.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { aTenant, INSERT_USER, LIST_USERS, openDatabase } from './rows.ts';

let database: TestDatabase;
let tenants: TenantDatabase;
let tenantId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  tenants = openDatabase(database.gatewayUrl, 3);
});
afterAll(async () => {
  await tenants[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const add = (session: TenantSession, name: string): Promise<object[]> =>
  session.query(INSERT_USER, [session.tenantId, randomUUID(), name, name]);

const names = async (session: TenantSession): Promise<string[]> =>
  (await session.query<{ external_id: string }>(LIST_USERS, [])).map((row) => row.external_id);

/** As another request sees it. */
const committed = (): Promise<string[]> => names(tenants.session(tenantId));

const inUnit = async <T>(work: (unit: UnitOfWork) => Promise<T>): Promise<T> => {
  tenantId = await aTenant(database.ownerUrl);
  return await tenants.runUnit(tenantId, work);
};

const inside = <T>(work: (session: TenantSession) => Promise<T>): Promise<T> =>
  tenants.transact(tenantId, work);

const nothing = (): Promise<void> => Promise.resolve();

/** Outside of the unit, although called in it. */
const seenByOthers = async (): Promise<string[]> => {
  await using other = openDatabase(database.gatewayUrl, 1);
  return await names(other.session(tenantId));
};

test('transactions stay open until the end, which commits them with its own work', async () => {
  await inUnit(async (unit) => {
    expect(unit.hasEffect()).toBe(false);
    await inside((session) => add(session, 'a'));
    await inside((session) => add(session, 'b'));
    expect(await names(tenants.session(tenantId))).toEqual(['a', 'b']);
    expect([unit.hasEffect(), await seenByOthers()]).toEqual([true, []]);
    await unit.finish(async (session) => {
      await add(session, 'c');
    });
    expect(await seenByOthers()).toEqual(['a', 'b', 'c']);
  });
  expect(await committed()).toEqual(['a', 'b', 'c']);
});

test('without an end all of it is undone', async () => {
  await inUnit(() => inside((session) => add(session, 'a')));
  expect(await committed()).toEqual([]);
});

test('an end that fails undoes all that is open', async () => {
  const failed = inUnit(async (unit) => {
    await inside((session) => add(session, 'a'));
    await unit.finish(() => Promise.reject(new Error('no')));
  });
  await expect(failed).rejects.toThrow('no');
  expect(await committed()).toEqual([]);
});

test('a transaction that fails is undone alone, as it would be by itself', async () => {
  await inUnit(async (unit) => {
    await inside((session) => add(session, 'a'));
    await expect(
      inside(async (session) => {
        await add(session, 'b');
        await session.query({ name: 'test_bad', text: 'select 1 / $1::int' }, [0]);
      }),
    ).rejects.toThrow('division by zero');
    await inside((session) => add(session, 'c'));
    await unit.finish(nothing);
  });
  expect(await committed()).toEqual(['a', 'c']);
});

test('a single statement that writes is part of it', async () => {
  await inUnit(async (unit) => {
    await add(tenants.session(tenantId), 'a');
    expect([unit.hasEffect(), await seenByOthers()]).toEqual([true, []]);
    await unit.finish(nothing);
  });
  expect(await committed()).toEqual(['a']);
});

test('nothing is open while the request is outside, and what is done meanwhile is committed at once', async () => {
  await inUnit(async (unit) => {
    await inside((session) => add(session, 'a'));
    await tenants.outsideUnit(async () => {
      expect(await seenByOthers()).toEqual(['a']);
      await inside((session) => add(session, 'b'));
      expect(await seenByOthers()).toEqual(['a', 'b']);
    });
    await inside((session) => add(session, 'c'));
    expect([unit.hasEffect(), await seenByOthers()]).toEqual([true, ['a', 'b']]);
  });
  expect(await committed()).toEqual(['a', 'b']);
});

test('branches that transact at the same time take turns', async () => {
  await inUnit(async (unit) => {
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => inside((session) => add(session, name))));
    await unit.finish(nothing);
  });
  expect(await committed()).toEqual(['a', 'b', 'c', 'd']);
});

test('what waits for the commit is called after it, and never when it is undone', async () => {
  const seen: string[][] = [];
  await inUnit(async (unit) => {
    await inside((session) => add(session, 'a'));
    let isDone = false;
    tenants.afterCommit(() => void (isDone = true));
    expect(isDone).toBe(false);
    await unit.finish(nothing);
    expect(isDone).toBe(true);
    seen.push(await seenByOthers());
  });
  await inUnit(async () => {
    await inside((session) => add(session, 'a'));
    tenants.afterCommit(() => void seen.push(['undone']));
  });
  expect(seen).toEqual([['a']]);
  let isCalled = false;
  tenants.afterCommit(() => void (isCalled = true));
  expect(isCalled).toBe(true);
});

test('another tenant, and other requests at the same time, have no part in it', async () => {
  const other = await aTenant(database.ownerUrl);
  await inUnit(async () => {
    await tenants.transact(other, (session) => add(session, 'theirs'));
    await inside((session) => add(session, 'mine'));
  });
  expect([await committed(), await names(tenants.session(other))]).toEqual([[], ['theirs']]);
  const units = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => async () => {
    const id = await aTenant(database.ownerUrl);
    await tenants.runUnit(id, async (unit) => {
      await tenants.transact(id, (session) => add(session, name));
      if (name < 'd') await unit.finish(nothing);
    });
    return names(tenants.session(id));
  });
  expect(await Promise.all(units.map((run) => run()))).toEqual([['a'], ['b'], ['c'], [], [], []]);
});

test('what is left running after the unit is on its own', async () => {
  let later: Promise<object[]> | undefined;
  let letGo = (): void => undefined;
  const over = new Promise<void>((resolve) => (letGo = resolve));
  await inUnit(async (unit) => {
    later = over.then(() => inside((session) => add(session, 'later')));
    await unit.finish(nothing);
  });
  letGo();
  await later;
  expect(await committed()).toEqual(['later']);
});
