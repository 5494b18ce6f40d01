/** Keeps months of snapshots ready before they begin, and drops those that are not to be kept any longer. */
import { monthStart } from '../../db/partitions.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { createPartitionStore } from './partition-store.ts';

export interface PartitionUpkeepDeps {
  readonly database: Pick<TenantDatabase, 'shared'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whole months of balances that are kept beside the current one; 0: all. */
  readonly snapshotMonths: number;
}

// This month and those to come, as at each start.
const MONTHS_AHEAD = 4;

/**
 * To be called now and then, by any number of processes. A lock that is not free within two seconds makes it throw; the
 * next call goes on.
 */
export const createPartitionUpkeep =
  ({ database, clock, logger, snapshotMonths }: PartitionUpkeepDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    const partitions = createPartitionStore(database.shared);
    const now = new Date(clock.now());
    for (let ahead = 0; ahead < MONTHS_AHEAD; ahead += 1) {
      const month = monthStart(now, ahead);
      const made = await partitions.ensure(month);
      if (made > 0) logger.info('partitions were made', { made, month: month.toISOString().slice(0, 7) });
    }
    if (snapshotMonths === 0) return;
    while (!signal.aborted) {
      const dropped = await partitions.dropOld(monthStart(now, -snapshotMonths));
      if (dropped === undefined) return;
      logger.info('a partition was dropped', { table: dropped });
    }
  };
