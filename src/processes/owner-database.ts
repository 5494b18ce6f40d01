/** The database as its owner, for commands of an operator: the configured one, or the embedded one, running or not. */
import path from 'node:path';
import type { Config } from '../config/config-schema.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { createTenantDatabase } from '../db/postgres-tenant-database.ts';
import type { TenantDatabase } from '../db/tenant-database.ts';
import type { Logger } from '../shared/logger.ts';
import { DATABASE, EMBEDDED_FOLDER } from './database-setup.ts';

/** Runs `work` and lets go of the database; an embedded Postgres that already ran runs on. */
export const withOwnerDatabase = (
  config: Config,
  logger: Logger,
  work: (database: TenantDatabase) => Promise<void>,
): Promise<void> => withOwnerUrl(config, logger, (url) => withDatabase(url, logger, work));

/** The same with the owner's connection string. */
export const withOwnerUrl = async <T>(
  config: Config,
  logger: Logger,
  work: (ownerUrl: string) => Promise<T>,
): Promise<T> => {
  const { url, embeddedUser } = config.database;
  if (url !== undefined) return work(url);
  const postgres = await startEmbeddedPostgres({
    dataDir: path.join(config.dataDir, EMBEDDED_FOLDER),
    runAsUser: embeddedUser,
    logger,
  });
  try {
    await postgres.ensureDatabase(DATABASE);
    return await work(postgres.url('postgres', DATABASE));
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
