/**
 * Reads an access token as text, before any signature of it is looked at: jose takes base64 that has several
 * spellings, and header members that name keys of the sender's choice.
 */
import { decodeBase64Url } from './canonical-text.ts';

export interface TokenText {
  readonly token: string;
  readonly header: { readonly alg: string; readonly kid: string; readonly typ: string | undefined };
  /** As claimed; nothing of it is proven. */
  readonly claims: Readonly<Record<string, unknown>>;
}

// Ours have some 600; those of outside issuers carry lists of groups.
const LONGEST_TOKEN = 8_192;
const PARTS = 3;
/** What a header may hold. `jku`, `x5u`, `jwk` would let the sender name the key; `crit`, `b64`, `zip` change the reading. */
const HEADER_MEMBERS = new Set(['alg', 'typ', 'kid']);
/** Beside them, in tokens of outside issuers: names of certificates, which nothing here reads. */
const HARMLESS_MEMBERS = new Set(['x5t', 'x5t#S256']);

/** undefined when it is no token that anybody here would issue or take. */
export const readTokenText = (token: string): TokenText | undefined => {
  if (token.length > LONGEST_TOKEN) return undefined;
  const parts = token.split('.');
  const bytes = parts.map(decodeBase64Url);
  const [head, payload, signature] = bytes;
  if (parts.length !== PARTS || head === undefined || payload === undefined || signature === undefined)
    return undefined;
  const header = readObject(head);
  const claims = readObject(payload);
  if (header === undefined || claims === undefined) return undefined;
  const names = Object.keys(header);
  if (!names.every((name) => HEADER_MEMBERS.has(name) || HARMLESS_MEMBERS.has(name))) return undefined;
  const { alg, kid, typ } = header;
  if (typeof alg !== 'string' || typeof kid !== 'string') return undefined;
  if (typ !== undefined && typeof typ !== 'string') return undefined;
  return { token, header: { alg, kid, typ }, claims };
};

const readObject = (bytes: Buffer): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};
