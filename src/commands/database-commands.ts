/** Commands on the database as a whole. */
import { type Command, defineCommand } from './command.ts';

export const DATABASE_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'migrate',
    summary: 'Bring the database of DATABASE_URL to the newest schema',
    run: async (_, { config, logger }) =>
      (await import('../processes/migrate.ts')).runMigrate(config, logger),
  }),
];
