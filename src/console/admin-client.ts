/** The console's way to the admin API: one typed call, the session's CSRF token, and errors in the API's own words. */
import { type Operations, QUERY_PARAMETERS } from './api-types.ts';

export type OperationName = keyof Operations;
export type Parameters<Name extends OperationName> = Operations[Name]['parameters'];
export type AnswerOf<Name extends OperationName> = Operations[Name] extends { readonly answer: infer Answer }
  ? Answer
  : undefined;

export interface AdminClient {
  /** Throws ApiError for every answer but a 2xx, and when there is none. */
  ask<Name extends OperationName>(
    name: Name,
    parameters: Parameters<Name>,
    signal?: AbortSignal,
  ): Promise<AnswerOf<Name>>;
  /** From now on changes carry this token; null: nobody is signed in. */
  useCsrfToken(token: string | null): void;
  /** Called when an answer says that nobody is signed in any more. */
  onSignedOut(listener: () => void): void;
}

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when the gateway did not answer. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

const UNAUTHORIZED = 401;
const NO_CONTENT = 204;

export const createAdminClient = (): AdminClient => {
  let csrfToken: string | null = null;
  let signedOut: () => void = () => undefined;

  return {
    async ask(name, parameters, signal) {
      const request = toRequest(name, parameters);
      const response = await send(request, csrfToken, signal);
      if (!response.ok) {
        const error = await readError(response);
        if (error.status === UNAUTHORIZED && csrfToken !== null) signedOut();
        throw error;
      }
      const text = response.status === NO_CONTENT ? '' : await response.text();
      return (text === '' ? undefined : parse(text)) as AnswerOf<typeof name>;
    },
    useCsrfToken(token) {
      csrfToken = token;
    },
    onSignedOut(listener) {
      signedOut = listener;
    },
  };
};

interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}

/** `PATCH /api/admin/tenants/{tenant_id}` and its parameters, put into path, query and body. */
const toRequest = (name: string, parameters: object): WireRequest => {
  const [method = '', template = ''] = name.split(' ');
  const rest = new Map<string, unknown>(
    Object.entries(parameters).filter(([, value]) => value !== undefined && value !== ''),
  );
  const path = template.replaceAll(/\{(\w+)\}/g, (_, field: string) => {
    const value = rest.get(field);
    rest.delete(field);
    return encodeURIComponent(String(value));
  });
  const hasBody = method !== 'GET' && method !== 'DELETE';
  const query = new URLSearchParams();
  for (const [field, value] of rest) {
    if (hasBody && QUERY_PARAMETERS[name]?.includes(field) !== true) continue;
    query.set(field, String(value));
    rest.delete(field);
  }
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  return {
    method,
    url: `${path}${suffix}`,
    body: hasBody ? JSON.stringify(Object.fromEntries(rest)) : undefined,
  };
};

const send = async (
  { method, url, body }: WireRequest,
  csrfToken: string | null,
  signal: AbortSignal | undefined,
): Promise<Response> => {
  try {
    return await fetch(url, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(method !== 'GET' && csrfToken !== null && { 'x-csrf-token': csrfToken }),
      },
      ...(body !== undefined && { body }),
      ...(signal !== undefined && { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError(0, 'The gateway does not answer. Is it running, and is this machine online?', {
      cause: error,
    });
  }
};

// An amount with more digits than a double holds stays the text that the gateway sent.
const parse = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && !isExact(value, context.source)
      ? context.source
      : value,
  );

const SAFE_DIGITS = 15;

const isExact = (value: number, source: string): boolean =>
  String(value) === source || source.replaceAll(/\D/g, '').length <= SAFE_DIGITS;

const readError = async (response: Response): Promise<ApiError> => {
  const text = await response.text().catch(() => '');
  return new ApiError(response.status, wordsOf(text) ?? `The gateway answered ${response.status}.`);
};

/** `{"detail": "..."}`, or the list of what is wrong with which field. */
const wordsOf = (text: string): string | undefined => {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    if (typeof detail === 'string') return detail;
    if (!Array.isArray(detail)) return undefined;
    const problems = detail as { loc?: readonly (string | number)[]; msg?: string }[];
    return problems.map(({ loc = [], msg = '' }) => `${loc.at(-1) ?? ''}: ${msg}`).join('; ');
  } catch {
    return undefined;
  }
};
