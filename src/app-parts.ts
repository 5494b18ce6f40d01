/** What more than one surface, and background work, are made of: the part of the composition root that processes share. */
import { ConfigError } from './config/config-error.ts';
import type { Config } from './config/config-schema.ts';
import { createSealer } from './custody/sealer.ts';
import { type NotificationListener, startNotificationListener } from './db/notification-listener.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import type { Catalog } from './exchanges/catalog.ts';
import type { CustodyReporter, ExchangePort, SealingKeyIssuer } from './exchanges/exchange.ts';
import { createFingerprint } from './features/credentials/fingerprint.ts';
import { createPriceSource } from './features/markets/price-source.ts';
import { createPriceStore } from './features/markets/price-store.ts';
import { createVenueCalls } from './features/venues/venue-calls.ts';
import {
  createVenuePauses,
  refusePaused,
  VENUE_PAUSE_CHANNEL,
  type VenuePauses,
} from './features/venues/venue-pauses.ts';
import type { Clock } from './shared/clock.ts';
import { errorFields, type Logger } from './shared/logger.ts';

/** Custody as the gateway and workers see it. */
export type Custody = ExchangePort & SealingKeyIssuer & CustodyReporter;

export interface PartsDeps {
  readonly config: Pick<Config, 'exchanges'>;
  /** Key of callers' secrets and fingerprints, 32 bytes. */
  readonly gatewayKek: Buffer;
  readonly custody: Custody;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** One book of prices, one sealer, one way to custody. */
export const createParts = (
  { config, custody, clock, logger, gatewayKek }: PartsDeps,
  database: TenantDatabase,
  catalog: Catalog,
) => {
  const { referenceVenue } = config.exchanges;
  const referenceVenueId = catalog.findVenue(referenceVenue)?.id;
  if (referenceVenueId === undefined) {
    throw new ConfigError([
      `exchanges.referenceVenue (COUNTERSIGN_REFERENCE_VENUE): ${referenceVenue} is no exchange`,
    ]);
  }
  const pauses = createVenuePauses(database);
  const venueCalls = createVenueCalls(catalog, clock);
  const exchanges = refusePaused(venueCalls.counting(custody), pauses, catalog);
  return {
    database,
    exchanges,
    pauses,
    venueCalls,
    prices: createPriceSource({
      exchanges,
      store: createPriceStore(database.shared),
      clock,
      logger,
    }),
    referenceVenueId,
    fingerprint: createFingerprint(gatewayKek),
    seal: createSealer(custody, clock),
    catalog,
    clock,
    logger,
  };
};

export type Parts = ReturnType<typeof createParts>;

/** Learns which exchanges are paused, now and until it is disposed. */
export const followPauses = async (
  pauses: VenuePauses,
  { databaseUrl, logger }: { readonly databaseUrl: string; readonly logger: Logger },
): Promise<NotificationListener> => {
  await pauses.refresh();
  const refresh = (): void => {
    pauses
      .refresh()
      .catch((error: unknown) => logger.warn('paused exchanges were not read', errorFields(error)));
  };
  return startNotificationListener({
    url: databaseUrl,
    channel: VENUE_PAUSE_CHANNEL,
    logger,
    onPayload: refresh,
    // What was paused stays paused until the database tells otherwise.
    onLost: () => undefined,
    onListening: refresh,
  });
};
