/** The profiles `strict` and `rfc9421`: what is signed is what counts, once, in its time, and for nobody less. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { SignedRequest } from '../../src/auth/signed-request.ts';
import { ALGORITHMS, signMessage, signStrict, type Unsigned } from '../support/request-signer.ts';
import { aSignedFixture, IP, NOW, POST, SIGN, toSignedRequest } from './signed-fixture.ts';

const PROFILES = ['strict', 'rfc9421'] as const;
const REFUSED = 'signature_invalid';
const GET: Unsigned = { method: 'GET', target: '/ver1/accounts', host: 'gateway.example' };

const withHeader = (request: SignedRequest, name: string, values: readonly string[]): SignedRequest => ({
  ...request,
  headers: new Map([...request.headers, [name, values]]),
});

const without = (request: SignedRequest, name: string): SignedRequest => ({
  ...request,
  headers: new Map([...request.headers].filter(([header]) => header !== name)),
});

/** Every text that differs in one character; digits, so that no spelling of the same thing comes out. */
const changesOf = (text: string): string[] =>
  Array.from(text, (letter, at) => text.slice(0, at) + (letter === '0' ? '1' : '0') + text.slice(at + 1));

const COVERED = [
  'host',
  'apikey',
  'x-timestamp',
  'x-nonce',
  'x-recv-window',
  'x-signed-headers',
  'signature',
  'signature-input',
  'content-digest',
  'content-type',
  'idempotency-key',
];

const mutationsOf = (request: SignedRequest): SignedRequest[] => [
  ...changesOf(request.method).map((method) => ({ ...request, method })),
  ...changesOf(request.target).map((target) => ({ ...request, target })),
  ...changesOf(request.rawBody.toString('latin1')).map((body) => ({
    ...request,
    rawBody: Buffer.from(body, 'latin1'),
  })),
  ...COVERED.flatMap((name) =>
    (request.headers.get(name) ?? []).flatMap((value) =>
      changesOf(value).map((changed) => withHeader(request, name, [changed])),
    ),
  ),
];

describe.each(PROFILES)('%s', (profile) => {
  describe.each(ALGORITHMS)('with %s', (algorithm) => {
    test('a change of any character of method, host, path, query, body, covered header, key id, time or nonce is refused', async () => {
      const { signer, verdict } = aSignedFixture(algorithm);
      const good = toSignedRequest(POST, SIGN[profile](signer, POST));
      const mutations = mutationsOf(good);
      expect(mutations.length).toBeGreaterThan(250);
      for (const mutation of mutations) {
        const answer = await verdict(mutation);
        if (answer !== REFUSED) expect({ mutation, answer }).toEqual({ mutation, answer: REFUSED });
      }
      // None of them used up the nonce.
      expect(await verdict(good)).toBe('accepted');
    });

    test('a request counts once', async () => {
      const { signer, verdict } = aSignedFixture(algorithm);
      const request = toSignedRequest(POST, SIGN[profile](signer, POST));
      const answers = await Promise.all(Array.from({ length: 100 }, () => verdict(request)));
      expect(answers.filter((answer) => answer === 'accepted').length).toBe(1);
      expect(answers.filter((answer) => answer === REFUSED).length).toBe(99);
    });

    test('a signature of another key is refused', async () => {
      const { signer, verdict } = aSignedFixture(algorithm);
      const other =
        algorithm === 'hmac-sha256'
          ? { ...signer, key: randomBytes(32).toString('hex') }
          : { ...signer, keyId: 'someone-else' };
      expect(await verdict(toSignedRequest(POST, SIGN[profile](other, POST)))).toBe(REFUSED);
    });
  });

  test('unknown, revoked, expired, not yet valid, called from elsewhere: one answer', async () => {
    for (const overrides of [
      { revokedAt: NOW - 1 },
      { expiresAt: NOW },
      { notBefore: NOW + 1 },
      { ipAllowlist: ['198.51.100.0/24'] },
      { keyId: 'known-by-another-name' },
    ]) {
      const { signer, verdict } = aSignedFixture('ed25519', overrides);
      const named = { ...signer, keyId: 'keyId' in overrides ? 'unknown' : signer.keyId };
      expect(await verdict(toSignedRequest(GET, SIGN_GET[profile](named)))).toBe(REFUSED);
    }
  });

  test('after its window a request is refused, replayed or not', async () => {
    const { clock, signer, verdict } = aSignedFixture('hmac-sha256');
    const [used, unused] = [SIGN_GET[profile](signer), SIGN_GET[profile](signer)].map((proof) =>
      toSignedRequest(GET, proof),
    ) as [SignedRequest, SignedRequest];
    expect(await verdict(used)).toBe('accepted');
    for (let waited = 0; waited < 700_000; waited += 1_000) {
      clock.advance(1_000);
      expect(await verdict(used)).toBe(REFUSED);
    }
    expect(await verdict(unused)).toBe(REFUSED);
  });

  test('what a rotated key signs with either secret is accepted', async () => {
    const before = aSignedFixture('hmac-sha256');
    const other = aSignedFixture('hmac-sha256');
    const { verdict, signer } = aSignedFixture('hmac-sha256', {
      keys: [...other.key.keys, ...before.key.keys],
    });
    for (const { signer: own } of [before, other]) {
      const proof = SIGN_GET[profile]({ ...own, keyId: signer.keyId });
      expect(await verdict(toSignedRequest(GET, proof))).toBe('accepted');
    }
  });
});

