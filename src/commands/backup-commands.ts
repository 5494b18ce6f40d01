/** `countersign backup` and `countersign restore`: for databases without tools of their own, such as the embedded one. */
import { type Command, defineCommand } from './command.ts';

const FILE = { type: 'string', demandOption: true } as const;

export const BACKUP_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'backup <file>',
    summary: 'Write the whole database to a file, while it is used; no key is in it',
    hasAnswer: true,
    examples: ['backup /var/backups/countersign-2027-01-31.ndjson.gz'],
    options: (yargs) => yargs.positional('file', { ...FILE, describe: 'A file that is not there yet' }),
    run: async ({ file }, context) => (await import('./backup-actions.ts')).backUp(context, file),
  }),
  defineCommand({
    words: 'restore <file>',
    summary: 'Bring a backup into the empty database of DATABASE_URL',
    hasAnswer: true,
    options: (yargs) =>
      yargs.positional('file', { ...FILE, describe: 'What countersign backup has written' }),
    run: async ({ file }, context) => (await import('./backup-actions.ts')).restore(context, file),
  }),
];
