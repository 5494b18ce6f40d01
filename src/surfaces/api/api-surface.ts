/** The /api dialect: parameters and errors as FastAPI's, JSON alone, success as each route declares it. */
import type { Route } from '../../http/route.ts';
import type { Surface, SurfaceDescription } from '../../http/surface.ts';
import { type AppError, ERROR_CODES, type ErrorCode } from '../../shared/errors.ts';
import { printJson } from '../exact-number.ts';
import { readApiParameters } from './api-parameters.ts';
import { ApiParameterError, type ParameterProblem, toParameterError } from './api-problems.ts';

/**
 * Where this dialect's status is another than the table's. Its 422 is FastAPI's list of problems and nothing else:
 * what an exchange refuses is told as text.
 */
const STATUS: Partial<Readonly<Record<ErrorCode, number>>> = {
  record_invalid: 422,
  not_supported: 400,
  invalid_credentials: 400,
  withdrawals_enabled: 400,
  permission_denied: 400,
  ip_not_whitelisted: 400,
  clock_skew: 400,
  exchange_refused: 400,
  insufficient_funds: 400,
};

const UNAUTHENTICATED = 401;
const UNPROCESSABLE = 422;

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
      ...(status === UNAUTHENTICATED && { headers: { 'WWW-Authenticate': challengeOf(error.code) } }),
      body: JSON.stringify({ detail: detailOf(error, requestId) }),
    };
  },
  serialize: printJson,
});

// RFC 6750, 3: an error is named only where a token was sent.
const challengeOf = (code: ErrorCode): string =>
  code === 'token_invalid' ? 'Bearer error="invalid_token"' : 'Bearer';

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
  if (error.code === 'idempotency_key_reused') {
    const loc = ['header', 'Idempotency-Key'];
    return [{ loc, msg: error.message, type: 'value_error', input: null, ctx: { error: {} } }];
  }
  // The one error that its reader can do nothing about but report.
  return error.code === 'unknown_error' ? `${error.message} (request ${requestId})` : error.message;
};

/** As FastAPI names and describes them, with what it also sends. */
const ERROR_SCHEMAS = {
  HTTPValidationError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/ValidationError' } } },
  },
  ValidationError: {
    type: 'object',
    required: ['loc', 'msg', 'type', 'input', 'ctx'],
    properties: {
      loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      msg: { type: 'string' },
      type: { type: 'string' },
      input: { description: 'What was sent, when it is short and can be no secret; else null' },
      ctx: { type: 'object' },
    },
  },
  ApiError: { type: 'object', required: ['detail'], properties: { detail: { type: 'string' } } },
};

const API_DESCRIPTION: SurfaceDescription = {
  bodyTypes: ['application/json'],
  absentIsNull: true,
  errorSchemas: ERROR_SCHEMAS,
  describeError: (code) => {
    const status = statusOf(code);
    return { status, word: code, schemaName: status === UNPROCESSABLE ? 'HTTPValidationError' : 'ApiError' };
  },
};
