/** Deliveries of webhooks on /api: their schemas and the only mapping to and from them. */
import { z } from 'zod';
import type { Delivery } from '../../features/webhooks/webhook-endpoint.ts';
import type { Replay, ReplayRange } from '../../features/webhooks/delivery-service.ts';
import type { DeliveryFilter } from '../../features/webhooks/delivery-store.ts';
import { checkOrder, integer, moment, truth } from './api-fields.ts';
import { endpointInPath } from './webhook-wire.ts';

const STATES = ['pending', 'delivered', 'dead'] as const;
const DEFAULT_LIMIT = 50;
const GREATEST_LIMIT = 500;

export const deliveryInPath = endpointInPath.extend({ delivery_id: z.string() });

export const deliveryPageParameters = endpointInPath.extend({
  state: z.enum(STATES).optional().describe('dead: given up after the last attempt'),
  event_type: z.string().max(100).optional(),
  cursor: integer({ least: 1 }).optional().describe('next_cursor of the page before'),
  limit: integer({ least: 1, most: GREATEST_LIMIT }).default(DEFAULT_LIMIT),
});

export const replayParameters = endpointInPath
  .extend({
    since: moment().nullish().describe('Events from then on; left out: since the endpoint was made'),
    until: moment().nullish().describe('Events before that; left out: until now'),
    missed_only: truth()
      .default(true)
      .describe(
        'true: what failed, given up or not, or happened while the endpoint was switched off; false: what was delivered too',
      ),
  })
  .superRefine((sent, context) =>
    checkOrder('since', 'until')({ since: sent.since ?? undefined, until: sent.until ?? undefined }, context),
  );

const time = () => z.iso.datetime();

const attemptSchema = z.strictObject({
  at: time(),
  status: z.int().nullable().describe('HTTP status of the answer; null: none came'),
  latency_ms: z.int(),
  error: z.string().nullable().describe('null: it was accepted'),
});

export const deliverySchema = z
  .strictObject({
    id: z.uuid(),
    endpoint_id: z.uuid(),
    event_id: z.uuid().describe('Sent as webhook-id'),
    event_type: z.string(),
    sequence: z.int().describe("Place among the tenant's events"),
    state: z.enum(STATES),
    attempts: z.int().describe('Of the series that runs or ran last; a replay begins another'),
    next_attempt_at: time().nullable(),
    last_status: z.int().nullable(),
    last_latency_ms: z.int().nullable(),
    last_error: z.string().nullable(),
    attempt_log: z.array(attemptSchema).describe('The last 20 attempts, oldest first'),
    created_at: time(),
  })
  .meta({ id: 'WebhookDelivery' });

export const deliveryListSchema = z.strictObject({
  deliveries: z.array(deliverySchema),
  next_cursor: z.int().nullable().describe('null: there are no more'),
});

export const replaySchema = z.strictObject({
  replayed: z.int().describe('Deliveries that are due once more'),
  next_since: time()
    .nullable()
    .describe(
      'since of the next call, where the range has more events than one call looks at; null: it is done',
    ),
});

export const toFilter = (sent: z.output<typeof deliveryPageParameters>): DeliveryFilter => ({
  state: sent.state,
  eventType: sent.event_type,
  before: sent.cursor ?? Number.MAX_SAFE_INTEGER,
  limit: sent.limit,
});

export const toRange = (sent: z.output<typeof replayParameters>): ReplayRange => ({
  since: sent.since ?? undefined,
  until: sent.until ?? undefined,
  missedOnly: sent.missed_only,
});

export const toReplayWire = ({ replayed, nextSince }: Replay): z.input<typeof replaySchema> => ({
  replayed,
  next_since: nextSince?.toISOString() ?? null,
});

export const toDeliveryWire = (delivery: Delivery): z.input<typeof deliverySchema> => ({
  id: delivery.id,
  endpoint_id: delivery.endpointId,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  sequence: delivery.eventSeq,
  state: delivery.state,
  attempts: delivery.attempts,
  next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  last_status: delivery.lastStatus,
  last_latency_ms: delivery.lastLatencyMs,
  last_error: delivery.lastError,
  attempt_log: [...delivery.attemptLog],
  created_at: delivery.createdAt.toISOString(),
});
