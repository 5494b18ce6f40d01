/** Tells from the headers alone how a request wants to prove who sends it, and in whose name. */
import { findMessageSignature, type MessageSignature } from './message-signature.ts';
import { type HeaderLists, singleHeader } from './signed-request.ts';
import { readTokenText, type TokenText } from './token-text.ts';

export type Presented =
  | { readonly kind: 'nothing' }
  /** More than one proof, or one that cannot be read: none of them counts. */
  | { readonly kind: 'unusable'; readonly proof: 'token' | 'signature' }
  | { readonly kind: 'bearer'; readonly keyId: string; readonly text: TokenText }
  | SignaturePresented;

export type SignaturePresented =
  | { readonly kind: 'legacy'; readonly keyId: string }
  | { readonly kind: 'strict'; readonly keyId: string }
  | { readonly kind: 'rfc9421'; readonly keyId: string; readonly signature: MessageSignature };

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
  if (headers.has('authorization')) return isSigned ? UNUSABLE_TOKEN : readBearer(headers);
  if (headers.has('signature-input')) return readMessage(headers);
  const keyId = singleHeader(headers, 'apikey');
  if (keyId === undefined || !KEY_ID.test(keyId)) return { kind: 'nothing' };
  return isStrict(headers) ? { kind: 'strict', keyId } : { kind: 'legacy', keyId };
};

const UNUSABLE_TOKEN: Presented = { kind: 'unusable', proof: 'token' };
const UNUSABLE_SIGNATURE: Presented = { kind: 'unusable', proof: 'signature' };

const readBearer = (headers: HeaderLists): Presented => {
  const token = BEARER.exec(singleHeader(headers, 'authorization') ?? '')?.[1];
  const text = token === undefined ? undefined : readTokenText(token);
  if (text === undefined) return UNUSABLE_TOKEN;
  const { client_id: client, sub } = text.claims;
  const keyId = typeof client === 'string' ? client : sub;
  return typeof keyId === 'string' && KEY_ID.test(keyId) ? { kind: 'bearer', keyId, text } : UNUSABLE_TOKEN;
};

/** The key is named inside the signature; an `Apikey` beside it must be the same. */
const readMessage = (headers: HeaderLists): Presented => {
  const signature = findMessageSignature(headers);
  if (signature === undefined || !KEY_ID.test(signature.keyId)) return UNUSABLE_SIGNATURE;
  const { keyId } = signature;
  if (headers.has('apikey') && singleHeader(headers, 'apikey') !== keyId) return UNUSABLE_SIGNATURE;
  return { kind: 'rfc9421', keyId, signature };
};

/** Whatever is there of the stronger profile makes the request one of it: taking the rest away downgrades nothing. */
const isStrict = (headers: HeaderLists): boolean =>
  STRICT_HEADERS.some((name) => headers.has(name)) ||
  STRICT_PREFIX.test(singleHeader(headers, 'signature') ?? '');
