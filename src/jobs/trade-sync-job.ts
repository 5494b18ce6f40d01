/** Reads the trades of every wallet until none is missing: a step at a time, so that a long history lets others have turns. */
import { randomUUID } from 'node:crypto';
import { systemActor } from '../auth/actor.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { Catalog } from '../exchanges/catalog.ts';
import type { JobProgress } from '../features/jobs/job.ts';
import type { JobLease } from '../features/jobs/job-lease-store.ts';
import { createSyncTargetStore } from '../features/jobs/sync-target-store.ts';
import type { SyncTrades, TradeSyncPage, TradeSyncResult } from '../features/trades/trade-sync.ts';
import type { Clock } from '../shared/clock.ts';
import type { JobContext, JobDefinition, JobResult } from './job-definition.ts';

export interface TradeSyncJobDeps {
  readonly database: Pick<TenantDatabase, 'session'>;
  readonly syncTrades: SyncTrades;
  readonly catalog: Pick<Catalog, 'findExchange'>;
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly perLane: number;
}

const MINUTE_MS = 60_000;
// As many as the greatest page of most exchanges.
const PAGE = 500;
// A version that can read them will.
const NOT_SUPPORTED_MS = 7 * 24 * 60 * MINUTE_MS;
// A page takes a moment; whoever looks at a list of jobs does not look more often.
const REPORT_MS = 1_000;

export const createTradeSyncJob = (deps: TradeSyncJobDeps): JobDefinition => ({
  kind: 'trade_sync',
  intervalMs: deps.intervalMs,
  firstRetryMs: 5 * MINUTE_MS,
  longestRetryMs: Math.max(deps.intervalMs, 6 * 60 * MINUTE_MS),
  perLane: deps.perLane,

  async run(lease, context) {
    const { tenantId, accountId } = lease;
    const targets = createSyncTargetStore(deps.database.session(tenantId));
    const origin = accountId === null ? undefined : (await targets.find(accountId))?.origin;
    if (origin?.kind !== 'credential') return { outcome: 'skipped' };
    const entry = deps.catalog.findExchange(origin.marketCode);
    if (entry === undefined || entry.venue.withoutTrades === true)
      return { outcome: 'not_supported', nextMs: NOT_SUPPORTED_MS };
    const result = await deps.syncTrades(
      systemActor(tenantId, `job-${randomUUID()}`),
      {
        exchange: { name: origin.marketCode, ...entry },
        credentialId: origin.credentialId,
        symbol: undefined,
        since: undefined,
        limit: PAGE,
      },
      { signal: context.signal, onPage: reporter(deps.clock, lease, context) },
    );
    return toJobResult(result, lease, context);
  },
});

/** Reports now and then; where the lease was lost, the signal ends the sync. */
const reporter = (clock: Clock, lease: JobLease, { report }: JobContext) => {
  const before = countOf(lease);
  let reportedMs = Number.NEGATIVE_INFINITY;
  return async (page: TradeSyncPage): Promise<void> => {
    if (clock.now() - reportedMs < REPORT_MS) return;
    reportedMs = clock.now();
    await report({ symbol: page.symbol, ...progressOf(page, before), is_complete: false });
  };
};

/** New trades of the steps before this one, of the same reading. */
const countOf = ({ progress }: JobLease): number => {
  const count = progress?.['is_complete'] === false ? progress['new_trades'] : 0;
  return typeof count === 'number' ? count : 0;
};

const progressOf = (
  { synced, symbolsSynced, symbolsTotal }: Omit<TradeSyncPage, 'symbol'>,
  before: number,
): JobProgress => ({ new_trades: before + synced, markets_done: symbolsSynced, markets: symbolsTotal });

const toJobResult = (result: TradeSyncResult, lease: JobLease, { signal }: JobContext): JobResult => {
  const { failure, isComplete } = result;
  if (failure !== null) throw failure;
  const progress = { ...progressOf(result, countOf(lease)), is_complete: isComplete };
  if (isComplete) return { outcome: 'synced', progress };
  return { outcome: signal.aborted ? 'interrupted' : 'partial', nextMs: 0, progress };
};
