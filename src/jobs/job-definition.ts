/** What each kind of background work says of itself; `startJobs` does the rest: leases, turns, retries, what is told. */
import type { JobKind, JobProgress } from '../features/jobs/job.ts';
import type { JobLease } from '../features/jobs/job-lease-store.ts';

export interface JobContext {
  /** Aborts when the worker stops and when the lease was lost: end as soon as what is done so far is stored. */
  readonly signal: AbortSignal;
  /** Tells how far it is; false: the lease was lost, and somebody else goes on. */
  readonly report: (progress: JobProgress) => Promise<boolean>;
}

export interface JobResult {
  /** In a word or two, e.g. synced. */
  readonly outcome: string;
  /** Until it is to be done again; undefined: the interval of its kind. */
  readonly nextMs?: number;
  /** Why it has to be tried again, in words without secrets; undefined: it has not. */
  readonly error?: string;
  readonly progress?: JobProgress;
}

export interface JobDefinition {
  readonly kind: JobKind;
  /** Between two runs that end well; a tenth is added or taken away at random. */
  readonly intervalMs: number;
  /** After the first failure; twice as long after each further one. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** At once in one lane and process. */
  readonly perLane: number;
  /** Throws AppError for what the exchange or custody left undone. */
  run(lease: JobLease, context: JobContext): Promise<JobResult>;
}
