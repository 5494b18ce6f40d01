/** The one form in which consumers see an event: in the list, in the stream, and as the body of a webhook. */
import { z } from 'zod';
import { EVENT_TYPES, type EventType } from './event-types.ts';

/** As it is stored; bigint columns as numbers. */
export interface StoredEvent {
  readonly id: string;
  readonly seq: number;
  readonly type: string;
  /** null: it is of no account, or of more than one. */
  readonly accountId: number | null;
  readonly accountSeq: number | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly at: Date;
}

/** Standard Webhooks asks for `type`, `timestamp` and `data`; the rest tells of order and of repeats. */
export interface EventEnvelope {
  readonly id: string;
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly timestamp: string;
  readonly sequence: number;
  readonly account_id: number | null;
  readonly account_sequence: number | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export const envelopeOf = (event: StoredEvent): EventEnvelope => ({
  id: event.id,
  type: event.type,
  timestamp: event.at.toISOString(),
  sequence: event.seq,
  account_id: event.accountId,
  account_sequence: event.accountSeq,
  data: event.data,
});

/** What `envelopeOf` answers for events of this type. */
export const envelopeSchema = (type: EventType) =>
  z.object({
    id: z
      .uuid()
      .describe('Id of the event; a delivery that is repeated has the same one, in `webhook-id` too'),
    type: z.literal(type),
    timestamp: z.iso.datetime().describe('When it happened, ISO 8601, UTC'),
    sequence: z
      .int()
      .positive()
      .describe(
        "Place among the tenant's events: from 1, without gaps, in the order in which they were committed",
      ),
    account_id: z
      .int()
      .positive()
      .nullable()
      .describe('Account that it happened to; null: none, or more than one'),
    account_sequence: z
      .int()
      .positive()
      .nullable()
      .describe('Place among the events of that account, from 1 without gaps; null without account'),
    data: EVENT_TYPES[type].data,
  });
