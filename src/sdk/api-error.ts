/** What a call can throw: the gateway's refusals, in one form for both of its dialects, and answers that never came. */

export interface Problem {
  /** The parameter, with the way to the value in it: `weights.BTC`. */
  readonly field: string;
  readonly message: string;
}

interface Refusal {
  readonly status: number;
  /** The word of the error on /ver1; /api tells none, so it is that of the status. */
  readonly code: string;
  /** Of every bad parameter; empty when none is to blame. */
  readonly problems: readonly Problem[];
  /** For those who run the gateway. */
  readonly requestId: string | undefined;
  /** When it may go better, in milliseconds from the answer. */
  readonly retryAfterMs: number | undefined;
}

/** The gateway answered, and it was no success. Holds nothing of what was sent but method and path. */
export class ApiError extends Error implements Refusal {
  override readonly name = 'ApiError';
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly code: string;
  readonly problems: readonly Problem[];
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, method: string, path: string, refusal: Refusal) {
    super(`${method} ${path}: ${message}`);
    this.method = method;
    this.path = path;
    this.status = refusal.status;
    this.code = refusal.code;
    this.problems = refusal.problems;
    this.requestId = refusal.requestId;
    this.retryAfterMs = refusal.retryAfterMs;
  }
}

/** No answer, or none that can be read, as often as it was tried. What was asked for may have happened. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly method: string;
  readonly path: string;

  constructor(message: string, method: string, path: string, cause?: unknown) {
    super(`${method} ${path}: ${message}`, cause === undefined ? undefined : { cause });
    this.method = method;
    this.path = path;
  }
}

export interface RefusedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const toApiError = (
  method: string,
  path: string,
  { status, headers, text }: RefusedAnswer,
  now: number,
): ApiError => {
  const body = readObject(text);
  const problems = [...problemsOf(body['error_attributes']), ...validationProblems(body['detail'])];
  const isText = (word: unknown): word is string => typeof word === 'string' && word !== '';
  const words = [
    [body['error_description'], body['detail'], body['error']].find(isText),
    problems.map(({ field, message }) => `${field}: ${message}`).join('; '),
  ].filter(isText);
  return new ApiError(words.join(': ') || `answered ${status}`, method, path, {
    status,
    code: typeof body['error'] === 'string' ? body['error'] : (CODES[status] ?? `http_${status}`),
    problems,
    requestId: headers.get('x-request-id') ?? undefined,
    retryAfterMs: readRetryAfter(headers.get('retry-after'), now),
  });
};

const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'access_denied',
  404: 'not_found',
  409: 'conflict',
  413: 'payload_too_large',
  422: 'record_invalid',
  429: 'rate_limited',
  502: 'exchange_error',
  503: 'service_unavailable',
  504: 'exchange_timeout',
};

/** /ver1: `{"name": ["is missing"]}`. */
const problemsOf = (attributes: unknown): Problem[] =>
  isObject(attributes)
    ? Object.entries(attributes).flatMap(([field, messages]) =>
        toList(messages).map((message) => ({ field, message: String(message) })),
      )
    : [];

/** /api: `[{"loc": ["body", "name"], "msg": "Field required"}]`. */
const validationProblems = (detail: unknown): Problem[] =>
  toList(detail)
    .filter(isObject)
    .map(({ loc, msg }) => ({ field: toList(loc).slice(1).join('.'), message: String(msg) }));

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Something in between may answer in HTML. */
const readObject = (text: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
};

const MS_PER_SECOND = 1_000;

/** Seconds or a date. */
const readRetryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined;
  const ms = /^\d+$/.test(header) ? parseInt(header, 10) * MS_PER_SECOND : Date.parse(header) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
};
