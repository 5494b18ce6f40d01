/** Learns how the venues in use do: from the calls that are made anyway, and by a probe now and then where there are none. */
import { randomUUID } from 'node:crypto';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import type { Catalog } from '../../exchanges/catalog.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Logger } from '../../shared/logger.ts';
import type { VenueHealth, VenueHealthService } from './venue-health-service.ts';
import type { VenuePauses } from './venue-pauses.ts';
import { afterCheck, judgeCheck } from './venue-verdict.ts';
import { createVenueWatchStore, type VenueTurn } from './venue-watch-store.ts';

export interface VenueWatchDeps {
  readonly database: Pick<TenantDatabase, 'shared'>;
  readonly health: Pick<VenueHealthService, 'check' | 'known'>;
  readonly pauses: Pick<VenuePauses, 'find'>;
  readonly catalog: Pick<Catalog, 'findVenue'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between two checks of one venue, in milliseconds. */
  readonly intervalMs: number;
}

// A venue that answered somebody so recently is not probed.
const RECENT_MS = 60_000;

/** Checks the venues that are due, each in one process at a time. */
export const createVenueWatch = (deps: VenueWatchDeps): ((signal: AbortSignal) => Promise<void>) => {
  const { health, pauses, catalog, clock, logger } = deps;
  const store = createVenueWatchStore(deps.database.shared);
  const now = (): Date => new Date(clock.now());

  const look = async ({ venueId, state, failures }: VenueTurn): Promise<VenueHealth> => {
    const known = await health.known(venueId);
    const answeredMs = Date.parse(known.state?.lastSuccessAt ?? '1970-01-01');
    const isWell = state === 'healthy' && failures === 0 && known.status === 'healthy';
    if (isWell && clock.now() - answeredMs < RECENT_MS) return known;
    // Whoever is in doubt looks again; custody sees to it that this is no burden.
    return await health.check(venueId, state === 'degraded' || failures > 0, randomUUID());
  };

  const check = async (turn: VenueTurn): Promise<void> => {
    const found = await look(turn);
    // An error that is custody's own leaves the status unknown, which is unclear.
    const checkedAt = now();
    const after = afterCheck(turn, judgeCheck(found, checkedAt.getTime()), checkedAt);
    const isTransition = after.state !== turn.state;
    const degradedSince = after.state === 'degraded' ? after.since : turn.since;
    const { lastSuccessAt = null, latencyMs = null } = found.state ?? {};
    const isTold = await store.settle(
      turn,
      {
        ...after,
        latencyMs: found.probe?.latencyMs ?? latencyMs,
        lastSuccessAt: lastSuccessAt === null ? null : new Date(lastSuccessAt),
        checkedAt,
      },
      isTransition ? degradedSince : null,
    );
    if (isTold)
      logger.warn('an exchange came to another state', {
        venue: turn.venueId,
        state: after.state,
        reason: after.reason,
      });
  };

  return async (signal) => {
    await store.addUsed(now());
    while (!signal.aborted) {
      const turn = await store.takeTurn(now(), new Date(clock.now() + deps.intervalMs));
      if (turn === undefined) return;
      // Chains have nothing to probe. What an operator paused is neither well nor ill.
      const isWatched =
        catalog.findVenue(turn.venueId) !== undefined && pauses.find(turn.venueId) === undefined;
      if (isWatched) await check(turn);
    }
  };
};
