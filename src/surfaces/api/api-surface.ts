/** The /api dialect: parameters and errors as FastAPI's, JSON alone, success as each route declares it. */
import type { Route } from '../../http/route.ts';
import type { Surface, SurfaceDescription } from '../../http/surface.ts';
import { type AppError, ERROR_CODES, type ErrorCode } from '../../shared/errors.ts';
import { printJson } from '../exact-number.ts';
import { readApiParameters } from './api-parameters.ts';
import { ApiParameterError, type ParameterProblem, toParameterError } from './api-problems.ts';

/** Where this dialect's status is another than the table's. */
const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = { record_invalid: 422, not_supported: 400 };

const UNAUTHENTICATED = 401;

export const createApiSurface = (routes: readonly Route[]): Surface => ({
  name: 'api',
  root: '/api',
  prefixes: [''],
  routes,
  description: API_DESCRIPTION,
  readParameters: readApiParameters,
  invalidParameters: toParameterError,
  renderError: (error, requestId) => {
    const status = statusOf(error.code);
    return {
      status,
      ...(status === UNAUTHENTICATED && { headers: { 'WWW-Authenticate': 'Bearer' } }),
      body: JSON.stringify({ detail: detailOf(error, requestId) }),
    };
  },
  serialize: printJson,
});

const statusOf = (code: ErrorCode): number => STATUS[code] ?? ERROR_CODES[code].status;

const detailOf = (error: AppError, requestId: string): string | readonly ParameterProblem[] => {
  if (error instanceof ApiParameterError) return error.problems;
  // Problems that only the use case can know of.
  if (error.details.attributes !== undefined)
    return Object.entries(error.details.attributes).flatMap(([name, messages]) =>
      messages.map((message) => ({
        loc: ['body', name],
        msg: `Value error, ${message}`,
        type: 'value_error',
        input: null,
        ctx: { error: {} },
      })),
    );
  // The one error that its reader can do nothing about but report.
  return error.code === 'unknown_error' ? `${error.message} (request ${requestId})` : error.message;
};

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['loc', 'msg', 'type', 'input', 'ctx'],
  properties: {
    loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
    msg: { type: 'string' },
    type: { type: 'string' },
    input: {},
    ctx: { type: 'object' },
  },
};

const API_DESCRIPTION: SurfaceDescription = {
  bodyTypes: ['application/json'],
  errorName: 'ApiError',
  errorSchema: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { anyOf: [{ type: 'string' }, { type: 'array', items: PROBLEM_SCHEMA }] } },
  },
  describeError: (code) => ({ status: statusOf(code), word: code }),
};
