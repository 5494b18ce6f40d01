/** What a command of /api/exchange answers when the exchange refused it: a 200 that says so, with one of ten words. */
import { z } from 'zod';
import { AppError, type ErrorCode } from '../../shared/errors.ts';

const ERROR_TYPES = [
  'invalid_credentials',
  'permission_denied',
  'ip_not_whitelisted',
  'rate_limited',
  'clock_skew',
  'insufficient_funds',
  'not_supported',
  'exchange_unavailable',
  'timeout',
  'bad_response',
] as const;

export type ErrorType = (typeof ERROR_TYPES)[number];

export const errorTypeSchema = z.enum(ERROR_TYPES);

// Codes that are not here are ours, not the exchange's: they stay errors.
const TYPE_OF: Readonly<Partial<Record<ErrorCode, ErrorType>>> = {
  invalid_credentials: 'invalid_credentials',
  permission_denied: 'permission_denied',
  restricted_location: 'permission_denied',
  ip_not_whitelisted: 'ip_not_whitelisted',
  exchange_rate_limited: 'rate_limited',
  clock_skew: 'clock_skew',
  insufficient_funds: 'insufficient_funds',
  not_supported: 'not_supported',
  exchange_unavailable: 'exchange_unavailable',
  exchange_timeout: 'timeout',
  exchange_refused: 'bad_response',
  exchange_error: 'bad_response',
  bad_response: 'bad_response',
};

export interface Refusal {
  readonly error: string;
  readonly error_type: ErrorType;
}

/** Throws the error again when it is not the exchange's. */
export const toRefusal = (error: unknown): Refusal => {
  const type = error instanceof AppError ? TYPE_OF[error.code] : undefined;
  if (!(error instanceof AppError) || type === undefined) throw error;
  return { error: error.message, error_type: type };
};
