/** /api routes of webhook endpoints. */
import { z } from 'zod';
import type { WebhookService } from '../../features/webhooks/webhook-service.ts';
import { defineSignedRoute, type Route } from '../../http/route.ts';
import {
  endpointChangeParameters,
  endpointInPath,
  endpointListSchema,
  endpointPageParameters,
  endpointParameters,
  endpointRotationParameters,
  endpointSchema,
  issuedEndpointSchema,
  toEndpointChange,
  toEndpointIntake,
  toEndpointRotation,
  toEndpointWire,
  toIssuedEndpointWire,
} from './webhook-wire.ts';

const SCOPE = 'WEBHOOKS_WRITE';

export const createWebhookRoutes = (webhooks: WebhookService): Route[] => [
  defineSignedRoute({
    method: 'GET',
    path: '/api/webhooks',
    operationId: 'listWebhooks',
    summary: 'List the webhook endpoints of the tenant, oldest first',
    scope: SCOPE,
    input: endpointPageParameters,
    output: endpointListSchema,
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ actor, input }) => {
      const { endpoints, total } = await webhooks.list(actor, input);
      return { webhooks: endpoints.map(toEndpointWire), total_count: total };
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/webhooks',
    operationId: 'createWebhook',
    summary: 'Have events delivered to a URL, signed as Standard Webhooks has it',
    scope: SCOPE,
    input: endpointParameters,
    output: issuedEndpointSchema,
    showsSecret: true,
    status: 201,
    errors: ['record_invalid', 'access_denied', 'not_found', 'conflict'],
    handle: async ({ actor, input }) =>
      toIssuedEndpointWire(await webhooks.create(actor, toEndpointIntake(input))),
  }),
  defineSignedRoute({
    method: 'GET',
    path: '/api/webhooks/{endpoint_id}',
    operationId: 'getWebhook',
    summary: 'Read one webhook endpoint',
    scope: SCOPE,
    input: endpointInPath,
    output: endpointSchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ actor, input }) => toEndpointWire(await webhooks.get(actor, input.endpoint_id)),
  }),
  defineSignedRoute({
    method: 'PATCH',
    path: '/api/webhooks/{endpoint_id}',
    operationId: 'updateWebhook',
    summary: 'Change a webhook endpoint, or switch it off and on; what is left out stays',
    scope: SCOPE,
    input: endpointChangeParameters,
    output: endpointSchema,
    status: 200,
    errors: ['record_invalid', 'access_denied', 'not_found'],
    handle: async ({ actor, input }) =>
      toEndpointWire(await webhooks.update(actor, input.endpoint_id, toEndpointChange(input))),
  }),
  defineSignedRoute({
    method: 'DELETE',
    path: '/api/webhooks/{endpoint_id}',
    operationId: 'removeWebhook',
    summary: 'Remove a webhook endpoint, and with it what waits for it',
    scope: SCOPE,
    input: endpointInPath,
    output: z.undefined(),
    status: 204,
    errors: ['access_denied', 'not_found'],
    handle: async ({ actor, input }) => {
      await webhooks.remove(actor, input.endpoint_id);
      return undefined;
    },
  }),
  defineSignedRoute({
    method: 'POST',
    path: '/api/webhooks/{endpoint_id}/rotate',
    operationId: 'rotateWebhook',
    summary: 'Give a webhook endpoint another secret or key pair; the one before signs too for a while',
    scope: SCOPE,
    input: endpointRotationParameters,
    output: issuedEndpointSchema,
    showsSecret: true,
    status: 200,
    errors: ['record_invalid', 'access_denied', 'not_found'],
    handle: async ({ actor, input }) =>
      toIssuedEndpointWire(await webhooks.rotate(actor, input.endpoint_id, toEndpointRotation(input))),
  }),
];
