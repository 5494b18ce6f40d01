/** SQL of webhook endpoints and deliveries across tenants, in a session that sees them all; no secret, and of a URL no more than its host. */
import type { Session } from '../../db/tenant-database.ts';
import type { DeliveryState } from './webhook-endpoint.ts';

export interface ListedEndpoint {
  readonly tenantId: string;
  readonly id: string;
  readonly urlHost: string;
  readonly description: string | null;
  readonly eventTypes: readonly string[];
  readonly disabledAt: Date | null;
  readonly disabledReason: string | null;
  readonly failingSince: Date | null;
  readonly createdAt: Date;
}

export interface ListedDelivery {
  readonly tenantId: string;
  readonly id: string;
  readonly endpointId: string;
  readonly urlHost: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastLatencyMs: number | null;
  readonly lastError: string | null;
  readonly nextAttemptAt: Date | null;
  readonly createdAt: Date;
  /** The same to the microsecond, for the place in the list. */
  readonly createdExactly: string;
}

export interface DeliveryListFilter {
  readonly tenantId: string | undefined;
  readonly endpointId: string | undefined;
  readonly state: DeliveryState | undefined;
  readonly after:
    | { readonly tenantId: string; readonly createdExactly: string; readonly id: string }
    | undefined;
  readonly limit: number;
}

export interface EndpointListFilter {
  readonly tenantId: string | undefined;
  readonly after: { readonly tenantId: string; readonly id: string } | undefined;
  readonly limit: number;
}

const URL_HOST = `substring(e.url from '^[a-z]+://([^/?#]+)') as "urlHost"`;

const endpoints = (ofTenant: string): string => `
    select e.tenant_id as "tenantId", e.id, ${URL_HOST}, e.description, e.event_types as "eventTypes",
           e.disabled_at as "disabledAt", e.disabled_reason as "disabledReason",
           e.failing_since as "failingSince", e.created_at as "createdAt"
      from webhook_endpoints e
     where ${ofTenant} (e.tenant_id, e.id) > ($1::uuid, $2::uuid) and e.removed_at is null
     order by e.tenant_id, e.id limit $3`;

const ENDPOINTS = { name: 'admin-webhooks.list', text: endpoints('') };
const ENDPOINTS_OF_TENANT = {
  name: 'admin-webhooks.list-of-tenant',
  text: endpoints('e.tenant_id = $4::uuid and'),
};

// The state stands in the text, so that those that are dead or pending are found by their own indexes.
const deliveries = (state: DeliveryState | 'any', isOfTenant: boolean) => ({
  name: `admin-deliveries.list-${state}${isOfTenant ? '-of-tenant' : ''}`,
  text: `
    select d.tenant_id as "tenantId", d.id, d.endpoint_id as "endpointId", ${URL_HOST}, d.event_id as "eventId",
           d.event_type as "eventType", d.state, d.attempts, d.last_status as "lastStatus",
           d.last_latency_ms as "lastLatencyMs", d.last_error as "lastError",
           d.next_attempt_at as "nextAttemptAt", d.created_at as "createdAt",
           to_char(d.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "createdExactly"
      from deliveries d
      join webhook_endpoints e on e.tenant_id = d.tenant_id and e.id = d.endpoint_id and e.removed_at is null
     where ${isOfTenant ? 'd.tenant_id = $6::uuid and' : ''} ($4::uuid is null or d.endpoint_id = $4)
       ${state === 'any' ? '' : `and d.state = '${state}'`}
       and (d.tenant_id, d.created_at, d.id) < ($1::uuid, $2::timestamptz, $3::uuid)
     order by d.tenant_id desc, d.created_at desc, d.id desc limit $5`,
});

const STATES = ['any', 'pending', 'delivered', 'dead'] as const;
const DELIVERIES = new Map(STATES.map((state) => [state, deliveries(state, false)]));
const DELIVERIES_OF_TENANT = new Map(STATES.map((state) => [state, deliveries(state, true)]));

const LEAST_ID = '00000000-0000-0000-0000-000000000000';
const GREATEST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export const createDeliveryListStore = (session: Session) => ({
  /** By tenant, then by id. */
  endpoints({ tenantId, after, limit }: EndpointListFilter): Promise<ListedEndpoint[]> {
    const values = [after?.tenantId ?? LEAST_ID, after?.id ?? LEAST_ID, limit];
    return tenantId === undefined
      ? session.query<ListedEndpoint>(ENDPOINTS, values)
      : session.query<ListedEndpoint>(ENDPOINTS_OF_TENANT, [...values, tenantId]);
  },

  /** By tenant, the newest of each first. */
  deliveries({ tenantId, endpointId, state, after, limit }: DeliveryListFilter) {
    const place = [
      after?.tenantId ?? GREATEST_ID,
      after?.createdExactly ?? 'infinity',
      after?.id ?? GREATEST_ID,
    ];
    const statement = (tenantId === undefined ? DELIVERIES : DELIVERIES_OF_TENANT).get(state ?? 'any');
    if (statement === undefined) throw new TypeError('a delivery has no such state');
    return session.query<ListedDelivery>(statement, [
      ...place,
      endpointId ?? null,
      limit,
      ...(tenantId === undefined ? [] : [tenantId]),
    ]);
  },
});
