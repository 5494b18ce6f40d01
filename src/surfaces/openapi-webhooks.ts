/** The `webhooks` section of the API document: an entry for each type of event, with what a receiver is sent. */
import { envelopeSchema } from '../features/events/event-envelope.ts';
import { EVENT_TYPES, type EventType } from '../features/events/event-types.ts';
import type { Json, SchemaCollector } from './openapi-schemas.ts';

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

const HEADERS = [
  header('webhook-id', 'The `id` of the event: the same whenever it is sent again'),
  header('webhook-timestamp', 'When it was sent, in seconds since 1970'),
  header(
    'webhook-signature',
    'Standard Webhooks: one signature or, while a secret is being changed, two, with a blank between',
  ),
];

export const describeWebhooks = (schemas: SchemaCollector): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(EVENT_TYPES).map(([type, { summary, scope }]) => [
      type,
      {
        post: {
          summary,
          description: `Told to endpoints and readers with the scope ${scope}.`,
          tags: ['events'],
          parameters: HEADERS,
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: schemas.convert(envelopeSchema(type as EventType), type) },
            },
          },
          responses: {
            '2XX': { description: 'Received' },
            '410': { description: 'The endpoint is gone: it is switched off' },
            default: { description: 'Not received: it is sent again later' },
          },
          'x-scope': scope,
        },
      },
    ]),
  );
