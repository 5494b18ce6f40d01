/** /api/admin routes of webhooks: endpoints and deliveries of all tenants, and what is sent again. */
import { z } from 'zod';
import type { DeliveryAdministration } from '../../features/webhooks/delivery-administration.ts';
import type { Route } from '../../http/route.ts';
import { moment, truth } from '../api/api-fields.ts';
import { replaySchema, toRange, toReplayWire } from '../api/delivery-wire.ts';
import { exactMoment, pageParameters, pageSchema, readCursor, toPage } from './admin-page.ts';
import { defineAdminRoute } from './admin-route.ts';
import {
  adminDeliverySchema,
  adminEndpointSchema,
  toAdminDelivery,
  toAdminEndpoint,
} from './delivery-wire.ts';

const STATES = ['pending', 'delivered', 'dead'] as const;
const inTenant = { tenant_id: z.string() };
const tenantFilter = { tenant_id: z.uuid().optional().describe('Only of this tenant') };

const endpointCursor = z.tuple([z.uuid(), z.uuid()]);
const deliveryCursor = z.tuple([z.uuid(), exactMoment(), z.uuid()]);

export const createAdminDeliveryRoutes = (webhooks: DeliveryAdministration): Route[] => [
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/webhooks',
    operationId: 'adminListWebhooks',
    summary: 'List the webhook endpoints of all tenants, tenant by tenant',
    input: z.object({ ...tenantFilter, ...pageParameters }),
    output: pageSchema(adminEndpointSchema),
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ admin, input }) => {
      const after = readCursor(input.cursor, endpointCursor);
      const found = await webhooks.endpoints(admin, {
        tenantId: input.tenant_id,
        after: after && { tenantId: after[0], id: after[1] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toAdminEndpoint, ({ tenantId, id }) => [tenantId, id]);
    },
  }),
  defineAdminRoute({
    method: 'GET',
    path: '/api/admin/deliveries',
    operationId: 'adminListDeliveries',
    summary: 'List the deliveries of all tenants, tenant by tenant, the newest first',
    input: z.object({
      ...tenantFilter,
      endpoint_id: z.uuid().optional().describe('Only to this endpoint'),
      state: z.enum(STATES).optional().describe('dead: given up after the last attempt'),
      ...pageParameters,
    }),
    output: pageSchema(adminDeliverySchema),
    status: 200,
    errors: ['record_invalid'],
    handle: async ({ admin, input }) => {
      const after = readCursor(input.cursor, deliveryCursor);
      const found = await webhooks.deliveries(admin, {
        tenantId: input.tenant_id,
        endpointId: input.endpoint_id,
        state: input.state,
        after: after && { tenantId: after[0], createdExactly: after[1], id: after[2] },
        limit: input.limit + 1,
      });
      return toPage(found, input.limit, toAdminDelivery, ({ tenantId, createdExactly, id }) => [
        tenantId,
        createdExactly,
        id,
      ]);
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants/{tenant_id}/deliveries/{delivery_id}/replay',
    operationId: 'adminReplayDelivery',
    summary: 'Send one delivery again, or at once when it waits for its next attempt',
    input: z.object({ ...inTenant, delivery_id: z.string() }),
    output: replaySchema,
    status: 200,
    errors: ['not_found'],
    handle: async ({ admin, input }) => {
      await webhooks.replayOne(admin, input.tenant_id, input.delivery_id);
      return { replayed: 1, next_since: null };
    },
  }),
  defineAdminRoute({
    method: 'POST',
    path: '/api/admin/tenants/{tenant_id}/webhooks/{endpoint_id}/replay',
    operationId: 'adminReplayWebhook',
    summary: 'Send again what an endpoint missed, or all of a time',
    input: z.object({
      ...inTenant,
      endpoint_id: z.string(),
      since: moment().nullish().describe('Events from then on; left out: since the endpoint was made'),
      until: moment().nullish().describe('Events before that; left out: until now'),
      missed_only: truth().default(true).describe('false: what was delivered too'),
    }),
    output: replaySchema,
    status: 200,
    errors: ['record_invalid', 'not_found'],
    handle: async ({ admin, input }) =>
      toReplayWire(await webhooks.replayRange(admin, input.tenant_id, input.endpoint_id, toRange(input))),
  }),
];
