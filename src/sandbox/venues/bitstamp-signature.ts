/** Bitstamp: who signed a request, and the venue's refusals (HTTP API v2, authentication and its errors). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';

const WINDOW_MS = 150_000;
const HOST = 'www.bitstamp.net';
const KEY_FORM = /^[A-Za-z0-9]{32}$/;
const NONCE_FORM = /^[0-9a-z-]{36}$/;

/** Errors of authentication. */
const unauthorized = (code: string, reason: string): Answer => json(403, { status: 'error', reason, code });

/** Errors of a call; `code` as `404.002`. */
export const bitstampRefusal = (status: number, reason: unknown, code: string): Answer =>
  json(status, { status: 'error', reason, response_code: code });

const UNKNOWN_KEY = unauthorized('API0001', 'API key not found');
const BAD_NONCE = unauthorized('API0004', 'Invalid nonce');
const BAD_SIGNATURE = unauthorized('API0005', 'Invalid signature');
const BAD_VERSION = unauthorized('API0010', 'Invalid version');
const BAD_KEY = unauthorized('API0011', 'Wrong API key format');
const OUT_OF_TIME = unauthorized('API0017', 'X-Auth-Timestamp header is out of boundaries');
const BAD_TIME = unauthorized('API0018', 'X-Auth-Timestamp header is invalid');
const BODY_TYPE = unauthorized('API0020', 'Content-Type header should not be present');

export const bitstampErrors: VenueErrors = {
  invalidKey: () => UNKNOWN_KEY,
  permissionDenied: () => unauthorized('API0003', 'No permission found'),
  notFound: () => bitstampRefusal(404, 'Not found', '404.001'),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      {
        status: 'error',
        reason: 'Request rejected due to exceeded rate limit.',
        response_code: '400.002',
      },
      { 'retry-after': retryAfterSeconds.toString() },
    ),
  // An outage is answered by the proxies in front of the venue.
  unavailable: (status) => ({
    status,
    body: Buffer.from('<html><head><title>Bitstamp</title></head><body></body></html>'),
    headers: { 'content-type': 'text/html' },
  }),
  maintenance: () => json(503, { error: "Bitstamp.net is under scheduled maintenance. We'll be back soon." }),
  ipNotAllowed: () => unauthorized('API0002', 'IP address not allowed'),
};

const PREFIX = 'BITSTAMP ';

export const bitstampKeyOf = (request: VenueRequest): string | undefined => {
  const value = header(request, 'x-auth');
  return value?.startsWith(PREFIX) ? value.slice(PREFIX.length) : undefined;
};

export type BitstampAuthenticator = (request: VenueRequest) => SandboxAccount | Answer;

/** Remembers the nonces of the last 150 seconds, each of which is good for one request. */
export const createBitstampAuthenticator = (ledger: Ledger): BitstampAuthenticator => {
  const nonces = new WeakMap<SandboxAccount, Map<string, number>>();

  const useNonce = (account: SandboxAccount, nonce: string, nowMs: number): boolean => {
    const used = nonces.get(account) ?? new Map<string, number>();
    nonces.set(account, used);
    // In order of use: the old ones stand first.
    for (const [old, atMs] of used) {
      if (atMs > nowMs - WINDOW_MS) break;
      used.delete(old);
    }
    if (used.has(nonce)) return false;
    used.set(nonce, nowMs);
    return true;
  };

  return (request) => {
    const apiKey = bitstampKeyOf(request);
    const nonce = header(request, 'x-auth-nonce');
    const timestamp = header(request, 'x-auth-timestamp');
    const signature = header(request, 'x-auth-signature');
    if (apiKey === undefined) return unauthorized('API0012', 'X-Auth header is required');
    if (!signature) return unauthorized('API0013', 'X-Auth-Signature header is required');
    if (!nonce) return unauthorized('API0014', 'X-Auth-Nonce header is required');
    if (!timestamp) return unauthorized('API0015', 'X-Auth-Timestamp header is required');
    if (header(request, 'x-auth-version') !== 'v2') return BAD_VERSION;
    if (request.body.length === 0 && header(request, 'content-type') !== undefined) return BODY_TYPE;

    if (!/^\d{1,14}$/.test(timestamp)) return BAD_TIME;
    if (Math.abs(request.nowMs - Number(timestamp)) > WINDOW_MS) return OUT_OF_TIME;
    if (!KEY_FORM.test(apiKey)) return BAD_KEY;
    const account = ledger.find('bitstamp', apiKey);
    if (account === undefined || isExpired(account, request.nowMs)) return UNKNOWN_KEY;

    if (!isSigned(request, account.keys.secret, { nonce, timestamp, signature })) return BAD_SIGNATURE;
    if (!NONCE_FORM.test(nonce)) return BAD_NONCE;
    return useNonce(account, nonce, request.nowMs) ? account : BAD_NONCE;
  };
};

const isSigned = (
  request: VenueRequest,
  secret: string,
  given: { nonce: string; timestamp: string; signature: string },
): boolean => {
  const query = request.query === '' ? '' : `?${request.query}`;
  const expected = createHmac('sha256', secret)
    .update(header(request, 'x-auth') ?? '')
    .update(`${request.method}${HOST}${request.path}${query}`)
    .update(header(request, 'content-type') ?? '')
    .update(`${given.nonce}${given.timestamp}v2`)
    .update(request.body)
    .digest();
  const signature = Buffer.from(given.signature, 'hex');
  return signature.length === expected.length && timingSafeEqual(signature, expected);
};
