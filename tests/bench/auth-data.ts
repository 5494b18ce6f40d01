/** Callers of the authentication benchmark: several keys of each algorithm, and requests that they signed ahead. */
import { signMessage, signStrict, type Signer } from '../support/request-signer.ts';
import type { BenchCaller } from './bench-data.ts';
import { signedRequest } from './signed-request.ts';

export type Way = 'legacy' | 'strict' | 'rfc9421';

const HOST = '127.0.0.1';
// Signing takes longer than verifying: all is signed before a round, and has to be good until its end.
const WINDOW_MS = 60_000;

/** A whole GET, without a body. */
const wholeRequest = (target: string, headers: Readonly<Record<string, string>>): Buffer => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${target} HTTP/1.1\r\nHost: ${HOST}\r\n${lines.join('')}\r\n`);
};

export const unsignedRequest = (target: string): Buffer => wholeRequest(target, {});

export const bearerRequest = (target: string, token: string): Buffer =>
  wholeRequest(target, { Authorization: `Bearer ${token}` });

/** One request, signed in this moment. */
export const signRequest = (way: Way, signer: Signer, target: string): Buffer => {
  const request = { method: 'GET', target, host: HOST };
  if (way === 'strict') return wholeRequest(target, signStrict(signer, request, { windowMs: WINDOW_MS }));
  if (way === 'rfc9421')
    return wholeRequest(target, signMessage(signer, request, { lifeSeconds: WINDOW_MS / 1_000 }));
  if (typeof signer.key !== 'string') throw new Error('the benchmark signs legacy requests with HMAC');
  const caller: BenchCaller = { tenantId: '', apiKey: signer.keyId, apiSecret: signer.key };
  return signedRequest(caller, 'GET', target);
};

/** Hands out requests that were signed ahead, one after the other; throws when they do not last. */
export const signAhead = (
  way: Way,
  signers: readonly Signer[],
  target: string,
  count: number,
): (() => Buffer) => {
  const requests = Array.from({ length: count }, (_, at) => {
    const signer = signers[at % signers.length];
    if (signer === undefined) throw new Error('the benchmark has no signer');
    return signRequest(way, signer, target);
  });
  let at = 0;
  return () => {
    const request = requests[at];
    if (request === undefined) throw new Error('more requests were sent than had been signed');
    at += 1;
    return request;
  };
};
