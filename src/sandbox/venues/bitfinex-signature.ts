/** Bitfinex: who signed a request, the growing nonce, and the venue's refusals (REST v2, authentication, error codes). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Ledger, type SandboxAccount, isExpired } from '../ledger.ts';
import { type Answer, type VenueErrors, type VenueRequest, header, json } from '../venue.ts';
import { bitfinexJson, bitfinexRefusal } from './bitfinex-wire.ts';

const INVALID_KEY = bitfinexRefusal(10100, 'apikey: invalid');
const INVALID_DIGEST = bitfinexRefusal(10100, 'apikey: digest invalid');
const SMALL_NONCE = bitfinexRefusal(10114, 'nonce: small');
// Greater ones are refused: they no longer fit the numbers that the venue keeps them in.
const MOST_NONCE = BigInt(Number.MAX_SAFE_INTEGER);

export const bitfinexErrors: VenueErrors = {
  invalidKey: () => INVALID_KEY,
  permissionDenied: () => bitfinexRefusal(10001, 'api_key: permission invalid'),
  notFound: () => bitfinexRefusal(10020, 'path: invalid', 404),
  rateLimited: (retryAfterSeconds) =>
    bitfinexJson(['error', 11010, 'ratelimit: error'], 429, { 'retry-after': retryAfterSeconds.toString() }),
  unavailable: (status) =>
    json(status, {
      code: 503,
      error: 'temporarily_unavailable',
      error_description:
        'Sorry, the service is temporarily unavailable. See https://www.bitfinex.com/ for more info.',
    }),
  maintenance: () => bitfinexRefusal(20060, 'maintenance: on'),
};

export const bitfinexKeyOf = (request: VenueRequest): string | undefined => header(request, 'bfx-apikey');

/** Each accepted nonce must be greater than the last accepted one; a refused request does not use its nonce up. */
export const authenticateBitfinex = (ledger: Ledger, request: VenueRequest): SandboxAccount | Answer => {
  const account = ledger.find('bitfinex', bitfinexKeyOf(request) ?? '');
  if (account === undefined || isExpired(account, request.nowMs)) return INVALID_KEY;

  const nonce = header(request, 'bfx-nonce') ?? '';
  const expected = createHmac('sha384', account.keys.secret)
    .update(`/api${request.path}${nonce}`)
    .update(request.body)
    .digest();
  const given = Buffer.from(header(request, 'bfx-signature') ?? '', 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return INVALID_DIGEST;

  if (!/^\d{1,16}$/.test(nonce)) return SMALL_NONCE;
  const number = BigInt(nonce);
  if (number <= account.lastNonce || number > MOST_NONCE) return SMALL_NONCE;
  account.lastNonce = number;
  return account;
};
