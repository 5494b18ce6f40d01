/** `countersign webhook`: events live and endpoints as a tenant sees them, and endpoints of any tenant for its operator. */
import type { Argv } from 'yargs';
import { CALLER_OPTION } from './caller.ts';
import { defineCommand, defineGroup } from './command.ts';
import { ENDPOINT_ID, optionalTenant } from './operator.ts';

/** By a key of the tenant, or as its operator without one. */
const whose = <Args>(yargs: Argv<Args>) =>
  yargs
    .option('key-file', CALLER_OPTION)
    .option('tenant', optionalTenant('As operator: of this tenant, without a key of it'))
    .conflicts('tenant', 'key-file');

export const WEBHOOK_COMMANDS = defineGroup(
  'webhook',
  'Events and webhooks: of the tenant of a caller key, or of any for its operator',
  [
    defineCommand({
      words: 'listen',
      summary: 'Print events as they happen, and pass them on to a receiver on this machine',
      hasAnswer: true,
      examples: ['webhook listen --types account.*,balance.synced --forward http://localhost:3000/hooks'],
      options: (yargs) =>
        yargs
          .option('types', {
            type: 'string',
            requiresArg: true,
            describe: 'Only these, with commas; account.* works',
          })
          .option('after', {
            type: 'string',
            requiresArg: true,
            describe: 'Begin after the event with this sequence',
          })
          .option('forward', {
            type: 'string',
            requiresArg: true,
            describe: 'URL that gets each event, signed as a delivery is, with a secret that is printed',
          })
          .option('count', { type: 'string', requiresArg: true, describe: 'End after so many events' })
          .option('key-file', CALLER_OPTION),
      run: async (args, context) => (await import('./webhook-actions.ts')).listen(context, args),
    }),
    defineCommand({
      words: 'list',
      summary: 'List the endpoints of the tenant',
      hasAnswer: true,
      options: (yargs) => whose(yargs),
      run: async ({ tenant, ...args }, context) =>
        tenant === undefined
          ? (await import('./webhook-actions.ts')).listEndpoints(context, args)
          : (await import('./tenant-webhook-actions.ts')).listTenantEndpoints(context, tenant),
    }),
    defineCommand({
      words: 'trigger <endpoint-id>',
      summary: 'Send a test event to an endpoint',
      hasAnswer: true,
      options: (yargs) => whose(yargs.positional('endpoint-id', ENDPOINT_ID)),
      run: async ({ tenant, ...args }, context) =>
        tenant === undefined
          ? (await import('./webhook-actions.ts')).trigger(context, args)
          : (await import('./tenant-webhook-actions.ts')).triggerTenantEndpoint(
              context,
              tenant,
              args.endpointId,
            ),
    }),
    defineCommand({
      words: 'replay <endpoint-id>',
      summary: 'Send again what an endpoint missed, or all of a time',
      hasAnswer: true,
      examples: ['webhook replay 5c1d… --tenant 0b0e…'],
      options: (yargs) =>
        whose(yargs)
          .positional('endpoint-id', ENDPOINT_ID)
          .option('since', {
            type: 'string',
            requiresArg: true,
            describe: 'Events from this moment (ISO 8601) on',
          })
          .option('until', {
            type: 'string',
            requiresArg: true,
            describe: 'Events before this moment (ISO 8601)',
          })
          .option('all', { type: 'boolean', default: false, describe: 'What was delivered too' }),
      run: async ({ tenant, ...args }, context) =>
        (await import('./webhook-actions.ts')).replay(context, args, tenant),
    }),
  ],
);
