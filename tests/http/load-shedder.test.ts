import { expect, test } from '@jest/globals';
import { createLoadShedder, startLoopDelayMonitor } from '../../src/http/load-shedder.ts';
import { aCallerKey, startTestServer } from './sample-surface.ts';

const shedOf = (requests: number, delayMs: number): number => {
  const shedder = createLoadShedder({ inFlight: 10, loopDelayMs: 100, readLoopDelayMs: () => delayMs });
  return Array.from({ length: requests }, () => shedder.isTooMuch(1)).filter(Boolean).length;
};

test('nothing is turned away up to the bounds; all that come beyond the number at once are', () => {
  const shedder = createLoadShedder({ inFlight: 10, loopDelayMs: 100, readLoopDelayMs: () => 100 });
  expect([1, 10].map((inFlight) => shedder.isTooMuch(inFlight))).toEqual([false, false]);
  expect([11, 1_000].map((inFlight) => shedder.isTooMuch(inFlight))).toEqual([true, true]);
});

test('the more the event loop lags, the more is turned away: all of it at twice the bound', () => {
  expect([50, 100, 125, 150, 200, 5_000].map((delayMs) => shedOf(100, delayMs))).toEqual([
    0, 0, 25, 50, 100, 100,
  ]);
});

test('a lagging server answers 503 with the time to wait, in the words of the dialect, while health answers', async () => {
  const key = aCallerKey();
  let delayMs = 10_000;
  await using server = await startTestServer({ keys: [key], readLoopDelayMs: () => delayMs });
  const shed = await server.signed(key, 'GET', '/ver1/things/7');
  expect([shed.status, shed.headers.get('retry-after'), shed.headers.get('x-dialect')]).toEqual([
    503,
    '1',
    'sample',
  ]);
  expect(await shed.json()).toMatchObject({ error: 'service_unavailable' });
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  delayMs = 0;
  expect((await server.signed(key, 'GET', '/ver1/things/7')).status).toBe(200);
});

test('the lag of a blocked event loop is seen, and forgotten once it runs again', async () => {
  using monitor = startLoopDelayMonitor();
  const isSeen = async (isRight: (ms: number) => boolean, blockMs: number): Promise<void> => {
    while (!isRight(monitor.readMs())) {
      const until = performance.now() + blockMs;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await isSeen((ms) => ms > 100, 200);
  await isSeen((ms) => ms < 100, 0);
});
