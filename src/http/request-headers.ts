/** Reads the headers of a request as lists, once, ahead of everything that looks at them. */
import type { HeaderLists } from '../auth/signed-request.ts';

/**
 * From Node's flat `[name, value, name, value, ...]`. Not `headersDistinct`: it is a plain object, which a header
 * named `__proto__` breaks on older Node releases, and `headers` joins or drops repeated values.
 */
export const readHeaderLists = (rawHeaders: readonly string[]): HeaderLists => {
  const lists = new Map<string, string[]>();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase();
    const value = rawHeaders[at + 1] ?? '';
    const values = lists.get(name);
    if (values === undefined) lists.set(name, [value]);
    else values.push(value);
  }
  return lists;
};
