// A sealed blob opens in one place only, and not at all once anything about it has changed.
import { randomUUID } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt, type CryptoKey, exportJWK, generateKeyPair, importJWK } from 'jose';
import { openKeys, sealedKeyId } from '../../src/custody/open.ts';
import { sealKeys } from '../../src/custody/seal.ts';
import { sealedHeader } from '../../src/custody/sealed-header.ts';
import type { ExchangeKeys, SealingKey } from '../../src/exchanges/exchange.ts';

interface Pair {
  readonly key: SealingKey;
  readonly opener: { readonly id: string; readonly privateKey: CryptoKey };
}

const aPair = async (): Promise<Pair> => {
  const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519', extractable: true });
  const { x } = await exportJWK(pair.publicKey);
  const keyId = randomUUID();
  return {
    key: { keyId, publicJwk: { kty: 'OKP', crv: 'X25519', x: x ?? '' } },
    opener: { id: keyId, privateKey: pair.privateKey },
  };
};

const PLACE = { tenantId: randomUUID(), credentialId: randomUUID(), generation: 3, venueId: 'binance' };
const KEYS: ExchangeKeys = { apiKey: 'an api key', secret: 'a secret', passphrase: 'påss "quoted"' };
const REFUSED = { code: 'unknown_error', message: 'The sealed keys do not open here' };

let pair: Pair;
let sealed: string;
beforeAll(async () => {
  pair = await aPair();
  sealed = await sealKeys(pair.key, PLACE, KEYS);
});

test('whatever is sealed opens to the same keys', async () => {
  const text = fc.string({ minLength: 1, maxLength: 200, unit: 'binary' });
  const optional = (value: fc.Arbitrary<string>) => fc.record({ value }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(text, text, optional(text), optional(text), async (apiKey, secret, a, b) => {
      const keys = {
        apiKey,
        secret,
        ...(a.value === undefined ? {} : { passphrase: a.value }),
        ...(b.value === undefined ? {} : { customerId: b.value }),
      };
      const blob = await sealKeys(pair.key, PLACE, keys);
      expect(await openKeys(blob, PLACE, pair.opener)).toEqual(keys);
    }),
  );
});

test('any single changed character is refused', async () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sealed.length - 1),
      fc.constantFrom(...Array.from(alphabet)),
      async (at, character) => {
        fc.pre(sealed[at] !== character);
        const changed = sealed.slice(0, at) + character + sealed.slice(at + 1);
        await expect(openKeys(changed, PLACE, pair.opener)).rejects.toMatchObject(REFUSED);
      },
    ),
    { numRuns: 400 },
  );
});

test('every cut of a blob is refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(sealed.length - 1), async (length) => {
      await expect(openKeys(sealed.slice(0, length), PLACE, pair.opener)).rejects.toMatchObject(REFUSED);
    }),
  );
});

test.each([
  ['tenant', { ...PLACE, tenantId: randomUUID() }],
  ['record', { ...PLACE, credentialId: randomUUID() }],
  ['venue', { ...PLACE, venueId: 'kraken' }],
])('a blob of another %s is refused', async (_name, place) => {
  await expect(openKeys(sealed, place, pair.opener)).rejects.toMatchObject(REFUSED);
});

test('a blob of another generation is refused, with both generations and the record', async () => {
  const place = { ...PLACE, generation: 4 };
  await expect(openKeys(sealed, place, pair.opener)).rejects.toMatchObject({
    code: 'unknown_error',
    message: `The sealed keys of credential ${PLACE.credentialId} are of generation ${PLACE.generation}, and its row is of generation 4: one of the two is older`,
  });
});

test('another key, and another name of the same key, are refused', async () => {
  const other = await aPair();
  await expect(openKeys(sealed, PLACE, other.opener)).rejects.toMatchObject(REFUSED);
  const renamed = { ...pair.opener, id: other.key.keyId };
  await expect(openKeys(sealed, PLACE, renamed)).rejects.toMatchObject(REFUSED);
  const borrowed = { id: pair.opener.id, privateKey: other.opener.privateKey };
  await expect(openKeys(sealed, PLACE, borrowed)).rejects.toMatchObject(REFUSED);
});

/** Seals to the right key with a header or a payload that is not ours. */
const forge = async (header: object, payload: unknown = { v: 1, keys: KEYS }): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ ...sealedHeader(PLACE, pair.key.keyId), ...header })
    .encrypt(await importJWK(pair.key.publicJwk, 'ECDH-ES+A256KW'));

test.each([
  ['domain', { domain: 'webhook-secret' }],
  ['type', { typ: 'JWT' }],
  ['content encryption', { enc: 'A128GCM' }],
  ['key agreement', { alg: 'ECDH-ES+A128KW' }],
  ['generation as text', { generation: '3' }],
])('a blob with another %s is refused', async (_name, header) => {
  await expect(openKeys(await forge({}), PLACE, pair.opener)).resolves.toEqual(KEYS);
  await expect(openKeys(await forge(header), PLACE, pair.opener)).rejects.toMatchObject(REFUSED);
});

test.each([
  ['another version', { v: 2, keys: KEYS }],
  ['no secret', { v: 1, keys: { apiKey: 'a' } }],
  ['a field too many', { v: 1, keys: { ...KEYS, extra: 'x' } }],
  ['no object', 'text'],
])('a payload of %s is refused without quoting it', async (_name, payload) => {
  const error: unknown = await openKeys(await forge({}, payload), PLACE, pair.opener).catch(
    (caught: unknown) => caught,
  );
  expect(error).toMatchObject(REFUSED);
  expect((error as Error).cause).toBeUndefined();
});

test('the sealed text shows which key it needs and nothing of what it holds', () => {
  expect(sealedKeyId(sealed)).toBe(pair.key.keyId);
  const decoded = sealed
    .split('.')
    .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
    .join('\n');
  for (const value of Object.values(KEYS)) expect(decoded).not.toContain(value);
});
