import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Session, TenantDatabase } from '../../src/db/tenant-database.ts';
import { isUniqueViolation } from '../../src/db/database-errors.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { aTenant, execute, INSERT_USER, LIST_USERS, openDatabase } from './rows.ts';

let database: TestDatabase;
let tenants: TenantDatabase;
// One connection: whatever a query leaves behind, the next one meets.
let narrow: TenantDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = openDatabase(database.gatewayUrl, 2);
  narrow = openDatabase(database.gatewayUrl, 1);
});

afterAll(async () => {
  await tenants[Symbol.asyncDispose]();
  await narrow[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

interface User {
  tenant_id: string;
  id: string;
  external_id: string;
}

const INSERT_QUIETLY = {
  name: 'test.insert-user',
  text: 'insert into users (tenant_id, id, external_id) values ($1, $2, $3)',
};
const MOVE_USERS = { name: 'test.move-users', text: 'update users set tenant_id = $1' };
const RENAME_USERS = { name: 'test.rename-users', text: 'update users set name = $1 where tenant_id = $2' };

const addUser = (session: Session, tenantId: string, externalId: string): Promise<User[]> =>
  session.query<User>(INSERT_USER, [tenantId, randomUUID(), externalId, null]);

const names = async (session: Session): Promise<string[]> =>
  (await session.query<User>(LIST_USERS, [])).map((user) => user.external_id);

const settingOf = async (session: Session): Promise<string | null> => {
  const rows = await session.query<{ tenant: string | null }>(
    { name: 'test_setting', text: "select current_setting('app.tenant_id', true) as tenant" },
    [],
  );
  return rows[0]?.tenant ?? null;
};

test('a session sees the rows of its tenant and no others', async () => {
  const [one, two] = [await aTenant(database.ownerUrl), await aTenant(database.ownerUrl)];
  await addUser(narrow.session(one), one, 'anna');
  await addUser(narrow.session(two), two, 'bert');
  expect(await names(narrow.session(one))).toEqual(['anna']);
  expect(await names(narrow.session(two))).toEqual(['bert']);
  expect(await names(narrow.shared)).toEqual([]);
});

test('a row of another tenant can be neither inserted, changed nor removed', async () => {
  const [one, two] = [await aTenant(database.ownerUrl), await aTenant(database.ownerUrl)];
  await addUser(narrow.session(two), two, 'bert');
  await expect(addUser(narrow.session(one), two, 'mole')).rejects.toMatchObject({ code: '42501' });
  await expect(narrow.transact(one, (session) => session.query(MOVE_USERS, [two]))).resolves.toEqual([]);
  await narrow.session(one).query(RENAME_USERS, ['stolen', two]);
  const rows = await narrow.session(two).query<{ name: string | null }>(LIST_USERS, []);
  expect(rows).toMatchObject([{ external_id: 'bert', name: null }]);
});

test('the tenant is set for one statement and gone after it, also after an error', async () => {
  const tenant = await aTenant(database.ownerUrl);
  expect(await settingOf(narrow.session(tenant))).toBe(tenant);
  expect(await settingOf(narrow.shared)).toBe('');
  await expect(
    narrow.session(tenant).query({ name: 'test_division', text: 'select 1 / $1::int as one' }, [0]),
  ).rejects.toMatchObject({ code: '22012' });
  expect(await settingOf(narrow.shared)).toBe('');
});

test('a statement that does not parse fails each time and is prepared once it does', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const session = narrow.session(tenant);
  const statement = { name: 'test_late_table', text: 'select count(*)::int as n from late_table' };
  for (let attempt = 0; attempt < 3; attempt += 1)
    await expect(session.query(statement, [])).rejects.toMatchObject({ code: '42P01' });
  await execute(database.ownerUrl, 'create table late_table (); grant select on late_table to public');
  expect(await session.query(statement, [])).toEqual([{ n: 0 }]);
  expect(await session.query(statement, [])).toEqual([{ n: 0 }]);
});

test('a value that does not fit fails, and the same statement works with the next value', async () => {
  const session = narrow.session(await aTenant(database.ownerUrl));
  const statement = { name: 'test_cast', text: 'select $1::int as n' };
  await expect(session.query(statement, ['x'])).rejects.toMatchObject({ code: '22P02' });
  expect(await session.query(statement, ['7'])).toEqual([{ n: 7 }]);
  await expect(session.query(statement, [])).rejects.toMatchObject({ code: '08P01' });
});

test('a value that cannot be written fails before anything is sent, first time and later', async () => {
  const session = narrow.session(await aTenant(database.ownerUrl));
  const statement = { name: 'test_json', text: 'select $1::jsonb as value' };
  const circular: { self?: unknown } = {};
  circular.self = circular;
  for (const attempt of [1, 2]) {
    await expect(session.query(statement, [circular])).rejects.toThrow(TypeError);
    expect(await session.query(statement, [{ attempt }])).toEqual([{ value: { attempt } }]);
  }
});

test('a statement is prepared once per connection and its name cannot mean another text', async () => {
  const session = narrow.session(await aTenant(database.ownerUrl));
  for (let run = 0; run < 3; run += 1) await names(session);
  const prepared = await session.query<{ n: number }>(
    {
      name: 'test_prepared',
      text: 'select count(*)::int as n from pg_prepared_statements where name = $1',
    },
    [LIST_USERS.name],
  );
  expect(prepared).toEqual([{ n: 1 }]);
  await expect(session.query({ name: LIST_USERS.name, text: 'select 1' }, [])).rejects.toThrow(
    'must be unique',
  );
  await expect(session.query({ name: 'n'.repeat(64), text: 'select 1' }, [])).rejects.toThrow(RangeError);
  expect(await names(session)).toEqual([]);
});

test('statements without rows and statements without values run under the tenant', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const session = narrow.session(tenant);
  expect(await session.query(INSERT_QUIETLY, [tenant, randomUUID(), 'a'])).toEqual([]);
  expect(await session.query({ name: 'test.all', text: 'select external_id from users' }, [])).toEqual([
    { external_id: 'a' },
  ]);
  const rename = { name: 'test.rename-all', text: "update users set name = 'b' returning name" };
  expect(await session.query(rename, [])).toEqual([{ name: 'b' }]);
});

test('a unique violation comes through with the name of its constraint', async () => {
  const tenant = await aTenant(database.ownerUrl);
  await addUser(narrow.session(tenant), tenant, 'anna');
  const error = await addUser(narrow.session(tenant), tenant, 'anna').catch((reason: unknown) => reason);
  expect(isUniqueViolation(error, 'users_external_id_key')).toBe(true);
  expect(isUniqueViolation(error, 'users_pkey')).toBe(false);
});

test('only a uuid is a tenant', () => {
  expect(() => tenants.session("'; drop table users; --")).toThrow(TypeError);
  expect(() => tenants.transact('', () => Promise.resolve())).toThrow(TypeError);
});

test('a transaction commits all or nothing', async () => {
  const tenant = await aTenant(database.ownerUrl);
  await narrow.transact(tenant, async (session) => {
    await addUser(session, tenant, 'a');
    await addUser(session, tenant, 'b');
  });
  const failure = narrow.transact(tenant, async (session) => {
    await addUser(session, tenant, 'c');
    throw new Error('changed my mind');
  });
  await expect(failure).rejects.toThrow('changed my mind');
  expect(await names(narrow.session(tenant))).toEqual(['a', 'b']);
  expect(await settingOf(narrow.shared)).toBe('');
});

test('a transaction whose failed statement was swallowed does not pretend to have committed', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const swallowed = narrow.transact(tenant, async (session) => {
    await addUser(session, tenant, 'a');
    await addUser(session, tenant, 'a').catch(() => undefined);
  });
  await expect(swallowed).rejects.toThrow('rolled back');
  expect(await names(narrow.session(tenant))).toEqual([]);
});

