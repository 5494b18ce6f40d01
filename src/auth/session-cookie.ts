/** The cookie of a console session, and the token that its changes carry besides, so that no other page can make them. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { HeaderLists } from './signed-request.ts';

export interface SessionCookie {
  /** The session's token; undefined when there is none, or more than one. */
  read(headers: HeaderLists): string | undefined;
  /** The value of `Set-Cookie`. */
  write(token: string): string;
  /** The same, which takes the cookie away. */
  clear(): string;
}

const TOKEN_BYTES = 32;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const NAME = 'countersign-admin';

export const makeToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** What is stored of a token. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** `isSecure`: the console is reached over https, and the cookie goes over nothing else. */
export const createSessionCookie = (isSecure: boolean): SessionCookie => {
  // Browsers take a cookie of this name from this very host alone, and only over https.
  const name = isSecure ? `__Host-${NAME}` : NAME;
  const attributes = `Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  return {
    read: (headers) => {
      const token = readCookie(headers, name);
      return token !== undefined && TOKEN.test(token) ? token : undefined;
    },
    write: (token) => `${name}=${token}; ${attributes}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
};

/** The value of the one cookie of that name. */
export const readCookie = (headers: HeaderLists, name: string): string | undefined => {
  const values = (headers.get('cookie') ?? [])
    .flatMap((header) => header.split(';'))
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
};

/** Follows from the session's token, which pages cannot read. */
export const csrfTokenOf = (token: string): string =>
  createHmac('sha256', token).update('csrf').digest('base64url');

export const isCsrfTokenOf = (token: string, sent: string): boolean => {
  const expected = Buffer.from(csrfTokenOf(token));
  const given = Buffer.from(sent);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
