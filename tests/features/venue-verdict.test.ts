import { expect, test } from '@jest/globals';
import type { VenueHealth } from '../../src/features/venues/venue-health-service.ts';
import {
  afterCheck,
  judgeCheck,
  type Verdict,
  type WatchedVenue,
} from '../../src/features/venues/venue-verdict.ts';
import type { VenueState } from '../../src/exchanges/venue-state.ts';

const NOW = Date.parse('2026-05-20T10:00:00Z');
const FAILS: Verdict = { word: 'fails', reason: 'unreachable' };
const WORKS: Verdict = { word: 'works' };

const healthy: WatchedVenue = {
  venueId: 'kraken',
  state: 'healthy',
  since: new Date(NOW - 86_400_000),
  reason: null,
  failures: 0,
  worksSince: null,
  recoveredAt: null,
};

const state = (change: Partial<VenueState>): VenueState => ({
  venueId: 'kraken',
  circuit: 'closed',
  consecutiveFailures: 0,
  stoppedUntil: null,
  lastSuccessAt: new Date(NOW).toISOString(),
  lastFailureAt: null,
  latencyMs: 10,
  callsInFlight: 0,
  marketsCount: null,
  marketsLoadedAt: null,
  ...change,
});

const health = (change: Partial<VenueHealth>): VenueHealth => ({
  status: 'healthy',
  state: state({}),
  probe: undefined,
  error: null,
  isCached: true,
  ...change,
});

/** Checks a minute apart. */
const run = (venue: WatchedVenue, verdicts: readonly Verdict[], fromMs = NOW): WatchedVenue =>
  verdicts.reduce(
    (before, verdict, place) => afterCheck(before, verdict, new Date(fromMs + place * 60_000)),
    venue,
  );

test.each<[string, VenueHealth, Verdict]>([
  ['answers', health({}), WORKS],
  ['is slow', health({ status: 'degraded' }), WORKS],
  ['was cut off', health({ state: state({ circuit: 'open' }) }), { word: 'fails', reason: 'circuit_open' }],
  [
    'wants no requests for long',
    health({ state: state({ stoppedUntil: new Date(NOW + 3_600_000).toISOString() }) }),
    { word: 'fails', reason: 'banned' },
  ],
  [
    'limits us for a moment',
    health({ status: 'degraded', state: state({ stoppedUntil: new Date(NOW + 5_000).toISOString() }) }),
    { word: 'unclear' },
  ],
  [
    'is being tried',
    health({ status: 'degraded', state: state({ circuit: 'half_open' }) }),
    { word: 'unclear' },
  ],
  [
    'left one request unanswered',
    health({ status: 'degraded', state: state({ consecutiveFailures: 1 }) }),
    { word: 'unclear' },
  ],
  [
    'cannot be asked, as custody is away',
    health({ status: 'unknown', state: undefined }),
    { word: 'unclear' },
  ],
  ['does not answer', health({ status: 'unhealthy' }), FAILS],
  [
    'says that it is closed',
    health({
      status: 'unhealthy',
      probe: { condition: 'maintenance', at: new Date(NOW).toISOString(), latencyMs: 5, error: null },
    }),
    { word: 'fails', reason: 'maintenance' },
  ],
])('a venue that %s', (_words, found, verdict) => {
  expect(judgeCheck(found, NOW)).toEqual(verdict);
});

test('it takes three failures in a row to degrade, and one success to recover', () => {
  expect(run(healthy, [FAILS, FAILS, WORKS, FAILS, FAILS])).toMatchObject({ state: 'healthy', failures: 2 });
  const degraded = run(healthy, [FAILS, FAILS, FAILS]);
  expect(degraded).toMatchObject({
    state: 'degraded',
    reason: 'unreachable',
    since: new Date(NOW + 120_000),
  });
  const recovered = run(degraded, [WORKS], NOW + 600_000);
  expect(recovered).toMatchObject({
    state: 'healthy',
    reason: null,
    failures: 0,
    since: new Date(NOW + 600_000),
  });
});

test('what is unclear neither counts nor ends a row', () => {
  const unclear: Verdict = { word: 'unclear' };
  expect(run(healthy, [FAILS, unclear, FAILS, unclear, FAILS])).toMatchObject({ state: 'degraded' });
});

test('one that fails again soon has to work for five minutes, so that it is not told of with every check', () => {
  const once = run(run(healthy, [FAILS, FAILS, FAILS]), [WORKS], NOW + 180_000);
  const again = run(once, [FAILS, FAILS, FAILS], NOW + 240_000);
  expect(again.state).toBe('degraded');
  const shaky = run(again, [WORKS, WORKS, FAILS, WORKS, WORKS, WORKS, WORKS, WORKS], NOW + 420_000);
  expect(shaky.state).toBe('degraded');
  expect(run(shaky, [WORKS, WORKS], NOW + 900_000)).toMatchObject({ state: 'healthy' });
});

test('a venue that comes and goes with every check for a day changes its state a bounded number of times', () => {
  let venue = healthy;
  let changes = 0;
  for (let minute = 0; minute < 24 * 60 * 4; minute += 1) {
    const verdict = minute % 4 < 3 ? FAILS : WORKS;
    const after = afterCheck(venue, verdict, new Date(NOW + minute * 15_000));
    if (after.state !== venue.state) changes += 1;
    venue = after;
  }
  expect(changes).toBeLessThan(10);
});
