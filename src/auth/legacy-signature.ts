/**
 * Verifies the `legacy` profile: 3Commas' HMAC and RSA signatures over path, query and body.
 *
 * The signed text has no separator between query and body, so one text can be cut in two ways. The published
 * equivalence (all parameters in the query = all of them in a form body) is kept; any other cut is closed by
 * `boundaryIsClear`, so that a captured request cannot be replayed with its parameters cut elsewhere.
 */
import { createHmac, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { decodeBase64 } from './canonical-text.ts';
import type { VerificationKey } from './signature-algorithm.ts';

const HMAC_SIGNATURE = /^[0-9a-fA-F]{64}$/;

// Clients sign what the published reference shows, whatever path reaches the gateway.
const SHORT_PREFIX = '/ver1/';
const PUBLISHED_PREFIX = '/public/api';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const EQUALS = 0x3d;
const AMPERSAND = 0x26;

/** Whether the signature fits the request under any of the key's live secrets. The caller never learns which text fitted. */
export const verifyLegacySignature = (
  key: VerificationKey,
  signature: string,
  target: string,
  rawBody: Buffer,
  method = 'GET',
): boolean => {
  const heads = signedHeads(target, rawBody, method);
  if (key.algorithm === 'hmac-sha256') return verifyHmac(key.keys, signature, heads, rawBody);
  // The profile has these two; a key that was registered for another algorithm signs with no other.
  return key.algorithm === 'rsa-v1_5-sha256' && verifyRsa(key.keys, signature, heads, rawBody);
};

/**
 * 3Commas signs no method, so a captured GET of an object would pass as its DELETE: here a DELETE says so in what is
 * signed. Its routes are all our own. Writes by other methods differ from a GET by the body, which is signed.
 */
const methodPrefix = (method: string): string => (method === 'DELETE' ? 'DELETE ' : '');

/**
 * The texts that a caller may have signed, each to be followed by the raw body; without repeats.
 * Empty when the request could be read in two ways, which no signature can then make good.
 */
export const signedHeads = (target: string, rawBody: Buffer, method = 'GET'): readonly string[] => {
  const cut = target.indexOf('?');
  const path = cut === -1 ? target : target.slice(0, cut);
  const query = cut === -1 ? '' : target.slice(cut + 1);
  if (!boundaryIsClear(target, query, rawBody)) return [];

  const heads = new Set<string>();
  const paths = path.startsWith(SHORT_PREFIX) ? [path, PUBLISHED_PREFIX + path] : [path];
  for (const signedPath of paths) {
    // A: with a body only if it is JSON, or `p` + form body would read as a longer path.
    if (rawBody.length === 0 || isJsonStart(rawBody[0])) {
      heads.add(query === '' ? signedPath : `${signedPath}?${query}`);
    }
    heads.add(`${signedPath}?${query}`); // B
    const encoded = query === '' ? undefined : reencodeQuery(query);
    if (encoded !== undefined) heads.add(`${signedPath}?${encoded}`); // C
  }
  return [...heads].map((head) => methodPrefix(method) + head);
};

const isJsonStart = (byte: number | undefined): boolean => byte === OPEN_BRACE || byte === OPEN_BRACKET;

/**
 * A raw `{` stands only at the start of a JSON body (every client encodes it elsewhere), so a JSON body cannot be
 * moved into the query or a form body. Between a query and a form body the cut must stand between two `name=value`.
 */
const boundaryIsClear = (target: string, query: string, rawBody: Buffer): boolean => {
  if (target.includes('{')) return false;
  if (rawBody.length === 0 || isJsonStart(rawBody[0])) return true;
  if (rawBody.includes(OPEN_BRACE)) return false;
  if (query === '') return true;
  const lastPair = query.slice(query.lastIndexOf('&') + 1);
  const equals = rawBody.indexOf(EQUALS);
  const ampersand = rawBody.indexOf(AMPERSAND);
  return lastPair.includes('=') && equals !== -1 && (ampersand === -1 || equals < ampersand);
};

/** Each pair decoded and encoded again as encodeURIComponent does; undefined when it cannot be decoded. */
const reencodeQuery = (query: string): string | undefined => {
  try {
    return query
      .split('&')
      .map((pair) => pair.split(/=(.*)/s, 2).map(reencode).join('='))
      .join('&');
  } catch {
    return undefined;
  }
};

// The same reading of `+` as parameters have, or two texts of one signature would mean two things.
const reencode = (text: string): string => encodeURIComponent(decodeURIComponent(text.replaceAll('+', ' ')));

const verifyHmac = (
  secrets: readonly KeyObject[],
  signature: string,
  heads: readonly string[],
  rawBody: Buffer,
): boolean => {
  if (!HMAC_SIGNATURE.test(signature)) return false;
  const presented = Buffer.from(signature, 'hex');
  // Only a good signature ends early, and its maker knows the secret and what it signed: time tells nobody else anything.
  return secrets.some((secret) =>
    heads.some((head) => {
      const hmac = createHmac('sha256', secret).update(head, 'latin1');
      if (rawBody.length > 0) hmac.update(rawBody);
      return timingSafeEqual(hmac.digest(), presented);
    }),
  );
};

const verifyRsa = (
  publicKeys: readonly KeyObject[],
  signature: string,
  heads: readonly string[],
  rawBody: Buffer,
): boolean => {
  const presented = decodeBase64(signature);
  if (presented === undefined) return false;
  let accepted = false;
  for (const publicKey of publicKeys) {
    for (const head of heads) {
      const text = Buffer.concat([Buffer.from(head, 'latin1'), rawBody]);
      accepted = verify('sha256', text, publicKey, presented) || accepted;
    }
  }
  return accepted;
};
