/** Sealing keys and root keys are turned over inside custody, while what is sealed goes on to open. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createKeyRotationStore } from '../../src/custody/key-rotation-store.ts';
import type { RootKeys } from '../../src/custody/root-key.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import type { SealingKey } from '../../src/exchanges/exchange.ts';
import type { CredentialRef } from '../../src/exchanges/exchange-call.ts';
import { createFreezeStore } from '../../src/features/freezes/freeze-store.ts';
import { openDatabase } from '../db/rows.ts';
import { openAccount } from '../exchanges/sandbox-control.ts';
import { useCustody } from './custody-fixture.ts';

const custody = useCustody();

const sync = (ref: CredentialRef) =>
  custody.client.fetchAccount({ requestId: randomUUID(), purpose: 'sync' }, ref, 'binance');

const aStoredCredential = async (tenantId: string): Promise<CredentialRef> =>
  custody.store(await custody.seal(tenantId, await openAccount(custody.sandbox, { venue: 'binance' })));

const start = async (
  kind: 'rotate' | 'rewrap' | 'retire',
  tenantId: string | null = null,
  keyId: string | null = null,
): Promise<string> => {
  const [row] = await custody.sql(
    `insert into key_rotations (kind, tenant_id, key_id, started_by) values ($1, $2, $3, 'the operator') returning id`,
    [kind, tenantId, keyId],
  );
  return String(row?.['id']);
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await delay(10);
};

const read = async (id: string): Promise<Record<string, unknown>> => {
  const [row] = await custody.sql(
    'select kind, state, done::int, total::int, failed::int, problem from key_rotations where id = $1',
    [id],
  );
  return row ?? {};
};

const finish = async (id: string): Promise<Record<string, unknown>> => {
  await until(async () => (await read(id))['state'] !== 'running');
  return await read(id);
};

const sealedOf = async (tenantId: string): Promise<Record<string, unknown>[]> =>
  custody.sql(
    'select id, sealed, generation, tenant_key_id as "keyId" from credentials where tenant_id = $1 order by id',
    [tenantId],
  );

const statesOf = async (tenantId: string): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await custody.sql('select id, state from tenant_keys where tenant_id = $1', [tenantId])).map(
      (row): [string, unknown] => [String(row['id']), row['state']],
    ),
  );

const actionsOf = async (tenantId: string): Promise<unknown[]> =>
  (await custody.auditOf(tenantId)).map(({ action }) => action);

/** What custody does every few minutes, with a key that stopped to seal an hour ago. */
const ageAndLook = async (keyId: string): Promise<void> => {
  await custody.sql(`update tenant_keys set retired_at = now() - interval '1 hour' where id = $1`, [keyId]);
  await custody.sql(`select pg_notify('key_rotation_due', '')`);
};

test('all that is sealed for a tenant is sealed to a new key, opens as before, and other tenants keep theirs', async () => {
  const [tenantId, other] = [await custody.aTenant(), await custody.aTenant()];
  const refs = [];
  for (let count = 0; count < 3; count += 1) refs.push(await aStoredCredential(tenantId));
  const elsewhere = await aStoredCredential(other);
  const [before, keysElsewhere] = [await sealedOf(tenantId), await statesOf(other)];
  const old = await custody.client.ensureTenantKey(tenantId);
  await sync(refs[0] as CredentialRef);

  const rotated = await finish(await start('rotate', tenantId));
  expect(rotated).toMatchObject({ state: 'done', done: 3, total: 3, failed: 0, problem: null });
  const now = await custody.client.ensureTenantKey(tenantId);
  expect(now.keyId).not.toBe(old.keyId);
  const after = await sealedOf(tenantId);
  expect(after.map(({ keyId }) => keyId)).toEqual([now.keyId, now.keyId, now.keyId]);
  expect(after.map(({ generation }) => generation)).toEqual([1, 1, 1]);
  for (const [index, row] of after.entries()) expect(row['sealed']).not.toBe(before[index]?.['sealed']);
  expect(await statesOf(tenantId)).toEqual({ [old.keyId]: 'retired', [now.keyId]: 'active' });
  for (const ref of [...refs, elsewhere]) await expect(sync(ref)).resolves.toBeDefined();
  expect(await statesOf(other)).toEqual(keysElsewhere);
  const actions = await actionsOf(tenantId);
  expect(actions.filter((action) => action === 'sealing_key.rotated')).toHaveLength(1);
  expect(actions.filter((action) => action === 'secret.resealed')).toHaveLength(3);
});

