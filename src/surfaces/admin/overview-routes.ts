/** /api/admin/overview: what the console shows first. */
import { z } from 'zod';
import type { OverviewService } from '../../features/administration/overview.ts';
import type { VenueAdministration } from '../../features/venues/venue-administration.ts';
import type { Route } from '../../http/route.ts';
import { defineAdminRoute } from './admin-route.ts';
import { venueStateOf } from './venue-routes.ts';

const overviewSchema = z
  .strictObject({
    tenants: z.int(),
    accounts: z.int().describe('Connected ones'),
    credentials: z.int(),
    caller_keys: z.int().describe('Those that are not revoked'),
    jobs: z.strictObject({ waiting: z.int(), running: z.int(), failing: z.int(), paused: z.int() }),
    deliveries: z.strictObject({ pending: z.int(), dead: z.int() }),
    venues: z.strictObject({ healthy: z.int(), degraded: z.int(), paused: z.int() }),
    custody: z.strictObject({ reachable: z.boolean(), frozen: z.boolean() }),
  })
  .meta({ id: 'AdminOverview' });

export const createOverviewRoutes = (deps: {
  readonly overview: OverviewService;
  readonly venues: Pick<VenueAdministration, 'list'>;
}): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/overview',
    operationId: 'adminGetOverview',
    summary: 'How much there is, what waits, and what does not work; counted every few seconds',
    input: z.object({}),
    output: overviewSchema,
    status: 200,
    errors: [],
    handle: async ({ admin }) => {
      const [seen, venues] = await Promise.all([deps.overview.read(admin), deps.venues.list()]);
      const { jobs, deliveries } = seen;
      const states = venues.map(venueStateOf);
      const inState = (state: string): number => states.filter((each) => each === state).length;
      return {
        tenants: seen.tenants,
        accounts: seen.accounts,
        credentials: seen.credentials,
        caller_keys: seen.callerKeys,
        jobs: {
          waiting: jobs['waiting'] ?? 0,
          running: jobs['running'] ?? 0,
          failing: jobs['failing'] ?? 0,
          paused: jobs['paused'] ?? 0,
        },
        deliveries: { pending: deliveries['pending'] ?? 0, dead: deliveries['dead'] ?? 0 },
        venues: { healthy: inState('healthy'), degraded: inState('degraded'), paused: inState('paused') },
        custody: seen.custody,
      };
    },
  }),
];
