/** Gate: who signed a request, and the venue's refusals (API v4, authentication and error labels). */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';

const WINDOW_SECONDS = 60;
const HEX = /^[0-9a-f]{128}$/i;

export const gateRefusal = (status: number, label: string, message: string): Answer =>
  json(status, { label, message });

const INVALID_KEY = gateRefusal(401, 'INVALID_KEY', 'Invalid key provided');
const BAD_SIGNATURE = gateRefusal(401, 'INVALID_SIGNATURE', 'Signature mismatch');

export const gateErrors: VenueErrors = {
  invalidKey: () => INVALID_KEY,
  permissionDenied: () =>
    gateRefusal(403, 'FORBIDDEN', 'Request API key does not have the required permission'),
  notFound: () => gateRefusal(404, 'NOT_FOUND', 'Requested URL not found'),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      { label: 'TOO_MANY_REQUESTS', message: 'Request Rate Limit Exceeded' },
      { 'retry-after': retryAfterSeconds.toString(), 'x-gate-ratelimit-requests-remain': '0' },
    ),
  unavailable: (status) => gateRefusal(status, 'SERVER_ERROR', 'Internal server error'),
  maintenance: () => gateRefusal(503, 'TOO_BUSY', 'System is under maintenance, please try again later'),
  ipNotAllowed: () => gateRefusal(403, 'IP_FORBIDDEN', 'Your IP is not in the white list of this key'),
};

export const gateKeyOf = (request: VenueRequest): string | undefined => header(request, 'key');

/** The signed text is method, path, query, hash of the body and time, a line each; the query without its escapes. */
export const authenticateGate = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const apiKey = gateKeyOf(request);
  const timestamp = header(request, 'timestamp');
  const sign = header(request, 'sign');
  if (!apiKey) return gateRefusal(400, 'MISSING_REQUIRED_HEADER', 'Missing required header: KEY');
  if (!sign) return gateRefusal(400, 'MISSING_REQUIRED_HEADER', 'Missing required header: SIGN');
  if (!timestamp || !/^\d{1,12}$/.test(timestamp))
    return gateRefusal(400, 'MISSING_REQUIRED_HEADER', 'Missing required header: Timestamp');

  const account = ledger.find('gate_io', apiKey);
  if (account === undefined || isExpired(account, request.nowMs)) return INVALID_KEY;
  if (Math.abs(Math.floor(request.nowMs / 1_000) - Number(timestamp)) > WINDOW_SECONDS) {
    const message = 'gap between request Timestamp and server time exceeds 60';
    return gateRefusal(403, 'REQUEST_EXPIRED', message);
  }

  const bodyHash = createHash('sha512').update(request.body).digest('hex');
  const lines = [request.method, request.path, unescaped(request.query), bodyHash, timestamp];
  const expected = createHmac('sha512', account.keys.secret).update(lines.join('\n')).digest();
  return HEX.test(sign) && timingSafeEqual(expected, Buffer.from(sign, 'hex')) ? account : BAD_SIGNATURE;
};

const unescaped = (query: string): string => {
  try {
    return decodeURIComponent(query.replace(/\+/g, '%20'));
  } catch {
    return query;
  }
};
