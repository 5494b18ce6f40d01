/** Makes an HTTP request out of a route and its parameters, all of which have one name space. */
import { QUERY_PARAMETERS } from './api-types.ts';

export type Parameters = Readonly<Record<string, unknown>>;

export interface WireRequest {
  readonly method: string;
  /** Without the query, which may hold a key. */
  readonly path: string;
  readonly url: URL;
  readonly body: string | undefined;
}

/** `operation` is method and path, e.g. `GET /ver1/accounts/{account_id}`. Throws TypeError when the path has a gap. */
export const toWireRequest = (baseUrl: URL, operation: string, parameters: Parameters): WireRequest => {
  const [method = '', template = ''] = operation.split(' ', 2);
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const rest = new Map(given);
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = toText(rest.get(name) ?? '');
    // As a step of a path they would lead to another route.
    if (['', '.', '..'].includes(value)) throw new TypeError(`${operation}: ${name} is missing`);
    rest.delete(name);
    return encodeURIComponent(value);
  });
  const inQuery =
    method === 'GET' || method === 'DELETE' ? [...rest.keys()] : (QUERY_PARAMETERS[operation] ?? []);
  const url = new URL(baseUrl.pathname.replace(/\/$/, '') + path, baseUrl);
  const pairs: string[] = [];
  for (const name of inQuery) {
    const value = rest.get(name) ?? null;
    rest.delete(name);
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of values)
      if (one !== null) pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(toText(one))}`);
  }
  if (pairs.length > 0) url.search = pairs.join('&');
  const body = rest.size > 0 ? JSON.stringify(Object.fromEntries(rest)) : undefined;
  return { method, path: url.pathname, url, body };
};

const toText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
