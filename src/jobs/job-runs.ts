/** Counts how jobs end, and writes a line of each to the log: what kind, for whom, how it went, how long it took. */
import type { JobKind } from '../features/jobs/job.ts';
import type { Clock } from '../shared/clock.ts';
import { createDurationCounts, type DurationCounts } from '../shared/duration-counts.ts';
import type { Logger } from '../shared/logger.ts';
import type { JobDefinition } from './job-definition.ts';
import { classifyFailure } from './job-failure.ts';

export interface JobRunCounts {
  readonly kind: JobKind;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly durations: DurationCounts;
}

export interface JobRuns {
  counts(): Iterable<JobRunCounts>;
  /** The same job, whose runs are counted and told. */
  following(definition: JobDefinition): JobDefinition;
}

export const createJobRuns = ({
  clock,
  logger,
}: {
  readonly clock: Clock;
  readonly logger: Logger;
}): JobRuns => {
  const byKind = new Map<JobKind, JobRunCounts & { readonly outcomes: Map<string, number> }>();

  const note = (kind: JobKind, outcome: string, ms: number): void => {
    const counts = byKind.get(kind) ?? {
      kind,
      outcomes: new Map<string, number>(),
      durations: createDurationCounts(),
    };
    byKind.set(kind, counts);
    counts.outcomes.set(outcome, (counts.outcomes.get(outcome) ?? 0) + 1);
    counts.durations.note(ms);
  };

  return {
    counts: () => byKind.values(),
    following: (definition) => ({
      ...definition,
      run: async (lease, context) => {
        const { kind, tenantId, subject, lane } = lease;
        const startedMs = clock.now();
        try {
          const result = await definition.run(lease, context);
          const ms = clock.now() - startedMs;
          note(kind, result.outcome, ms);
          logger.info('job', { job: kind, tenant: tenantId, subject, lane, outcome: result.outcome, ms });
          return result;
        } catch (error) {
          // Whoever runs it writes the line.
          note(kind, classifyFailure(error).outcome, clock.now() - startedMs);
          throw error;
        }
      },
    }),
  };
};
