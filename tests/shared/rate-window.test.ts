// A window never holds more than it may, wastes little, and books nobody out of turn.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRateWindow } from '../../src/shared/rate-window.ts';

const WINDOW_MS = 1_000;

const aWindow = (capacity: number) => {
  const time = { ms: 1_000_000 };
  return { time, window: createRateWindow({ windowMs: WINDOW_MS, capacity, now: () => time.ms }) };
};

const aSchedule = fc.array(
  fc.record({ pauseMs: fc.integer({ min: 0, max: 700 }), cost: fc.constantFrom(0, 0.1, 0.5, 1, 2, 3, 5) }),
  { minLength: 1, maxLength: 200 },
);

test('whatever is asked for and when, no window of time gets more than the capacity, and order is kept', () => {
  fc.assert(
    fc.property(aSchedule, fc.integer({ min: 5, max: 20 }), (schedule, capacity) => {
      const { time, window } = aWindow(capacity);
      const booked = schedule.map(({ pauseMs, cost }) => {
        time.ms += pauseMs;
        return { atMs: time.ms + window.reserve(cost, Number.POSITIVE_INFINITY).waitMs, cost };
      });
      for (const [index, first] of booked.entries()) {
        const inside = booked.slice(index).filter(({ atMs }) => atMs < first.atMs + WINDOW_MS);
        expect(inside.reduce((sum, { cost }) => sum + cost, 0)).toBeLessThanOrEqual(capacity + 1e-9);
        expect(booked[index + 1]?.atMs ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(first.atMs);
      }
    }),
  );
});

test('a whole window goes out at once, what follows waits for the next, and time frees it', () => {
  const { time, window } = aWindow(10);
  for (let request = 0; request < 10; request += 1)
    expect(window.reserve(1, 0)).toEqual({ booked: true, waitMs: 0 });
  const { waitMs } = window.reserve(1, 2_000);
  expect(waitMs).toBeGreaterThanOrEqual(WINDOW_MS);
  expect(waitMs).toBeLessThanOrEqual(WINDOW_MS * 1.01);
  time.ms += 5_000;
  for (let request = 0; request < 10; request += 1) expect(window.reserve(1, 0).booked).toBe(true);
});

test('nothing is booked for whoever has no patience', () => {
  const { window } = aWindow(2);
  window.reserve(2, 0);
  for (let request = 0; request < 100; request += 1)
    expect(window.reserve(1, 500)).toMatchObject({ booked: false });
  // The hundred did not queue up: the next place is still the first one.
  expect(window.reserve(1, 2_000).waitMs).toBeLessThanOrEqual(WINDOW_MS * 1.01);
});

test('a cost above the capacity goes out alone', () => {
  const { window } = aWindow(1);
  expect(window.reserve(5, 0)).toEqual({ booked: true, waitMs: 0 });
  expect(window.reserve(0.5, 0).booked).toBe(false);
});

test('a clock that goes back does not let more through', () => {
  const { time, window } = aWindow(3);
  expect(window.reserve(3, 0).booked).toBe(true);
  time.ms -= 60_000;
  expect(window.reserve(1, 30_000).booked).toBe(false);
});

test('what is left is told without taking of it', () => {
  const { time, window } = aWindow(3);
  expect(window.left()).toBe(3);
  window.reserve(1, 0);
  expect([window.left(), window.left()]).toEqual([2, 2]);
  window.reserve(2, 0);
  expect(window.left()).toBe(0);
  time.ms += 2 * WINDOW_MS;
  expect(window.left()).toBe(3);
});
