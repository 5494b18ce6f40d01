/** `countersign tenant`: how an operator starts, as production has no demo tenant, and the life of tenants from there. */
import { WITHDRAWAL_POLICIES } from '../features/tenants/tenant-record.ts';
import { defineCommand, defineGroup } from './command.ts';
import { TENANT_ID } from './operator.ts';

const WITHDRAWALS = {
  choices: WITHDRAWAL_POLICIES,
  describe: 'What becomes of exchange keys that can withdraw, when they are brought',
} as const;

const perMinute = (of: string) =>
  ({ type: 'string', requiresArg: true, describe: `${of}; "default": as configured` }) as const;

export const TENANT_COMMANDS = defineGroup('tenant', 'Tenants: whose accounts are kept apart', [
  defineCommand({
    words: 'create <name..>',
    summary: 'Make a tenant',
    hasAnswer: true,
    examples: ['tenant create Acme'],
    options: (yargs) =>
      yargs
        .positional('name', { type: 'string', array: true, demandOption: true, describe: 'Its name' })
        .option('withdrawals', WITHDRAWALS),
    run: async ({ name, withdrawals }, context) =>
      (await import('./tenant-actions.ts')).createTenant(context, name.join(' ').trim(), withdrawals),
  }),
  defineCommand({
    words: 'list',
    summary: 'List the tenants, oldest first',
    hasAnswer: true,
    run: async (_, context) => (await import('./tenant-actions.ts')).listAllTenants(context),
  }),
  defineCommand({
    words: 'show <tenant-id>',
    summary: 'Show a tenant with its limits, also one that is deleted',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID),
    run: async ({ tenantId }, context) => (await import('./tenant-actions.ts')).showTenant(context, tenantId),
  }),
  defineCommand({
    words: 'suspend <tenant-id>',
    summary: "Refuse the tenant's keys on every gateway, and do nothing for it, until it is resumed",
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID),
    run: async ({ tenantId }, context) =>
      (await import('./tenant-actions.ts')).changeTenant(context, tenantId, { status: 'suspended' }),
  }),
  defineCommand({
    words: 'resume <tenant-id>',
    summary: 'Serve a suspended tenant again',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID),
    run: async ({ tenantId }, context) =>
      (await import('./tenant-actions.ts')).changeTenant(context, tenantId, { status: 'active' }),
  }),
  defineCommand({
    words: 'limits <tenant-id>',
    summary: 'Change what a tenant may take; what is not said stays',
    hasAnswer: true,
    examples: ['tenant limits 0b0e… --requests-per-minute 600', 'tenant limits 0b0e… --withdrawals warn'],
    options: (yargs) =>
      yargs
        .positional('tenant-id', TENANT_ID)
        .option('requests-per-minute', perMinute('Requests a minute of all its keys together'))
        .option('openings-per-minute', perMinute('Exchange keys that are opened for it in a minute'))
        .option('withdrawals', WITHDRAWALS),
    run: async ({ tenantId, ...words }, context) =>
      (await import('./tenant-actions.ts')).changeLimits(context, tenantId, words),
  }),
  defineCommand({
    words: 'delete <tenant-id>',
    summary: 'Destroy all that is a tenant’s, with the keys of its secrets; its audit chain stays',
    hasAnswer: true,
    examples: ['tenant delete 0b0e… --confirm Acme'],
    options: (yargs) =>
      yargs.positional('tenant-id', TENANT_ID).option('confirm', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'The name of the tenant, letter for letter',
      }),
    run: async ({ tenantId, confirm }, context) =>
      (await import('./tenant-actions.ts')).deleteTenant(context, tenantId, confirm),
  }),
]);
