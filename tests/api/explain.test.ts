/** The route that explains what was wrong with a request, to whoever sent it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { newNonce, type Signer, signMessage, signStrict, strictText } from '../support/request-signer.ts';
import type { TestCaller } from '../support/test-caller.ts';
import { startTestGateway, type TestGateway } from '../support/test-gateway.ts';

let gateway: TestGateway;
let caller: TestCaller;

beforeAll(async () => {
  gateway = await startTestGateway();
  caller = await gateway.newCaller();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const explain = async (body: object, headers: Record<string, string> = {}) => {
  const response = await fetch(`${gateway.baseUrl}/api/auth/explain`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
  return { status: response.status, body: (await response.json()) as Explained };
};
interface Explained {
  readonly profile: string | null;
  readonly signature_fits: boolean;
  readonly problems: string[];
  readonly tried: {
    text: string;
    algorithm: string | null;
    sha256: string;
    is_yours: boolean | null;
    first_difference: object | null;
  }[];
}
const request = { method: 'GET', target: '/ver1/accounts?page=1', host: 'gateway.example' };
const signer = (): Signer => ({ keyId: caller.apiKey, algorithm: 'hmac-sha256', key: caller.apiSecret });
const describedBy = (proof: Record<string, string>) => ({
  method: request.method,
  target: request.target,
  headers: { Host: request.host, ...proof },
});

test('tells of a good request that it fits, and uses nothing up', async () => {
  const proof = signStrict(signer(), request);
  for (let time = 0; time < 2; time += 1) {
    const { status, body } = await explain({ request: describedBy(proof) });
    expect([status, body.profile, body.signature_fits, body.problems]).toEqual([200, 'strict', true, []]);
  }
});

test('finds where the own text differs, by text and by hash', async () => {
  const [now, nonce] = [Date.now(), newNonce()];
  const proof = signStrict(signer(), { ...request, host: 'gateway.exampel' }, { now, nonce });
  const own = strictText(signer(), { ...request, host: 'gateway.exampel' }, { now, nonce });
  const { body } = await explain({ request: describedBy(proof), canonical: own });
  expect(body).toMatchObject({ profile: 'strict', signature_fits: false });
  expect(body.tried).toEqual([
    {
      text: 'CS2 hmac-sha256',
      algorithm: 'hmac-sha256',
      sha256: createHash('sha256')
        .update(strictText(signer(), request, { now, nonce }))
        .digest('hex'),
      bytes: own.length,
      is_yours: false,
      first_difference: { offset: own.indexOf('el\n'), line: 8, expected: 'l', yours: 'e' },
    },
  ]);
  const hash = createHash('sha256').update(own).digest('hex');
  const byHash = await explain({ request: describedBy(proof), canonical_sha256: hash });
  expect(byHash.body.tried).toMatchObject([{ is_yours: false, first_difference: null }]);
});

test('lists every text of the legacy profile, and which of them is the own one', async () => {
  const headers = { Apikey: caller.apiKey, Signature: 'f'.repeat(64) };
  const { body } = await explain({
    request: describedBy(headers),
    canonical: '/public/api/ver1/accounts?page=1',
  });
  expect(body.tried.map(({ text, is_yours: isYours }) => [text, isYours])).toEqual([
    ['/ver1/accounts? ...', false],
    ['/public/api/ver1/accounts? ...', true],
  ]);
});

test('explains the very request that asks', async () => {
  const target = '/api/auth/explain';
  const proof = signMessage(
    signer(),
    {
      method: 'POST',
      target,
      host: new URL(caller.baseUrl).host,
      body: '{}',
      headers: { 'Content-Type': 'application/json' },
    },
    {},
  );
  const { body } = await explain({}, proof);
  expect(body).toMatchObject({ profile: 'rfc9421', signature_fits: true, problems: [] });
});

test.each<[string, (proof: Record<string, string>) => Record<string, string>, RegExp]>([
  ['no proof', () => ({}), /neither an Authorization/],
  ['a broken time', (proof) => ({ ...proof, 'X-Timestamp': '7' }), /X-Timestamp/],
  ['a short nonce', (proof) => ({ ...proof, 'X-Nonce': 'n' }), /X-Nonce/],
  ['two proofs', (proof) => ({ ...proof, Authorization: 'Bearer x' }), /stands beside a signature/],
  ['a broken input', (proof) => ({ ...proof, 'Signature-Input': 'x' }), /Signature-Input/],
])('names %s', async (_name, change, words) => {
  const { body } = await explain({ request: describedBy(change(signStrict(signer(), request))) });
  expect(body.problems).toEqual([expect.stringMatching(words)]);
});

test('tells of the clock to anybody, and of the key to its owner alone', async () => {
  const late = signStrict(signer(), request, { now: Date.now() - 60_000 });
  expect((await explain({ request: describedBy(late) })).body.problems).toEqual([
    expect.stringMatching(/signed \d+ ms ago/),
  ]);
  const limited = await gateway.newCaller({
    key: { ipAllowlist: ['10.0.0.0/8'], profileFloor: 'rfc9421' },
  });
  const owner = { keyId: limited.apiKey, algorithm: 'hmac-sha256', key: limited.apiSecret } as const;
  const told = async (by: Signer) => (await explain({ request: describedBy(signStrict(by, request)) })).body;
  expect((await told(owner)).problems).toEqual([
    'The address that the request came from is not on the list of the key',
    'The key may not sign with so weak a profile',
  ]);
  const known = await told({ ...owner, key: 'a'.repeat(64) });
  const unknown = await told({ ...owner, keyId: 'f'.repeat(64) });
  expect(known.problems).toEqual(unknown.problems);
  expect(known.tried.length).toBe(unknown.tried.length);
});

test('gives back no parameter, which may be an exchange key', async () => {
  const { body } = await explain({
    request: {
      ...describedBy({ Apikey: caller.apiKey, Signature: 'x' }),
      target: '/ver1/a?secret=planted',
    },
  });
  expect(JSON.stringify(body)).not.toContain('planted');
});

test('refuses what is no request', async () => {
  for (const described of [
    {},
    { ...describedBy({}), method: 'FETCH' },
    { ...describedBy({}), target: 'a b' },
  ])
    expect((await explain({ request: described })).status).toBe(422);
});
