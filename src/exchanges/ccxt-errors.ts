/** What each ccxt error class means here. Its message carries the signed URL and the body, so only the class is read. */
import { AppError, type ErrorCode, type ErrorDetails } from '../shared/errors.ts';

interface Meaning {
  readonly code: ErrorCode;
  readonly message: string;
}

const REFUSED: Meaning = { code: 'exchange_refused', message: 'The exchange refused the request' };
const BUSY: Meaning = { code: 'exchange_rate_limited', message: 'The exchange limits our requests' };
const FAILED: Meaning = { code: 'exchange_error', message: 'The exchange answered with an error' };
const AWAY: Meaning = { code: 'exchange_unavailable', message: 'The exchange is not available' };

/** By class name; a class that is missing here counts as its nearest ancestor that is present. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  PermissionDenied: { code: 'permission_denied', message: 'The API key lacks a permission' },
  AccountSuspended: { code: 'permission_denied', message: 'The exchange has suspended this account' },
  AuthenticationError: { code: 'invalid_credentials', message: 'The exchange refused the API key' },
  RateLimitExceeded: BUSY,
  DDoSProtection: BUSY,
  ExchangeNotAvailable: AWAY,
  OnMaintenance: AWAY,
  RequestTimeout: { code: 'exchange_timeout', message: 'The exchange did not answer in time' },
  InvalidNonce: { code: 'clock_skew', message: 'The exchange refused the time or nonce of the request' },
  NetworkError: { code: 'exchange_error', message: 'The connection to the exchange failed' },
  BadResponse: { code: 'bad_response', message: 'The exchange sent an answer that cannot be read' },
  OperationFailed: AWAY,
  BadRequest: REFUSED,
  InvalidOrder: REFUSED,
  OperationRejected: REFUSED,
  InsufficientFunds: { code: 'insufficient_funds', message: 'The account holds too little' },
  OrderNotFound: { code: 'order_not_found', message: 'The exchange knows no such order' },
  RestrictedLocation: { code: 'restricted_location', message: 'The exchange does not serve this location' },
  NotSupported: { code: 'not_supported', message: 'The exchange has no such operation' },
  ExchangeError: FAILED,
};

const meaningOf = (error: unknown): Meaning | undefined => {
  let prototype: unknown = error instanceof Error ? Object.getPrototypeOf(error) : null;
  while (typeof prototype === 'object' && prototype !== null) {
    const name = prototype.constructor.name;
    if (Object.hasOwn(MEANINGS, name)) return MEANINGS[name];
    prototype = Object.getPrototypeOf(prototype);
  }
  return undefined;
};

export const isCcxtError = (error: unknown): boolean => meaningOf(error) !== undefined;

/**
 * Any failure of a ccxt call in our words. An error of ours passes through; one that is neither came out of ccxt's
 * parsing of an answer it did not expect. The original is not kept as `cause`: it would carry the signed URL.
 */
export const toAppError = (error: unknown, retryAfterMs: number | undefined): AppError => {
  if (error instanceof AppError) return error;
  const meaning = meaningOf(error) ?? {
    code: 'bad_response',
    message: 'The exchange sent an answer that cannot be read',
  };
  const limited = meaning.code === 'exchange_rate_limited' || meaning.code === 'exchange_unavailable';
  const details: ErrorDetails = limited && retryAfterMs !== undefined ? { retryAfterMs } : {};
  return new AppError(meaning.code, meaning.message, { details });
};

/** The venue wants fewer requests; `retryAfterMs`: when it takes the next one. */
export const limited = (retryAfterMs: number | undefined): AppError =>
  new AppError(BUSY.code, BUSY.message, { details: retryAfterMs === undefined ? {} : { retryAfterMs } });

/** True when no answer came because the connection broke: a read may be tried once more. */
export const isConnectionLoss = (error: unknown): boolean => hasCcxtClass(error, ['NetworkError']);

/** Whether ccxt says that the venue limits us. */
export const isLimit = (error: unknown): boolean =>
  hasCcxtClass(error, ['RateLimitExceeded', 'DDoSProtection']);

/** Whether the error is of one of these classes of ccxt itself, not of a descendant. */
export const hasCcxtClass = (error: unknown, names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.constructor.name);

export const isClockSkew = (error: unknown): boolean =>
  error instanceof AppError
    ? error.code === 'clock_skew'
    : error instanceof Error && error.constructor.name === 'InvalidNonce';

export const isRefusedKey = (error: unknown): boolean =>
  toAppError(error, undefined).code === 'invalid_credentials';
