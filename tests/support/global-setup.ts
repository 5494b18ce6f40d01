/** Starts the one throwaway Postgres of a test run and migrates the database that every test clones. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { migrateDatabase } from '../../src/db/migrate.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { createLogger } from '../../src/shared/logger.ts';
import { ADMIN_URL_VARIABLE, fastFolder, setRunningCluster, TEMPLATE_DATABASE } from './test-cluster.ts';

const setup = async (): Promise<void> => {
  const logger = createLogger('tests', 'warn');
  const cluster = await startEmbeddedPostgres({
    dataDir: path.join(
      fastFolder(),
      `countersign-test-${String(process.pid)}-${randomBytes(4).toString('hex')}`,
    ),
    logger,
    durable: false,
    runAsUser: process.env['EMBEDDED_PG_USER'],
  });
  setRunningCluster(cluster);
  await cluster.ensureDatabase(TEMPLATE_DATABASE);
  await migrateDatabase(cluster.url('postgres', TEMPLATE_DATABASE), {
    gatewayPassword: 'test-gateway',
    custodyPassword: 'test-custody',
    adminPassword: 'test-admin',
    clock: systemClock,
    logger,
  });
  process.env[ADMIN_URL_VARIABLE] = cluster.url('postgres', 'postgres');
};

// eslint-disable-next-line no-restricted-syntax -- Jest calls the default export
export default setup;
