/** `countersign key`: caller keys in the hands of the operator, who stands above all of them. */
import { SCOPES } from '../auth/actor.ts';
import { PROFILES } from '../auth/profile.ts';
import { defineCommand, defineGroup } from './command.ts';
import { ALGORITHMS } from './key-words.ts';
import { KEY_ID, TENANT_ID } from './operator.ts';

const DAY_SECONDS = 86_400;

const PUBLIC_KEY = {
  type: 'string',
  requiresArg: true,
  describe: 'File with the PEM or JWK, for every algorithm but hmac-sha256',
} as const;

export const KEY_COMMANDS = defineGroup('key', 'Caller keys: who may call, and what for', [
  defineCommand({
    words: 'create <tenant-id> <name..>',
    summary: 'Make a key; its secret is shown this once',
    hasAnswer: true,
    examples: ['key create 0b0e… First --scopes ACCOUNTS_READ,ACCOUNTS_WRITE,KEYS_WRITE'],
    options: (yargs) =>
      yargs
        .positional('tenant-id', TENANT_ID)
        .positional('name', { type: 'string', array: true, demandOption: true, describe: 'Its name' })
        .option('scopes', {
          type: 'string',
          demandOption: true,
          describe: `What it may do, with commas: ${SCOPES.join(', ')}`,
        })
        .option('algorithm', { choices: ALGORITHMS, default: ALGORITHMS[0], describe: 'How it signs' })
        .option('public-key', PUBLIC_KEY)
        .option('profile-floor', { choices: PROFILES, describe: 'The least profile that is accepted of it' })
        .option('allow-ip', { type: 'string', default: '', describe: 'Addresses and CIDRs, with commas' })
        .option('not-before', {
          type: 'string',
          requiresArg: true,
          describe: 'Moment (ISO 8601) from which on it works',
        })
        .option('expires', {
          type: 'string',
          requiresArg: true,
          describe: 'Moment (ISO 8601) at which it ends',
        })
        .option('explain', {
          type: 'boolean',
          default: false,
          describe: 'Explain its refused requests in production too',
        })
        .option('accounts', {
          type: 'string',
          requiresArg: true,
          describe: 'Ids of the only accounts that it reaches, with commas',
        })
        .option('user', {
          type: 'string',
          requiresArg: true,
          describe: 'Your own id of the user that it is for: a label, no limit',
        }),
    run: async (args, context) => (await import('./key-actions.ts')).createKey(context, args),
  }),
  defineCommand({
    words: 'list <tenant-id>',
    summary: 'List the keys of a tenant',
    hasAnswer: true,
    options: (yargs) =>
      yargs
        .positional('tenant-id', TENANT_ID)
        .option('all', { type: 'boolean', default: false, describe: 'The revoked ones too' }),
    run: async ({ tenantId, all }, context) =>
      (await import('./key-actions.ts')).listKeys(context, tenantId, all),
  }),
  defineCommand({
    words: 'rotate <tenant-id> <key-id>',
    summary: 'Give a key a new secret, or a new public key',
    hasAnswer: true,
    options: (yargs) =>
      yargs
        .positional('tenant-id', TENANT_ID)
        .positional('key-id', KEY_ID)
        .option('overlap', {
          type: 'string',
          requiresArg: true,
          default: String(DAY_SECONDS),
          describe: 'Seconds for which the secret before works on',
        })
        .option('public-key', PUBLIC_KEY),
    run: async (args, context) => (await import('./key-actions.ts')).rotateKey(context, args),
  }),
  defineCommand({
    words: 'revoke <tenant-id> <key-id>',
    summary: 'End a key on every gateway',
    hasAnswer: true,
    options: (yargs) => yargs.positional('tenant-id', TENANT_ID).positional('key-id', KEY_ID),
    run: async ({ tenantId, keyId }, context) =>
      (await import('./key-actions.ts')).revokeKey(context, tenantId, keyId),
  }),
]);
