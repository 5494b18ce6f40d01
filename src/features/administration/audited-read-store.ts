/** SQL that remembers the minute of the last audit row of each reader and kind of read. */
import type { Session } from '../../db/tenant-database.ts';

const NOTE = {
  name: 'admin-reads.note',
  text: `
    insert into admin_reads as r (actor, action, object, minute) values ($1, $2, $3, date_trunc('minute', $4::timestamptz))
    on conflict (actor, action, object) do update set minute = excluded.minute where r.minute < excluded.minute
    returning actor`,
};

// As long as a session can live.
const FORGET = {
  name: 'admin-reads.forget',
  text: "delete from admin_reads where minute < $1::timestamptz - interval '1 day'",
};

export const createAuditedReadStore = (session: Session) => ({
  /** Answers whether it is the first of its minute. */
  async note(actor: string, action: string, object: string, at: Date): Promise<boolean> {
    const isFirst = (await session.query(NOTE, [actor, action, object, at])).length > 0;
    if (isFirst) await session.query(FORGET, [at]);
    return isFirst;
  },
});
