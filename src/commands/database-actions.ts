/** What the commands on the database do. */
import { seedDemo } from '../../seeds/demo.ts';
import { ConfigError } from '../config/config-error.ts';
import { loadKek } from '../config/secrets.ts';
import { migrateDatabase } from '../db/migrate.ts';
import { MIGRATION_NAMES } from '../db/migration-source.ts';
import { findPendingMigrations } from '../db/safety-checks.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import type { CommandContext } from './command.ts';

/** Login roles keep the passwords that an administrator gave them. */
export const migrate = async ({ config, logger, answer }: CommandContext): Promise<void> => {
  const { url } = config.database;
  if (url === undefined)
    throw new ConfigError(['database.url (DATABASE_URL): which database shall be migrated?']);
  await migrateDatabase(url, { clock: systemClock, logger });
  const newest = MIGRATION_NAMES.at(-1) ?? '';
  answer.record({ newest }, [`The database is at ${newest}, with its roles and rights.`]);
};

export const showMigrations = ({ config, logger, answer }: CommandContext): Promise<void> =>
  withOwnerDatabase(config, logger, async ({ shared }) => {
    const pending = await findPendingMigrations(shared);
    const newest = MIGRATION_NAMES.at(-1) ?? '';
    answer.record({ newest, pending }, [
      ...pending,
      pending.length === 0 ? `The database is at ${newest}.` : 'Bring it there: countersign migrate',
    ]);
    if (pending.length > 0) process.exitCode = 1;
  });

export const seed = ({ config, logger, answer }: CommandContext): Promise<void> => {
  if (config.environment === 'production')
    throw new ConfigError([
      'environment (NODE_ENV): production refuses demo data; make a tenant and a key instead',
    ]);
  return withOwnerDatabase(config, logger, async (database) => {
    const { apiKey, apiSecret } = await seedDemo(database, loadKek(config, 'gateway').key);
    answer.record({ apiKey, apiSecret }, [
      'The demo tenant is there; its caller key:',
      `Apikey      ${apiKey}`,
      `secret      ${apiSecret}`,
    ]);
  });
};
