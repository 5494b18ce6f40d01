/** SQL of how venues do: which of them a worker checks next, and what it found, with the notice of a transition. */
import type { Session } from '../../db/tenant-database.ts';
import type { WatchedVenue } from './venue-verdict.ts';

export interface CheckedVenue extends WatchedVenue {
  readonly latencyMs: number | null;
  readonly lastSuccessAt: Date | null;
  /** null: never. */
  readonly checkedAt: Date | null;
}

/** A venue that is this process's to check. */
export interface VenueTurn extends WatchedVenue {
  /** When the next turn is; names this one. */
  readonly dueAt: Date;
}

const WATCHED = `venue as "venueId", state, since, reason, failures, works_since as "worksSince",
           recovered_at as "recoveredAt"`;

// From venue to venue by the index, however many credentials each has.
const step = (after: string): string => `
      (select j.lane from jobs j
        where j.kind = 'credential_check' and not j.is_held and not j.is_suspended ${after} order by j.lane limit 1)`;

const ADD_USED = {
  name: 'venue-watch.add-used',
  text: `
    with recursive used as (
      select * from ${step('')} as first (venue)
      union all
      select ${step('and j.lane > used.venue')} from used where used.venue is not null
    )
    insert into venue_states (venue, since, due_at)
    select venue, $1, $1 from used where venue is not null
    on conflict (venue) do nothing`,
};

// One at a time, and the next turn at once: whoever dies with one has skipped it.
const TAKE_TURN = {
  name: 'venue-watch.take-turn',
  text: `
    update venue_states set due_at = $2
     where venue = (
             select venue from venue_states where due_at <= $1 order by due_at limit 1 for update skip locked)
    returning ${WATCHED}, due_at as "dueAt"`,
};

// A transition and its notice are one statement: both are there or neither. A turn that was overtaken by the next changes
// nothing.
const SETTLE = {
  name: 'venue-watch.settle',
  text: `
    with checked as (
      update venue_states
         set state = $3, since = $4, reason = $5, failures = $6, works_since = $7, recovered_at = $8,
             latency_ms = $9, last_success_at = $10, checked_at = $11
       where venue = $1 and due_at = $2
      returning venue
    )
    insert into venue_notices (venue, state, reason, degraded_since, at)
    select venue, $3, $5, $12::timestamptz, $4 from checked where $12::timestamptz is not null
    returning id`,
};

const LIST = {
  name: 'venue-watch.list',
  text: `
    select ${WATCHED}, latency_ms as "latencyMs", last_success_at as "lastSuccessAt", checked_at as "checkedAt"
      from venue_states order by venue`,
};

/** `session` is TenantDatabase.shared. */
export const createVenueWatchStore = (session: Session) => ({
  /** Venues that keys are stored of are watched from now on. */
  async addUsed(now: Date): Promise<void> {
    await session.query(ADD_USED, [now]);
  },

  /** undefined: none is due. */
  async takeTurn(now: Date, next: Date): Promise<VenueTurn | undefined> {
    const [row] = await session.query<VenueTurn>(TAKE_TURN, [now, next]);
    return row;
  },

  /** Answers whether tenants are to be told: it came to another state, degraded at `degradedSince`. */
  async settle(turn: VenueTurn, found: CheckedVenue, degradedSince: Date | null): Promise<boolean> {
    const rows = await session.query(SETTLE, [
      turn.venueId,
      turn.dueAt,
      found.state,
      found.since,
      found.reason,
      found.failures,
      found.worksSince,
      found.recoveredAt,
      found.latencyMs === null ? null : Math.round(found.latencyMs),
      found.lastSuccessAt,
      found.checkedAt,
      degradedSince,
    ]);
    return rows.length > 0;
  },

  async list(): Promise<CheckedVenue[]> {
    return session.query<CheckedVenue>(LIST, []);
  },
});
