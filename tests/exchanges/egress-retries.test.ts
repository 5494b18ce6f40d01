// Which failed reads are tried again, after how long, and how many in all.
import { expect, test } from '@jest/globals';
import { createEgressRetries } from '../../src/exchanges/egress-retries.ts';

// Named as ccxt's classes are: only the name is looked at.
class NetworkError extends Error {}
class ExchangeNotAvailable extends Error {}
class OnMaintenance extends Error {}
class RateLimitExceeded extends Error {}
class AuthenticationError extends Error {}

const aFailure = (error: unknown, change: object = {}) => ({
  error,
  attempt: 1,
  retryAfterMs: undefined,
  leftMs: 5_000,
  ...change,
});

test.each([new NetworkError(), new ExchangeNotAvailable()])(
  '%p is tried again twice, with jitter',
  (error) => {
    const delays = [0, 0.5, 1].map((jitter) => {
      const retries = createEgressRetries(() => jitter);
      return [1, 2, 3].map((attempt) => retries.delayMs(aFailure(error, { attempt })));
    });
    expect(delays).toEqual([
      [50, 100, undefined],
      [100, 200, undefined],
      [150, 300, undefined],
    ]);
  },
);

test.each([new AuthenticationError(), new OnMaintenance(), new RateLimitExceeded(), new TypeError(), 'text'])(
  '%p is not tried again',
  (error) => {
    expect(createEgressRetries().delayMs(aFailure(error))).toBeUndefined();
  },
);

test('Retry-After is waited for when it is short and ends before the deadline', () => {
  const retries = createEgressRetries(() => 0.5);
  const limited = new RateLimitExceeded();
  expect(retries.delayMs(aFailure(limited, { retryAfterMs: 1_000 }))).toBe(1_100);
  expect(retries.delayMs(aFailure(limited, { retryAfterMs: 1_001 }))).toBeUndefined();
  expect(retries.delayMs(aFailure(limited, { retryAfterMs: 1_000, leftMs: 1_100 }))).toBeUndefined();
  expect(retries.delayMs(aFailure(new NetworkError(), { leftMs: 100 }))).toBeUndefined();
});

test('a venue that always fails gets one retry for five requests once the reserve is used up', () => {
  const retries = createEgressRetries(() => 0.5);
  let granted = 0;
  for (let request = 0; request < 1_000; request += 1) {
    retries.earn();
    if (retries.delayMs(aFailure(new NetworkError())) !== undefined) granted += 1;
  }
  expect(granted).toBeGreaterThanOrEqual(200);
  expect(granted).toBeLessThanOrEqual(211);
});
