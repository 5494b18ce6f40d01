/** `countersign migrate`: the owner's work on the database, apart from the processes that serve. */
import { ConfigError } from '../config/config-error.ts';
import type { Config } from '../config/config-schema.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { systemClock } from '../shared/clock.ts';
import type { Logger } from '../shared/logger.ts';

/** Login roles keep the passwords that an administrator gave them. */
export const runMigrate = async (config: Config, logger: Logger): Promise<void> => {
  const { url } = config.database;
  if (url === undefined)
    throw new ConfigError(['database.url (DATABASE_URL): which database shall be migrated?']);
  await migrateDatabase(url, { clock: systemClock, logger });
  logger.info('the database is at the newest schema');
};
