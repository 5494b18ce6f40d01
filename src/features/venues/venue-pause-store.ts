/** SQL of the exchanges that an operator has paused; a trigger tells every gateway and worker of a change. */
import type { Session } from '../../db/tenant-database.ts';

export interface VenuePause {
  readonly venueId: string;
  /** The operator's words. */
  readonly reason: string;
  readonly pausedBy: string;
  readonly pausedAt: Date;
}

const LIST = {
  name: 'venue-pauses.list',
  text: `
    select venue as "venueId", reason, paused_by as "pausedBy", paused_at as "pausedAt"
      from venue_pauses order by venue`,
};

const PAUSE = {
  name: 'venue-pauses.pause',
  text: `
    insert into venue_pauses (venue, reason, paused_by, paused_at) values ($1, $2, $3, $4)
    on conflict (venue) do update set reason = $2, paused_by = $3, paused_at = $4`,
};

const RESUME = {
  name: 'venue-pauses.resume',
  text: 'delete from venue_pauses where venue = $1 returning venue',
};

export const createVenuePauseStore = (session: Session) => ({
  async list(): Promise<VenuePause[]> {
    return session.query<VenuePause>(LIST, []);
  },

  /** Of one that is paused, the reason becomes this one. */
  async pause({ venueId, reason, pausedBy, pausedAt }: VenuePause): Promise<void> {
    await session.query(PAUSE, [venueId, reason, pausedBy, pausedAt]);
  },

  /** false: it was not paused. */
  async resume(venueId: string): Promise<boolean> {
    return (await session.query(RESUME, [venueId])).length > 0;
  },
});
