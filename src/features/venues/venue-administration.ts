/** What operators see of the venues, and how they pause one: nothing is asked of it until they resume it. */
import { type Administrator, OPERATOR_TENANT_ID } from '../../auth/administrator.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { ExchangePort } from '../../exchanges/exchange.ts';
import type { Venue } from '../../exchanges/venue.ts';
import type { VenueState } from '../../exchanges/venue-state.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createVenuePauseStore, type VenuePause } from './venue-pause-store.ts';
import type { VenuePauses } from './venue-pauses.ts';
import { type CheckedVenue, createVenueWatchStore } from './venue-watch-store.ts';

export interface VenueOverview {
  readonly venue: Venue;
  /** As custody tells it; undefined: nothing was asked of it since custody began, or custody is away. */
  readonly now: VenueState | undefined;
  /** As workers found it; undefined: nobody has keys there. */
  readonly watched: CheckedVenue | undefined;
  readonly pause: VenuePause | undefined;
}

export interface VenueAdministration {
  list(): Promise<VenueOverview[]>;
  /** Throws not_found. Of one that is paused, the reason becomes this one. */
  pause(admin: Administrator, venueName: string, reason: string): Promise<VenueOverview>;
  /** Throws not_found. Does nothing to one that is not paused. */
  resume(admin: Administrator, venueName: string): Promise<VenueOverview>;
}

export interface VenueAdministrationDeps {
  /** Of the admin API's role. */
  readonly adminDatabase: Pick<TenantDatabase, 'shared' | 'transact'>;
  readonly pauses: Pick<VenuePauses, 'refresh'>;
  readonly exchanges: Pick<ExchangePort, 'venueStates'>;
  readonly catalog: Pick<Catalog, 'venues' | 'findVenue'>;
  readonly clock: Clock;
}

export const createVenueAdministration = (deps: VenueAdministrationDeps): VenueAdministration => {
  const { adminDatabase, pauses, exchanges, catalog, clock } = deps;

  const list = async (): Promise<VenueOverview[]> => {
    const [states, watched, paused] = await Promise.all([
      exchanges.venueStates().catch(noneWhenAway),
      createVenueWatchStore(adminDatabase.shared).list(),
      createVenuePauseStore(adminDatabase.shared).list(),
    ]);
    const byVenue = <T extends { readonly venueId: string }>(rows: readonly T[], venue: Venue) =>
      rows.find(({ venueId }) => venueId === venue.id);
    return catalog.venues.map((venue) => ({
      venue,
      now: byVenue(states, venue),
      watched: byVenue(watched, venue),
      pause: byVenue(paused, venue),
    }));
  };

  const getVenue = (name: string): Venue => {
    const venue = catalog.findVenue(name);
    if (venue !== undefined) return venue;
    const known = catalog.venues.map(({ id }) => id).join(', ');
    throw new AppError('not_found', `There is no exchange ${name}; known are ${known}`);
  };

  const overviewOf = async (venue: Venue): Promise<VenueOverview> =>
    (await list()).find((each) => each.venue === venue) ?? {
      venue,
      now: undefined,
      watched: undefined,
      pause: undefined,
    };

  return {
    list,

    async pause({ actor, requestId }, venueName, reason) {
      const venue = getVenue(venueName);
      await adminDatabase.transact(OPERATOR_TENANT_ID, async (session) => {
        const pausedAt = new Date(clock.now());
        const pause = { venueId: venue.id, reason, pausedBy: actor, pausedAt };
        await createVenuePauseStore(session).pause(pause);
        await createAuditStore(session).append({
          actor,
          action: 'venue.paused',
          object: `venue:${venue.id}`,
          outcome: `success; ${reason}`,
          requestId,
        });
      });
      await pauses.refresh();
      return await overviewOf(venue);
    },

    async resume({ actor, requestId }, venueName) {
      const venue = getVenue(venueName);
      await adminDatabase.transact(OPERATOR_TENANT_ID, async (session) => {
        if (!(await createVenuePauseStore(session).resume(venue.id))) return;
        const object = `venue:${venue.id}`;
        const entry = { actor, action: 'venue.resumed', object, outcome: 'success', requestId };
        await createAuditStore(session).append(entry);
      });
      await pauses.refresh();
      return await overviewOf(venue);
    },
  };
};

/** What workers found is there all the same. */
const noneWhenAway = (error: unknown): readonly VenueState[] => {
  if (error instanceof AppError && error.code === 'custody_unavailable') return [];
  throw error;
};
