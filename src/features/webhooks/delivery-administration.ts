/** Webhooks of all tenants, for operators: audited reads, and deliveries that they have sent again. */
import type { Administrator } from '../../auth/administrator.ts';
import { AppError } from '../../shared/errors.ts';
import type { AuditedReads } from '../administration/audited-reads.ts';
import type { DeliveryService, Replay, ReplayRange } from './delivery-service.ts';
import {
  createDeliveryListStore,
  type DeliveryListFilter,
  type EndpointListFilter,
  type ListedDelivery,
  type ListedEndpoint,
} from './delivery-list-store.ts';
import type { Delivery } from './webhook-endpoint.ts';
import { isEndpointId } from './webhook-service.ts';

/** Replays are written down in the tenant's audit log, and throw not_found for what there is not. */
export interface DeliveryAdministration {
  endpoints(admin: Administrator, filter: EndpointListFilter): Promise<ListedEndpoint[]>;
  deliveries(admin: Administrator, filter: DeliveryListFilter): Promise<ListedDelivery[]>;
  replayOne(admin: Administrator, tenantId: string, deliveryId: string): Promise<Delivery>;
  replayRange(
    admin: Administrator,
    tenantId: string,
    endpointId: string,
    range: ReplayRange,
  ): Promise<Replay>;
}

export const createDeliveryAdministration = (deps: {
  readonly reads: AuditedReads;
  readonly deliveries: DeliveryService;
}): DeliveryAdministration => {
  const askerOf = ({ actor, requestId }: Administrator, tenantId: string) => {
    if (!isEndpointId(tenantId)) throw new AppError('not_found', 'There is no such tenant');
    return { tenantId: tenantId.toLowerCase(), requestId, name: actor };
  };
  return {
    endpoints: (admin, filter) =>
      deps.reads.read(admin, { action: 'webhooks.read', tenantId: filter.tenantId }, (session) =>
        createDeliveryListStore(session).endpoints(filter),
      ),
    deliveries: (admin, filter) =>
      deps.reads.read(admin, { action: 'deliveries.read', tenantId: filter.tenantId }, (session) =>
        createDeliveryListStore(session).deliveries(filter),
      ),
    replayOne: async (admin, tenantId, deliveryId) =>
      await deps.deliveries.replayById(askerOf(admin, tenantId), deliveryId),
    replayRange: async (admin, tenantId, endpointId, range) =>
      await deps.deliveries.replayRange(askerOf(admin, tenantId), endpointId, range),
  };
};
