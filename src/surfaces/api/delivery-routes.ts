/** /api routes of what is delivered to webhook endpoints: the log, a test, and sending again. */
import { askerOf, type DeliveryService } from '../../features/webhooks/delivery-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  deliveryInPath,
  deliveryListSchema,
  deliveryPageParameters,
  deliverySchema,
  replayParameters,
  replaySchema,
  toDeliveryWire,
  toFilter,
  toRange,
  toReplayWire,
} from './delivery-wire.ts';
import { endpointInPath } from './webhook-wire.ts';

const SCOPE = 'WEBHOOKS_WRITE';

export const createDeliveryRoutes = (deliveries: DeliveryService): Route[] => [
  defineSignedRoute({
    method: 'POST',
    path: '/api/webhooks/{endpoint_id}/test',
    operationId: 'testWebhook',
    summary: 'Send the event webhook.test to this endpoint alone, the way every event goes',
    scope: SCOPE,
    input: endpointInPath,
    output: deliverySchema,
    status: 200,
    errors: ['not_found', 'conflict'],
    handle: async ({ actor, input }) =>
      toDeliveryWire(await deliveries.test(askerOf(actor), input.endpoint_id)),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/webhooks/{endpoint_id}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List what was, is being or could not be delivered to an endpoint, newest event first',
    scope: SCOPE,
    input: deliveryPageParameters,
    output: deliveryListSchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) => {
      const page = await deliveries.list(actor, input.endpoint_id, toFilter(input));
      return { deliveries: page.deliveries.map(toDeliveryWire), next_cursor: page.next };
    },
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/webhooks/{endpoint_id}/deliveries/{delivery_id}',
    operationId: 'getWebhookDelivery',
    summary: 'Read one delivery with its attempts',
    scope: SCOPE,
    input: deliveryInPath,
    output: deliverySchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ actor, input }) =>
      toDeliveryWire(await deliveries.get(actor, input.endpoint_id, input.delivery_id)),
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay',
    operationId: 'replayWebhookDelivery',
    summary: 'Send one delivery again, or at once when it waits for its next attempt',
    scope: SCOPE,
    input: deliveryInPath,
    output: deliverySchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ actor, input }) =>
      toDeliveryWire(await deliveries.replayOne(askerOf(actor), input.endpoint_id, input.delivery_id)),
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/webhooks/{endpoint_id}/replay',
    operationId: 'replayWebhook',
    summary: 'Send again what an endpoint missed, or all of a time',
    scope: SCOPE,
    input: replayParameters,
    output: replaySchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ actor, input }) =>
      toReplayWire(await deliveries.replayRange(askerOf(actor), input.endpoint_id, toRange(input))),
  }),
];
