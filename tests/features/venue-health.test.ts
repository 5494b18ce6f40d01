/** What the calls to a venue and its newest probe say of its health. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { VenueState } from '../../src/exchanges/venue-state.ts';
import type { VenueProbe } from '../../src/exchanges/venue-data-port.ts';
import { type HealthStatus, judgeHealth, summarizeHealth } from '../../src/features/venues/venue-health.ts';

const NOW_MS = Date.parse('2026-05-01T12:00:00Z');
const at = (secondsAgo: number): string => new Date(NOW_MS - secondsAgo * 1_000).toISOString();

const aState = (changes: Partial<VenueState> = {}): VenueState => ({
  venueId: 'okx',
  circuit: 'closed',
  consecutiveFailures: 0,
  stoppedUntil: null,
  lastSuccessAt: at(10),
  lastFailureAt: null,
  latencyMs: 80,
  callsInFlight: 0,
  marketsCount: null,
  marketsLoadedAt: null,
  ...changes,
});

const aProbe = (changes: Partial<VenueProbe> = {}): VenueProbe => ({
  at: at(10),
  latencyMs: 80,
  condition: 'ok',
  error: null,
  ...changes,
});

const failed = (code: 'bad_response' | 'exchange_rate_limited', secondsAgo = 10): VenueProbe =>
  aProbe({ at: at(secondsAgo), latencyMs: null, condition: null, error: { code, message: 'no' } });

const quiet = aState({ lastSuccessAt: null, latencyMs: null });

test.each<[string, VenueState | undefined, VenueProbe | undefined, HealthStatus]>([
  ['nothing is known', undefined, undefined, 'unknown'],
  ['it was never asked', quiet, undefined, 'unknown'],
  ['it answers', aState(), aProbe(), 'healthy'],
  ['it answers calls and was never probed', aState(), undefined, 'healthy'],
  ['it answers and has no words for its state', aState(), aProbe({ condition: null }), 'healthy'],
  ['it is in maintenance', aState(), aProbe({ condition: 'maintenance' }), 'unhealthy'],
  ['its circuit is open', aState({ circuit: 'open', consecutiveFailures: 10 }), aProbe(), 'unhealthy'],
  ['its circuit tries again', aState({ circuit: 'half_open' }), aProbe(), 'degraded'],
  ['something was left unanswered', aState({ consecutiveFailures: 1 }), aProbe(), 'degraded'],
  ['it left all unanswered', { ...quiet, lastFailureAt: at(5) }, undefined, 'unhealthy'],
  ['its probe failed', quiet, failed('bad_response'), 'unhealthy'],
  ['its probe failed as other calls did not', aState(), failed('bad_response'), 'unhealthy'],
  [
    'it has answered since its probe failed',
    aState({ lastSuccessAt: at(5) }),
    failed('bad_response'),
    'healthy',
  ],
  ['it limits us', aState(), failed('exchange_rate_limited'), 'degraded'],
  ['it has banned us', aState({ stoppedUntil: at(-60) }), aProbe(), 'degraded'],
  ['it had banned us', aState({ stoppedUntil: at(60) }), aProbe(), 'healthy'],
  ['it is slow', aState(), aProbe({ latencyMs: 3_000 }), 'degraded'],
])('%s', (_what, state, probe, status) => {
  expect(judgeHealth({ state, probe }, NOW_MS)).toBe(status);
});

test('the summary counts each once, and is never better than its parts', () => {
  const status = fc.constantFrom<HealthStatus>('healthy', 'degraded', 'unhealthy', 'unknown');
  fc.assert(
    fc.property(fc.array(status), (statuses) => {
      const { status: overall, counts } = summarizeHealth(statuses);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(statuses.length);
      expect(overall === 'healthy').toBe(statuses.length > 0 && counts.healthy === statuses.length);
      expect(overall === 'unknown').toBe(counts.unknown === statuses.length);
      if (overall === 'unhealthy') expect(counts.healthy + counts.degraded).toBe(0);
    }),
  );
});
