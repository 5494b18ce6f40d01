/** `countersign audit`: what was done, by whom, and whether the record of it is whole. */
import { defineCommand, defineGroup } from './command.ts';
import { optionalTenant } from './operator.ts';

const word = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

export const AUDIT_COMMANDS = defineGroup('audit', 'The audit log: verify it, and take it away', [
  defineCommand({
    words: 'verify',
    summary:
      'Recompute every hash and hold the chains against their signed checkpoints; ends with 1 when one is not whole',
    hasAnswer: true,
    examples: ['audit verify', 'audit verify --checkpoints /mnt/audit'],
    options: (yargs) =>
      yargs
        .option('tenant', optionalTenant('Only the chain of this tenant'))
        .option('checkpoints', word('Folder with the checkpoints that custody wrote outside the database')),
    run: async ({ tenant, checkpoints }, context) =>
      (await import('./audit-actions.ts')).verifyAudit(context, tenant, checkpoints),
  }),
  defineCommand({
    words: 'export',
    summary: 'Write the log as lines of JSON, one chain after the other, each oldest first',
    examples: ['audit export > audit.ndjson', 'audit export --action secret.opened --from 2026-01-01'],
    hasAnswer: true,
    options: (yargs) =>
      yargs
        .option('tenant', optionalTenant('Only the chain of this tenant'))
        .option('actor', word('Only what this one did, e.g. custody'))
        .option('action', word('Only this, e.g. secret.opened'))
        .option('from', word('From this time on, ISO 8601'))
        .option('to', word('Before this time, ISO 8601')),
    run: async ({ tenant, actor, action, from, to }, context) =>
      (await import('./audit-actions.ts')).exportAudit(context, {
        tenantId: tenant,
        actor,
        action,
        from,
        to,
      }),
  }),
]);
