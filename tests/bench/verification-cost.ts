/** Verification alone, without HTTP or a database: µs per request, of the primitive and of the whole verifier. */
import { createPublicKey, createSecretKey } from 'node:crypto';
import type { SignedRequest } from '../../src/auth/signed-request.ts';
import { findMessageSignature, readMessageClaim } from '../../src/auth/message-signature.ts';
import { verifyLegacySignature } from '../../src/auth/legacy-signature.ts';
import { verifySignature, type VerificationKey } from '../../src/auth/signature-algorithm.ts';
import { readStrictClaim } from '../../src/auth/strict-signature.ts';
import { ALGORITHMS, type Signer, signMessage, signStrict, signText } from '../support/request-signer.ts';
import { median, type Row } from './rounds.ts';

const BATCHES = 9;
const WARM_UP = 3;
const REPEATS = 400;
const US_PER_MS = 1_000;

const measureMicros = (work: () => boolean): number => {
  // The first batches run before the compiler has seen the code often enough.
  const batches = Array.from({ length: BATCHES + WARM_UP }, () => {
    const started = performance.now();
    for (let time = 0; time < REPEATS; time += 1)
      if (!work()) throw new Error('a good signature was refused');
    return ((performance.now() - started) * US_PER_MS) / REPEATS;
  });
  return median(batches.slice(WARM_UP));
};

const REQUEST = { method: 'GET', target: '/ver1/accounts?page=1', host: 'gateway.example' };

const toSigned = (proof: Readonly<Record<string, string>>): SignedRequest => ({
  method: REQUEST.method,
  target: REQUEST.target,
  headers: new Map(
    Object.entries({ Host: REQUEST.host, ...proof }).map(([name, value]) => [name.toLowerCase(), [value]]),
  ),
  rawBody: Buffer.alloc(0),
  ip: '127.0.0.1',
  requestId: 'bench',
});

export const verificationRows = (signers: Readonly<Record<string, readonly Signer[]>>): Row[] => [
  ...ALGORITHMS.flatMap((algorithm) => {
    const signer = signers[algorithm]?.[0];
    if (signer === undefined) throw new Error('the benchmark has no signer');
    const key: VerificationKey = { algorithm, keys: [verificationKeyOf(signer)] };
    const strict = toSigned(signStrict(signer, REQUEST));
    const message = toSigned(signMessage(signer, REQUEST));
    const works: readonly (readonly [string, () => boolean])[] = [
      ['strict', () => fits(readStrictClaim(strict, signer.keyId), key)],
      [
        'rfc9421',
        () => {
          const found = findMessageSignature(message.headers);
          return found !== undefined && fits(readMessageClaim(message, found), key);
        },
      ],
    ];
    return works.map(([name, work]) => row(`${name} ${algorithm}`, work));
  }),
  legacyRow(signers['hmac-sha256']?.[0]),
];

const legacyRow = (signer: Signer | undefined): Row => {
  if (signer === undefined) throw new Error('the benchmark has no signer');
  const key: VerificationKey = { algorithm: 'hmac-sha256', keys: [verificationKeyOf(signer)] };
  const signature = signText('hmac-sha256', signer.key, REQUEST.target).toString('hex');
  const nothing = Buffer.alloc(0);
  return row('legacy hmac-sha256', () => verifyLegacySignature(key, signature, REQUEST.target, nothing));
};

const row = (name: string, work: () => boolean): Row => ({
  name: `verification alone, ${name}`,
  value: measureMicros(work),
  unit: 'µs',
});

const verificationKeyOf = ({ key }: Signer) =>
  typeof key === 'string' ? createSecretKey(Buffer.from(key)) : createPublicKey(key);

const fits = (reading: ReturnType<typeof readStrictClaim>, key: VerificationKey): boolean =>
  'claim' in reading && verifySignature(key, reading.claim.textFor(key.algorithm), reading.claim.signatures);
