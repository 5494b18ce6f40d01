/** SQL of how much waits to be done, for all tenants together: numbers alone. */
import type { Session } from '../db/tenant-database.ts';

export interface JobDepth {
  readonly kind: string;
  /** As operators see jobs: waiting, running, failing or paused. */
  readonly state: string;
  readonly count: number;
  /** Of those that are due and wait: for how long the first one does. 0: none is. */
  readonly oldestDueSeconds: number;
}

export interface DeliveryDepth {
  readonly state: string;
  readonly count: number;
  readonly oldestDueSeconds: number;
}

export interface VenueFlag {
  readonly venueId: string;
  readonly isDegraded: boolean;
  readonly isPaused: boolean;
}

const JOBS = {
  name: 'queues.jobs',
  text: `
    select kind, state, count(*)::int as count,
           coalesce(max(extract(epoch from now() - due_at)) filter (where state in ('waiting', 'failing') and due_at < now()),
                    0)::float8 as "oldestDueSeconds"
      from (select kind, due_at,
                   case when lease_until > now() then 'running'
                        when is_held or is_suspended then 'paused'
                        when failures > 0 then 'failing' else 'waiting' end as state
              from jobs) j
     group by kind, state`,
};

// Those that were delivered are the many, and nobody waits for them. Due is what its endpoint's queue says: nothing is of
// one that is switched off, or asked to be left alone.
const DELIVERIES = {
  name: 'queues.deliveries',
  text: `
    select state, count(*)::int as count,
           coalesce((select extract(epoch from now() - min(q.next_due_at)) from webhook_queues q
                      where q.next_due_at is not null and q.lease_id is null), 0)::float8 as "oldestDueSeconds"
      from (select state from deliveries where state = 'pending'
            union all
            select state from deliveries where state = 'dead') d
     group by state`,
};

const VENUES = {
  name: 'queues.venues',
  text: `
    select coalesce(s.venue, p.venue) as "venueId", coalesce(s.state = 'degraded', false) as "isDegraded",
           p.venue is not null as "isPaused"
      from venue_states s full join venue_pauses p on p.venue = s.venue`,
};

/** `session` sees the rows of all tenants: TenantDatabase.shared of the admin API's role. */
export const createQueueStore = (session: Session) => ({
  async jobs(): Promise<JobDepth[]> {
    return session.query<JobDepth>(JOBS, []);
  },

  async deliveries(): Promise<DeliveryDepth[]> {
    return session.query<DeliveryDepth>(DELIVERIES, []);
  },

  async venues(): Promise<VenueFlag[]> {
    return session.query<VenueFlag>(VENUES, []);
  },
});
