/** How this process fares with each venue: its own calls. */
import type { VenueCalls } from '../features/venues/venue-calls.ts';
import { counter, durationReadings, histogram, type MetricSource, type Reading } from './metric-source.ts';

const CALLS = 'countersign_venue_calls_total';
const DURATION = 'countersign_venue_call_duration_seconds';

export const createVenueCallSource = (calls: Pick<VenueCalls, 'counts'>): MetricSource => ({
  name: 'venue_calls',
  families: [
    counter(CALLS, 'Calls to an exchange, by how they ended: ok, or the code of the error'),
    histogram(DURATION, 'Time of a call to an exchange, with waiting for its limits and retries'),
  ],
  read: () =>
    [...calls.counts()].flatMap(({ venueId, outcomes, durations }): Reading[] => [
      ...[...outcomes].map(
        ([outcome, value]): Reading => ({ family: CALLS, labels: { venue: venueId, outcome }, value }),
      ),
      ...durationReadings(DURATION, { venue: venueId }, durations),
    ]),
});
