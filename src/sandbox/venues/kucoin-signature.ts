/** KuCoin: who signed a request, the form of answers, and the venue's refusals (REST authentication and error codes). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';

const WINDOW_MS = 5_000;

export const kucoinData = (data: unknown): Answer => json(200, { code: '200000', data });

/** Refusals of what a signed call asks for come with status 200. */
export const kucoinRefusal = (code: string, msg: string, status = 200): Answer => json(status, { code, msg });

const unauthorized = (code: string, msg: string): Answer => kucoinRefusal(code, msg, 401);

const UNKNOWN_KEY = unauthorized('400003', 'KC-API-KEY not exists');
const BAD_TIME = unauthorized('400002', 'KC-API-TIMESTAMP Invalid');
const BAD_PASSPHRASE = unauthorized('400004', 'Invalid KC-API-PASSPHRASE');
const BAD_SIGN = unauthorized('400005', 'Invalid KC-API-SIGN');
const INCOMPLETE = unauthorized(
  '400001',
  'Please check the header of your request for KC-API-KEY, KC-API-SIGN',
);

export const kucoinErrors: VenueErrors = {
  invalidKey: () => UNKNOWN_KEY,
  permissionDenied: () => kucoinRefusal('400007', 'Access denied, require more permission.', 403),
  notFound: () => kucoinRefusal('404000', 'Url Not Found', 404),
  rateLimited: (retryAfterSeconds) =>
    json(
      429,
      { code: '429000', msg: 'Too many requests in a short period of time, please retry later' },
      {
        'retry-after': retryAfterSeconds.toString(),
        'gw-ratelimit-remaining': '0',
        'gw-ratelimit-reset': (retryAfterSeconds * 1_000).toString(),
      },
    ),
  unavailable: (status) => kucoinRefusal('500000', 'Internal Server Error', status),
  maintenance: () => kucoinRefusal('503', 'Service Unavailable', 503),
  ipNotAllowed: () => unauthorized('400006', 'The requested ip address is not in the api whitelist'),
};

export const kucoinKeyOf = (request: VenueRequest): string | undefined => header(request, 'kc-api-key');

/** The signed text is time, method, path with query, and body; of newer keys the passphrase is signed too. */
export const authenticateKucoin = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const apiKey = kucoinKeyOf(request);
  const timestamp = header(request, 'kc-api-timestamp');
  const sign = header(request, 'kc-api-sign');
  const passphrase = header(request, 'kc-api-passphrase');
  if (!apiKey || !timestamp || !sign || !passphrase) return INCOMPLETE;
  if (!/^\d{1,16}$/.test(timestamp) || Math.abs(request.nowMs - Number(timestamp)) > WINDOW_MS)
    return BAD_TIME;

  const account = ledger.find('kucoin', apiKey);
  if (account === undefined || isExpired(account, request.nowMs)) return UNKNOWN_KEY;
  const { secret, passphrase: own = '' } = account.keys;
  const signed = (header(request, 'kc-api-key-version') ?? '1') !== '1';
  const expectedPassphrase = signed ? createHmac('sha256', secret).update(own).digest('base64') : own;

  const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
  const expected = createHmac('sha256', secret)
    .update(timestamp + request.method + target)
    .update(request.body)
    .digest('base64');
  // A wrong secret spoils both: the venue names the signature then.
  if (!sameText(sign, expected)) return BAD_SIGN;
  return sameText(passphrase, expectedPassphrase) ? account : BAD_PASSPHRASE;
};

const sameText = (given: string, expected: string): boolean => {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
};
