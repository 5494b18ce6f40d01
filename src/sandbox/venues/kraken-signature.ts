/** Kraken: who signed a request, the growing nonce, and the venue's refusals (REST API, authentication and errors). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json, parameters } from '../venue.ts';

/** The venue refuses with 200 and a list of errors. */
export const krakenRefusal = (error: string, status = 200, headers?: Record<string, string>): Answer =>
  json(status, { error: [error] }, headers);

export const krakenResult = (result: unknown): Answer => json(200, { error: [], result });

const INVALID_KEY = krakenRefusal('EAPI:Invalid key');
const INVALID_SIGNATURE = krakenRefusal('EAPI:Invalid signature');
const INVALID_NONCE = krakenRefusal('EAPI:Invalid nonce');

export const krakenErrors: VenueErrors = {
  invalidKey: () => INVALID_KEY,
  permissionDenied: () => krakenRefusal('EGeneral:Permission denied'),
  notFound: () => krakenRefusal('EGeneral:Unknown method'),
  rateLimited: (retryAfterSeconds) =>
    krakenRefusal('EAPI:Rate limit exceeded', 429, { 'retry-after': retryAfterSeconds.toString() }),
  unavailable: (status) => krakenRefusal('EService:Unavailable', status),
  banned: (untilMs, nowMs) =>
    krakenRefusal('EGeneral:Temporary lockout', 429, {
      'retry-after': Math.ceil((untilMs - nowMs) / 1_000).toString(),
    }),
  // Maintenance is told with 200, as every other refusal.
  maintenance: () => krakenRefusal('EService:Unavailable'),
  expiredKey: () => INVALID_KEY,
  ipNotAllowed: () => krakenRefusal('EGeneral:Permission denied'),
};

export const krakenKeyOf = (request: VenueRequest): string | undefined => header(request, 'api-key');

/** Each accepted nonce must be greater than the last accepted one; a refused request does not use its nonce up. */
export const authenticateKraken = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const account = ledger.find('kraken', krakenKeyOf(request) ?? '');
  if (account === undefined || isExpired(account, request.nowMs)) return INVALID_KEY;

  const nonce = nonceOf(request);
  const hash = createHash('sha256').update(nonce).update(request.body).digest();
  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const expected = createHmac('sha512', Buffer.from(account.keys.secret, 'base64'))
    .update(target)
    .update(hash)
    .digest();
  const given = Buffer.from(header(request, 'api-sign') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return INVALID_SIGNATURE;

  if (!/^\d{1,20}$/.test(nonce) || BigInt(nonce) <= account.lastNonce) return INVALID_NONCE;
  account.lastNonce = BigInt(nonce);
  return account;
};

const nonceOf = (request: VenueRequest): string => {
  const text = request.body.toString('utf8');
  if (!text.startsWith('{')) return parameters(text).get('nonce') ?? '';
  try {
    const body: unknown = JSON.parse(text);
    const nonce = typeof body === 'object' && body !== null && 'nonce' in body ? body.nonce : undefined;
    return typeof nonce === 'string' || typeof nonce === 'number' ? nonce.toString() : '';
  } catch {
    return '';
  }
};
