/** A worker's deliveries as the benchmark runs them: with everything on, to receivers on this machine. */
import { createTenantDatabase } from '../../src/db/postgres-tenant-database.ts';
import { startDeliveryWorker } from '../../src/jobs/delivery-worker.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';

const { databaseUrl, gatewayKek } = JSON.parse(process.argv[2] ?? '{}') as {
  databaseUrl: string;
  gatewayKek: string;
};
const logger = createLogger('worker', 'info');
const database = createTenantDatabase({ url: databaseUrl, logger, applicationName: 'bench-worker' });
startDeliveryWorker({
  database,
  databaseUrl,
  gatewayKek: Buffer.from(gatewayKek, 'hex'),
  clock: systemClock,
  logger,
  // As configured by default, but for where receivers may stand.
  config: { allowHttp: true, allowPrivate: true, endpointsAtOnce: 32, disableAfterHours: 120 },
});
process.send?.({});
process.on('SIGTERM', () => process.exit(0));
