/** Coinbase Exchange: who signed a request, and the venue's refusals (REST API, authentication and errors). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';

const WINDOW_MS = 30_000;

export const coinbaseRefusal = (status: number, message: string, headers?: Record<string, string>): Answer =>
  json(status, { message }, headers);

const INVALID_KEY = coinbaseRefusal(401, 'Invalid API Key');
const INVALID_PASSPHRASE = coinbaseRefusal(401, 'Invalid Passphrase');
const INVALID_SIGNATURE = coinbaseRefusal(401, 'invalid signature');
const INVALID_TIME = coinbaseRefusal(400, 'invalid timestamp');
const EXPIRED = coinbaseRefusal(401, 'request timestamp expired');

export const coinbaseErrors: VenueErrors = {
  invalidKey: () => INVALID_KEY,
  permissionDenied: () => coinbaseRefusal(403, 'Forbidden'),
  notFound: () => coinbaseRefusal(404, 'NotFound'),
  rateLimited: (retryAfterSeconds) =>
    coinbaseRefusal(429, 'Private rate limit exceeded', { 'retry-after': retryAfterSeconds.toString() }),
  unavailable: (status) => coinbaseRefusal(status, 'Service Unavailable'),
  maintenance: () => coinbaseRefusal(503, 'The system is under maintenance'),
  ipNotAllowed: () => coinbaseRefusal(401, 'IP does not match IP whitelist'),
};

export const coinbaseKeyOf = (request: VenueRequest): string | undefined => header(request, 'cb-access-key');

export const authenticateCoinbase = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const apiKey = coinbaseKeyOf(request);
  const sign = header(request, 'cb-access-sign');
  const timestamp = header(request, 'cb-access-timestamp');
  const passphrase = header(request, 'cb-access-passphrase');
  if (!apiKey) return missing('KEY');
  if (!sign) return missing('SIGN');
  if (!timestamp) return missing('TIMESTAMP');
  if (!passphrase) return missing('PASSPHRASE');

  // Seconds; a number of milliseconds lies in no year that the venue takes.
  if (!/^\d{1,10}(\.\d+)?$/.test(timestamp)) return INVALID_TIME;
  if (Math.abs(request.nowMs - Number(timestamp) * 1_000) > WINDOW_MS) return EXPIRED;

  const account = ledger.find('coinbase', apiKey);
  if (account === undefined || isExpired(account, request.nowMs)) return INVALID_KEY;
  if (!sameText(passphrase, account.keys.passphrase ?? '')) return INVALID_PASSPHRASE;

  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const expected = createHmac('sha256', Buffer.from(account.keys.secret, 'base64'))
    .update(timestamp + request.method + target)
    .update(request.body)
    .digest('base64');
  return sameText(sign, expected) ? account : INVALID_SIGNATURE;
};

const missing = (name: string): Answer => coinbaseRefusal(401, `CB-ACCESS-${name} header is required`);

const sameText = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
};
