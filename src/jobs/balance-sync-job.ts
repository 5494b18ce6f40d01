/** Reads the balances of every account now and then, which makes its snapshots, its profits, and the events of changes. */
import { randomUUID } from 'node:crypto';
import { systemActor } from '../auth/actor.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { SyncBalances } from '../features/balances/balance-sync.ts';
import { createSyncTargetStore } from '../features/jobs/sync-target-store.ts';
import type { Clock } from '../shared/clock.ts';
import type { JobDefinition } from './job-definition.ts';

export interface BalanceSyncJobDeps {
  readonly database: Pick<TenantDatabase, 'session'>;
  readonly syncBalances: SyncBalances;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly perLane: number;
}

const MINUTE_MS = 60_000;

export const createBalanceSyncJob = (deps: BalanceSyncJobDeps): JobDefinition => ({
  kind: 'balance_sync',
  intervalMs: deps.intervalMs,
  firstRetryMs: MINUTE_MS,
  longestRetryMs: Math.max(deps.intervalMs, 60 * MINUTE_MS),
  perLane: deps.perLane,

  async run({ tenantId, accountId, askedAt }) {
    const targets = createSyncTargetStore(deps.database.session(tenantId));
    const target = accountId === null ? undefined : await targets.find(accountId);
    if (target === undefined) return { outcome: 'skipped' };
    // A reading that a caller waited for counts as well: the next one is due an interval after it.
    const syncedMs = target.syncedAt?.getTime() ?? 0;
    const isAsked = askedAt !== null && askedAt.getTime() > syncedMs;
    const ageMs = deps.clock.now() - syncedMs;
    if (!isAsked && ageMs >= 0 && ageMs < deps.intervalMs / 2)
      return { outcome: 'fresh', nextMs: deps.intervalMs - ageMs };
    await deps.syncBalances(systemActor(tenantId, `job-${randomUUID()}`), target.origin);
    return { outcome: 'synced' };
  },
});
