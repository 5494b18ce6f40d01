/** Tells a Postgres that cannot be reached from a statement that it refused. */
import { isNativeError } from 'node:util/types';
import { AppError } from '../shared/errors.ts';

/** Whether `error` is a violation of the unique constraint or index of that name. */
export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  codeOf(error) === '23505' && (error as { readonly constraint?: unknown }).constraint === constraint;

/** Whether `error` is a violation of the foreign key of that name. */
export const isForeignKeyViolation = (error: unknown, constraint: string): boolean =>
  codeOf(error) === '23503' && (error as { readonly constraint?: unknown }).constraint === constraint;

/** Whether the transaction and another one waited for each other, and this one was given up: it can be run again. */
export const isDeadlock = (error: unknown): boolean => codeOf(error) === '40P01';

/**
 * `access_denied` for a row that a session limited to certain accounts may not write; `service_unavailable`, with the cause, for a connection that was refused or lost and for a server that starts or
 * stops. Everything else comes back as it is: stores know their constraints.
 */
export const toDatabaseError = (error: unknown): unknown => {
  if (isUnavailable(error)) return unavailable(error);
  if (codeOf(error) === SEALING_KEY_DESTROYED) return sealingKeyDestroyed(error);
  return isBeyondAccounts(error) ? beyondAccounts(error) : error;
};

// Of the trigger credential_sealing_key.
const SEALING_KEY_DESTROYED = 'CS001';

const sealingKeyDestroyed = (cause: unknown): AppError =>
  new AppError(
    'service_unavailable',
    'The sealing key of the tenant was destroyed while the keys were being stored; send the request again',
    { cause },
  );

const isBeyondAccounts = (error: unknown): boolean =>
  codeOf(error) === '42501' && (error as Error).message.includes('policy "account_limit"');

const beyondAccounts = (cause: unknown): AppError =>
  new AppError('access_denied', 'The API key is limited to certain accounts', { cause });

export const unavailable = (cause: unknown): AppError =>
  new AppError('service_unavailable', 'The database is not available', { cause });

// SQLSTATE: class 08 connection exceptions (but not 08P01, a statement that is wrongly made), 57P01-57P05 the server ends the session, 53300 too many connections.
const UNAVAILABLE_STATE = /^(?:08(?!P01)...|57P0[1-5]|53300|25P03)$/;

const UNAVAILABLE_SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'EACCES',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

// What pg says without any code, in 8.23.
const UNAVAILABLE_MESSAGE =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|timeout expired|Query read timeout|Cannot use a pool after)/;

export const isUnavailable = (error: unknown): boolean => {
  if (!isNativeError(error)) return false;
  const code = codeOf(error);
  if (code === undefined) return UNAVAILABLE_MESSAGE.test(error.message);
  // A migration changed the columns of a prepared statement: only a new connection can prepare it anew.
  if (code === '0A000' && error.message === 'cached plan must not change result type') return true;
  return UNAVAILABLE_STATE.test(code) || UNAVAILABLE_SYSTEM_CODES.has(code);
};

const codeOf = (error: unknown): string | undefined =>
  isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
