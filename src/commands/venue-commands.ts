/** `countersign venue`: how exchanges do, and pausing one. */
import { defineCommand, defineGroup } from './command.ts';

const VENUE = { type: 'string', demandOption: true, describe: 'The exchange, e.g. kraken' } as const;

export const VENUE_COMMANDS = defineGroup('venue', 'Exchanges: how they do, and whether they are asked', [
  defineCommand({
    words: 'list',
    summary: 'List the exchanges with their health',
    hasAnswer: true,
    run: async (_, context) => (await import('./venue-actions.ts')).listVenues(context),
  }),
  defineCommand({
    words: 'pause <venue> <reason..>',
    summary: 'Ask nothing of an exchange until it is resumed',
    hasAnswer: true,
    examples: ['venue pause kraken maintenance until noon'],
    options: (yargs) =>
      yargs.positional('venue', VENUE).positional('reason', {
        type: 'string',
        array: true,
        demandOption: true,
        describe: 'Why; callers read it',
      }),
    run: async ({ venue, reason }, context) =>
      (await import('./venue-actions.ts')).pauseVenue(context, venue, reason.join(' ').trim()),
  }),
  defineCommand({
    words: 'resume <venue>',
    summary: 'Ask an exchange again',
    hasAnswer: true,
    options: (yargs) => yargs.positional('venue', VENUE),
    run: async ({ venue }, context) => (await import('./venue-actions.ts')).resumeVenue(context, venue),
  }),
]);
