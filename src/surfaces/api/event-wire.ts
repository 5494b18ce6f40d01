/** Events on /api: their parameters, and their form in lists and in streams (server-sent events, WHATWG HTML 9.2). */
import { z } from 'zod';
import { envelopeOf } from '../../features/events/event-envelope.ts';
import type { Told } from '../../features/events/event-follower.ts';
import type { EventFilter, EventPage } from '../../features/events/event-reader.ts';
import { EVENT_TYPES } from '../../features/events/event-types.ts';
import { idInPath, integer } from './api-fields.ts';

const DEFAULT_LIMIT = 100;
const GREATEST_LIMIT = 500;
const MOST_PATTERNS = 100;
const LONGEST_STREAM_SECONDS = 86_400;
const MS_PER_SECOND = 1_000;

const place = () => integer({ least: 0, most: Number.MAX_SAFE_INTEGER });

/** Sent several times, or with commas between. */
const types = () =>
  z
    .union([z.string(), z.array(z.string())])
    .default('')
    .transform((sent) =>
      [sent]
        .flat()
        .flatMap((text) => text.split(','))
        .map((pattern) => pattern.trim())
        .filter((pattern) => pattern !== ''),
    )
    .refine((patterns) => patterns.length <= MOST_PATTERNS, `must be ${MOST_PATTERNS} at most`)
    .meta({ anyOf: undefined, type: 'array', items: { type: 'string' }, default: undefined })
    .describe(
      'Only of these types: `account.connected`, `account.*` or `*`; sent several times, or with commas between',
    );

const filter = {
  types: types(),
  account_id: idInPath().optional().describe('Only of this account'),
};

export const eventListParameters = z
  .object({
    ...filter,
    after: place()
      .optional()
      .describe('Only events after this `sequence`; without it from the oldest that is kept'),
    before: place().optional().describe('With `order=desc`: only events before this `sequence`'),
    order: z
      .enum(['asc', 'desc'])
      .default('asc')
      .describe('asc: in the order in which they happened; desc: the newest first'),
    limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
  })
  .superRefine(({ order, after, before }, context) => {
    const misplaced = order === 'asc' ? before !== undefined && 'before' : after !== undefined && 'after';
    if (misplaced !== false)
      context.addIssue({
        code: 'custom',
        path: [misplaced],
        message: `does not go with order=${order}; send ${misplaced === 'before' ? 'after' : 'before'}`,
      });
  });

export const eventStreamParameters = z.object({
  ...filter,
  after: place().optional().describe('As Last-Event-ID'),
  last_event_id: place()
    .optional()
    .describe('`id` of the last event that was seen: those after it come first. Without it: from now on'),
  max_seconds: integer({ least: 0, most: LONGEST_STREAM_SECONDS })
    .optional()
    .describe('End after so long; 0: as soon as all that has happened is told'),
});

const eventSchema = z
  .strictObject({
    id: z.uuid().describe('Id of the event; the `webhook-id` of its deliveries'),
    type: z.enum(Object.keys(EVENT_TYPES)).describe('See the webhooks of this document for what each tells'),
    timestamp: z.iso.datetime(),
    sequence: z.int().describe("Place among the tenant's events"),
    account_id: z.int().nullable(),
    account_sequence: z.int().nullable().describe('Place among the events of the account'),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'EventRecord' });

export const eventListSchema = z.strictObject({
  items: z.array(eventSchema),
  next: z
    .int()
    .nullable()
    .describe(
      'Where to go on: `after` of the next request, also when there is nothing new yet; with order=desc `before`, and null at the end',
    ),
});

export const eventStreamSchema = z
  .string()
  .describe(
    'Server-sent events: `id` is the sequence, `event` the type, `data` the event as the list has it. ' +
      'Every 15 seconds without any there is one with an `id` alone, which is where to go on from.',
  );

export const toFilter = (sent: {
  readonly types: readonly string[];
  readonly account_id?: number | undefined;
}): EventFilter => ({ patterns: sent.types, accountId: sent.account_id });

export const toEventListWire = ({ events, next }: EventPage): z.input<typeof eventListSchema> => ({
  items: events.map(envelopeOf),
  next,
});

export const toMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * MS_PER_SECOND;

const RETRY_MS = 1_000;

/** First of all: how long a browser waits before it comes back, and something to see that the stream is open. */
export const STREAM_HEAD = `retry: ${RETRY_MS}\n: countersign\n\n`;

/** JSON has no line breaks of its own. */
export const toStreamText = ({ events, place: reached }: Told): string =>
  events.length === 0
    ? `: \nid: ${reached}\n\n`
    : events
        .map(
          (event) => `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(envelopeOf(event))}\n\n`,
        )
        .join('');