const SIGN_GET = {
  strict: (signer: Parameters<typeof signStrict>[0]) => signStrict(signer, GET, { now: NOW }),
  rfc9421: (signer: Parameters<typeof signMessage>[0]) => signMessage(signer, GET, { now: NOW }),
};

describe('the floor of a key', () => {
  const ways = {
    legacy: async (floor: 'legacy' | 'strict' | 'rfc9421') => {
      const { key, verdict } = aSignedFixture('hmac-sha256', { profileFloor: floor });
      const { signText } = await import('../http/sample-surface.ts');
      const proof = { Apikey: key.keyId, Signature: signText(key as never, GET.target) };
      return verdict(toSignedRequest(GET, proof));
    },
    strict: (floor: 'legacy' | 'strict' | 'rfc9421') => {
      const { signer, verdict } = aSignedFixture('hmac-sha256', { profileFloor: floor });
      return verdict(toSignedRequest(GET, SIGN_GET.strict(signer)));
    },
    rfc9421: (floor: 'legacy' | 'strict' | 'rfc9421') => {
      const { signer, verdict } = aSignedFixture('hmac-sha256', { profileFloor: floor });
      return verdict(toSignedRequest(GET, SIGN_GET.rfc9421(signer)));
    },
  };

  test.each([
    ['legacy', 'strict', REFUSED],
    ['legacy', 'rfc9421', REFUSED],
    ['strict', 'legacy', 'accepted'],
    ['strict', 'strict', 'accepted'],
    ['strict', 'rfc9421', REFUSED],
    ['rfc9421', 'legacy', 'accepted'],
    ['rfc9421', 'strict', 'accepted'],
    ['rfc9421', 'rfc9421', 'accepted'],
  ] as const)('a %s request of a key with floor %s: %s', async (way, floor, answer) => {
    expect(await ways[way](floor)).toBe(answer);
  });

  test('taking headers of a stronger profile away makes no weaker request that passes', async () => {
    const { signer, verdict } = aSignedFixture('hmac-sha256');
    const strict = toSignedRequest(GET, SIGN_GET.strict(signer));
    const bare = withHeader(strict, 'signature', [
      strict.headers.get('signature')?.[0]?.replace('v2=', '') ?? '',
    ]);
    const message = toSignedRequest(GET, { Apikey: signer.keyId, ...SIGN_GET.rfc9421(signer) });
    for (const request of [
      without(strict, 'x-timestamp'),
      without(strict, 'x-nonce'),
      without(without(strict, 'x-timestamp'), 'x-nonce'),
      bare,
      without(without(bare, 'x-timestamp'), 'x-nonce'),
      without(message, 'signature-input'),
      without(message, 'signature'),
    ])
      expect(await verdict(request)).toBe(REFUSED);
  });
});

