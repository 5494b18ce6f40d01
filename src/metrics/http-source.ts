/** What callers ask for and what they are answered, by operation. */
import type { RequestCounts } from '../http/request-counts.ts';
import {
  counter,
  durationReadings,
  gauge,
  histogram,
  type MetricSource,
  type Reading,
} from './metric-source.ts';

const REQUESTS = 'countersign_http_requests_total';
const DURATION = 'countersign_http_request_duration_seconds';
const IN_FLIGHT = 'countersign_http_requests_in_flight';
const STREAMS = 'countersign_event_streams_open';
const SHED = 'countersign_http_requests_shed_total';
const MALFORMED = 'countersign_http_requests_malformed_total';
const LIMITED = 'countersign_http_requests_limited_total';
const UNAUTHENTICATED = 'countersign_http_authentication_failures_total';

const CLASS_NAMES = ['aborted', '1xx', '2xx', '3xx', '4xx', '5xx'];

export const createHttpSource = (counts: RequestCounts): MetricSource => ({
  name: 'http',
  families: [
    counter(REQUESTS, 'Requests that came to an end, by operation and class of status'),
    histogram(DURATION, 'Time from the first byte of a request to the end of its answer; streams left out'),
    gauge(IN_FLIGHT, 'Requests that are being answered'),
    gauge(STREAMS, 'Event streams that are open'),
    counter(
      SHED,
      'Requests that were told to come back, because there were too many or the event loop lagged',
    ),
    counter(MALFORMED, 'Requests that were refused for their form, before anybody looked what they want'),
    counter(LIMITED, 'Requests that were one too many, by the limit that refused them'),
    counter(UNAUTHENTICATED, 'Requests whose caller did not prove itself'),
  ],
  read: () => [
    ...[...counts.operations()].flatMap(({ operation, method, byClass, durations }): Reading[] => [
      ...byClass.flatMap((value, place) =>
        value === 0
          ? []
          : [{ family: REQUESTS, labels: { operation, method, status: CLASS_NAMES[place] ?? '' }, value }],
      ),
      ...durationReadings(DURATION, { operation, method }, durations),
    ]),
    { family: IN_FLIGHT, value: counts.inFlight() },
    { family: STREAMS, value: counts.streams() },
    { family: SHED, value: counts.shed },
    { family: MALFORMED, value: counts.malformed },
    { family: UNAUTHENTICATED, value: counts.unauthenticated },
    ...[...counts.limited].map(
      ([policy, value]): Reading => ({ family: LIMITED, labels: { policy }, value }),
    ),
  ],
});
