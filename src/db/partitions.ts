/** Monthly partitions of the snapshot tables, made ahead of time at each start; workers go on with it (partition-store.ts). */
import type { Knex } from 'knex';

/**
 * Makes the partitions of `months` months from that of `from` on (UTC), where missing. Rows that went to the default
 * partition meanwhile are moved. `owner` is connected as the owner of the tables.
 */
export const ensurePartitions = async (owner: Knex, from: Date, months: number): Promise<void> => {
  for (let ahead = 0; ahead < months; ahead += 1)
    await owner.raw('select ensure_partitions(?)', [monthStart(from, ahead)]);
};

/** 00:00 UTC of the first day of a month, counted from that of `from`. */
export const monthStart = (from: Date, ahead: number): Date =>
  new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + ahead, 1));
