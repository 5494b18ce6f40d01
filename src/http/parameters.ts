/**
 * Reads parameters from wherever clients put them: the query, a form body, a JSON body, or both; the query wins.
 * What the body is follows from its first byte; its Content-Type is not signed and often wrong.
 */
import { AppError } from '../shared/errors.ts';
import { singleHeader } from '../auth/signed-request.ts';
import { checkParameterName, checkParameterText, readJsonObject } from './json-body.ts';
import type { Parameters, ParameterSource } from './surface.ts';

const NOTHING: Parameters = {};

/** Values are strings, arrays of strings, or what a JSON body holds. Throws AppError `malformed_request`. */
export const readParameters = (source: ParameterSource): Parameters => {
  const fromBody = source.rawBody.length === 0 ? NOTHING : readBodyParameters(source);
  if (source.query === '') return fromBody;
  const fromQuery = readFormText(source.query);
  return fromBody === NOTHING ? fromQuery : { ...fromBody, ...fromQuery };
};

const readBodyParameters = ({ rawBody, headers }: ParameterSource): Parameters => {
  const type = singleHeader(headers, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('multipart/')) throw malformed('A multipart body is not accepted');
  const isJson = type === 'application/json' || type.endsWith('+json');
  if (isJson || startsAsJson(rawBody)) return readJsonObject(rawBody);
  return readFormText(rawBody.toString('latin1'));
};

const JSON_START = /^[\t\n\r ]*[{[]/;
const LOOK_AHEAD_BYTES = 64;

const startsAsJson = (rawBody: Buffer): boolean =>
  JSON_START.test(rawBody.toString('latin1', 0, LOOK_AHEAD_BYTES));

/** Where the values of one name stand in its array: `a[1]` by its index, `a[]` and a repeated `a` in order of arrival. */
interface Entry {
  readonly values: { readonly index: number; readonly value: string }[];
  isArray: boolean;
}

const ARRAY_NAME = /^(.*)\[(\d{0,4})\]$/s;

/** `name=value&...`, percent-encoded UTF-8, `+` for a space. A repeated name becomes an array. */
const readFormText = (text: string): Parameters => {
  const entries = new Map<string, Entry>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decode(cut === -1 ? pair : pair.slice(0, cut));
    addValue(entries, name, cut === -1 ? '' : decode(pair.slice(cut + 1)));
  }
  const parameters: Record<string, unknown> = {};
  for (const [name, entry] of entries) {
    checkParameterName(name);
    const values = entry.values.sort((a, b) => a.index - b.index).map(({ value }) => value);
    parameters[name] = entry.isArray || values.length > 1 ? values : values[0];
  }
  return parameters;
};

const addValue = (entries: Map<string, Entry>, sent: string, value: string): void => {
  const bracketed = sent.endsWith(']') ? ARRAY_NAME.exec(sent) : null;
  const name = bracketed?.[1] ?? sent;
  const entry = entries.get(name) ?? { values: [], isArray: false };
  const index = bracketed?.[2];
  entry.values.push({
    index: index === undefined || index === '' ? entry.values.length : parseInt(index, 10),
    value,
  });
  entry.isArray ||= bracketed !== null;
  entries.set(name, entry);
};

const decode = (text: string): string => {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch (cause) {
    throw malformed('A parameter is not percent-encoded UTF-8', cause);
  }
  checkParameterText(decoded);
  return decoded;
};

const malformed = (message: string, cause?: unknown): AppError =>
  new AppError('malformed_request', message, { cause });
