/** Closes each day (UTC) of every account after it has ended: what was earned on it becomes an event, once. */
import { randomUUID } from 'node:crypto';
import type { CloseDay } from '../features/profit/daily-profit.ts';
import { DAY_MS } from '../features/profit/daily-profit.ts';
import { dayStart } from '../features/profit/profit.ts';
import { createJobLeaseStore, type JobLease } from '../features/jobs/job-lease-store.ts';
import type { Clock } from '../shared/clock.ts';
import type { JobDefinition, JobResult } from './job-definition.ts';

export interface ProfitDailyJobDeps {
  readonly closeDay: CloseDay;
  readonly clock: Clock;
  /** Whether balances are read by themselves; where they are not, there is nothing to wait for. */
  readonly areBalancesSynced: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// The database alone is asked.
const PER_LANE = 4;
// After midnight the next sync tells what came in before it. An exchange that does not answer is not waited for all day.
const PATIENCE_MS = 3 * HOUR_MS;
const LOOK_AGAIN_MS = 10 * MINUTE_MS;
const AFTER_MIDNIGHT_MS = 20 * MINUTE_MS;
// A worker that was away for longer leaves the days before out.
const MOST_DAYS = 31;

export const createProfitDailyJob = (deps: ProfitDailyJobDeps): JobDefinition => {
  const { clock, closeDay } = deps;

  /** Beginning with the one after that which was closed last; of an account that is new, yesterday alone. */
  const daysToClose = (lease: JobLease, today: Date): Date[] => {
    const closed = lease.progress?.['closed_day'];
    const yesterday = today.getTime() - DAY_MS;
    const lastMs = typeof closed === 'string' ? Date.parse(`${closed}T00:00:00Z`) : yesterday - DAY_MS;
    const days: Date[] = [];
    for (
      let ms = Math.max(lastMs + DAY_MS, yesterday - (MOST_DAYS - 1) * DAY_MS);
      ms <= yesterday;
      ms += DAY_MS
    )
      days.push(new Date(ms));
    return days;
  };

  const close = (lease: JobLease, accountId: number, day: Date) => {
    const isOld = clock.now() > day.getTime() + DAY_MS + PATIENCE_MS;
    return closeDay({
      tenantId: lease.tenantId,
      accountId,
      day,
      mayCloseUnread: isOld || !deps.areBalancesSynced,
      requestId: `job-${randomUUID()}`,
      markClosed: (session) =>
        createJobLeaseStore(session).report(lease, { closed_day: day.toISOString().slice(0, 10) }),
    });
  };

  const tomorrow = (today: Date, outcome: string): JobResult => ({
    outcome,
    nextMs: today.getTime() + DAY_MS - clock.now() + AFTER_MIDNIGHT_MS + Math.random() * HOUR_MS,
  });

  return {
    kind: 'profit_daily',
    intervalMs: DAY_MS,
    firstRetryMs: LOOK_AGAIN_MS,
    longestRetryMs: 6 * HOUR_MS,
    perLane: PER_LANE,

    async run(lease, { signal }) {
      const { accountId } = lease;
      const today = dayStart(new Date(clock.now()));
      if (accountId === null) return tomorrow(today, 'skipped');
      for (const day of daysToClose(lease, today)) {
        if (signal.aborted) return { outcome: 'interrupted', nextMs: 0 };
        const outcome = await close(lease, accountId, day);
        if (outcome === 'waiting') return { outcome, nextMs: LOOK_AGAIN_MS };
        if (outcome === 'gone' || outcome === 'overtaken') return tomorrow(today, outcome);
      }
      return tomorrow(today, 'closed');
    },
  };
};
