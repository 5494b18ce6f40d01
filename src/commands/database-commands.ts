/** Commands on the database as a whole. */
import { type Command, defineCommand } from './command.ts';

const VERBS = ['up', 'status'] as const;

export const DATABASE_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'migrate [verb]',
    summary: 'Bring the database of DATABASE_URL to the newest schema, or tell how far it is',
    hasAnswer: true,
    options: (yargs) =>
      yargs.positional('verb', {
        choices: VERBS,
        default: VERBS[0],
        describe: 'status ends with 1 when there is something to do',
      }),
    run: async ({ verb }, context) => {
      const actions = await import('./database-actions.ts');
      await (verb === 'up' ? actions.migrate(context) : actions.showMigrations(context));
    },
  }),
  defineCommand({
    words: 'seed',
    summary: 'Make the demo tenant with its caller key in the database; not in production',
    hasAnswer: true,
    run: async (_, context) => (await import('./database-actions.ts')).seed(context),
  }),
];
