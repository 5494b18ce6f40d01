/** SQL of telling tenants that a venue came to another state: who is to be told, and who was. */
import type { Session, TenantSession } from '../../db/tenant-database.ts';

export interface VenueNotice {
  readonly id: number;
  readonly venueId: string;
  readonly state: 'healthy' | 'degraded';
  readonly reason: string | null;
  readonly degradedSince: Date;
  /** Tenants up to this one, in the order of ids, were told; null: none. */
  readonly toldUntil: string | null;
}

// Those of one venue in order: nobody hears of a recovery first. One that is left by a process that died is taken over.
const CLAIM = {
  name: 'venue-notices.claim',
  text: `
    update venue_notices set lease_until = $2
     where id = (
             select n.id from venue_notices n
              where n.finished_at is null and (n.lease_until is null or n.lease_until <= $1)
                and not exists (select from venue_notices earlier
                                 where earlier.finished_at is null and earlier.venue = n.venue and earlier.id < n.id)
              order by n.id limit 1 for update skip locked)
    returning id, venue as "venueId", state, reason, degraded_since as "degradedSince", told_until as "toldUntil"`,
};

const TENANTS = {
  name: 'venue-notices.tenants',
  text: `
    select distinct tenant_id as id from jobs
     where kind = 'credential_check' and lane = $1 and not is_held and not is_suspended
       and ($2::uuid is null or tenant_id > $2)
     order by tenant_id limit 500`,
};

const ADVANCE = {
  name: 'venue-notices.advance',
  text: 'update venue_notices set told_until = $2, lease_until = $3 where id = $1',
};

const FINISH = {
  name: 'venue-notices.finish',
  text: `
    with finished as (
      update venue_notices set finished_at = $2, lease_until = null where id = $1
    )
    delete from venue_notices where finished_at < $2::timestamptz - interval '30 days'`,
};

/** Across tenants: `session` is TenantDatabase.shared. */
export const createVenueNoticeStore = (session: Session) => ({
  async claim(now: Date, until: Date): Promise<VenueNotice | undefined> {
    const [row] = await session.query<VenueNotice>(CLAIM, [now, until]);
    return row;
  },

  /** Tenants with keys of the venue, in the order of ids; empty at the end. */
  async tenants(venueId: string, after: string | null): Promise<string[]> {
    const rows = await session.query<{ id: string }>(TENANTS, [venueId, after]);
    return rows.map(({ id }) => id);
  },

  async advance(id: number, toldUntil: string, leaseUntil: Date): Promise<void> {
    await session.query(ADVANCE, [id, toldUntil, leaseUntil]);
  },

  async finish(id: number, now: Date): Promise<void> {
    await session.query(FINISH, [id, now]);
  },
});

const NOTE = {
  name: 'venue-tellings.note',
  text: `
    insert into venue_tellings as t (tenant_id, venue, last_notice)
    select $1, $2, $3 from tenants where id = $1 and status = 'active'
    on conflict (tenant_id, venue) do update set last_notice = $3 where t.last_notice < $3
    returning last_notice`,
};

export const createVenueTellingStore = (session: TenantSession) => ({
  /** Notes that the tenant is told, in the transaction that tells it; false: it was, or is not to be. */
  async note({ venueId, id }: Pick<VenueNotice, 'venueId' | 'id'>): Promise<boolean> {
    return (await session.query(NOTE, [session.tenantId, venueId, id])).length > 0;
  },
});
