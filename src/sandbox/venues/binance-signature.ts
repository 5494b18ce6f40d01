/** Binance and Binance.US: who signed a request, and the venue's refusals (spot API, general information and error codes). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json, parameters } from '../venue.ts';

const DEFAULT_WINDOW_MS = 5_000;
const MOST_WINDOW_MS = 60_000;
const AHEAD_MS = 1_000;
const KEY_FORM = /^[A-Za-z0-9]{64}$/;
const SIGNATURE_FORM = /^[0-9a-fA-F]{64}$/;
const MARK = 'signature=';

export const refusal = (status: number, code: number, msg: string): Answer => json(status, { code, msg });

const INVALID_KEY = refusal(401, -2015, 'Invalid API-key, IP, or permissions for action.');
const BAD_SIGNATURE = refusal(400, -1022, 'Signature for this request is not valid.');

const OUTAGE = Buffer.from('<html><head><title>Service unavailable</title></head><body></body></html>');

export const binanceErrors: VenueErrors = {
  invalidKey: () => INVALID_KEY,
  permissionDenied: () => INVALID_KEY,
  notFound: (request) => json(404, { status: 404, error: 'Not Found', path: request.path }),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      {
        code: -1003,
        msg: 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
      },
      { 'retry-after': retryAfterSeconds.toString() },
    ),
  // An outage of this venue is answered by the proxies in front of it, with a page and not with an error code.
  unavailable: (status) => ({ status, body: OUTAGE, headers: { 'content-type': 'text/html' } }),
  banned: (untilMs, nowMs) =>
    json(
      418,
      {
        code: -1003,
        msg: `Way too much request weight used; IP banned until ${untilMs}. Please use WebSocket Streams for live updates to avoid bans.`,
      },
      { 'retry-after': Math.ceil((untilMs - nowMs) / 1_000).toString() },
    ),
  maintenance: () => json(503, { code: 1, msg: 'System is under maintenance.' }),
  // One wording for a key that is unknown, has expired, lacks a right, or is used from another address.
  expiredKey: () => INVALID_KEY,
  ipNotAllowed: () => INVALID_KEY,
};

export const missing = (name: string): Answer =>
  refusal(400, -1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`);

export const binanceKeyOf = (request: VenueRequest): string | undefined => header(request, 'x-mbx-apikey');

/** The signed text is everything ahead of `signature=` in query and body, which must come last. */
export const authenticateBinance = (
  ledger: Ledger,
  venue: 'binance' | 'binance_us',
  request: VenueRequest,
): SandboxAccount | Answer => {
  const apiKey = binanceKeyOf(request);
  if (apiKey === undefined || !KEY_FORM.test(apiKey)) return refusal(401, -2014, 'API-key format invalid.');

  const text = request.query + request.body.toString('latin1');
  const given = parameters(text);
  const timestamp = given.get('timestamp');
  if (timestamp === undefined || !/^\d{1,16}$/.test(timestamp)) return missing('timestamp');
  const at = text.lastIndexOf(MARK);
  const signature = at < 0 ? '' : text.slice(at + MARK.length);
  if (signature === '') return missing('signature');

  const account = ledger.find(venue, apiKey);
  if (account === undefined || isExpired(account, request.nowMs)) return INVALID_KEY;

  const late = refuseTime(BigInt(timestamp), given.get('recvWindow'), request.nowMs);
  if (late !== undefined) return late;

  // In a query or body of its own the signature follows an ampersand; signed text ends before that.
  const signed = text.slice(0, text[at - 1] === '&' ? at - 1 : at);
  const expected = createHmac('sha256', account.keys.secret).update(signed, 'latin1').digest();
  if (!SIGNATURE_FORM.test(signature)) return BAD_SIGNATURE;
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? account : BAD_SIGNATURE;
};

const refuseTime = (timestamp: bigint, window: string | undefined, nowMs: number): Answer | undefined => {
  const windowMs = window === undefined ? DEFAULT_WINDOW_MS : Math.trunc(Number(window));
  if (Number.isNaN(windowMs) || windowMs < 0) return missing('recvWindow');
  if (windowMs > MOST_WINDOW_MS) return refusal(400, -1131, 'recvWindow must be less than 60000');
  const now = BigInt(nowMs);
  if (timestamp >= now + BigInt(AHEAD_MS)) {
    return refusal(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
  }
  if (now - timestamp > BigInt(windowMs)) {
    return refusal(400, -1021, 'Timestamp for this request is outside of the recvWindow.');
  }
  return undefined;
};