test('the keys of all tenants are turned over in one rotation, which the chain of the operators tells of', async () => {
  const tenants = await Promise.all(Array.from({ length: 4 }, () => custody.aTenant()));
  const refs = await Promise.all(tenants.map(aStoredCredential));
  const old = await Promise.all(tenants.map((id) => custody.client.ensureTenantKey(id)));
  const id = await start('rotate');
  expect(await finish(id)).toMatchObject({ state: 'done', failed: 0 });
  for (const [index, tenantId] of tenants.entries())
    expect((await custody.client.ensureTenantKey(tenantId)).keyId).not.toBe(old[index]?.keyId);
  for (const ref of refs) await expect(sync(ref)).resolves.toBeDefined();
  const told = await custody.sql(
    'select actor, action from audit_log where request_id = $1 and tenant_id::text like $2 order by seq',
    [id, '00000000-%'],
  );
  expect(told).toEqual([
    { actor: 'the operator', action: 'keys.rotate_started' },
    { actor: 'custody', action: 'keys.rotate_finished' },
  ]);
});

test('while one rotation runs there is no other, and a frozen custody goes on with it when it is set free', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  await using owner = openDatabase(custody.database.ownerUrl, 1);
  const freezes = createFreezeStore(owner.shared);
  await freezes.freeze('the operator', 'a drill');
  const before = await sealedOf(tenantId);
  const id = await start('rotate', tenantId);
  await expect(start('rotate')).rejects.toMatchObject({ constraint: 'key_rotations_one_at_a_time' });
  // It was taken up, and waits.
  await until(
    async () =>
      (await custody.sql('select 1 from key_rotations where id = $1 and lease_id is not null', [id])).length >
      0,
  );
  expect(await sealedOf(tenantId)).toEqual(before);
  expect(await read(id)).toMatchObject({ state: 'running' });
  await freezes.lift('the operator');
  expect(await finish(id)).toMatchObject({ state: 'done', done: 1 });
  await until(async () => !(await custody.client.ping()).frozen);
  await expect(sync(ref)).resolves.toBeDefined();
});

test('what was sealed to the key before, in a request that was under way, is stored, opens and is moved before the key is destroyed', async () => {
  const tenantId = await custody.aTenant();
  const first = await aStoredCredential(tenantId);
  const old = await custody.client.ensureTenantKey(tenantId);
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const place = { tenantId, credentialId: randomUUID(), generation: 1, venueId: 'binance' };
  const late: CredentialRef = { ...place, sealed: await sealKeys(old, place, keys) };
  expect(await finish(await start('rotate', tenantId))).toMatchObject({ state: 'done', done: 1 });

  await custody.client.connect({ requestId: randomUUID(), purpose: 'connect' }, late, ['binance']);
  await storeAs(late, old);
  const stored = { tenantId, credentialId: late.credentialId, generation: 1 };
  await expect(sync(stored)).resolves.toBeDefined();
  await ageAndLook(old.keyId);
  await until(async () => (await statesOf(tenantId))[old.keyId] === 'destroyed');
  expect((await sealedOf(tenantId)).map(({ keyId }) => keyId)).not.toContain(old.keyId);
  for (const ref of [first, stored]) await expect(sync(ref)).resolves.toBeDefined();
  const [row] = await custody.sql('select private_wrapped from tenant_keys where id = $1', [old.keyId]);
  expect(row).toEqual({ private_wrapped: null });
  expect(await actionsOf(tenantId)).toContain('sealing_key.destroyed');
});

