/** SQL of the monthly partitions: functions of the schema's owner, as no login role makes or drops a table. */
import type { Session } from '../../db/tenant-database.ts';

const ENSURE = {
  name: 'partitions.ensure',
  text: 'select ensure_partitions($1) as made',
};

const DROP_OLD = {
  name: 'partitions.drop-old',
  text: 'select drop_old_partition($1) as dropped',
};

/** `session` is TenantDatabase.shared. */
export const createPartitionStore = (session: Session) => ({
  /** Makes those of the month (UTC) that are missing, and moves rows there that came before; answers how many. */
  async ensure(moment: Date): Promise<number> {
    const [row] = await session.query<{ made: number }>(ENSURE, [moment]);
    return row?.made ?? 0;
  },

  /** Drops one month of balances that ended by then; answers its table, undefined when there is none. */
  async dropOld(before: Date): Promise<string | undefined> {
    const [row] = await session.query<{ dropped: string | null }>(DROP_OLD, [before]);
    return row?.dropped ?? undefined;
  },
});
