/** Webhook endpoints and deliveries on /api/admin: their schemas and the only mapping to them. A URL may hold a token: its host alone is told. */
import { z } from 'zod';
import type { ListedDelivery, ListedEndpoint } from '../../features/webhooks/delivery-list-store.ts';

const time = () => z.iso.datetime();

export const adminEndpointSchema = z
  .strictObject({
    id: z.uuid(),
    tenant_id: z.uuid(),
    url_host: z.string(),
    description: z.string().nullable(),
    event_types: z.array(z.string()),
    status: z.enum(['enabled', 'failing', 'disabled']),
    failing_since: time().nullable(),
    disabled_reason: z.string().nullable(),
    created_at: time(),
  })
  .meta({ id: 'AdminWebhookEndpoint' });

export const adminDeliverySchema = z
  .strictObject({
    id: z.uuid(),
    tenant_id: z.uuid(),
    endpoint_id: z.uuid(),
    url_host: z.string(),
    event_id: z.uuid(),
    event_type: z.string(),
    state: z.enum(['pending', 'delivered', 'dead']),
    attempts: z.int(),
    last_status: z.int().nullable(),
    last_latency_ms: z.int().nullable(),
    last_error: z.string().nullable(),
    next_attempt_at: time().nullable(),
    created_at: time(),
  })
  .meta({ id: 'AdminDelivery' });

export const toAdminEndpoint = (endpoint: ListedEndpoint): z.input<typeof adminEndpointSchema> => ({
  id: endpoint.id,
  tenant_id: endpoint.tenantId,
  url_host: endpoint.urlHost,
  description: endpoint.description,
  event_types: [...endpoint.eventTypes],
  status: endpoint.disabledAt !== null ? 'disabled' : endpoint.failingSince !== null ? 'failing' : 'enabled',
  failing_since: endpoint.failingSince?.toISOString() ?? null,
  disabled_reason: endpoint.disabledReason,
  created_at: endpoint.createdAt.toISOString(),
});

export const toAdminDelivery = (delivery: ListedDelivery): z.input<typeof adminDeliverySchema> => ({
  id: delivery.id,
  tenant_id: delivery.tenantId,
  endpoint_id: delivery.endpointId,
  url_host: delivery.urlHost,
  event_id: delivery.eventId,
  event_type: delivery.eventType,
  state: delivery.state,
  attempts: delivery.attempts,
  last_status: delivery.lastStatus,
  last_latency_ms: delivery.lastLatencyMs,
  last_error: delivery.lastError,
  next_attempt_at: delivery.nextAttemptAt?.toISOString() ?? null,
  created_at: delivery.createdAt.toISOString(),
});
