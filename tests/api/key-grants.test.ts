/** What a caller key may hand on, and which public keys are taken: none that is weak, or that is no public key. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { callerOf, own, useKeys } from './keys-fixture.ts';

const fixture = useKeys();
const { aManager, dated, create, patch } = fixture;

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

  test('what is left out is as with the key that signs', async () => {
    const manager = await aManager({
      expiresAt: new Date(ENDS),
      allowedAccountIds: [],
      ipAllowlist: ['127.0.0.0/8'],
    });
    expect(await create(manager)).toMatchObject({
      expires_at: ENDS,
      allowed_account_ids: [],
      ip_allowlist: ['127.0.0.0/8'],
    });
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
    const response = await fetch(`${fixture.gateway.baseUrl}/api/keys`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${bearer}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Longer than a token', scopes: [] }),
    });
    expect(response.status).toBe(403);
  });
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

test('the user of a key is a label: any other can be given, and its own is where none is', async () => {
  const first = await aManager();
  const labelled = callerOf(first, await create(first, { scopes: ['KEYS_WRITE'], user_id: 'a' }));
  for (const user_id of ['b', null])
    expect(await create(labelled, { scopes: [], user_id })).toMatchObject({ user_id });
  expect(await create(labelled, { scopes: [] })).toMatchObject({ user_id: 'a' });
});
