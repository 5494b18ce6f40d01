/** `countersign keys`: the keys that exchange keys are sealed to, turned over by custody while everything runs. */
import type { Argv } from 'yargs';
import { defineCommand, defineGroup } from './command.ts';
import { optionalTenant, SEALING_KEY_ID } from './operator.ts';

const withWait = <Args>(yargs: Argv<Args>) =>
  yargs.option('no-wait', {
    type: 'boolean',
    default: false,
    describe: 'Only ask for it: countersign keys status tells how far it is',
  });

export const SEALING_KEY_COMMANDS = defineGroup(
  'keys',
  'Sealing keys: how they stand, and turning them over (caller keys are: countersign key)',
  [
    defineCommand({
      words: 'status',
      summary: 'Show root keys and sealing keys, and how far the work on them is',
      hasAnswer: true,
      run: async (_, context) => (await import('./sealing-key-actions.ts')).showKeys(context),
    }),
    defineCommand({
      words: 'rotate',
      summary: 'Make new sealing keys, and seal all that is sealed anew to them',
      hasAnswer: true,
      examples: ['keys rotate', 'keys rotate --tenant 0b0e…'],
      options: (yargs) => withWait(yargs.option('tenant', optionalTenant('Only the keys of this tenant'))),
      run: async ({ tenant, noWait }, context) =>
        (await import('./sealing-key-actions.ts')).rotate(context, tenant, !noWait),
    }),
    defineCommand({
      words: 'rewrap',
      summary: 'Wrap the private halves of all sealing keys by the primary root key',
      hasAnswer: true,
      options: (yargs) => withWait(yargs),
      run: async ({ noWait }, context) => (await import('./sealing-key-actions.ts')).rewrap(context, !noWait),
    }),
    defineCommand({
      words: 'retire <sealing-key-id>',
      summary: 'Destroy a sealing key that has been rotated, without waiting for its time',
      hasAnswer: true,
      options: (yargs) => withWait(yargs.positional('sealing-key-id', SEALING_KEY_ID)),
      run: async ({ sealingKeyId, noWait }, context) =>
        (await import('./sealing-key-actions.ts')).retire(context, sealingKeyId, !noWait),
    }),
  ],
);
