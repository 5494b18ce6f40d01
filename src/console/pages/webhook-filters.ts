/** The filters that the two lists of the webhooks page share. */
import type { Filters } from '../parts/filters.tsx';

export const DELIVERY_STATES = ['pending', 'delivered', 'dead'] as const;

export const WEBHOOK_FILTERS = { tenant_id: null, endpoint_id: null, state: DELIVERY_STATES };

export type WebhookFilters = Filters<typeof WEBHOOK_FILTERS>;
