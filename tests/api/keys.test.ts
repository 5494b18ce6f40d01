/** Caller keys managed by a caller key: what it may grant, what it shows, how keys are changed, rotated and revoked. */
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Scope, SCOPES } from '../../src/auth/actor.ts';
import { createTestCaller, type TestAnswer, type TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let offsetMs = 0;
beforeAll(async () => {
  gateway = await startTestGateway({ clock: { now: () => Date.now() + offsetMs } });
});
afterAll(() => gateway[Symbol.asyncDispose]());

let asked = 0;
/** What the caller sends to change something, with the time that a legacy signature needs beside it. */
const dated = (parameters: object = {}): Record<string, unknown> => {
  asked += 1;
  return { ...parameters, timestamp: Date.now() + offsetMs + asked };
};

const aManager = (key: object = {}, scopes: readonly Scope[] = SCOPES): Promise<TestCaller> =>
  gateway.newCaller({ scopes, key });

interface Key {
  readonly id: string;
  readonly api_key: string;
  readonly api_secret: string;
  readonly [field: string]: unknown;
}

const issued = ({ status, text, body }: TestAnswer): Key => {
  if (status !== 201 && status !== 200) throw new Error(`issuing answered ${status}: ${text}`);
  return body as Key;
};

const create = async (by: TestCaller, parameters: object = {}): Promise<Key> =>
  issued(await by.post('/api/keys', dated({ name: 'A key', scopes: ['ACCOUNTS_READ'], ...parameters })));

const callerOf = (by: TestCaller, key: Key): TestCaller =>
  createTestCaller({ ...by, apiKey: key.api_key, apiSecret: key.api_secret });

const patch = (by: TestCaller, id: string, parameters: object): Promise<TestAnswer> =>
  by.send({
    method: 'PATCH',
    target: `/api/keys/${id}`,
    body: JSON.stringify(dated(parameters)),
    headers: { 'Content-Type': 'application/json' },
  });

const own = async (caller: TestCaller): Promise<Key> => {
  const { body } = await caller.get('/api/keys?include_revoked=true');
  const mine = (body as { keys: Key[] }).keys.find(({ api_key }) => api_key === caller.apiKey);
  if (mine === undefined) throw new Error('the caller does not see its own key');
  return mine;
};

const auditOf = async (caller: TestCaller): Promise<unknown[]> =>
  gateway.owner.session(caller.tenantId).query(
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
  const users = await gateway.owner
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

describe('a key never grants what it lacks', () => {
  const ENDS = '2099-01-01T00:00:00.000Z';

  test.each<[string, object, object, string]>([
    ['a scope', {}, { scopes: ['BOTS_WRITE'] }, 'scopes: it lacks BOTS_WRITE'],
    [
      'a longer life',
      { expiresAt: new Date(ENDS) },
      { expires_at: '2099-01-02T00:00:00Z' },
      `expires_at: its own is ${ENDS}`,
    ],
    [
      'an endless life',
      { expiresAt: new Date(ENDS) },
      { expires_at: null },
      `expires_at: its own is ${ENDS}`,
    ],
    [
      'more accounts',
      { allowedAccountIds: [1] },
      { allowed_account_ids: [1, 2] },
      'allowed_account_ids: it reaches fewer accounts',
    ],
    [
      'all accounts',
      { allowedAccountIds: [1] },
      { allowed_account_ids: null },
      'allowed_account_ids: it reaches fewer accounts',
    ],
  ])('%s', async (_name, ownLimits, wanted, words) => {
    const manager = await aManager(ownLimits, ['ACCOUNTS_READ', 'KEYS_WRITE']);
    const answer = await manager.post(
      '/api/keys',
      dated({ name: 'More', scopes: ['ACCOUNTS_READ'], ...wanted }),
    );
    expect([answer.status, answer.body]).toEqual([
      403,
      { detail: `The API key cannot grant what it lacks: ${words}` },
    ]);
    expect((await patch(manager, (await own(manager)).id, wanted)).status).toBe(403);
    expect((await manager.get('/api/keys')).body).toMatchObject({ total_count: 1 });
  });

  test('another user than its own', async () => {
    const first = await aManager();
    const bound = callerOf(first, await create(first, { scopes: ['KEYS_WRITE'], user_id: 'a' }));
    for (const user_id of ['b', null])
      expect((await bound.post('/api/keys', dated({ name: 'Other', scopes: [], user_id }))).status).toBe(403);
    expect(await create(bound, { scopes: [] })).toMatchObject({ user_id: 'a' });
  });

  test('what is left out is as with the key that signs', async () => {
    const manager = await aManager({ expiresAt: new Date(ENDS), allowedAccountIds: [] });
    expect(await create(manager)).toMatchObject({ expires_at: ENDS, allowed_account_ids: [] });
  });

  test('a stronger key can be neither changed, rotated nor revoked by it', async () => {
    const strong = await aManager();
    const strongId = (await own(strong)).id;
    const weak = callerOf(strong, await create(strong, { scopes: ['KEYS_WRITE'] }));
    const answers = [
      await patch(weak, strongId, { name: 'Mine now' }),
      await weak.post(`/api/keys/${strongId}/rotate`, dated()),
      await weak.delete(`/api/keys/${strongId}`),
    ];
    for (const { status, body } of answers)
      expect([status, body]).toEqual([403, { detail: 'This key may do more than the one that signs' }]);
    expect((await strong.get('/ver1/validate')).status).toBe(200);
  });

  test('an access token makes and changes no keys', async () => {
    const manager = await aManager();
    const token = await manager.post('/api/auth/token', dated({ scopes: ['KEYS_WRITE'] }));
    const { access_token: bearer } = token.body as { access_token: string };
    const response = await fetch(`${gateway.baseUrl}/api/keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Longer than a token', scopes: [] }),
    });
    expect(response.status).toBe(403);
  });
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

describe('registered public keys', () => {
  const ed25519 = generateKeyPairSync('ed25519');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const weakRsa = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const pem = (key: typeof rsa.publicKey): string => key.export({ type: 'spki', format: 'pem' }).toString();

  test.each([
    ['ed25519', 'PEM', pem(ed25519.publicKey), 'strict'],
    ['ed25519', 'JWK', ed25519.publicKey.export({ format: 'jwk' }), 'strict'],
    ['rsa-pss-sha512', 'JWK as text', JSON.stringify(rsa.publicKey.export({ format: 'jwk' })), 'strict'],
    ['rsa-v1_5-sha256', 'PEM', pem(rsa.publicKey), 'legacy'],
  ])('%s as %s is taken; there is no secret to show', async (algorithm, _form, public_key, floor) => {
    const manager = await aManager();
    const key = await create(manager, { algorithm, public_key });
    expect(key).toMatchObject({ algorithm, api_secret: null, profile_floor: floor });
    expect(key['public_key']).toBe(pem(algorithm === 'ed25519' ? ed25519.publicKey : rsa.publicKey));
  });

  const jwkOf = (raw: string) => ({
    kty: 'OKP',
    crv: 'Ed25519',
    x: Buffer.from(raw, 'hex').toString('base64url'),
  });

  test.each<[string, object]>([
    ['a private key in PEM', { public_key: ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }) }],
    ['a private JWK', { public_key: ed25519.privateKey.export({ format: 'jwk' }) }],
    ['a weak RSA key', { algorithm: 'rsa-pss-sha512', public_key: pem(weakRsa.publicKey) }],
    ['a key of another kind', { public_key: pem(rsa.publicKey) }],
    ['the neutral point', { public_key: jwkOf(`01${'00'.repeat(31)}`) }],
    ['a point of order 2, its sign turned', { public_key: jwkOf(`ec${'ff'.repeat(31)}`) }],
    [
      'a point of order 8',
      { public_key: jwkOf('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05') },
    ],
    ['a spelling beyond the field', { public_key: jwkOf(`ee${'ff'.repeat(30)}7f`) }],
    ['no key', {}],
    ['no text of a key', { public_key: 'hello' }],
    [
      'a key for an algorithm that has none',
      { algorithm: 'hmac-sha256', public_key: pem(ed25519.publicKey) },
    ],
  ])('%s is refused in words, and not repeated', async (_name, parameters) => {
    const manager = await aManager();
    const sent = dated({ name: 'Bad', scopes: [], algorithm: 'ed25519', ...parameters });
    const answer = await manager.post('/api/keys', sent);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ detail: [{ loc: ['body', 'public_key'], input: null }] });
    expect(answer.text).not.toContain('BEGIN');
  });

  test('an algorithm that legacy does not know is refused with that floor', async () => {
    const manager = await aManager();
    const sent = dated({
      name: 'Low',
      scopes: [],
      algorithm: 'ed25519',
      public_key: pem(ed25519.publicKey),
      profile_floor: 'legacy',
    });
    expect((await manager.post('/api/keys', sent)).status).toBe(422);
  });
});

describe('bad input', () => {
  test.each<[object, string]>([
    [{ name: '' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ scopes: ['EVERYTHING'] }, 'scopes'],
    [{ scopes: 'ACCOUNTS_READ' }, 'scopes'],
    [{ ip_allowlist: ['10.0.0.0/33'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['1'] }, 'ip_allowlist'],
    [{ ip_allowlist: ['fe80::1%eth0'] }, 'ip_allowlist'],
    [{ expires_at: 'tomorrow' }, 'expires_at'],
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
    const changed = await patch(manager, key.id, { name: 'Renamed', ip_allowlist: ['10.1.2.3/8', '::1'] });
    expect(changed.body).toMatchObject({
      name: 'Renamed',
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
    const overlap = Date.parse(String((body as Key)['previous_ends_at'])) - Date.now() - offsetMs;
    expect(Math.round(overlap / 3_600_000)).toBe(24);
    const newest = await rotate({ overlap_seconds: 600 });
    expect([await works(oldest), await works(middle), await works(newest)]).toEqual([false, true, true]);
    // Time only goes forward: the limits of the gateway read the same clock.
    offsetMs += 601_000;
    expect([await works(middle), await works(newest)]).toEqual([false, true]);
    const last = await rotate({ overlap_seconds: 0 });
    expect([await works(newest), await works(last)]).toEqual([false, true]);
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