describe('strict refuses', () => {
  const tryWith = async (change: (request: SignedRequest) => SignedRequest): Promise<string> => {
    const { signer, verdict } = aSignedFixture('hmac-sha256');
    return verdict(change(toSignedRequest(POST, SIGN.strict(signer, POST))));
  };

  test.each<[string, string, readonly string[]]>([
    ['two times', 'x-timestamp', [String(NOW), String(NOW)]],
    ['a time in seconds', 'x-timestamp', [String(NOW / 1_000)]],
    ['two nonces', 'x-nonce', ['n'.repeat(24), 'n'.repeat(24)]],
    ['a short nonce', 'x-nonce', ['n'.repeat(21)]],
    ['a long nonce', 'x-nonce', ['n'.repeat(65)]],
    ['an empty window', 'x-recv-window', ['']],
    ['a window of nothing', 'x-recv-window', ['0']],
    ['a window too wide', 'x-recv-window', ['60001']],
    ['two windows', 'x-recv-window', ['4000', '4000']],
    ['a header twice', 'idempotency-key', ['retry-7', 'retry-7']],
    ['two signatures', 'signature', ['v2=aa', 'v2=aa']],
    ['a signature of another version', 'signature', [`v1=${'a'.repeat(64)}`]],
    ['an empty signature', 'signature', ['v2=']],
    ['two hosts', 'host', ['gateway.example', 'gateway.example']],
    ['two key ids', 'apikey', ['a', 'a']],
  ])('%s', async (_name, header, values) => {
    expect(await tryWith((request) => withHeader(request, header, values))).toMatch(/_invalid/);
  });

  test('a signature in another spelling', async () => {
    const { signer, verdict } = aSignedFixture('ed25519');
    const proof = signStrict(signer, GET, { now: NOW, encoding: 'base64' });
    const signature = proof['Signature'] ?? '';
    const at = (text: string): SignedRequest => toSignedRequest(GET, { ...proof, Signature: text });
    // 64 bytes end in `x===`-like padding whose unused bits may be anything to a lenient decoder.
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const last = letters.indexOf(signature.at(-3) ?? '');
    const malleable = `${signature.slice(0, -3)}${letters[last ^ 1] ?? ''}==`;
    expect(Buffer.from(malleable.slice(3), 'base64')).toEqual(Buffer.from(signature.slice(3), 'base64'));
    for (const text of [malleable, signature.replaceAll('=', '').replace('v2', 'v2='), `${signature} `])
      expect(await verdict(at(text))).toBe(REFUSED);
    expect(await verdict(at(signature))).toBe('accepted');
  });

  test('accepts hex in either case, and a clock that is behind or ahead within the window', async () => {
    const { signer, verdict } = aSignedFixture('hmac-sha256', {}, NOW - 5_000);
    const fixture = aSignedFixture('hmac-sha256');
    const proof = signStrict(fixture.signer, GET, { now: NOW });
    const upper = `v2=${(proof['Signature'] ?? '').slice(3).toUpperCase()}`;
    expect(await fixture.verdict(toSignedRequest(GET, { ...proof, Signature: upper }))).toBe('accepted');
    const answers = [4_999, 5_000, 5_001].map((ahead) =>
      verdict(toSignedRequest(GET, signStrict(signer, GET, { now: NOW - 5_000 + ahead }))),
    );
    expect(await Promise.all(answers)).toEqual(['accepted', 'accepted', REFUSED]);
  });
});

