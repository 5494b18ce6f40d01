/** The database as its owner, for commands of an operator: the configured one, or the embedded one, running or not. */
import path from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { createTenantDatabase } from '../db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { Logger } from '../shared/logger.ts';
import { DATABASE, EMBEDDED_FOLDER } from './database-setup.ts';

/** Runs `work` and lets go of the database; an embedded Postgres that already ran runs on. */
export const withOwnerDatabase = async (
  config: Config,
  logger: Logger,
  work: (database: TenantDatabase) => Promise<void>,
): Promise<void> => {
  const { url, embeddedUser } = config.database;
  if (url !== undefined) {
    await withDatabase(url, logger, work);
    return;
  }
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(config.dataDir, EMBEDDED_FOLDER),
    runAsUser: embeddedUser,
    logger,
  });
  try {
    await withDatabase(postgres.url('postgres', DATABASE), logger, work);
  } finally {
    await postgres.stop();
  }
};

const withDatabase = async (
  url: string,
  logger: Logger,
  work: (database: TenantDatabase) => Promise<void>,
): Promise<void> => {
  await using database = createTenantDatabase({
    url,
    logger,
    applicationName: 'countersign-operator',
    maxConnections: 1,
  });
  await work(database);
};
