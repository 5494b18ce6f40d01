/** The operator's commands on custody: freeze it, set it free, and plant canaries. */
import { type Command, defineCommand } from './command.ts';
import { TENANT_ID } from './operator.ts';

export const CUSTODY_COMMANDS: readonly Command[] = [
  defineCommand({
    words: 'freeze [reason..]',
    summary: 'Stop the use of all exchange keys',
    hasAnswer: true,
    examples: ['freeze keys may have leaked'],
    options: (yargs) =>
      yargs.positional('reason', { type: 'string', array: true, describe: 'Why; kept and shown' }),
    run: async ({ reason = [] }, context) =>
      (await import('./custody-actions.ts')).freeze(context, reason.join(' ').trim()),
  }),
  defineCommand({
    words: 'unfreeze',
    summary: 'Let exchange keys be used again',
    hasAnswer: true,
    run: async (_, context) => (await import('./custody-actions.ts')).unfreeze(context),
  }),
  defineCommand({
    words: 'canary <tenant-id> <exchange>',
    summary: 'Plant a credential that freezes custody when it is opened',
    hasAnswer: true,
    options: (yargs) =>
      yargs.positional('tenant-id', TENANT_ID).positional('exchange', {
        type: 'string',
        demandOption: true,
        describe: 'The exchange that it seems to be of, e.g. kraken',
      }),
    run: async ({ tenantId, exchange }, context) =>
      (await import('./custody-actions.ts')).plant(context, tenantId, exchange),
  }),
];
