/** How the jobs of this worker ended, and how long they took. */
import type { JobRuns } from '../jobs/job-runs.ts';
import { counter, durationReadings, histogram, type MetricSource, type Reading } from './metric-source.ts';

const RUNS = 'countersign_job_runs_total';
const DURATION = 'countersign_job_run_duration_seconds';

export const createJobSource = (runs: Pick<JobRuns, 'counts'>): MetricSource => ({
  name: 'jobs',
  families: [
    counter(RUNS, 'Jobs that this worker did, by kind and how they ended'),
    histogram(DURATION, 'Time that a job took'),
  ],
  read: () =>
    [...runs.counts()].flatMap(({ kind, outcomes, durations }): Reading[] => [
      ...[...outcomes].map(
        ([outcome, value]): Reading => ({ family: RUNS, labels: { kind, outcome }, value }),
      ),
      ...durationReadings(DURATION, { kind }, durations),
    ]),
});