test('a key is destroyed at once on request, and what a backup holds of it stays shut', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const [backup] = await sealedOf(tenantId);
  const old = await custody.client.ensureTenantKey(tenantId);
  await finish(await start('rotate', tenantId));
  expect(await finish(await start('retire', tenantId, old.keyId))).toMatchObject({ state: 'done' });
  expect(await statesOf(tenantId)).toMatchObject({ [old.keyId]: 'destroyed' });
  await expect(sync(ref)).resolves.toBeDefined();

  // Nothing can be stored that would never open.
  const change = 'update credentials set sealed = $2, tenant_key_id = $3 where id = $1';
  const values = [ref.credentialId, backup?.['sealed'], old.keyId];
  await expect(custody.sql(change, values)).rejects.toMatchObject({ code: 'CS001' });
  await custody.sql('alter table credentials disable trigger user');
  await custody.sql(change, values);
  await custody.sql('alter table credentials enable trigger user');
  await expect(sync(ref)).rejects.toMatchObject({ message: 'The tenant key does not open' });
});

test('a key that seals is not retired', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const { keyId } = await custody.client.ensureTenantKey(tenantId);
  expect(await finish(await start('retire', tenantId, keyId))).toMatchObject({
    state: 'failed',
    problem: `key ${keyId} is active, and not retired`,
  });
  await expect(sync(ref)).resolves.toBeDefined();
});

test('keys that were replaced meanwhile are not overwritten by those that were opened', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const from = { tenantId, keyId: (await custody.client.ensureTenantKey(tenantId)).keyId };
  await using own = openDatabase(custody.database.custodyUrl, 1);
  const rotations = createKeyRotationStore(own);
  const [opened] = await rotations.listSealed(from, '00000000-0000-0000-0000-000000000000', 10);
  if (opened === undefined) throw new Error('nothing is sealed');
  const place = { tenantId, credentialId: ref.credentialId, generation: 2, venueId: 'binance' };
  const keys = await openAccount(custody.sandbox, { venue: 'binance' });
  const replaced = await sealKeys(await custody.client.ensureTenantKey(tenantId), place, keys);
  await custody.sql('update credentials set sealed = $2, generation = 2 where id = $1', [
    ref.credentialId,
    replaced,
  ]);

  const key = {
    keyId: from.keyId,
    publicJwk: { kty: 'OKP', crv: 'X25519', x: 'x' },
  } as unknown as SealingKey;
  const written = await rotations.reseal(from, key, [{ ...opened, resealed: 'other' }], undefined, {});
  expect(written).toBe(0);
  expect(await sealedOf(tenantId)).toMatchObject([{ sealed: replaced, generation: 2 }]);
  await expect(sync({ ...ref, generation: 2 })).resolves.toBeDefined();
});

test('keys that do not open are named, everything else is moved, and the key is kept for them', async () => {
  const tenantId = await custody.aTenant();
  const [broken, whole] = [await aStoredCredential(tenantId), await aStoredCredential(tenantId)];
  const old = await custody.client.ensureTenantKey(tenantId);
  await custody.sql('update credentials set sealed = left(sealed, -30) || $2 where id = $1', [
    broken.credentialId,
    'A'.repeat(30),
  ]);
  expect(await finish(await start('rotate', tenantId))).toEqual({
    kind: 'rotate',
    state: 'failed',
    done: 1,
    total: 2,
    failed: 1,
    problem: `the keys of credential ${broken.credentialId} of tenant ${tenantId} do not open`,
  });
  await expect(sync(whole)).resolves.toBeDefined();
  expect(await finish(await start('retire', tenantId, old.keyId))).toMatchObject({
    state: 'failed',
    failed: 1,
  });
  expect(await statesOf(tenantId)).toMatchObject({ [old.keyId]: 'retired' });
  // Other tests rotate the keys of all tenants.
  const forget = 'update credentials set sealed = null, shredded_at = now() where id = $1';
  await custody.sql(forget, [broken.credentialId]);
});

