/** /api routes of events: what happened, page by page or as it happens. */
import type { FollowEvents, Told } from '../../features/events/event-follower.ts';
import type { EventReader } from '../../features/events/event-reader.ts';
import { READER_SCOPES } from '../../features/events/event-selection.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import { streamAnswer } from '../../http/stream-answer.ts';
import {
  eventListParameters,
  eventListSchema,
  eventStreamParameters,
  eventStreamSchema,
  STREAM_HEAD,
  toEventListWire,
  toFilter,
  toMs,
  toStreamText,
} from './event-wire.ts';

export interface EventRoutesDeps {
  readonly events: EventReader;
  readonly followEvents: FollowEvents;
}

const ERRORS = ['record_invalid', 'not_found', 'cursor_expired'] as const;

export const createEventRoutes = ({ events, followEvents }: EventRoutesDeps): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/events',
    operationId: 'listEvents',
    summary: 'List what happened, in its order; a key sees what its scopes and its accounts show',
    scope: READER_SCOPES,
    input: eventListParameters,
    repeated: ['types'],
    output: eventListSchema,
    status: 200,
    errors: ERRORS,
    handle: async ({ actor, input }) => {
      const { order, after, before, limit } = input;
      const page =
        order === 'asc'
          ? events.listAfter(actor, toFilter(input), after, limit)
          : events.listBefore(actor, toFilter(input), before, limit);
      return toEventListWire(await page);
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/events/stream',
    operationId: 'streamEvents',
    summary: 'Be told of what happens as it happens, in its order and without gaps',
    scope: READER_SCOPES,
    input: eventStreamParameters,
    repeated: ['types'],
    inHeader: { last_event_id: 'Last-Event-ID' },
    output: eventStreamSchema,
    streams: 'text/event-stream',
    status: 200,
    errors: [...ERRORS, 'service_unavailable'],
    handle: async ({ actor, input }) => {
      const open = await followEvents(actor, {
        filter: toFilter(input),
        after: input.last_event_id ?? input.after,
        forMs: toMs(input.max_seconds),
      });
      return streamAnswer((signal) => toText(open(signal)));
    },
  }),
];

async function* toText(told: AsyncIterable<Told>): AsyncGenerator<string, void, undefined> {
  yield STREAM_HEAD;
  for await (const some of told) yield toStreamText(some);
}
