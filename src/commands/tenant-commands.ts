/** `countersign tenant`: how an operator starts, as production has no demo tenant. */
import { defineCommand, defineGroup } from './command.ts';

export const TENANT_COMMANDS = defineGroup('tenant', 'Tenants: whose accounts are kept apart', [
  defineCommand({
    words: 'create <name..>',
    summary: 'Make a tenant',
    hasAnswer: true,
    examples: ['tenant create Acme'],
    options: (yargs) =>
      yargs.positional('name', { type: 'string', array: true, demandOption: true, describe: 'Its name' }),
    run: async ({ name }, context) =>
      (await import('./tenant-actions.ts')).createTenant(context, name.join(' ').trim()),
  }),
  defineCommand({
    words: 'list',
    summary: 'List the tenants, oldest first',
    hasAnswer: true,
    run: async (_, context) => (await import('./tenant-actions.ts')).listAllTenants(context),
  }),
]);
