/**
 * The `strict` profile: one text over everything that makes a request, with a time and a nonce, so that it counts once.
 *
 * `CS2`, algorithm, key id, `X-Timestamp`, `X-Nonce`, window, method, host, target, SHA-256 of the body in hex, then
 * `name:value` of each header that `X-Signed-Headers` names; every one of them ends with a line feed.
 */
import { createHash } from 'node:crypto';
import type { SignatureAlgorithm } from './caller-key.ts';
import { decodeBase64, decodeHex } from './canonical-text.ts';
import { MOST_AHEAD_MS, NONCE_MARGIN_MS } from './nonce-store.ts';
import { type ClaimReading, STRICT_NONCE } from './signed-claim.ts';
import { type HeaderLists, type SignedRequest, singleHeader } from './signed-request.ts';

const TIMESTAMP = /^\d{13}$/;
const WINDOW = /^[1-9]\d{0,4}$/;
const DEFAULT_WINDOW = '5000';
const GREATEST_WINDOW_MS = 60_000;
const SIGNATURE = /^v2=(.+)$/;
const HEADER_NAME = /^[a-z0-9-]{1,64}$/;
const SEPARATOR = /[,;] ?/;
const MOST_HEADERS = 16;

/** `keyId` is the `Apikey` header, already checked. */
export const readStrictClaim = (request: SignedRequest, keyId: string): ClaimReading => {
  const { headers } = request;
  const timestamp = singleHeader(headers, 'x-timestamp') ?? '';
  if (!TIMESTAMP.test(timestamp)) return problem('X-Timestamp must be the milliseconds since 1970');
  const nonce = singleHeader(headers, 'x-nonce') ?? '';
  if (!STRICT_NONCE.test(nonce)) return problem('X-Nonce must be 22 to 64 of A-Z a-z 0-9 _ -');
  const window = headers.has('x-recv-window')
    ? (singleHeader(headers, 'x-recv-window') ?? '')
    : DEFAULT_WINDOW;
  const windowMs = WINDOW.test(window) ? parseInt(window, 10) : Number.POSITIVE_INFINITY;
  if (windowMs > GREATEST_WINDOW_MS) return problem('X-Recv-Window must be 1 to 60000 milliseconds');
  const signatures = readSignatures(singleHeader(headers, 'signature') ?? '');
  if (signatures.length === 0) return problem('Signature must be v2= and the signature in hex or base64');
  const host = singleHeader(headers, 'host');
  const signedLines = readSignedHeaders(headers);
  if (host === undefined || signedLines === undefined)
    return problem('X-Signed-Headers must name headers that are sent once, at most 16, with commas between');

  const signedAt = parseInt(timestamp, 10);
  const bodyHash = createHash('sha256').update(request.rawBody).digest('hex');
  return {
    claim: {
      profile: 'strict',
      keyId,
      algorithm: undefined,
      signedAt,
      notBefore: signedAt - Math.min(windowMs, MOST_AHEAD_MS),
      notAfter: signedAt + windowMs,
      nonce,
      keepMs: 2 * windowMs + NONCE_MARGIN_MS,
      signatures,
      textFor: (algorithm) =>
        strictText({ algorithm, keyId, timestamp, nonce, window, host, bodyHash, signedLines, request }),
    },
  };
};

const problem = (words: string): ClaimReading => ({ problem: words });

interface StrictParts {
  readonly algorithm: SignatureAlgorithm;
  readonly keyId: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly window: string;
  readonly host: string;
  readonly bodyHash: string;
  readonly signedLines: readonly string[];
  readonly request: Pick<SignedRequest, 'method' | 'target'>;
}

const strictText = (parts: StrictParts): string =>
  [
    'CS2',
    parts.algorithm,
    parts.keyId,
    parts.timestamp,
    parts.nonce,
    parts.window,
    parts.request.method,
    parts.host,
    parts.request.target,
    parts.bodyHash,
    ...parts.signedLines,
    '',
  ].join('\n');

/** 64 hex digits are base64 too: the length of the key's signatures tells which was meant. */
const readSignatures = (header: string): Buffer[] => {
  const text = SIGNATURE.exec(header)?.[1] ?? '';
  return [decodeHex(text), decodeBase64(text)].filter((bytes) => bytes !== undefined);
};

/** `name:value` of each; undefined when one is not there exactly once. */
const readSignedHeaders = (headers: HeaderLists): string[] | undefined => {
  if (!headers.has('x-signed-headers')) return [];
  const list = singleHeader(headers, 'x-signed-headers');
  if (list === undefined) return undefined;
  const names = list === '' ? [] : list.toLowerCase().split(SEPARATOR);
  if (names.length > MOST_HEADERS || new Set(names).size !== names.length) return undefined;
  const lines: string[] = [];
  for (const name of names) {
    const value = singleHeader(headers, name);
    if (!HEADER_NAME.test(name) || value === undefined) return undefined;
    lines.push(`${name}:${value}`);
  }
  return lines;
};
