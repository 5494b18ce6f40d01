/** Reads what callers send: JSON bodies, whole numbers, spans of time. */
import type { VenueRequest } from './venue.ts';

/** The members of a JSON object as texts; undefined when the body is none. */
export const jsonParameters = (request: VenueRequest): ReadonlyMap<string, string> | undefined => {
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const given = Object.entries(body).flatMap(([name, value]: [string, unknown]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[name, String(value)]]
      : [],
  );
  return new Map(given);
};

/** A whole number; anything else counts as not given. */
export const wholeOr = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : otherwise;

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Venues that keep a span short count it from its start; with none given, the newest `mostMs` are meant. */
export const spanOf = (
  from: string | undefined,
  to: string | undefined,
  mostMs: number,
  nowMs: number,
): Span => {
  const end = wholeOr(to, Number.NaN);
  const start = wholeOr(from, Number.NaN);
  if (Number.isNaN(start)) {
    const toMs = Number.isNaN(end) ? nowMs : end;
    return { fromMs: toMs - mostMs, toMs };
  }
  return { fromMs: start, toMs: Number.isNaN(end) ? start + mostMs : end };
};
