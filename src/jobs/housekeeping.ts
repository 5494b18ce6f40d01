/** What goes on in workers besides jobs, for all tenants together: months of snapshots, the state of exchanges, who is told. */
import type { Config } from '../config/config-schema.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { Catalog } from '../exchanges/catalog.ts';
import type { ExchangePort } from '../exchanges/exchange.ts';
import { createPartitionUpkeep } from '../features/retention/partition-upkeep.ts';
import { createVenueHealthService } from '../features/venues/venue-health-service.ts';
import { createVenueNotices } from '../features/venues/venue-notices.ts';
import type { VenuePauses } from '../features/venues/venue-pauses.ts';
import { createVenueWatch } from '../features/venues/venue-watch.ts';
import type { Clock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';
import { startPeriodic } from './periodic.ts';

export interface HousekeepingDeps {
  readonly config: Pick<Config, 'jobs' | 'retention'>;
  readonly database: TenantDatabase;
  readonly exchanges: Pick<ExchangePort, 'checkVenue' | 'venueStates'>;
  readonly pauses: Pick<VenuePauses, 'find'>;
  readonly catalog: Pick<Catalog, 'findVenue'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const LOOK_MS = 2 * SECOND_MS;

export const startHousekeeping = (deps: HousekeepingDeps): AsyncDisposable => {
  const { config, logger } = deps;
  const { venueCheckSeconds } = config.jobs;
  const keepPartitions = createPartitionUpkeep({ ...deps, snapshotMonths: config.retention.snapshotMonths });
  const watchVenues = createVenueWatch({
    ...deps,
    health: createVenueHealthService(deps),
    intervalMs: venueCheckSeconds * SECOND_MS,
  });
  const tellTenants = createVenueNotices(deps);
  const loops = [
    startPeriodic({ name: 'partitions', restMs: HOUR_MS, run: keepPartitions, logger }),
    startPeriodic({ name: 'venue notices', restMs: LOOK_MS, run: tellTenants, logger }),
    ...(venueCheckSeconds > 0
      ? [startPeriodic({ name: 'venue watch', restMs: LOOK_MS, run: watchVenues, logger })]
      : []),
  ];
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(loops.map((loop) => loop[Symbol.asyncDispose]()));
    },
  };
};