test('a transaction begins with its first statement that is sent, whatever becomes of that one', async () => {
  const tenant = await aTenant(database.ownerUrl);
  await expect(narrow.transact(tenant, () => Promise.resolve('nothing'))).resolves.toBe('nothing');

  await addUser(narrow.session(tenant), tenant, 'a');
  expect(await names(narrow.session(tenant))).toEqual(['a']);
  const failing = narrow.transact(tenant, async (session) => {
    await addUser(session, tenant, 'a').catch(() => undefined);
    await addUser(session, tenant, 'b').catch(() => undefined);
  });
  await expect(failing).rejects.toThrow('rolled back');

  const unsent = narrow.transact(tenant, async (session) => {
    await expect(session.query({ name: LIST_USERS.name, text: 'select 1' }, [])).rejects.toThrow('unique');
    await expect(session.query({ name: 'n'.repeat(64), text: 'select 1' }, [])).rejects.toThrow(RangeError);
    await addUser(session, tenant, 'c');
    expect(await settingOf(session)).toBe(tenant);
    throw new Error('changed my mind');
  });
  await expect(unsent).rejects.toThrow('changed my mind');
  expect(await names(narrow.session(tenant))).toEqual(['a']);
  expect(await settingOf(narrow.shared)).toBe('');
});

