/** Bybit: who signed a request, and the venue's refusals (v5, authentication and error codes). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';
import { bybitRefusal } from './bybit-books.ts';

const USUAL_WINDOW_MS = 5_000;
const AHEAD_MS = 1_000;
const HEX = /^[0-9a-f]{64}$/i;

const OUTAGE = Buffer.from('<html><head><title>502 Bad Gateway</title></head><body></body></html>');
const refusal = (retCode: number, retMsg: string) => (): Answer =>
  json(200, { retCode, retMsg, result: {}, retExtInfo: {} });

const INVALID_KEY = 'API key is invalid.';
const EXPIRED_KEY = 'Your api key has expired.';

export const bybitErrors: VenueErrors = {
  invalidKey: refusal(10003, INVALID_KEY),
  permissionDenied: refusal(10005, 'Permission denied, please check your API key permissions.'),
  notFound: () => json(404, { retCode: 10017, retMsg: 'Route not found.' }),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.', result: {}, retExtInfo: {} },
      { 'retry-after': retryAfterSeconds.toString() },
    ),
  // The network in front of the venue answers an outage, with a page.
  unavailable: (status) => ({ status, body: OUTAGE, headers: { 'content-type': 'text/html' } }),
  banned: (untilMs, nowMs) => ({
    status: 403,
    body: Buffer.from('access too frequent, please try again later'),
    headers: { 'content-type': 'text/plain', 'retry-after': Math.ceil((untilMs - nowMs) / 1_000).toString() },
  }),
  maintenance: refusal(10016, 'System maintenance, please try again later.'),
  expiredKey: refusal(33004, EXPIRED_KEY),
  ipNotAllowed: refusal(10010, "Unmatched IP, please check your API key's bound IP addresses."),
};

export const bybitKeyOf = (request: VenueRequest): string | undefined => header(request, 'x-bapi-api-key');

/** The signed text is time, key and window, then the query or the body. */
export const authenticateBybit = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const now = request.nowMs;
  const apiKey = bybitKeyOf(request);
  const timestamp = header(request, 'x-bapi-timestamp');
  const sign = header(request, 'x-bapi-sign');
  const window = header(request, 'x-bapi-recv-window') ?? USUAL_WINDOW_MS.toString();
  if (!apiKey || !timestamp || !sign) return bybitRefusal(now, 10001, 'Request parameter error.');
  if (!/^\d{1,16}$/.test(timestamp) || !/^\d{1,8}$/.test(window))
    return bybitRefusal(now, 10001, 'Request parameter error.');

  const account = ledger.find('bybit', apiKey);
  if (account === undefined) return bybitRefusal(now, 10003, INVALID_KEY);
  if (isExpired(account, now)) return bybitRefusal(now, 33004, EXPIRED_KEY);

  const sentMs = Number(timestamp);
  if (sentMs < now - Number(window) || sentMs >= now + AHEAD_MS) {
    const times = `req_timestamp[${timestamp}],server_timestamp[${now}],recv_window[${window}]`;
    const message = `invalid request, please check your server timestamp or recv_window param. ${times}`;
    return bybitRefusal(now, 10002, message);
  }

  const expected = createHmac('sha256', account.keys.secret)
    .update(timestamp + apiKey + window)
    .update(request.method === 'POST' ? request.body : request.query)
    .digest();
  const fits = HEX.test(sign) && timingSafeEqual(expected, Buffer.from(sign, 'hex'));
  return fits
    ? account
    : bybitRefusal(now, 10004, 'Error sign, please check your signature generation algorithm.');
};
