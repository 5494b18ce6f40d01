/** OKX: who signed a request, and the venue's refusals (API v5, REST authentication and error codes). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';

const WINDOW_MS = 30_000;
const KEY_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const TIME_FORM = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;

/** Errors of authentication come with 401 and without `data`. */
const unauthorized = (code: string, msg: string): Answer => json(401, { msg, code });

/** Errors of a call's parameters come with `data`. */
export const okxRefusal = (status: number, code: string, msg: string): Answer =>
  json(status, { code, data: [], msg });

// What the venue really says to a well-formed key that it does not know; 50111 is for malformed ones.
const UNKNOWN_KEY = unauthorized('50119', "API key doesn't exist");
const BAD_KEY = unauthorized('50111', 'Invalid OK-ACCESS-KEY');
const BAD_SIGN = unauthorized('50113', 'Invalid Sign');
const BAD_PASSPHRASE = unauthorized('50105', 'Request header OK-ACCESS-PASSPHRASE incorrect.');
const BAD_TIME = unauthorized('50112', 'Invalid OK-ACCESS-TIMESTAMP');
const EXPIRED = unauthorized('50102', 'Timestamp request expired');

export const okxErrors: VenueErrors = {
  invalidKey: () => BAD_KEY,
  permissionDenied: () => unauthorized('50120', "This API key doesn't have permission to use this function"),
  notFound: () => json(404, { msg: 'API endpoint does not exist', code: '404' }),
  rateLimited: (retryAfterSeconds) =>
    json(429, { msg: 'Too Many Requests', code: '50011' }, { 'retry-after': retryAfterSeconds.toString() }),
  unavailable: (status) =>
    json(status, { msg: 'Service temporarily unavailable. Try again later', code: '50001' }),
  banned: (untilMs, nowMs) =>
    json(
      429,
      { msg: 'Too Many Requests', code: '50011' },
      { 'retry-after': Math.ceil((untilMs - nowMs) / 1_000).toString() },
    ),
  maintenance: () => json(503, { msg: 'System upgrading. Try again later', code: '50001' }),
  expiredKey: () => UNKNOWN_KEY,
  ipNotAllowed: () =>
    unauthorized('50110', "Your IP 198.51.100.9 is not included in your API key's IP whitelist."),
};

export const okxKeyOf = (request: VenueRequest): string | undefined => header(request, 'ok-access-key');

export const authenticateOkx = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const apiKey = okxKeyOf(request);
  const passphrase = header(request, 'ok-access-passphrase');
  const sign = header(request, 'ok-access-sign');
  const timestamp = header(request, 'ok-access-timestamp');
  if (!apiKey) return unauthorized('50103', 'Request header OK-ACCESS-KEY cannot be empty.');
  if (!passphrase) return unauthorized('50104', 'Request header OK-ACCESS-PASSPHRASE cannot be empty.');
  if (!sign) return unauthorized('50106', 'Request header OK-ACCESS-SIGN cannot be empty.');
  if (!timestamp) return unauthorized('50107', 'Request header OK-ACCESS-TIMESTAMP cannot be empty.');

  const sentMs = TIME_FORM.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  if (Number.isNaN(sentMs)) return BAD_TIME;
  if (Math.abs(request.nowMs - sentMs) > WINDOW_MS) return EXPIRED;

  if (!KEY_FORM.test(apiKey)) return BAD_KEY;
  const account = ledger.find('okx', apiKey);
  if (account === undefined || isExpired(account, request.nowMs)) return UNKNOWN_KEY;
  if (!sameText(passphrase, account.keys.passphrase ?? '')) return BAD_PASSPHRASE;

  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const expected = createHmac('sha256', account.keys.secret)
    .update(timestamp + request.method + target)
    .update(request.body)
    .digest('base64');
  return sameText(sign, expected) ? account : BAD_SIGN;
};

const sameText = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
};
