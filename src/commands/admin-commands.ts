/** `countersign admin`: how operators come to the admin API and the console. */
import { defineCommand, defineGroup } from './command.ts';
import { ADMIN_KEY_ID } from './operator.ts';

const KEY_COMMANDS = defineGroup('key', 'Admin keys: public keys that sign requests to the admin API', [
  defineCommand({
    words: 'add <name..>',
    summary: 'Let an Ed25519 key sign requests to the admin API',
    hasAnswer: true,
    examples: ['admin key add Ada --public-key ada.pem'],
    options: (yargs) =>
      yargs
        .positional('name', { type: 'string', array: true, demandOption: true, describe: 'Whose it is' })
        .option('public-key', {
          type: 'string',
          requiresArg: true,
          demandOption: true,
          describe: 'File with the public key, PEM or JWK; the private one stays where it is',
        }),
    run: async ({ name, publicKey }, context) =>
      (await import('./admin-actions.ts')).addKey(context, name.join(' ').trim(), publicKey),
  }),
  defineCommand({
    words: 'list',
    summary: 'List the admin keys, oldest first',
    hasAnswer: true,
    options: (yargs) =>
      yargs.option('all', { type: 'boolean', default: false, describe: 'The revoked ones too' }),
    run: async ({ all }, context) => (await import('./admin-actions.ts')).listKeys(context, all),
  }),
  defineCommand({
    words: 'revoke <admin-key-id>',
    summary: 'End an admin key on every gateway',
    hasAnswer: true,
    options: (yargs) => yargs.positional('admin-key-id', ADMIN_KEY_ID),
    run: async ({ adminKeyId }, context) =>
      (await import('./admin-actions.ts')).revokeKey(context, adminKeyId),
  }),
]);

export const ADMIN_COMMANDS = defineGroup(
  'admin',
  'Operators: how they come to the admin API and the console',
  [
    defineCommand({
      words: 'link',
      summary: 'Make a link that signs in to the console, once and within 10 minutes',
      hasAnswer: true,
      run: async (_, context) => (await import('./admin-actions.ts')).makeLink(context),
    }),
    KEY_COMMANDS,
  ],
);
