/**
 * Background work of all kinds in one loop: leases what is due and has room, keeps the leases while the work goes on,
 * settles them. Leases are given back when the process stops, so that another one goes on at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { JobKind } from '../features/jobs/job.ts';
import {
  createJobLeaseStore,
  type JobLease,
  type LeaseRoom,
  type Settlement,
} from '../features/jobs/job-lease-store.ts';
import type { Clock } from '../shared/clock.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { JobContext, JobDefinition, JobResult } from './job-definition.ts';
import { classifyFailure, type JobFailure } from './job-failure.ts';
import { createLaneRests } from './lane-rests.ts';
import { type Room, startWorker, type Worker } from './worker.ts';

export interface JobRunnerOptions {
  readonly database: Pick<TenantDatabase, 'shared'>;
  readonly definitions: readonly JobDefinition[];
  /** Lanes that an operator has stopped, besides those that the jobs themselves find wanting. */
  readonly closedLanes?: () => readonly string[];
  /** Jobs at once in this process. */
  readonly concurrency: number;
  readonly pollMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

// Three heartbeats may be missed before a process counts as dead.
const LEASE_MS = 30_000;
const HEARTBEAT_MS = 9_000;
// As long as a supervisor waits, less what the rest of the process takes to end.
const STOP_MS = 20_000;
const LEAST_WAIT_MS = 10_000;

interface Run {
  readonly lease: JobLease;
  readonly abort: AbortController;
}

/** Disposed it ends what runs, as far as that takes no longer than a supervisor waits. */
export const startJobs = (options: JobRunnerOptions): Worker => {
  const { definitions, clock, logger } = options;
  const leases = createJobLeaseStore(options.database.shared);
  const byKind = new Map(definitions.map((definition) => [definition.kind, definition]));
  const rests = createLaneRests(clock);
  const runs = new Map<string, Run>();

  const roomOf = ({ limit }: Room): LeaseRoom => {
    const counts = new Map<string, { kind: JobKind; lane: string; count: number }>();
    const add = (kind: JobKind, lane: string, count: number): void => {
      const key = `${kind}/${lane}`;
      counts.set(key, { kind, lane, count: (counts.get(key)?.count ?? 0) + count });
    };
    const lanesOnTrial = new Set<string>();
    for (const { lease } of runs.values()) {
      add(lease.kind, lease.lane, 1);
      if (rests.isOnTrial(lease.lane)) lanesOnTrial.add(lease.lane);
    }
    return {
      perLane: new Map(definitions.map(({ kind, perLane }) => [kind, perLane])),
      running: [...counts.values()],
      restingLanes: [...rests.resting(), ...lanesOnTrial, ...(options.closedLanes?.() ?? [])],
      limit,
    };
  };

  /** Of a lane on trial one at a time: the others are given back as they came. */
  const claim = async (room: Room): Promise<readonly JobLease[]> => {
    const claimed = await leases.claim(roomOf(room), LEASE_MS);
    const tried = new Set<string>();
    const spare = claimed.filter(({ lane }) => {
      if (!rests.isOnTrial(lane)) return false;
      return tried.has(lane) || !tried.add(lane);
    });
    await leases.release(spare, null);
    return claimed.filter((lease) => !spare.includes(lease));
  };

  const run = async (lease: JobLease, stop: AbortSignal): Promise<void> => {
    const definition = byKind.get(lease.kind);
    if (definition === undefined) throw new Error(`no kind of job ${lease.kind}`);
    if (stop.aborted) {
      await leases.release([lease], null);
      return;
    }
    const abort = new AbortController();
    const signal = AbortSignal.any([stop, abort.signal]);
    runs.set(lease.leaseId, { lease, abort });
    const context: JobContext = { signal, report: (progress) => leases.report(lease, progress) };
    try {
      await leases.settle(lease, await attempt(definition, lease, context));
    } finally {
      runs.delete(lease.leaseId);
    }
  };

  const attempt = async (
    definition: JobDefinition,
    lease: JobLease,
    context: JobContext,
  ): Promise<Settlement> => {
    let result: JobResult;
    try {
      result = await definition.run(lease, context);
    } catch (error) {
      return settleFailure(definition, lease, error);
    }
    rests.end(lease.lane);
    const { outcome, error, progress = null } = result;
    if (error !== undefined) return { ...counted(definition, lease), outcome, error, progress };
    const nextMs = result.nextMs ?? jittered(definition.intervalMs);
    return { nextMs, failures: 0, outcome, error: null, progress };
  };

  const settleFailure = (definition: JobDefinition, lease: JobLease, error: unknown): Settlement => {
    const failure = classifyFailure(error);
    const { tenantId, kind, subject, lane } = lease;
    const level = failure.kind === 'job' ? 'warn' : 'info';
    logger[level]('a job was not done', {
      job: kind,
      tenantId,
      subject,
      lane,
      outcome: failure.outcome,
      ...errorFields(error),
    });
    if (failure.kind === 'lane') rests.rest(lane, failure.restMs);
    const told = { outcome: failure.outcome, error: failure.error, progress: null };
    return failure.kind === 'job'
      ? { ...counted(definition, lease), ...told }
      : { nextMs: waitOf(failure), failures: lease.failures, ...told };
  };

  /** Tells the database that this process lives, and hears of leases that it lost. */
  const heartbeat = async (): Promise<void> => {
    const held = [...runs.values()];
    if (held.length === 0) return;
    try {
      const kept = new Set(
        await leases.renew(
          held.map(({ lease }) => lease),
          LEASE_MS,
        ),
      );
      for (const { lease, abort } of held) if (!kept.has(lease.leaseId)) abort.abort();
    } catch (error) {
      logger.warn('the leases of jobs were not renewed', errorFields(error));
    }
  };

  for (const { kind, intervalMs } of definitions) {
    leases
      .pullForward(kind, intervalMs)
      .catch((error: unknown) =>
        logger.warn('a shorter interval was not applied', { job: kind, ...errorFields(error) }),
      );
  }
  const heart = setInterval(() => void heartbeat(), HEARTBEAT_MS);
  const worker = startWorker<JobLease>({
    name: 'jobs',
    claim,
    laneOf: ({ kind, lane }) => `${kind}/${lane}`,
    run,
    concurrency: options.concurrency,
    pollMs: options.pollMs,
    logger,
  });

  const stop = async (): Promise<void> => {
    const patience = new AbortController();
    const tooLong = delay(STOP_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([worker[Symbol.asyncDispose](), tooLong]);
    patience.abort();
    clearInterval(heart);
    await leases.release(
      [...runs.values()].map(({ lease }) => lease),
      'interrupted',
    );
  };

  return { wake: () => worker.wake(), [Symbol.asyncDispose]: stop };
};

/** A tenth more or less, so that jobs that began together drift apart. */
const jittered = (ms: number): number => ms * (0.9 + Math.random() / 5);

const counted = (
  { firstRetryMs, longestRetryMs }: JobDefinition,
  { failures }: JobLease,
): Pick<Settlement, 'nextMs' | 'failures'> => ({
  nextMs: jittered(Math.min(firstRetryMs * 2 ** Math.min(failures, 20), longestRetryMs)),
  failures: failures + 1,
});

/** Those that were turned away together do not come back together. */
const waitOf = (failure: Exclude<JobFailure, { kind: 'job' }>): number => {
  const ms = failure.kind === 'lane' ? failure.restMs : failure.waitMs;
  return Math.max(ms, LEAST_WAIT_MS) * (1 + Math.random());
};
