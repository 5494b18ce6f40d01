/** `countersign account`: connected exchange accounts of all tenants, in the hands of the operator. */
import { defineCommand, defineGroup } from './command.ts';
import { ACCOUNT_ID, TENANT_ID } from './operator.ts';

const STATUSES = ['ok', 'locked', 'keys_invalid'] as const;

export const ACCOUNT_COMMANDS = defineGroup('account', 'Connected exchange accounts', [
  defineCommand({
    words: 'list [tenant-id]',
    summary: 'List the accounts of a tenant, or of all',
    hasAnswer: true,
    options: (yargs) =>
      yargs
        .positional('tenant-id', { ...TENANT_ID, demandOption: false })
        .option('status', { choices: STATUSES, describe: 'Only those' }),
    run: async ({ tenantId, status }, context) =>
      (await import('./account-actions.ts')).listAccounts(context, tenantId, status),
  }),
  defineCommand({
    words: 'show <tenant-id> <account-id>',
    summary: 'Show an account with what it holds',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID).positional('account-id', ACCOUNT_ID),
    run: async ({ tenantId, accountId }, context) =>
      (await import('./account-actions.ts')).showAccount(context, tenantId, accountId),
  }),
  defineCommand({
    words: 'sync <tenant-id> <account-id>',
    summary: 'Have a worker read its balances and trades now',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID).positional('account-id', ACCOUNT_ID),
    run: async ({ tenantId, accountId }, context) =>
      (await import('./account-actions.ts')).syncAccount(context, tenantId, accountId),
  }),
  defineCommand({
    words: 'remove <tenant-id> <account-id>',
    summary: 'Disconnect an account; its keys are destroyed with the last account that uses them',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID).positional('account-id', ACCOUNT_ID),
    run: async ({ tenantId, accountId }, context) =>
      (await import('./account-actions.ts')).removeOne(context, tenantId, accountId),
  }),
]);
