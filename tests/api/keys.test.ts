/** Caller keys managed by a caller key: made, listed, changed, rotated and revoked. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { SCOPES } from '../../src/auth/actor.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { createBearerCaller, newToken } from '../support/test-token.ts';
import { callerOf, issued, type Key, own, useKeys } from './keys-fixture.ts';

const fixture = useKeys();
const { aManager, dated, create, patch } = fixture;

const auditOf = async (caller: TestCaller): Promise<unknown[]> =>
  fixture.gateway.owner.session(caller.tenantId).query(
    {
      name: 'test.key-audit',
      text: "select action, object, actor from audit_log where tenant_id = $1 and action like 'key.%' order by seq",
    },
    [caller.tenantId],
  );

test('a new key works at once, within what it was given, and its secret is told this once', async () => {
  const manager = await aManager();
  const key = await create(manager, { name: 'Reader', user_id: 'customer-7', mode: 'paper' });
  expect(key).toEqual({
    id: expect.any(String),
    api_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    api_secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    name: 'Reader',
    algorithm: 'hmac-sha256',
    profile_floor: 'legacy',
    scopes: ['ACCOUNTS_READ'],
    ip_allowlist: [],
    not_before: null,
    expires_at: null,
    revoked_at: null,
    allowed_account_ids: null,
    user_id: 'customer-7',
    mode: 'paper',
    explained: false,
    public_key: null,
    previous_ends_at: null,
    last_used_at: null,
    created_at: expect.any(String),
    updated_at: expect.any(String),
  });
  const reader = callerOf(manager, key);
  expect((await reader.get('/ver1/accounts')).status).toBe(200);
  expect((await reader.get('/ver1/users/permissions_info')).body).toMatchObject({
    permissions: ['ACCOUNTS_READ'],
    mode: 'paper',
  });
  expect((await reader.get('/api/keys')).status).toBe(403);
  for (const target of [`/api/keys/${key.id}`, '/api/keys'])
    expect((await manager.get(target)).text).not.toContain(key.api_secret);
  const mine = await own(manager);
  expect(await auditOf(manager)).toEqual([
    { action: 'key.created', object: `key:${key.id}`, actor: `key:${mine.id}` },
  ]);
  const second = await create(manager, { user_id: 'customer-7' });
  const users = await fixture.gateway.owner
    .session(manager.tenantId)
    .query({ name: 'test.users', text: 'select external_id from users where tenant_id = $1' }, [
      manager.tenantId,
    ]);
  expect([second['user_id'], users]).toEqual(['customer-7', [{ external_id: 'customer-7' }]]);
});

test('the list is paged, oldest first, and shows revoked keys when asked to', async () => {
  const manager = await aManager();
  const first = await create(manager, { name: 'First' });
  await create(manager, { name: 'Second' });
  expect((await manager.delete(`/api/keys/${first.id}`)).status).toBe(204);
  const names = async (query: string) => {
    const { body } = await manager.get(`/api/keys?${query}`);
    const { keys, total_count: total } = body as { keys: Key[]; total_count: number };
    return [keys.map((key) => key['name']), total];
  };
  expect(await names('')).toEqual([['Test key', 'Second'], 2]);
  expect(await names('include_revoked=true')).toEqual([['Test key', 'First', 'Second'], 3]);
  expect(await names('limit=1&offset=1')).toEqual([['Second'], 2]);
});

test('a key that would end before it begins is refused, made or changed', async () => {
  const manager = await aManager();
  const span = { not_before: '2030-01-01T00:00:00Z', expires_at: '2029-01-01T00:00:00Z' };
  const made = await manager.post('/api/keys', dated({ name: 'Never', scopes: [], ...span }));
  expect([made.status, made.text]).toEqual([422, expect.stringContaining('must be after not_before')]);
  const { id } = await create(manager, { name: 'Until then', expires_at: span.expires_at });
  const { not_before } = span;
  expect(await patch(manager, id, { not_before })).toMatchObject({ status: 422 });
});

test('a legacy request that makes, changes or rotates a key counts once', async () => {
  const manager = await aManager();
  const body = JSON.stringify(dated({ name: 'Once', scopes: [] }));
  const send = () => manager.send({ method: 'POST', target: '/api/keys', body });
  expect((await send()).status).toBe(201);
  expect((await send()).status).toBe(401);
  const undated = await manager.post('/api/keys', { name: 'Any time', scopes: [] });
  expect([undated.status, undated.text.includes('timestamp')]).toEqual([422, true]);
  expect((await manager.get('/api/keys')).body).toMatchObject({ total_count: 2 });
});

test('of what can be no key nothing is noted, however often it is asked for', async () => {
  const manager = await aManager();
  const body = JSON.stringify(dated({ name: 'Nobody' }));
  for (const target of [`/api/keys/${'x'.repeat(4_000)}`, `/api/keys/${'x'.repeat(4_000)}/rotate`]) {
    const send = () => manager.send({ method: target.endsWith('rotate') ? 'POST' : 'PATCH', target, body });
    expect([(await send()).status, (await send()).status]).toEqual([404, 404]);
  }
});

describe('bad input', () => {
  test.each<[object, string]>([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ scopes: ['EVERYTHING'] }, 'scopes'],
    [{ scopes: 'ACCOUNTS_READ' }, 'scopes'],
    [{ ip_allowlist: ['10.0.0.0/33'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['1'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['1/8'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['010.0.0.1/8'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['0x10.1.1.1/8'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['1.2.3.4/08'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['fe80::1%eth0'] }, 'ip_allowlist'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
    [{ expires_at: '0000-01-01' }, 'expires_at'],
    [{ not_before: '0001-01-01T00:00:00+14:00' }, 'not_before'],
    [{ not_before: '9999-12-31T23:59:59-14:00' }, 'not_before'],
    [{ algorithm: 'none' }, 'algorithm'],
    [{ profile_floor: 'none' }, 'profile_floor'],
    [{ allowed_account_ids: [0] }, 'allowed_account_ids'],
    [{ mode: 'demo' }, 'mode'],
    [{ user_id: '' }, 'user_id'],
  ])('%j', async (parameters, field) => {
    const manager = await aManager();
    const answer = await manager.post('/api/keys', dated({ name: 'Bad', scopes: [], ...parameters }));
    expect(answer.status).toBe(422);
    const { detail } = answer.body as { detail: { loc: unknown[] }[] };
    expect(detail.map(({ loc }) => loc[1])).toEqual([field]);
  });

  test('an account that is not there cannot be allowed', async () => {
    const manager = await aManager();
    const sent = dated({ name: 'Bad', scopes: [], allowed_account_ids: [2_147_483_646] });
    expect((await manager.post('/api/keys', sent)).status).toBe(404);
  });
});

describe('changes', () => {
  test('what is sent is changed, what is not stays, and addresses count at once', async () => {
    const manager = await aManager();
    const key = await create(manager, { expires_at: '2098-01-01' });
    const caller = callerOf(manager, key);
    expect((await caller.get('/ver1/validate')).status).toBe(200);
    const changed = await patch(manager, key.id, {
      name: 'Renamed',
      explained: true,
      ip_allowlist: ['10.1.2.3/8', '::1'],
    });
    expect(changed.body).toMatchObject({
      name: 'Renamed',
      explained: true,
      ip_allowlist: ['10.0.0.0/8', '::1/128'],
      expires_at: '2098-01-01T00:00:00.000Z',
      scopes: ['ACCOUNTS_READ'],
    });
    expect((await caller.get('/ver1/validate')).status).toBe(401);
    expect((await patch(manager, key.id, { ip_allowlist: [], expires_at: null })).body).toMatchObject({
      ip_allowlist: [],
      expires_at: null,
    });
    expect((await caller.get('/ver1/validate')).status).toBe(200);
  });

  test('a revoked key is not changed or rotated any more', async () => {
    const manager = await aManager();
    const { id } = await create(manager);
    await manager.delete(`/api/keys/${id}`);
    expect((await patch(manager, id, { name: 'Back' })).status).toBe(409);
    expect((await manager.post(`/api/keys/${id}/rotate`, dated())).status).toBe(409);
  });
});

describe('rotation', () => {
  const works = async (caller: TestCaller): Promise<boolean> =>
    (await caller.get('/ver1/validate')).status === 200;

  test('both secrets work until the overlap ends; a further rotation ends the older one', async () => {
    const manager = await aManager();
    const first = await create(manager);
    const rotate = async (parameters: object): Promise<TestCaller> =>
      callerOf(manager, issued(await manager.post(`/api/keys/${first.id}/rotate`, dated(parameters))));
    const oldest = callerOf(manager, first);
    const middle = await rotate({});
    expect([await works(oldest), await works(middle)]).toEqual([true, true]);
    const { body } = await manager.get(`/api/keys/${first.id}`);
    const overlap = Date.parse(String((body as Key)['previous_ends_at'])) - Date.now() - fixture.offsetMs;
    expect(Math.round(overlap / 3_600_000)).toBe(24);
    const newest = await rotate({ overlap_seconds: 600 });
    expect([await works(oldest), await works(middle), await works(newest)]).toEqual([false, true, true]);
    // Time only goes forward: the limits of the gateway read the same clock.
    fixture.offsetMs += 601_000;
    expect([await works(middle), await works(newest)]).toEqual([false, true]);
    const last = await rotate({ overlap_seconds: 0 });
    expect([await works(newest), await works(last)]).toEqual([false, true]);
  });

  test('with a secret end the tokens that it got, and those of the new one live', async () => {
    const manager = await aManager();
    const { id, ...key } = await create(manager);
    const token = async (by: TestCaller): Promise<TestCaller> =>
      createBearerCaller(by, await newToken(by, ['ACCOUNTS_READ'], dated()));
    const rotate = async (overlap_seconds: number): Promise<TestCaller> =>
      callerOf(manager, issued(await manager.post(`/api/keys/${id}/rotate`, dated({ overlap_seconds }))));
    const first = await token(callerOf(manager, { id, ...key }));
    expect(await works(first)).toBe(true);
    // At once, also within the same second.
    const second = await token(await rotate(0));
    expect([await works(first), await works(second)]).toEqual([false, true]);
    // When the overlap is over.
    const third = await token(await rotate(60));
    expect([await works(second), await works(third)]).toEqual([true, true]);
    fixture.offsetMs += 61_000;
    expect([await works(second), await works(third)]).toEqual([false, false]);
    // When a further rotation cuts the overlap short, and not again later.
    const current = await rotate(600);
    const fourth = await token(current);
    const fifth = await token(await rotate(600));
    expect([await works(fourth), await works(fifth)]).toEqual([false, true]);
    expect(await works(await token(current))).toBe(true);
  });

  test('a public key is replaced by another one that is sent', async () => {
    const manager = await aManager();
    const [before, after] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')].map(
      ({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    );
    const { id } = await create(manager, { algorithm: 'ed25519', public_key: before });
    expect((await manager.post(`/api/keys/${id}/rotate`, dated())).status).toBe(422);
    const rotated = await manager.post(`/api/keys/${id}/rotate`, dated({ public_key: after }));
    expect(rotated.body).toMatchObject({ public_key: after, api_secret: null });
  });
});

describe('revocation', () => {
  test('ends a key at once, is idempotent, and is written down once', async () => {
    const manager = await aManager();
    const key = await create(manager);
    const caller = callerOf(manager, key);
    expect((await caller.get('/ver1/validate')).status).toBe(200);
    for (let time = 0; time < 2; time += 1)
      expect((await manager.delete(`/api/keys/${key.id}`)).status).toBe(204);
    expect((await caller.get('/ver1/validate')).status).toBe(401);
    expect((await manager.get(`/api/keys/${key.id}`)).body).toMatchObject({ revoked_at: expect.any(String) });
    const actions = (await auditOf(manager)).map((row) => (row as { action: string }).action);
    expect(actions).toEqual(['key.created', 'key.revoked']);
  });

  test('the last key that manages keys can neither be revoked nor lowered, be it by itself', async () => {
    const manager = await aManager();
    const { id } = await own(manager);
    const answers = [
      await manager.delete(`/api/keys/${id}`),
      await patch(manager, id, { scopes: ['ACCOUNTS_READ'] }),
      await patch(manager, id, { expires_at: '2020-01-01' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect((await own(manager))['scopes']).toEqual([...SCOPES]);
    const heir = callerOf(manager, await create(manager, { scopes: SCOPES }));
    expect((await manager.delete(`/api/keys/${id}`)).status).toBe(204);
    expect((await manager.get('/api/keys')).status).toBe(401);
    expect((await heir.get('/api/keys')).status).toBe(200);
  });

  test('of two keys that revoke each other at once, one stays', async () => {
    const one = await aManager();
    const other = callerOf(one, await create(one, { scopes: SCOPES }));
    const ids = [(await own(one)).id, (await own(other)).id];
    const answers = await Promise.all([
      one.delete(`/api/keys/${ids[1] ?? ''}`),
      other.delete(`/api/keys/${ids[0] ?? ''}`),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });
});

test('the use of a key is noted, roughly, and tells nobody of a change', async () => {
  const manager = await aManager();
  const key = await create(manager);
  const caller = callerOf(manager, key);
  expect((await caller.get('/ver1/validate')).status).toBe(200);
  const lastUsed = async (): Promise<unknown> =>
    ((await manager.get(`/api/keys/${key.id}`)).body as Key)['last_used_at'];
  while ((await lastUsed()) === null) await new Promise((resolve) => setImmediate(resolve));
  const first = await lastUsed();
  expect((await caller.get('/ver1/validate')).status).toBe(200);
  expect(await lastUsed()).toBe(first);
});
