/** What custody tells of itself: the exchange keys that it opened, and how it finds each venue. */
import type { CustodyReporter, ExchangePort } from '../exchanges/exchange.ts';
import type { VenueState } from '../exchanges/venue-state.ts';
import type { Clock } from '../shared/clock.ts';
import { counter, gauge, type MetricSource, type Reading, seconds } from './metric-source.ts';

const FROZEN = 'countersign_custody_frozen';
const OPENINGS = 'countersign_custody_openings_total';
const REFUSED = 'countersign_custody_openings_refused_total';
const BUDGET = 'countersign_custody_opening_budget_left';
const CIRCUIT = 'countersign_venue_circuit_state';
const FAILURES = 'countersign_venue_consecutive_failures';
const IN_FLIGHT = 'countersign_venue_calls_in_flight';
const LATENCY = 'countersign_venue_latency_seconds';
const MARKETS_AGE = 'countersign_venue_markets_age_seconds';

const CIRCUITS = { closed: 0, half_open: 1, open: 2 } as const;

/** While custody is away, all of it is missing. */
export const createCustodySource = (
  custody: CustodyReporter & Pick<ExchangePort, 'venueStates'>,
  clock: Clock,
): MetricSource => ({
  name: 'custody',
  families: [
    gauge(FROZEN, 'Whether custody is frozen: 1, and no exchange keys are opened'),
    counter(OPENINGS, 'Exchange keys that were opened since custody began, by purpose'),
    counter(REFUSED, 'Exchange keys that were asked for and not opened since custody began'),
    gauge(BUDGET, 'Exchange keys that may be opened at this moment'),
    gauge(CIRCUIT, 'Circuit breaker of an exchange: 0 closed, 1 half open, 2 open'),
    gauge(FAILURES, 'Requests in a row that an exchange left without an answer'),
    gauge(IN_FLIGHT, 'Calls to an exchange that custody works on'),
    gauge(LATENCY, 'How long the newest answer of an exchange took'),
    gauge(MARKETS_AGE, 'How old the list of markets of an exchange is'),
  ],
  read: async () => {
    const [{ frozen }, stats, states] = await Promise.all([
      custody.ping(),
      custody.stats(),
      custody.venueStates(),
    ]);
    return [
      { family: FROZEN, value: Number(frozen) },
      ...Object.entries(stats.openings).map(
        ([purpose, value]): Reading => ({ family: OPENINGS, labels: { purpose }, value }),
      ),
      { family: REFUSED, value: stats.refused },
      { family: BUDGET, value: stats.budgetLeft },
      ...states.flatMap((state) => venueReadings(state, clock.now())),
    ];
  },
});

const venueReadings = (state: VenueState, nowMs: number): Reading[] => {
  const labels = { venue: state.venueId };
  const { latencyMs, marketsLoadedAt } = state;
  return [
    { family: CIRCUIT, labels, value: CIRCUITS[state.circuit] },
    { family: FAILURES, labels, value: state.consecutiveFailures },
    { family: IN_FLIGHT, labels, value: state.callsInFlight },
    ...(latencyMs === null ? [] : [{ family: LATENCY, labels, value: seconds(latencyMs) }]),
    ...(marketsLoadedAt === null
      ? []
      : [{ family: MARKETS_AGE, labels, value: Math.max(0, seconds(nowMs - Date.parse(marketsLoadedAt))) }]),
  ];
};
