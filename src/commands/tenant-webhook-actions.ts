/** What `countersign webhook … --tenant` does for an operator, who has no key of the tenant: on the database as its owner. */
import { createDeliveryListStore, type ListedEndpoint } from '../features/webhooks/delivery-list-store.ts';
import { createDeliveryService, type DeliveryService } from '../features/webhooks/delivery-service.ts';
import { localOperator } from '../processes/local-operator.ts';
import { withOwnerDatabase } from '../processes/owner-database.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { CommandContext } from './command.ts';

// Of a URL the host alone is told: the rest may hold a token of the tenant.
const COLUMNS = ['id', 'urlHost', 'eventTypes', 'status', 'disabledReason', 'failingSince', 'createdAt'];

const PAGE = 500;

type EndpointRow = ListedEndpoint & { readonly status: 'enabled' | 'failing' | 'disabled' };

export const listTenantEndpoints = (context: CommandContext, tenantId: string): Promise<void> =>
  withEndpoints(context, tenantId, ({ endpoints }) => {
    context.answer.rows(endpoints, COLUMNS, `Tenant ${tenantId} has no endpoints.`);
    return Promise.resolve();
  });

export const triggerTenantEndpoint = (
  context: CommandContext,
  tenantId: string,
  endpointId: string,
): Promise<void> =>
  withEndpoints(context, tenantId, async ({ deliveries, asker }) => {
    const delivery = await deliveries.test(asker, endpointId);
    context.answer.record(delivery, [`Event ${delivery.eventId} is on its way to ${endpointId}.`]);
  });

export interface TenantReplay {
  readonly endpointId: string;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  readonly missedOnly: boolean;
}

export const replayToTenant = (
  context: CommandContext,
  tenantId: string,
  { endpointId, ...range }: TenantReplay,
): Promise<void> =>
  withEndpoints(context, tenantId, async ({ endpoints, deliveries, asker }) => {
    const endpoint = endpoints.find(({ id }) => id === endpointId);
    if (endpoint === undefined)
      throw new AppError(
        'not_found',
        `Tenant ${tenantId} has no endpoint ${endpointId} (countersign webhook list --tenant ${tenantId})`,
      );
    const progress = context.startProgress('Deliveries');
    let replayed = 0;
    try {
      for (let since = range.since; ; ) {
        const part = await deliveries.replayRange(asker, endpointId, { ...range, since });
        replayed += part.replayed;
        progress.report(replayed, 0);
        if (part.nextSince === null) break;
        since = part.nextSince;
      }
    } finally {
      progress.finish();
    }
    context.answer.record({ tenantId, endpointId, replayed, status: endpoint.status }, [
      `${replayed} deliveries are due once more.`,
      ...(endpoint.status === 'disabled'
        ? [
            `They wait: the endpoint is switched off (${endpoint.disabledReason ?? 'by the tenant'}), and the tenant switches it on again by PATCH /api/webhooks/${endpointId} with enabled true.`,
          ]
        : []),
    ]);
  });

interface TenantWebhooks {
  readonly endpoints: readonly EndpointRow[];
  readonly deliveries: DeliveryService;
  readonly asker: Parameters<DeliveryService['replayRange']>[0];
}

const withEndpoints = (
  { config, logger }: CommandContext,
  tenantId: string,
  work: (webhooks: TenantWebhooks) => Promise<void>,
): Promise<void> =>
  withOwnerDatabase(config, logger, async (database) => {
    const store = createDeliveryListStore(database.session(tenantId));
    const endpoints: EndpointRow[] = [];
    for (;;) {
      const last = endpoints.at(-1);
      const page = await store.endpoints({ tenantId, after: last && { tenantId, id: last.id }, limit: PAGE });
      endpoints.push(...page.map(withStatus));
      if (page.length < PAGE) break;
    }
    const { actor, requestId } = localOperator();
    const deliveries = createDeliveryService({ database, clock: systemClock });
    await work({ endpoints, deliveries, asker: { tenantId, requestId, name: actor } });
  });

const withStatus = (endpoint: ListedEndpoint): EndpointRow => ({
  ...endpoint,
  status: endpoint.disabledAt !== null ? 'disabled' : endpoint.failingSince !== null ? 'failing' : 'enabled',
});
