import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRateLimiter } from '../../src/http/rate-limiter.ts';
import { createRecentNumbers } from '../../src/http/recent-numbers.ts';
import { aClock } from './sample-surface.ts';

const aLimiter = (limit: number, capacity = 100) => {
  const clock = aClock();
  return { clock, limiter: createRateLimiter({ limit, windowMs: 60_000, capacity, clock }) };
};

test('the whole allowance may be spent at once, and not one request more', () => {
  for (const limit of [1, 7, 30, 1_200, 3_001]) {
    const { limiter } = aLimiter(limit);
    for (let taken = 1; taken <= limit; taken += 1) {
      expect(limiter.take('a')).toMatchObject({ allowed: true, limit, remaining: limit - taken });
    }
    expect(limiter.take('a')).toMatchObject({ allowed: false, remaining: 0 });
    expect(limiter.take('b').allowed).toBe(true);
  }
});

test('a refused caller may come back after the time it is told, and is not punished for trying', () => {
  const { limiter, clock } = aLimiter(6);
  for (let taken = 0; taken < 6; taken += 1) limiter.take('a');
  for (let tries = 0; tries < 10; tries += 1) limiter.take('a');
  const { retryAfterMs } = limiter.take('a');
  expect(retryAfterMs).toBe(10_000);
  clock.advance(retryAfterMs - 1);
  expect(limiter.take('a').allowed).toBe(false);
  clock.advance(1);
  expect(limiter.take('a').allowed).toBe(true);
});

test('looking does not take', () => {
  const { limiter } = aLimiter(2);
  for (let looks = 0; looks < 10; looks += 1)
    expect(limiter.peek('a')).toMatchObject({ allowed: true, remaining: 2 });
  limiter.take('a');
  expect(limiter.peek('a').remaining).toBe(1);
});

test('a clock that is set back turns nobody away for longer than a window', () => {
  const { limiter, clock } = aLimiter(2);
  limiter.take('a');
  clock.advance(-3_600_000);
  expect(limiter.peek('a').retryAfterMs).toBeLessThanOrEqual(60_000);
});

test('no window of a minute lets through more than the burst and what came back in it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.nat({ max: 5_000 }), { maxLength: 200 }),
      (limit, steps) => {
        const { limiter, clock } = aLimiter(limit);
        const times: number[] = [];
        for (const step of steps) {
          clock.advance(step);
          if (limiter.take('a').allowed) times.push(clock.now());
        }
        for (const start of times) {
          const within = times.filter((time) => time >= start && time < start + 60_000).length;
          expect(within).toBeLessThanOrEqual(2 * limit);
        }
      },
    ),
  );
});

test('memory is bounded: a flood of keys forgets the oldest and keeps the newest', () => {
  const numbers = createRecentNumbers(60_000, 100);
  for (let at = 0; at < 10_000; at += 1) numbers.set(`key-${at}`, at, 0);
  const kept = Array.from({ length: 10_000 }, (_, at) => numbers.get(`key-${at}`, 0)).filter(
    (n) => n !== undefined,
  );
  expect(kept.length).toBeLessThanOrEqual(100);
  expect(numbers.get('key-9999', 0)).toBe(9_999);
});

test('what was set within a window is remembered, and forgotten after two', () => {
  const numbers = createRecentNumbers(1_000, 100);
  for (let now = 0; now < 10_000; now += 100) {
    numbers.set(`at-${now}`, now, now);
    if (now >= 900) expect(numbers.get(`at-${now - 900}`, now)).toBe(now - 900);
    if (now >= 2_000) expect(numbers.get(`at-${now - 2_000}`, now)).toBeUndefined();
  }
});
