/** Ten thousand random requests, signed by another implementation: both must say the same of each, true or tampered with. */
import {
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
} from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ed25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { readMessageClaim, findMessageSignature } from '../../src/auth/message-signature.ts';
import { verifySignature } from '../../src/auth/signature-algorithm.ts';
import type { SignedRequest } from '../../src/auth/signed-request.ts';
import { readStrictClaim } from '../../src/auth/strict-signature.ts';
import {
  type Algorithm,
  signMessage,
  signStrict,
  strictText,
  type Unsigned,
} from '../support/request-signer.ts';
import { NOW, toSignedRequest } from './signed-fixture.ts';

const letters = (alphabet: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...Array.from(alphabet)), minLength, maxLength });
const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_';

const requests: fc.Arbitrary<Unsigned> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
  target: letters(`${ALPHABET}/?&=%.`, 0, 40).map((text) => `/${text}`),
  host: letters('abcdefghijklmnop.-:', 1, 20),
  body: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  headers: fc.record({ 'content-type': letters(`${ALPHABET} ;="`, 1, 30).map((text) => `x${text.trim()}`) }),
});

interface Case {
  readonly request: Unsigned;
  readonly nonce: string;
  readonly keyId: string;
  /** Which bit of the signature is turned over; undefined: none. */
  readonly tamper: number | undefined;
}

const cases: fc.Arbitrary<Case> = fc.record({
  request: requests,
  nonce: letters(ALPHABET, 22, 64),
  keyId: letters(ALPHABET, 1, 64),
  tamper: fc.option(fc.nat(255), { nil: undefined }),
});

const turned = (signature: Uint8Array, bit: number | undefined): Buffer => {
  const bytes = Buffer.from(signature);
  if (bit !== undefined) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return bytes;
};

/** The text as our verifier reads it off the request, and what it decides on the signature. */
const ourVerdict = (
  { request, nonce, keyId }: Case,
  algorithm: Algorithm,
  key: KeyObject,
  sign: (text: Uint8Array) => Buffer,
) => {
  const text = Buffer.from(
    strictText({ keyId, algorithm }, request, { now: NOW, nonce, signedHeaders: ['content-type'] }),
    'latin1',
  );
  const signature = sign(text);
  const proof = {
    Apikey: keyId,
    'X-Timestamp': String(NOW),
    'X-Nonce': nonce,
    'X-Signed-Headers': 'content-type',
    Signature: `v2=${signature.toString('hex')}`,
  };
  const reading = readStrictClaim(toSignedRequest(request, proof), keyId);
  if ('problem' in reading) throw new Error(reading.problem);
  const { claim } = reading;
  const verdict = verifySignature({ algorithm, keys: [key] }, claim.textFor(algorithm), claim.signatures);
  return { text, signature, verdict };
};

test('HMAC-SHA256: 8,000 strict requests', () => {
  fc.assert(
    fc.property(cases, fc.uint8Array({ minLength: 32, maxLength: 100 }), (one, secret) => {
      const { text, signature, verdict } = ourVerdict(
        one,
        'hmac-sha256',
        createSecretKey(Buffer.from(secret)),
        (bytes) => turned(hmac(sha256, secret, bytes), one.tamper),
      );
      const theirs = Buffer.from(hmac(sha256, secret, text)).equals(signature);
      expect(verdict).toBe(theirs);
      expect(verdict).toBe(one.tamper === undefined);
    }),
    { numRuns: 8_000 },
  );
});

test('Ed25519: 2,000 strict requests', () => {
  fc.assert(
    fc.property(cases, fc.uint8Array({ minLength: 32, maxLength: 32 }), (one, seed) => {
      const raw = ed25519.getPublicKey(seed);
      const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(raw).toString('base64url') };
      const key = createPublicKey({ key: jwk, format: 'jwk' });
      const { text, signature, verdict } = ourVerdict(one, 'ed25519', key, (bytes) =>
        turned(ed25519.sign(bytes, seed), one.tamper),
      );
      // RFC 8032 to the letter, without the leniency that noble has by default.
      expect(verdict).toBe(ed25519.verify(signature, text, raw, { zip215: false }));
      expect(verdict).toBe(one.tamper === undefined);
    }),
    { numRuns: 2_000 },
  );
}, 120_000);