test('statements of a transaction that are sent at once run in order, and a session ends with it', async () => {
  const tenant = await aTenant(database.ownerUrl);
  let kept: Session | undefined;
  await narrow.transact(tenant, async (session) => {
    kept = session;
    await Promise.all(['a', 'b', 'c', 'd'].map((name) => addUser(session, tenant, name)));
  });
  expect(await names(narrow.session(tenant))).toEqual(['a', 'b', 'c', 'd']);
  await expect(kept?.query(LIST_USERS, [])).rejects.toThrow('over');
});

test('two tenants interleaved on two connections, with errors and rollbacks, never see each other', async () => {
  const ids = [await aTenant(database.ownerUrl), await aTenant(database.ownerUrl)];
  const work = async (index: number): Promise<void> => {
    const tenant = ids[index % 2] ?? '';
    const session = tenants.session(tenant);
    if (index % 5 === 0) await addUser(session, ids[(index + 1) % 2] ?? '', 'mole').catch(() => undefined);
    if (index % 7 === 0)
      await session.query({ name: 'test_bad', text: 'select $1::int' }, ['x']).catch(() => undefined);
    if (index % 3 === 0) {
      const aborted = tenants.transact(tenant, async (inside) => {
        await addUser(inside, tenant, `aborted ${String(index)}`);
        throw new Error('abort');
      });
      await aborted.catch(() => undefined);
    }
    await addUser(session, tenant, `user ${String(index)}`);
    const seen = await session.query<User>(LIST_USERS, []);
    expect(new Set(seen.map((user) => user.tenant_id))).toEqual(new Set([tenant]));
    expect(await settingOf(session)).toBe(tenant);
  };
  await Promise.all(Array.from({ length: 200 }, (_, index) => work(index)));
  for (const [index, tenant] of ids.entries()) {
    const found = await names(tenants.session(tenant));
    expect(found.length).toBe(100);
    expect(found.every((name) => Number(name.split(' ')[1]) % 2 === index)).toBe(true);
  }
  expect(await settingOf(tenants.shared)).toBe('');
});

test('answers of many parallel statements go to whoever asked', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const statement = { name: 'test_echo', text: 'select $1::int as n, $2::text as word' };
  const answers = await Promise.all(
    Array.from({ length: 2_000 }, (_, n) => tenants.session(tenant).query(statement, [n, `w${String(n)}`])),
  );
  expect(answers).toEqual(Array.from({ length: 2_000 }, (_, n) => [{ n, word: `w${String(n)}` }]));
});

test('amounts keep every digit, ids are numbers and never rounded', async () => {
  const session = narrow.session(await aTenant(database.ownerUrl));
  const rows = await session.query(
    {
      name: 'test_types',
      text: `select 0.10000000000000000000000001::numeric as amount, 2147483648::bigint as id,
        array[1, null, 9007199254740991]::bigint[] as ids, array[1.10, null]::numeric[] as amounts,
        '2026-01-02T03:04:05.678Z'::timestamptz as at, '{"a":[1]}'::jsonb as json, '\\x00ff'::bytea as bytes,
        array['10.0.0.0/8']::cidr[] as networks`,
    },
    [],
  );
  expect(rows).toEqual([
    {
      amount: '0.10000000000000000000000001',
      id: 2147483648,
      ids: [1, null, 9007199254740991],
      amounts: ['1.10', null],
      at: new Date('2026-01-02T03:04:05.678Z'),
      json: { a: [1] },
      bytes: Buffer.from([0, 255]),
      networks: ['10.0.0.0/8'],
    },
  ]);
  const tooBig = { name: 'test_too_big', text: 'select 9007199254740993::bigint as id' };
  await expect(session.query(tooBig, [])).rejects.toThrow(RangeError);
  expect(await names(session)).toEqual([]);
});