describe('rfc9421 refuses', () => {
  const { signer, verdict } = aSignedFixture('ed25519');
  const proofOf = (options: Parameters<typeof signMessage>[2], request = POST) =>
    toSignedRequest(request, signMessage(signer, request, { now: NOW, ...options }));
  const ALL = ['@method', '@authority', '@path', '@query', 'content-digest', 'content-type'];

  test('nothing of a complete signature', async () => {
    expect(await verdict(proofOf({}))).toBe('accepted');
    expect(await verdict(proofOf({}, GET))).toBe('accepted');
    expect(await verdict(proofOf({ label: 'any', lifeSeconds: 300 }))).toBe('accepted');
  });

  test.each(ALL)('one that does not cover %s', async (name) => {
    expect(await verdict(proofOf({ components: ALL.filter((other) => other !== name) }))).toBe(REFUSED);
  });

  test.each(['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'])('one without %s', async (name) => {
    expect(await verdict(proofOf({ without: [name] }))).toBe(REFUSED);
  });

  test.each([
    ['a life too long', { lifeSeconds: 301 }],
    ['no life at all', { lifeSeconds: 0 }],
    ['one that ended', { now: NOW - 60_000, lifeSeconds: 60 }],
    ['one of the future', { now: NOW + 6_000 }],
    ['another tag', { tag: 'someone' }],
    ['a short nonce', { nonce: 'n'.repeat(21) }],
    ['a nonce with spaces', { nonce: `n${' '.repeat(22)}n` }],
  ])('%s', async (_name, options) => {
    expect(await verdict(proofOf(options))).toBe(REFUSED);
  });

  test('another algorithm than that of the key, also where the key could sign it', async () => {
    const rsa = aSignedFixture('rsa-pss-sha512');
    const proof = signMessage({ ...rsa.signer, algorithm: 'rsa-v1_5-sha256' }, GET, { now: NOW });
    expect(await rsa.verdict(toSignedRequest(GET, proof))).toBe(REFUSED);
    const named = Object.fromEntries(
      Object.entries(signMessage(rsa.signer, GET, { now: NOW })).map(([name, value]) => [
        name,
        value.replace('rsa-pss-sha512', 'hmac-sha256'),
      ]),
    );
    expect(await rsa.verdict(toSignedRequest(GET, named))).toBe(REFUSED);
  });

  test('an Apikey beside it that is another', async () => {
    const request = proofOf({});
    expect(await verdict(withHeader(request, 'apikey', ['another']))).toBe(REFUSED);
    expect(await verdict(withHeader(request, 'apikey', [signer.keyId]))).toBe('accepted');
  });

  test('digests of which one is not the body, or none is known', async () => {
    const digest = (value: string) => {
      const request = { ...POST, headers: { ...POST.headers, 'Content-Digest': value } };
      const proof = signMessage(signer, request, { now: NOW });
      return verdict(toSignedRequest(request, { ...proof, 'Content-Digest': value }));
    };
    const good = signMessage(signer, POST, { now: NOW })['Content-Digest'] ?? '';
    const wrong = `sha-512=:${Buffer.alloc(64).toString('base64')}:`;
    for (const value of [wrong, `${good}, ${wrong}`, 'md5=:AAAA:', '', 'sha-256=abc'])
      expect({ value, answer: await digest(value) }).toEqual({ value, answer: REFUSED });
  });
});

test('a signature from another address than the list says is refused, and the list is that of the key', async () => {
  const { signer, verdict } = aSignedFixture('hmac-sha256', { ipAllowlist: ['203.0.113.0/24'] });
  const request = toSignedRequest(GET, SIGN_GET.strict(signer));
  expect(await verdict({ ...request, ip: '198.51.100.1' })).toBe(REFUSED);
  expect(await verdict({ ...request, ip: IP })).toBe('accepted');
});
