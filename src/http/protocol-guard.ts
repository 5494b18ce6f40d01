/**
 * Refuses, ahead of Express, what Node's parser lets through but two servers in a row could read differently:
 * odd targets, an unclear Host, unclear framing, headers sent twice.
 */
import type { HeaderLists } from '../auth/signed-request.ts';

export interface ProtocolLimits {
  readonly headerCount: number;
}

/** What the guard looks at; Node's IncomingMessage is one. */
export interface ProtocolView {
  readonly httpVersion: string;
  readonly url?: string | undefined;
  /** Names and values, twice the number of headers. */
  readonly rawHeaders: readonly string[];
}

export interface Refusal {
  readonly status: 400 | 431;
  /** For the caller; quotes nothing of the request. */
  readonly reason: string;
}

// Each of them changes how the request is read, so two values are two requests.
const SINGLE_HEADERS = [
  'host',
  'content-length',
  'content-type',
  'content-encoding',
  'content-digest',
  'transfer-encoding',
  'apikey',
  'signature',
  'signature-input',
  'x-timestamp',
  'x-nonce',
  'x-recv-window',
  'x-signed-headers',
  'authorization',
  'forced-mode',
  'idempotency-key',
  'expect',
] as const;

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
// Origin form in visible ASCII, without a fragment or a backslash (some servers read it as a slash).
const TARGET = /^\/[\x21\x22\x24-\x5b\x5d-\x7e]*$/;
const TARGET_BYTES = 8 * 1024;

/** undefined: the request may go on. */
export const checkProtocol = (
  view: ProtocolView,
  headers: HeaderLists,
  limits: ProtocolLimits,
): Refusal | undefined => {
  const target = view.url ?? '';
  if (view.rawHeaders.length > 2 * limits.headerCount) return { status: 431, reason: 'Too many headers' };
  // Node's parser takes HTTP/0.9 and HTTP/2.0 on a request line too.
  if (view.httpVersion !== '1.1' && view.httpVersion !== '1.0') return bad('Only HTTP/1.1 is spoken here');
  if (!TARGET.test(target) || target.length > TARGET_BYTES) return bad('The request target is not accepted');
  for (const name of SINGLE_HEADERS) {
    const values = headers.get(name);
    if (values !== undefined && values.length > 1) return bad(`The header ${name} was sent more than once`);
  }
  const host = headers.get('host')?.[0];
  if (host === undefined || !HOST.test(host)) return bad('The Host header is missing or malformed');
  return checkFraming(headers, view.httpVersion);
};

const checkFraming = (headers: HeaderLists, httpVersion: string): Refusal | undefined => {
  const transferEncoding = headers.get('transfer-encoding')?.[0];
  if (transferEncoding !== undefined) {
    if (transferEncoding.toLowerCase() !== 'chunked') return bad('Transfer-Encoding is not accepted');
    if (headers.has('content-length')) return bad('Content-Length and Transfer-Encoding were both sent');
    if (httpVersion === '1.0') return bad('Transfer-Encoding is not part of HTTP/1.0');
  }
  const contentEncoding = headers.get('content-encoding')?.[0];
  // The signature is over the bytes of the body; a compressed one could unpack to any size.
  if (contentEncoding !== undefined && contentEncoding.toLowerCase() !== 'identity') {
    return bad('Content-Encoding is not accepted');
  }
  const expect = headers.get('expect')?.[0];
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') return bad('Expect is not accepted');
  return undefined;
};

const bad = (reason: string): Refusal => ({ status: 400, reason });
