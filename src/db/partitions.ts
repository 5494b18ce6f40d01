/** Monthly partitions of the snapshot tables, made ahead of time at each start. */
import type { Knex } from 'knex';
import { isolateByTenant } from './migration-sql.ts';

const PARTITIONED_TABLES = ['balance_snapshots', 'equity_snapshots'] as const;

/**
 * Makes the partitions of `months` months from that of `from` on (UTC), where missing. Rows that went to the default
 * partition meanwhile are moved. `owner` is connected as the owner of the tables.
 */
export const ensurePartitions = async (owner: Knex, from: Date, months: number): Promise<void> => {
  for (const table of PARTITIONED_TABLES) {
    for (let ahead = 0; ahead < months; ahead += 1) {
      const start = monthStart(from, ahead);
      await owner.transaction((transaction) =>
        ensurePartition(transaction, table, start, monthStart(from, ahead + 1)),
      );
    }
  }
};

/** E.g. `balance_snapshots_2026_11`. */
const partitionName = (table: string, start: string): string =>
  `${table}_${start.slice(0, 4)}_${start.slice(5, 7)}`;

const monthStart = (from: Date, ahead: number): string =>
  new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + ahead, 1)).toISOString();

const ensurePartition = async (
  transaction: Knex.Transaction,
  table: string,
  start: string,
  end: string,
): Promise<void> => {
  const name = partitionName(table, start);
  if (await transaction.schema.hasTable(name)) return;
  const spare = `${table}_default`;
  await transaction.raw(`create table ${name} (like ${table} including all)`);
  await isolateByTenant(transaction, name);
  // Nobody writes meanwhile. Forced row security would hide the rows from an owner that is no superuser.
  await transaction.raw(`lock table ${spare} in access exclusive mode`);
  for (const held of [name, spare]) await transaction.raw(`alter table ${held} no force row level security`);
  const inMonth = `taken_at >= '${start}' and taken_at < '${end}'`;
  await transaction.raw(`insert into ${name} select * from ${spare} where ${inMonth}`);
  await transaction.raw(`delete from ${spare} where ${inMonth}`);
  for (const held of [name, spare]) await transaction.raw(`alter table ${held} force row level security`);
  await transaction.raw(
    `alter table ${table} attach partition ${name} for values from ('${start}') to ('${end}')`,
  );
};
