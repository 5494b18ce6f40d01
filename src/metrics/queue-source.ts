/** How much waits to be done by workers, as the database has it: the same from every process that is asked. */
import type { Session } from '../db/tenant-database.ts';
import type { Clock } from '../shared/clock.ts';
import { gauge, type MetricSource, type Reading } from './metric-source.ts';
import { createQueueStore } from './queue-store.ts';

const JOBS = 'countersign_jobs';
const JOBS_LATE = 'countersign_jobs_oldest_due_seconds';
const DELIVERIES = 'countersign_deliveries';
const DELIVERIES_LATE = 'countersign_deliveries_oldest_due_seconds';
const DEGRADED = 'countersign_venue_degraded';
const PAUSED = 'countersign_venue_paused';

// It counts rows, by the hundred thousand: whoever asks more often gets the same numbers.
const FRESH_MS = 10_000;

/** `session` as createQueueStore has it. */
export const createQueueSource = (session: Session, clock: Clock): MetricSource => {
  const store = createQueueStore(session);
  let last: { readonly atMs: number; readonly readings: readonly Reading[] } | undefined;

  const count = async (): Promise<Reading[]> => {
    const [jobs, deliveries, venues] = await Promise.all([store.jobs(), store.deliveries(), store.venues()]);
    const late = new Map<string, number>();
    for (const { kind, oldestDueSeconds } of jobs)
      late.set(kind, Math.max(late.get(kind) ?? 0, oldestDueSeconds));
    return [
      ...jobs.map(({ kind, state, count: value }) => ({ family: JOBS, labels: { kind, state }, value })),
      ...[...late].map(([kind, value]) => ({ family: JOBS_LATE, labels: { kind }, value })),
      ...['pending', 'dead'].map((state) => ({
        family: DELIVERIES,
        labels: { state },
        value: deliveries.find((each) => each.state === state)?.count ?? 0,
      })),
      {
        family: DELIVERIES_LATE,
        value: Math.max(0, deliveries.find(({ state }) => state === 'pending')?.oldestDueSeconds ?? 0),
      },
      ...venues.flatMap(({ venueId, isDegraded, isPaused }) => [
        { family: DEGRADED, labels: { venue: venueId }, value: Number(isDegraded) },
        { family: PAUSED, labels: { venue: venueId }, value: Number(isPaused) },
      ]),
    ];
  };

  return {
    name: 'queues',
    families: [
      gauge(JOBS, 'Jobs by kind and state: waiting, running, failing or paused'),
      gauge(JOBS_LATE, 'For how long the first of the jobs that are due has waited, by kind'),
      gauge(DELIVERIES, 'Webhook deliveries that wait or were given up'),
      gauge(DELIVERIES_LATE, 'For how long the first of the deliveries that are due has waited'),
      gauge(DEGRADED, 'Whether tenants were told that an exchange does not answer: 1, or 0'),
      gauge(PAUSED, 'Whether an operator has paused an exchange: 1, or 0'),
    ],
    read: async () => {
      if (last === undefined || clock.now() - last.atMs >= FRESH_MS)
        last = { atMs: clock.now(), readings: await count() };
      return last.readings;
    },
  };
};
