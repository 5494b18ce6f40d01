/**
 * The one error that use cases throw, and the table of its codes.
 * Surfaces render it in their dialect; nothing a driver or an exchange said goes into `message`.
 */

interface ErrorRow {
  /** HTTP status on every surface, unless a surface's own table says otherwise. */
  readonly status: number;
  /** The word in `error` on /ver1. */
  readonly ver1: string;
  /** Fixed /ver1 `error_description`; without one the error's message is sent. */
  readonly ver1Description?: string;
}

export const ERROR_CODES = {
  record_invalid: { status: 400, ver1: 'record_invalid', ver1Description: 'Invalid parameters' },
  forced_mode_invalid: {
    status: 400,
    ver1: 'forced_mode_invalid',
    ver1Description: "Forced mode is not included in the ['real', 'paper']",
  },
  malformed_request: { status: 400, ver1: 'malformed_request' },
  api_key_invalid_or_expired: {
    status: 401,
    ver1: 'api_key_invalid_or_expired',
    ver1Description: 'Unauthorized. Invalid or expired api key.',
  },
  token_invalid: {
    status: 401,
    ver1: 'api_key_invalid_or_expired',
    ver1Description: 'Unauthorized. Invalid or expired api key.',
  },
  signature_invalid: {
    status: 401,
    ver1: 'signature_invalid',
    ver1Description: 'Provided signature is invalid',
  },
  access_denied: {
    status: 403,
    ver1: 'access_denied',
    ver1Description: "Api key doesn't have enough permissions",
  },
  not_found: { status: 404, ver1: 'not_found', ver1Description: 'Not Found' },
  volume_not_found: { status: 404, ver1: 'not_found', ver1Description: 'Volume data not found' },
  conflict: { status: 409, ver1: 'conflict' },
  request_in_progress: { status: 409, ver1: 'request_in_progress' },
  idempotency_key_reused: { status: 422, ver1: 'idempotency_key_reused' },
  cursor_expired: { status: 410, ver1: 'cursor_expired' },
  payload_too_large: { status: 413, ver1: 'payload_too_large' },
  invalid_credentials: {
    status: 422,
    ver1: 'invalid_api_key',
    ver1Description: 'API keys are no longer valid or incorrect.',
  },
  withdrawals_enabled: { status: 422, ver1: 'withdrawals_enabled' },
  permission_denied: { status: 422, ver1: 'unknown_market_api_error' },
  ip_not_whitelisted: { status: 422, ver1: 'unknown_market_api_error' },
  clock_skew: { status: 422, ver1: 'unknown_market_api_error' },
  exchange_refused: { status: 422, ver1: 'unknown_market_api_error' },
  insufficient_funds: { status: 422, ver1: 'unknown_market_api_error' },
  order_not_found: { status: 404, ver1: 'not_found' },
  restricted_location: { status: 451, ver1: 'exchange_error' },
  not_supported: { status: 501, ver1: 'exchange_error' },
  rate_limited: {
    status: 429,
    ver1: 'Rate limit exceeded',
    ver1Description: 'You have exceeded the rate limit. Please try again later.',
  },
  exchange_rate_limited: { status: 429, ver1: 'Rate limit exceeded' },
  exchange_error: { status: 502, ver1: 'exchange_error' },
  bad_response: { status: 502, ver1: 'exchange_error' },
  exchange_unavailable: { status: 503, ver1: 'exchange_unavailable' },
  exchange_timeout: { status: 504, ver1: 'exchange_timeout' },
  custody_unavailable: { status: 503, ver1: 'service_unavailable' },
  service_unavailable: { status: 503, ver1: 'service_unavailable' },
  unknown_error: { status: 500, ver1: 'unknown_error', ver1Description: 'Unknown error occurred' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorDetails {
  /** Messages per parameter, in the caller's words; never a secret value. */
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  /** When a retry can succeed, in milliseconds from now; sent as `Retry-After`. */
  readonly retryAfterMs?: number;
}

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }
}

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);

/** Bad parameters, each with its messages, e.g. `{ api_key: ['is missing'] }`. */
export const invalidParameters = (attributes: Readonly<Record<string, readonly string[]>>): AppError =>
  new AppError('record_invalid', 'Invalid parameters', { details: { attributes } });
