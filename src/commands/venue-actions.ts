/** What `countersign venue` does, on the database as its owner, and by asking custody. */
import { createCustodyClient } from '../custody/rpc-client.ts';
import { createCatalog } from '../exchanges/catalog.ts';
import {
  createVenueAdministration,
  type VenueAdministration,
  type VenueOverview,
} from '../features/venues/venue-administration.ts';
import { custodySocketPath } from '../processes/custody-socket.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';

const COLUMNS = ['venue', 'name', 'state', 'since', 'reason', 'latencyMs', 'lastSuccessAt'];

export const listVenues = (context: CommandContext): Promise<void> =>
  withVenues(context, async (venues) => context.answer.rows((await venues.list()).map(toRow), COLUMNS));

export const pauseVenue = (context: CommandContext, name: string, reason: string): Promise<void> =>
  withVenues(context, async (venues) => {
    const paused = toRow(await venues.pause(localOperator(), name, reason));
    context.answer.record(paused, [
      `Nothing is asked of ${paused.name} until: countersign venue resume ${name}`,
    ]);
  });

export const resumeVenue = (context: CommandContext, name: string): Promise<void> =>
  withVenues(context, async (venues) => {
    const resumed = toRow(await venues.resume(localOperator(), name));
    context.answer.record(resumed, [`${resumed.name} is asked again.`]);
  });

const CALL_MS = 2_000;

const withVenues = (
  { config, logger }: CommandContext,
  work: (venues: VenueAdministration) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const exchanges = createCustodyClient({
      socketPath: custodySocketPath(config),
      logger,
      clock: systemClock,
      callDeadlineMs: CALL_MS,
    });
    try {
      await work(
        createVenueAdministration({
          adminDatabase: database,
          // The processes that ask exchanges are told by the database.
          pauses: { refresh: () => Promise.resolve() },
          exchanges,
          catalog: createCatalog(),
          clock: systemClock,
        }),
      );
    } finally {
      await exchanges.close();
    }
  });

const toRow = ({ venue, watched, pause }: VenueOverview) => ({
  venue: venue.id,
  name: venue.displayName,
  state: pause === undefined ? (watched?.state ?? 'not in use') : 'paused',
  since: pause?.pausedAt ?? watched?.since ?? null,
  reason: pause?.reason ?? watched?.reason ?? null,
  latencyMs: watched?.latencyMs ?? null,
  lastSuccessAt: watched?.lastSuccessAt ?? null,
});
