/** /api/admin routes of the exchanges: how each does, and the switch that pauses it. */
import { z } from 'zod';
import type { VenueAdministration, VenueOverview } from '../../features/venues/venue-administration.ts';
import type { Route } from '../../http/route.ts';
import type { Clock } from '../../shared/clock.ts';
import { defineAdminRoute } from './admin-route.ts';

const LONGEST_REASON = 200;
const MS_PER_SECOND = 1_000;

const moment = z.iso.datetime().nullable();

const venueSchema = z
  .strictObject({
    venue: z.string(),
    name: z.string().describe('Name for people'),
    state: z.enum(['healthy', 'degraded', 'paused']),
    reason: z.string().nullable().describe('Why it is degraded, e.g. circuit_open'),
    since: moment.describe('When it came to be healthy or degraded; null: nobody has keys there'),
    circuit: z.enum(['closed', 'open', 'half_open']),
    failures: z.int().describe('Requests in a row that it left without an answer'),
    stopped_until: moment.describe('Until when it wants no requests'),
    paused_reason: z.string().nullable(),
    paused_by: z.string().nullable(),
    paused_at: moment,
    latency_ms: z.number().nullable(),
    last_success_at: moment,
    checked_at: moment,
    markets: z.int().nullable(),
    markets_age_s: z.int().nullable(),
    calls_in_flight: z.int(),
  })
  .meta({ id: 'AdminVenue' });

// Callers read it in their errors: one line.
const reason = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_REASON)
  .refine((text) => !/\p{Cc}/u.test(text), 'must be one line, without control characters');

const venueName = z.string().transform((name) => name.trim().toLowerCase());

export const createAdminVenueRoutes = ({
  venues,
  clock,
}: {
  readonly venues: VenueAdministration;
  readonly clock: Clock;
}): Route[] => {
  const toWire = (overview: VenueOverview): z.input<typeof venueSchema> => toVenueWire(overview, clock.now());
  return [
    defineAdminRoute({
      method: 'GET',
      path: '/api/admin/venues',
      operationId: 'adminListVenues',
      summary: 'How the exchanges do, all of them',
      input: z.object({}),
      output: z.strictObject({ items: z.array(venueSchema), next_cursor: z.null() }),
      status: 200,
      errors: [],
      handle: async () => ({ items: (await venues.list()).map(toWire), next_cursor: null }),
    }),
    defineAdminRoute({
      method: 'POST',
      path: '/api/admin/venues/{venue}/pause',
      operationId: 'adminPauseVenue',
      summary: 'Ask nothing of an exchange until it is resumed; callers are told the reason',
      input: z.object({ venue: venueName, reason }),
      output: venueSchema,
      status: 200,
      errors: ['record_invalid', 'not_found'],
      handle: async ({ admin, input }) => toWire(await venues.pause(admin, input.venue, input.reason)),
    }),
    defineAdminRoute({
      method: 'POST',
      path: '/api/admin/venues/{venue}/resume',
      operationId: 'adminResumeVenue',
      summary: 'Let calls to a paused exchange pass again; nothing happens to one that is not paused',
      input: z.object({ venue: venueName }),
      output: venueSchema,
      status: 200,
      errors: ['not_found'],
      handle: async ({ admin, input }) => toWire(await venues.resume(admin, input.venue)),
    }),
  ];
};

export const venueStateOf = ({ now, watched, pause }: VenueOverview): 'healthy' | 'degraded' | 'paused' => {
  if (pause !== undefined) return 'paused';
  return isDegraded(now, watched) ? 'degraded' : 'healthy';
};

const isDegraded = (now: VenueOverview['now'], watched: VenueOverview['watched']): boolean =>
  watched?.state === 'degraded' || now?.circuit === 'open';

const toVenueWire = (overview: VenueOverview, nowMs: number): z.input<typeof venueSchema> => {
  const { venue, now, watched, pause } = overview;
  const loadedAt = now?.marketsLoadedAt ?? null;
  return {
    venue: venue.id,
    name: venue.displayName,
    state: venueStateOf(overview),
    reason: isDegraded(now, watched) ? (watched?.reason ?? 'circuit_open') : null,
    since: watched?.since.toISOString() ?? null,
    circuit: now?.circuit ?? 'closed',
    failures: now?.consecutiveFailures ?? 0,
    stopped_until: now?.stoppedUntil ?? null,
    paused_reason: pause?.reason ?? null,
    paused_by: pause?.pausedBy ?? null,
    paused_at: pause?.pausedAt.toISOString() ?? null,
    latency_ms: now?.latencyMs ?? watched?.latencyMs ?? null,
    last_success_at: now?.lastSuccessAt ?? watched?.lastSuccessAt?.toISOString() ?? null,
    checked_at: watched?.checkedAt?.toISOString() ?? null,
    markets: now?.marketsCount ?? null,
    markets_age_s:
      loadedAt === null ? null : Math.max(0, Math.round((nowMs - Date.parse(loadedAt)) / MS_PER_SECOND)),
    calls_in_flight: now?.callsInFlight ?? 0,
  };
};
