// Every error class of the pinned ccxt has a meaning, and none of its words get out.
import { expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { toAppError } from '../../src/exchanges/ccxt-errors.ts';
import { AppError } from '../../src/shared/errors.ts';

const loadErrors = async (): Promise<Record<string, new (message: string) => Error>> => {
  const main = createRequire(import.meta.url).resolve('ccxt');
  const file = join(dirname(main), '..', 'js', 'src', 'base', 'errors.js');
  return ((await import(pathToFileURL(file).href)) as { default: never }).default;
};

test.each([
  ['PermissionDenied', 'permission_denied'],
  ['AccountNotEnabled', 'permission_denied'],
  ['AuthenticationError', 'invalid_credentials'],
  ['RateLimitExceeded', 'exchange_rate_limited'],
  ['DDoSProtection', 'exchange_rate_limited'],
  ['OnMaintenance', 'exchange_unavailable'],
  ['ExchangeNotAvailable', 'exchange_unavailable'],
  ['RequestTimeout', 'exchange_timeout'],
  ['InvalidNonce', 'clock_skew'],
  ['NetworkError', 'exchange_error'],
  ['BadResponse', 'bad_response'],
  ['NullResponse', 'bad_response'],
  ['BadSymbol', 'exchange_refused'],
  ['BadRequest', 'exchange_refused'],
  ['InvalidOrder', 'exchange_refused'],
  ['InsufficientFunds', 'insufficient_funds'],
  ['OrderNotFound', 'order_not_found'],
  ['RestrictedLocation', 'restricted_location'],
  ['NotSupported', 'not_supported'],
  ['ExchangeError', 'exchange_error'],
  ['OperationFailed', 'exchange_unavailable'],
])('%s is %s', async (name, code) => {
  const errorClass = (await loadErrors())[name];
  if (errorClass === undefined) throw new Error(`${name} is gone`);
  expect(toAppError(new errorClass('x'), undefined).code).toBe(code);
});

test('no class of ccxt is without a meaning and no message survives', async () => {
  const classes = Object.entries(await loadErrors());
  expect(classes.length).toBeGreaterThan(35);
  for (const [name, errorClass] of classes) {
    if (['BaseError', 'UnsubscribeError'].includes(name)) continue;
    const error = toAppError(new errorClass('https://api/?signature=abc'), undefined);
    expect([name, error.code]).not.toEqual([name, 'unknown_error']);
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain('signature');
    expect(error.cause).toBeUndefined();
  }
});

test('errors of the language out of ccxt are a bad response, ours pass through', () => {
  expect(toAppError(new TypeError('x'), undefined).code).toBe('bad_response');
  expect(toAppError('text', undefined).code).toBe('bad_response');
  const ours = new AppError('not_found', 'gone');
  expect(toAppError(ours, 5)).toBe(ours);
});