const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });

test.each([
  ['rsa-pss-sha512', { name: 'RSA-PSS', hash: 'SHA-512', saltLength: 64 }],
  ['rsa-v1_5-sha256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
] as const)(
  '%s: 200 strict requests against WebCrypto',
  async (algorithm, parameters) => {
    const importKey = (key: KeyObject, usage: 'sign' | 'verify') =>
      webcrypto.subtle.importKey('jwk', key.export({ format: 'jwk' }), parameters, false, [usage]);
    const [secret, open] = [
      await importKey(pair.privateKey, 'sign'),
      await importKey(pair.publicKey, 'verify'),
    ];
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const signer = { keyId: one.keyId, algorithm, key: pair.privateKey };
        const text = strictText(signer, one.request, {
          now: NOW,
          nonce: one.nonce,
          signedHeaders: ['content-type'],
        });
        const bytes = Buffer.from(text, 'latin1');
        const theirs = turned(
          new Uint8Array(await webcrypto.subtle.sign(parameters, secret, bytes)),
          one.tamper,
        );
        const { verdict } = ourVerdict(one, algorithm, pair.publicKey, () => theirs);
        expect(verdict).toBe(await webcrypto.subtle.verify(parameters, open, theirs, bytes));
        expect(verdict).toBe(one.tamper === undefined);
      }),
      { numRuns: 200 },
    );
  },
  60_000,
);

test('rfc9421: the base that is read off a request is the one that was signed, 1,000 times', () => {
  fc.assert(
    fc.property(cases, ({ request, nonce, keyId }) => {
      const seed = new Uint8Array(32).fill(7);
      const key = createSecretKey(Buffer.from(seed));
      const host = request.host.replace(/:(?:80|443)$/, '');
      const plain = { ...request, host };
      const signer = { keyId, algorithm: 'hmac-sha256', key: Buffer.from(seed).toString('latin1') } as const;
      const sent: SignedRequest = toSignedRequest(plain, signMessage(signer, plain, { now: NOW, nonce }));
      const found = findMessageSignature(sent.headers);
      const reading = found && readMessageClaim(sent, found);
      if (reading === undefined || 'problem' in reading) throw new Error(JSON.stringify(reading));
      const text = reading.claim.textFor('hmac-sha256');
      const [signature] = reading.claim.signatures;
      expect(
        Buffer.from(hmac(sha256, seed, Buffer.from(text, 'latin1'))).equals(signature ?? Buffer.alloc(0)),
      ).toBe(true);
      expect(verifySignature({ algorithm: 'hmac-sha256', keys: [key] }, text, reading.claim.signatures)).toBe(
        true,
      );
    }),
    { numRuns: 1_000 },
  );
});

test('a signature whose second half is larger than the order of the group is refused, as it would be a second spelling', () => {
  const seed = new Uint8Array(32).fill(1);
  const raw = Buffer.from(ed25519.getPublicKey(seed));
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') },
    format: 'jwk',
  });
  const signature = Buffer.from(ed25519.sign(Buffer.from('text'), seed));
  const order = ed25519.Point.Fn.ORDER;
  const half = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const other = Buffer.concat([
    signature.subarray(0, 32),
    Buffer.from(half.toString(16).padStart(64, '0'), 'hex').reverse(),
  ]);
  expect(verifySignature({ algorithm: 'ed25519', keys: [key] }, 'text', [signature])).toBe(true);
  expect(verifySignature({ algorithm: 'ed25519', keys: [key] }, 'text', [other])).toBe(false);
});

// `signStrict` itself, as the other tests use it.
test('the signer of the tests signs what the rule says', () => {
  const signer = { keyId: 'k', algorithm: 'hmac-sha256', key: 'secret' } as const;
  const request = { method: 'GET', target: '/a?b=c', host: 'h' };
  const proof = signStrict(signer, request, { now: NOW, nonce: 'n'.repeat(22) });
  const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const text = `CS2\nhmac-sha256\nk\n${NOW}\n${'n'.repeat(22)}\n5000\nGET\nh\n/a?b=c\n${empty}\n`;
  expect(proof['Signature']).toBe(
    `v2=${Buffer.from(hmac(sha256, Buffer.from('secret'), Buffer.from(text))).toString('hex')}`,
  );
});
