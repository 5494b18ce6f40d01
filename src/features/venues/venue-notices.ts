/**
 * Tells every tenant with keys of a venue that it degraded or recovered: one event each, whatever dies in between. The
 * event and the note that the tenant was told are one transaction; how far the telling has come is kept beside it.
 */
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import { createEventStore } from '../events/event-store.ts';
import { createVenueNoticeStore, createVenueTellingStore, type VenueNotice } from './venue-notice-store.ts';

export interface VenueNoticesDeps {
  readonly database: Pick<TenantDatabase, 'shared' | 'transact'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

// Longer than a page of tenants takes; two that tell at once still tell nobody twice.
const LEASE_MS = 60_000;

/** Tells all that is to be told. */
export const createVenueNotices = ({
  database,
  clock,
  logger,
}: VenueNoticesDeps): ((signal: AbortSignal) => Promise<void>) => {
  const notices = createVenueNoticeStore(database.shared);
  const leaseEnd = (): Date => new Date(clock.now() + LEASE_MS);

  const tellTenant = (tenantId: string, notice: VenueNotice): Promise<void> =>
    database.transact(tenantId, async (session) => {
      if (!(await createVenueTellingStore(session).note(notice))) return;
      const { venueId: exchange, degradedSince } = notice;
      const events = createEventStore(session);
      if (notice.state === 'degraded') {
        const data = { exchange, reason: notice.reason ?? 'unreachable' };
        await events.append({ type: 'exchange.degraded', data, requestId: undefined });
      } else {
        const data = { exchange, degraded_since: degradedSince.toISOString() };
        await events.append({ type: 'exchange.recovered', data, requestId: undefined });
      }
    });

  const tell = async (notice: VenueNotice, signal: AbortSignal): Promise<void> => {
    let after = notice.toldUntil;
    let told = 0;
    while (!signal.aborted) {
      const tenants = await notices.tenants(notice.venueId, after);
      for (const tenantId of tenants) {
        await tellTenant(tenantId, notice);
        told += 1;
      }
      const last = tenants.at(-1);
      if (last === undefined) {
        await notices.finish(notice.id, new Date(clock.now()));
        logger.info('tenants were told of an exchange', { venue: notice.venueId, state: notice.state, told });
        return;
      }
      after = last;
      await notices.advance(notice.id, last, leaseEnd());
    }
  };

  return async (signal) => {
    while (!signal.aborted) {
      const notice = await notices.claim(new Date(clock.now()), leaseEnd());
      if (notice === undefined) return;
      await tell(notice, signal);
    }
  };
};
