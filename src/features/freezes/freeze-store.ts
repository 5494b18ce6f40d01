/** The operator's SQL of the switch that freezes custody; custody itself cannot lift it. Triggers write the audit rows. */
import type { Session } from '../../db/tenant-database.ts';

export interface Freeze {
  readonly frozenAt: Date;
  readonly frozenBy: string;
  readonly reason: string;
}

const FIND = {
  name: 'freezes.find',
  text: `select frozen_at as "frozenAt", frozen_by as "frozenBy", reason from custody_freezes where lifted_at is null`,
};
const FREEZE = {
  name: 'freezes.freeze',
  text: 'insert into custody_freezes (frozen_by, reason) values ($1, $2) on conflict do nothing',
};
const LIFT = {
  name: 'freezes.lift',
  text: 'update custody_freezes set lifted_at = now(), lifted_by = $1 where lifted_at is null returning id',
};

export const createFreezeStore = (session: Session) => ({
  /** The freeze that is on; undefined: none. */
  async find(): Promise<Freeze | undefined> {
    const [row] = await session.query<Freeze>(FIND, []);
    return row;
  },
  /** Leaves a freeze that is on as it is. */
  async freeze(by: string, reason: string): Promise<void> {
    await session.query(FREEZE, [by, reason]);
  },
  /** False: custody was not frozen. */
  async lift(by: string): Promise<boolean> {
    const rows = await session.query(LIFT, [by]);
    return rows.length > 0;
  },
});
