/** A key of each algorithm, and an authenticator that knows it: what the tests of the signed profiles run against. */
import { createSecretKey } from 'node:crypto';
import type { CallerKey } from '../../src/auth/caller-key.ts';
import type { SignedRequest } from '../../src/auth/signed-request.ts';
import { AppError } from '../../src/shared/errors.ts';
import { aCallerKey, aClock, authenticatorOf } from '../http/sample-surface.ts';
import {
  type Algorithm,
  newSigningKey,
  type Signer,
  signMessage,
  signStrict,
  type Unsigned,
} from '../support/request-signer.ts';

export const NOW = Date.UTC(2026, 0, 1);
export const IP = '203.0.113.7';

export interface SignedFixture {
  readonly clock: ReturnType<typeof aClock>;
  readonly signer: Signer;
  readonly key: CallerKey;
  /** `accepted`, or the code of the refusal. */
  readonly verdict: (request: SignedRequest) => Promise<string>;
}

// Making an RSA key takes a second on a busy machine; none of the tests changes one.
const made = new Map<Algorithm, ReturnType<typeof newSigningKey>>();

export const aSignedFixture = (
  algorithm: Algorithm,
  overrides: Partial<CallerKey> = {},
  now = NOW,
): SignedFixture => {
  const clock = aClock(now);
  const pair = made.get(algorithm) ?? newSigningKey(algorithm);
  made.set(algorithm, pair);
  const { key: signingKey, publicKey } = pair;
  const key = aCallerKey({
    algorithm,
    keys: [publicKey ?? createSecretKey(Buffer.from(signingKey as string))],
    ...overrides,
  });
  const authenticator = authenticatorOf(
    (keyId) => Promise.resolve(keyId === key.keyId ? key : undefined),
    clock,
  );
  return {
    clock,
    key,
    signer: { keyId: key.keyId, algorithm, key: signingKey },
    verdict: (request) =>
      authenticator.authenticate(request).then(
        () => 'accepted',
        (error: unknown) => (error instanceof AppError ? error.code : String(error)),
      ),
  };
};

/** The request as the gateway sees it. */
export const toSignedRequest = (
  { method, target, host, body = '', headers = {} }: Unsigned,
  proof: Readonly<Record<string, string>>,
): SignedRequest => ({
  method,
  target,
  headers: new Map(
    Object.entries({ Host: host, ...headers, ...proof }).map(([name, value]) => [
      name.toLowerCase(),
      [value],
    ]),
  ),
  rawBody: Buffer.from(body),
  ip: IP,
  requestId: 'request-1',
});

export const POST: Unsigned = {
  method: 'POST',
  target: '/api/portfolios?dry=yes&note=%C3%A4',
  host: 'gateway.example',
  body: '{"name":"Mine","weights":{"BTC":100}}',
  headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'retry-7' },
};

export const SIGN = {
  strict: (signer: Signer, request: Unsigned) =>
    signStrict(signer, request, {
      now: NOW,
      windowMs: 4_000,
      signedHeaders: ['content-type', 'idempotency-key'],
    }),
  rfc9421: (signer: Signer, request: Unsigned) =>
    signMessage(signer, request, {
      now: NOW,
      components: [
        '@method',
        '@authority',
        '@path',
        '@query',
        'content-digest',
        'content-type',
        'idempotency-key',
      ],
    }),
} as const;
