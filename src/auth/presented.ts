/** Tells from the headers alone how a request wants to prove who sends it, and in whose name. */
import { type HeaderLists, singleHeader } from './signed-request.ts';
import { readTokenText, type TokenText } from './token-text.ts';

export type Presented =
  | { readonly kind: 'nothing' }
  /** More than one proof, or one that cannot be read: none of them counts. */
  | { readonly kind: 'unusable' }
  | { readonly kind: 'bearer'; readonly keyId: string; readonly text: TokenText }
  | { readonly kind: 'legacy' | 'strict' | 'rfc9421'; readonly keyId: string };

// Bounds what a stranger can make the look-up carry; issued ids are far shorter.
const KEY_ID = /^[\x21-\x7e]{1,128}$/;
const BEARER = /^Bearer ([A-Za-z0-9._-]+)$/i;
const STRICT_HEADERS = ['x-timestamp', 'x-nonce', 'x-recv-window', 'x-signed-headers'];
const STRICT_PREFIX = /^v\d/;

// The limits, the body reader and the authenticator all ask; a request's headers are one object.
const known = new WeakMap<HeaderLists, Presented>();

export const readPresented = (headers: HeaderLists): Presented => {
  let presented = known.get(headers);
  if (presented === undefined) {
    presented = read(headers);
    known.set(headers, presented);
  }
  return presented;
};

/** The key id that the request names, proven or not, when it is one that could exist. */
export const presentedKeyId = (headers: HeaderLists): string | undefined => {
  const presented = readPresented(headers);
  return 'keyId' in presented ? presented.keyId : undefined;
};

const read = (headers: HeaderLists): Presented => {
  const isSigned = headers.has('apikey') || headers.has('signature') || headers.has('signature-input');
  if (headers.has('authorization')) return isSigned ? { kind: 'unusable' } : readBearer(headers);
  if (!isSigned) return { kind: 'nothing' };
  const keyId = singleHeader(headers, 'apikey');
  return keyId !== undefined && KEY_ID.test(keyId)
    ? { kind: profileOf(headers), keyId }
    : { kind: 'nothing' };
};

const readBearer = (headers: HeaderLists): Presented => {
  const token = BEARER.exec(singleHeader(headers, 'authorization') ?? '')?.[1];
  const text = token === undefined ? undefined : readTokenText(token);
  if (text === undefined) return { kind: 'unusable' };
  const { client_id: client, sub } = text.claims;
  const keyId = typeof client === 'string' ? client : sub;
  return typeof keyId === 'string' && KEY_ID.test(keyId)
    ? { kind: 'bearer', keyId, text }
    : { kind: 'unusable' };
};

/** Whatever is there of a stronger profile makes the request one of it: taking the rest away downgrades nothing. */
const profileOf = (headers: HeaderLists): 'legacy' | 'strict' | 'rfc9421' => {
  if (headers.has('signature-input')) return 'rfc9421';
  const isStrict =
    STRICT_HEADERS.some((name) => headers.has(name)) ||
    STRICT_PREFIX.test(singleHeader(headers, 'signature') ?? '');
  return isStrict ? 'strict' : 'legacy';
};
