import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Session, TenantDatabase } from '../../src/db/tenant-database.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { aTenant, openDatabase } from './rows.ts';

let database: TestDatabase;
let tenants: TenantDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  tenants = openDatabase(database.gatewayUrl);
});

afterAll(async () => {
  await tenants[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

const APPEND = {
  name: 'test_audit_append',
  text: 'select audit_append($1, $2, $3, $4, $5, $6) as seq',
};

const CHAIN = {
  name: 'test_audit_chain',
  text: `select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor, action, object,
    outcome, request_id, encode(prev_hash, 'hex') as prev_hash, encode(hash, 'hex') as hash
    from audit_log order by seq`,
};

interface Row {
  seq: number;
  hash: string;
  prev_hash: string | null;
  request_id: string | null;
}

const append = (session: Session, tenant: string, words: readonly string[], requestId: string | null) =>
  session.query<{ seq: number }>(APPEND, [tenant, ...words, requestId]);

/** RFC 8785 for a flat object of strings, nulls and safe integers: sorted keys, and JSON.stringify for the rest. */
const canonicalJson = (row: object): string =>
  JSON.stringify(Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))));

const expectChain = (rows: readonly Row[]): void => {
  let previous: string | null = null;
  for (const [index, { hash, ...row }] of rows.entries()) {
    expect(row.seq).toBe(index + 1);
    expect(row.prev_hash).toBe(previous);
    expect(createHash('sha256').update(canonicalJson(row)).digest('hex')).toBe(hash);
    previous = hash;
  }
};

test('whatever the words are, each hash is that of the canonical JSON', async () => {
  const tenant = await aTenant(database.ownerUrl);
  // Postgres text holds no NUL, and UTF-8 no lone surrogate.
  const word = fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
  const words = fc.tuple(word, word, word, word);
  await fc.assert(
    fc.asyncProperty(words, fc.option(word), async (sample, requestId) => {
      await append(tenants.session(tenant), tenant, sample, requestId);
    }),
    { numRuns: 150 },
  );
  const controls = Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code || 0x7f)).join('');
  await append(tenants.session(tenant), tenant, [controls, '"\\/', '\u2028\u2029', 'é😀'], null);
  const rows = await tenants.session(tenant).query<Row>(CHAIN, []);
  expect(rows.length).toBe(151);
  expectChain(rows);
});

test('appends from many connections, some rolled back, make one chain without gap or fork', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const one = async (index: number): Promise<void> => {
    await tenants
      .transact(tenant, async (session) => {
        await append(session, tenant, ['actor', 'action', `object:${String(index)}`, 'ok'], 'request');
        if (index % 4 === 0) throw new Error('abort');
      })
      .catch(() => undefined);
  };
  await Promise.all(Array.from({ length: 80 }, (_, index) => one(index)));
  const rows = await tenants.session(tenant).query<Row>(CHAIN, []);
  expect(rows.length).toBe(60);
  expectChain(rows);
});

test('nobody appends to the chain of another tenant', async () => {
  const [one, two] = [await aTenant(database.ownerUrl), await aTenant(database.ownerUrl)];
  const words = ['actor', 'action', 'object', 'ok'];
  await expect(append(tenants.session(one), two, words, null)).rejects.toMatchObject({ code: '42501' });
});

test('no login role speaks for operators at the command line, who are connected as the owner', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const words = ['operator root', 'custody.unfrozen', 'custody', 'success'];
  for (const url of [database.gatewayUrl, database.adminUrl, database.custodyUrl]) {
    await using role = openDatabase(url, 1);
    await expect(append(role.session(tenant), tenant, words, null)).rejects.toMatchObject({
      code: '42501',
      message: expect.stringContaining('only the owner'),
    });
  }
  await using owner = openDatabase(database.ownerUrl, 1);
  await expect(append(owner.session(tenant), tenant, words, null)).resolves.toHaveLength(1);
});

test('neither login role changes or removes a row', async () => {
  const tenant = await aTenant(database.ownerUrl);
  const custody = openDatabase(database.custodyUrl);
  await append(custody.session(tenant), tenant, ['custody', 'secret.opened', 'credential:1', 'ok'], null);
  for (const role of [tenants, custody]) {
    for (const text of ['update audit_log set outcome = $1', 'delete from audit_log where outcome <> $1']) {
      const attempt = role.session(tenant).query({ name: `test_${text.slice(0, 6)}`, text }, ['x']);
      await expect(attempt).rejects.toMatchObject({ code: '42501' });
    }
  }
  await custody[Symbol.asyncDispose]();
});