test('private halves are wrapped by a new root key, and the old one is not needed any more', async () => {
  const tenantId = await custody.aTenant();
  const ref = await aStoredCredential(tenantId);
  const fresh = { k3: randomBytes(32) };
  const both: RootKeys = { primary: 'k3', keys: { ...custody.rootKeys.keys, ...fresh } };
  const only: RootKeys = { primary: 'k3', keys: fresh };
  await expect(custody.restart({ rootKeys: only })).rejects.toThrow(
    /the root key that was given is k3, but \d+ stored keys are wrapped by root key k2/,
  );
  await custody.restart({ rootKeys: both });
  try {
    await expect(sync(ref)).resolves.toBeDefined();
    const rewrapped = await finish(await start('rewrap'));
    expect(rewrapped).toMatchObject({ state: 'done', failed: 0 });
    expect(rewrapped['done']).toBe(rewrapped['total']);
    expect(await custody.sql("select distinct kek_id from tenant_keys where state <> 'destroyed'")).toEqual([
      { kek_id: 'k3' },
    ]);
    await custody.restart({ rootKeys: only });
    await expect(sync(ref)).resolves.toBeDefined();
  } finally {
    // The next test's custody has the ring of the file again.
    await custody.restart({ rootKeys: { primary: 'k2', keys: both.keys } });
    await finish(await start('rewrap'));
    await custody.restart();
  }
  await expect(sync(ref)).resolves.toBeDefined();
});

test('a rotation whose custody died is taken over from where it stands', async () => {
  const tenantId = await custody.aTenant();
  const refs = [await aStoredCredential(tenantId), await aStoredCredential(tenantId)];
  const id = await start('rotate', tenantId);
  await finish(id);
  const old = await custody.client.ensureTenantKey(tenantId);
  // As it is left by a process that died after it had made the new key and moved nothing.
  await custody.restart();
  await custody.sql(
    `update key_rotations set state = 'running', finished_at = null, done = 0, lease_id = gen_random_uuid(),
       lease_until = now() - interval '1 second' where id = $1`,
    [id],
  );
  await custody.sql(`select pg_notify('key_rotation_due', '')`);
  expect(await finish(id)).toMatchObject({ state: 'done' });
  // It had its new key already.
  expect((await custody.client.ensureTenantKey(tenantId)).keyId).toBe(old.keyId);
  for (const ref of refs) await expect(sync(ref)).resolves.toBeDefined();
});

test("the gateway's role and the admin API's read no private half, and start nothing in custody's name", async () => {
  for (const url of [custody.database.gatewayUrl, custody.database.adminUrl]) {
    await using role = openDatabase(url, 1);
    for (const text of [
      'select private_wrapped from tenant_keys',
      'select private_wrapped from audit_signing_keys',
      "update tenant_keys set state = 'active'",
      "update key_rotations set state = 'done'",
      "insert into key_rotations (kind, started_by) values ('rotate', 'custody')",
      'delete from credential_generations',
    ])
      await expect(
        role.session(randomUUID()).query({ name: `test ${text.slice(0, 50)}`, text }, []),
      ).rejects.toMatchObject({
        code: '42501',
      });
  }
});

/** Stores what was sealed to that key, as a request does that began before the key retired. */
const storeAs = async (ref: CredentialRef, key: SealingKey): Promise<void> => {
  await custody.sql(
    `insert into credentials (tenant_id, id, venue, name, sealed, generation, tenant_key_id, fingerprint,
       key_prefix, key_suffix) values ($1, $2, 'binance', 'a credential', $3, 1, $4, $5, 'abcd', 'wxyz')`,
    [ref.tenantId, ref.credentialId, ref.sealed, key.keyId, randomBytes(32)],
  );
};
