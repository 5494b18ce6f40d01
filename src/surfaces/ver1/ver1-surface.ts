/** The /ver1 dialect: where it is served, how it reads parameters and how its errors look. */
import type { Route } from '../../http/route.ts';
import type { Surface, SurfaceDescription } from '../../http/surface.ts';
import { type AppError, ERROR_CODES, invalidParameters } from '../../shared/errors.ts';
import { readParameters } from '../../http/parameters.ts';
import { printJson } from '../exact-number.ts';

export const VER1_DESCRIPTION: SurfaceDescription = {
  bodyTypes: ['application/json', 'application/x-www-form-urlencoded'],
  absentIsNull: false,
  errorSchemas: {
    Error: {
      type: 'object',
      required: ['error'],
      properties: {
        error: { type: 'string' },
        error_description: { type: 'string' },
        error_attributes: {
          type: 'object',
          additionalProperties: { type: 'array', items: { type: 'string' } },
        },
      },
    },
  },
  describeError: (code) => ({
    status: ERROR_CODES[code].status,
    word: ERROR_CODES[code].ver1,
    schemaName: 'Error',
  }),
};

export const createVer1Surface = (routes: readonly Route[]): Surface => ({
  name: 'ver1',
  root: '/ver1',
  prefixes: ['', '/public/api'],
  routes,
  description: VER1_DESCRIPTION,
  readParameters,
  invalidParameters: (error) => {
    const attributes: Record<string, string[]> = {};
    for (const issue of error.issues)
      (attributes[String(issue.path[0] ?? 'base')] ??= []).push(issue.message);
    return invalidParameters(attributes);
  },
  renderError: (error, requestId) => ({
    status: error.status,
    body: JSON.stringify(toBody(error, requestId)),
  }),
  serialize: printJson,
});

const toBody = (error: AppError, requestId: string) => {
  const row: { ver1: string; ver1Description?: string } = ERROR_CODES[error.code];
  const description = row.ver1Description ?? error.message;
  return {
    error: row.ver1,
    // The one error that its reader can do nothing about but report.
    error_description: error.code === 'unknown_error' ? `${description} (request ${requestId})` : description,
    ...(error.details.attributes !== undefined && { error_attributes: error.details.attributes }),
  };
};
