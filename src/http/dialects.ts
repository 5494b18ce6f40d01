/** Finds the words for an error: those of the surface that the request was for, or plain JSON when it was for none. */
import { AppError, ERROR_CODES, type ErrorCode } from '../shared/errors.ts';
import type { Answer } from './response-writer.ts';
import type { Surface } from './surface.ts';

const MS_PER_SECOND = 1_000;
const UNAUTHENTICATED = 401;

export interface Dialects {
  /** The surface that a target belongs to, by its path alone. */
  surfaceOf(target: string): Surface | undefined;
  render(surface: Surface | undefined, error: AppError, requestId: string): Answer;
}

/** `authHelp` is the path of what explains a 401; answers point to it where it is given. */
export const createDialects = (surfaces: readonly Surface[], authHelp?: string): Dialects => {
  const roots = surfaces.flatMap((surface) =>
    surface.prefixes.map((prefix) => ({ root: prefix + surface.root, surface })),
  );
  return {
    surfaceOf: (target) => {
      const path = target.split('?', 1)[0] ?? target;
      return roots.find(({ root }) => path === root || path.startsWith(`${root}/`))?.surface;
    },
    render: (surface, error, requestId) => {
      const { retryAfterMs } = error.details;
      const wire = surface === undefined ? plainError(error) : surface.renderError(error, requestId);
      const helped =
        authHelp === undefined || wire.status !== UNAUTHENTICATED
          ? wire
          : { ...wire, headers: { ...wire.headers, Link: `<${authHelp}>; rel="help"` } };
      if (retryAfterMs === undefined) return helped;
      const seconds = Math.max(1, Math.ceil(retryAfterMs / MS_PER_SECOND));
      return { ...helped, headers: { ...helped.headers, 'Retry-After': String(seconds) } };
    },
  };
};

const plainError = (error: AppError): Answer => ({
  status: error.status,
  body: plainErrorBody(error.code, error.code === 'unknown_error' ? undefined : error.message),
});

/** The body of an error outside every dialect; the words of /ver1, which most callers can read. */
export const plainErrorBody = (code: ErrorCode, description?: string): string => {
  const row = ERROR_CODES[code];
  const fixed = 'ver1Description' in row ? row.ver1Description : undefined;
  const words = fixed ?? description;
  return JSON.stringify(
    words === undefined ? { error: row.ver1 } : { error: row.ver1, error_description: words },
  );
};

/** Express itself throws for a path that cannot be decoded; everything else that is not an AppError is our fault. */
export const toAppError = (thrown: unknown): AppError => {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof URIError)
    return new AppError('malformed_request', 'The path is not percent-encoded UTF-8');
  return new AppError('unknown_error', 'Unknown error occurred', { cause: thrown });
};
