// Root key, tenant key pairs and what keeps them apart, on the real tables as custody's role.
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCustodyStore, type CustodyStore, type TenantKeyRow } from '../../src/custody/custody-store.ts';
import { createKeyChain } from '../../src/custody/key-chain.ts';
import type { RootKeys } from '../../src/custody/root-key.ts';
import { openKeys } from '../../src/custody/open.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../../src/db/tenant-database.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createRecordingLogger } from '../exchanges/recording-logger.ts';
import { aTenant } from '../db/rows.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { aRootKeyRing } from './custody-fixture.ts';

let testDatabase: TestDatabase;
let database: TenantDatabase;
let store: CustodyStore;
const rootKeys = aRootKeyRing();

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  database = createTenantDatabase({
    url: testDatabase.custodyUrl,
    logger: createRecordingLogger(),
    applicationName: 'test',
  });
  store = createCustodyStore(database);
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await testDatabase[Symbol.asyncDispose]();
});

const aChain = (keys: RootKeys = rootKeys) => createKeyChain({ store, rootKeys: keys, clock: systemClock });

const rowOf = async (tenantId: string, keyId: string): Promise<TenantKeyRow> => {
  const row = await store.findKey(tenantId, keyId);
  if (row === undefined) throw new Error('no row');
  return row;
};

const SHUT = { code: 'unknown_error', message: 'The tenant key does not open' };

test('a tenant gets one key pair, however many ask for it at once', async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const keys = await Promise.all(Array.from({ length: 20 }, () => aChain().ensureTenantKey(tenantId)));
  expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(1);
  expect(new Set(keys.map(({ publicJwk }) => publicJwk.x)).size).toBe(1);
  expect(keys[0]?.publicJwk).toEqual({ kty: 'OKP', crv: 'X25519', x: expect.any(String) });
});

test('what is sealed to the public half opens with the private half, after a restart too', async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const key = await aChain().ensureTenantKey(tenantId);
  const place = { tenantId, credentialId: randomUUID(), generation: 1, venueId: 'binance' };
  const keys = { apiKey: 'a', secret: 'b' };
  const sealed = await sealKeys(key, place, keys);
  const privateKey = await aChain().privateKey(tenantId, await rowOf(tenantId, key.keyId));
  expect(await openKeys(sealed, place, { id: key.keyId, privateKey })).toEqual(keys);
});

test('a private half opens for its own tenant and id only', async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const { keyId } = await aChain().ensureTenantKey(tenantId);
  const row = await rowOf(tenantId, keyId);
  await expect(aChain().privateKey(randomUUID(), row)).rejects.toMatchObject(SHUT);
  await expect(aChain().privateKey(tenantId, { ...row, id: randomUUID() })).rejects.toMatchObject(SHUT);
  await expect(
    aChain().privateKey(tenantId, { ...row, privateWrapped: `${row.privateWrapped ?? ''}x` }),
  ).rejects.toMatchObject(SHUT);
});

test('a destroyed key does not open, though it was open before', async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const chain = aChain();
  const { keyId } = await chain.ensureTenantKey(tenantId);
  const row = await rowOf(tenantId, keyId);
  await expect(chain.privateKey(tenantId, { ...row, state: 'retired' })).resolves.toBeDefined();
  const destroyed: TenantKeyRow = { ...row, state: 'destroyed', privateWrapped: null };
  await expect(chain.privateKey(tenantId, destroyed)).rejects.toMatchObject(SHUT);
});

test('keys under an older root key open while the ring holds it, and not without it', async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const old: RootKeys = { primary: 'k1', keys: rootKeys.keys };
  const { keyId } = await aChain(old).ensureTenantKey(tenantId);
  const row = await rowOf(tenantId, keyId);
  expect(row.kekId).toBe('k1');
  await expect(aChain().privateKey(tenantId, row)).resolves.toBeDefined();
  const without = { primary: 'k2', keys: { k2: randomBytes(32) } };
  await expect(aChain(without).privateKey(tenantId, row)).rejects.toMatchObject(SHUT);
  const replaced = { primary: 'k1', keys: { k1: randomBytes(32) } };
  await expect(aChain(replaced).privateKey(tenantId, row)).rejects.toMatchObject(SHUT);
});

test('a ring without its primary key, or with a short one, is refused at the start', () => {
  expect(() => aChain({ primary: 'k9', keys: rootKeys.keys })).toThrow('primary');
  expect(() => aChain({ primary: 'k1', keys: { k1: randomBytes(16) } })).toThrow('32 bytes');
});

test("the stored private half holds nothing of the key in the clear, and another tenant's row is not there", async () => {
  const tenantId = await aTenant(testDatabase.ownerUrl);
  const { keyId } = await aChain().ensureTenantKey(tenantId);
  const row = await rowOf(tenantId, keyId);
  expect(row.privateWrapped).toMatch(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(await store.findKey(await aTenant(testDatabase.ownerUrl), keyId)).toBeUndefined();
});
