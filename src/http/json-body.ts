/** Reads a JSON body into plain values, and refuses what parsers disagree about or databases cannot hold. */
import { parse as parseLossless } from 'lossless-json';
import { AppError } from '../shared/errors.ts';
import type { Parameters } from './surface.ts';

const MOST_DEPTH = 16;

// They reach an object's prototype when a value is copied with plain assignment.
const FORBIDDEN_NAMES = new Set(['__proto__', 'constructor', 'prototype']);

// Fatal: a replaced byte would be another text than the one that was signed. A byte order mark is not JSON.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The object that the body holds. A number that a double would change (16 digits or more, a large exponent) comes as
 * its text. Of a repeated name the last one counts, as everywhere in JavaScript: the bytes are signed as they are.
 * Throws AppError `malformed_request`.
 */
export const readJsonObject = (rawBody: Buffer): Parameters => {
  const { text, value } = parse(rawBody);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw malformed('The body must be a JSON object');
  }
  checkValue(value, 1);
  return (INEXACT_NUMBER.test(text) ? parseExact(text) : value) as Parameters;
};

const parse = (rawBody: Buffer): { text: string; value: unknown } => {
  try {
    const text = utf8.decode(rawBody);
    return { text, value: JSON.parse(text) as unknown };
  } catch (cause) {
    throw malformed('The body is not valid JSON in UTF-8', cause);
  }
};

// Also fits digits inside a string, which costs the slower parser and changes nothing.
const INEXACT_NUMBER = /[\d.]{16}|\d[eE][+-]?\d{2}/;

const parseExact = (text: string): unknown =>
  parseLossless(text, undefined, {
    parseNumber: (digits) => (INEXACT_NUMBER.test(digits) ? digits : (JSON.parse(digits) as unknown)),
    onDuplicateKey: ({ newValue }) => newValue,
  });

const checkValue = (value: unknown, depth: number): void => {
  if (typeof value === 'string') checkParameterText(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth > MOST_DEPTH) throw malformed(`The body is nested deeper than ${MOST_DEPTH} levels`);
  if (Array.isArray(value)) {
    for (const item of value) checkValue(item, depth + 1);
    return;
  }
  for (const [name, item] of Object.entries(value)) {
    checkParameterName(name);
    checkValue(item, depth + 1);
  }
};

/** Throws AppError `malformed_request`; the name is not quoted, it is not ours. */
export const checkParameterName = (name: string): void => {
  if (FORBIDDEN_NAMES.has(name)) throw malformed('A parameter has a name that is not accepted');
};

// Postgres holds no NUL in text, and half of a surrogate pair has no UTF-8.
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Throws AppError `malformed_request` for text that cannot be stored as it was sent. */
export const checkParameterText = (text: string): void => {
  if (UNSTORABLE.test(text)) throw malformed('A parameter contains a character that is not accepted');
};

const malformed = (message: string, cause?: unknown): AppError =>
  new AppError('malformed_request', message, { cause });
