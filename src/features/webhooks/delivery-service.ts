/** Use cases on deliveries: the log of an endpoint, a test, and sending again what was missed. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase, TenantSession } from '../../db/tenant-database.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { createAuditStore } from '../audit/audit-store.ts';
import { createEventStore } from '../events/event-store.ts';
import { createDeliveryStore, type DeliveryFilter } from './delivery-store.ts';
import type { Delivery, WebhookEndpoint } from './webhook-endpoint.ts';
import { createWebhookEndpointStore } from './webhook-endpoint-store.ts';
import { foundEndpoint, isEndpointId, noEndpoint } from './webhook-service.ts';

/** Who asks, and in which tenant: a caller, or an operator. */
export interface Asker extends Pick<Actor, 'tenantId' | 'requestId'> {
  /** As the audit log names it, e.g. `key:<caller key id>`. */
  readonly name: string;
}

export const askerOf = ({ tenantId, requestId, callerKeyId }: Actor): Asker => ({
  tenantId,
  requestId,
  name: `key:${callerKeyId}`,
});

export interface ReplayRange {
  /** undefined: from when the endpoint was made. */
  readonly since: Date | undefined;
  /** undefined: until now. */
  readonly until: Date | undefined;
  /** Only what failed (given up, or waiting for its next attempt), or happened while the endpoint was switched off. */
  readonly missedOnly: boolean;
}

export interface Replay {
  readonly replayed: number;
  /** Where to go on, of a range with more events than one call looks at; null: it is done. */
  readonly nextSince: Date | null;
}

/** Each throws not_found for an endpoint or delivery that there is not. */
export interface DeliveryService {
  /** Newest event first. `next`: the place of an event to go on before; null: there are no more. */
  list(
    asker: Pick<Asker, 'tenantId'>,
    endpointId: string,
    filter: DeliveryFilter,
  ): Promise<{ readonly deliveries: readonly Delivery[]; readonly next: number | null }>;
  get(asker: Pick<Asker, 'tenantId'>, endpointId: string, id: string): Promise<Delivery>;
  /** Writes the event webhook.test for this endpoint alone. Throws conflict for one that is switched off. */
  test(asker: Asker, endpointId: string): Promise<Delivery>;
  /** Due at once; what waits for its next attempt does not wait any longer. */
  replayOne(asker: Asker, endpointId: string, id: string): Promise<Delivery>;
  /** The same for those who know the delivery alone. */
  replayById(asker: Asker, id: string): Promise<Delivery>;
  replayRange(asker: Asker, endpointId: string, range: ReplayRange): Promise<Replay>;
}

const BATCH = 1_000;
const MOST_EVENTS = 10_000;
const NEWEST = Number.MAX_SAFE_INTEGER;

export const createDeliveryService = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
}): DeliveryService => {
  const { database, clock } = deps;
  const now = (): string => new Date(clock.now()).toISOString();
  const storesOf = (tenantId: string) => {
    const session = database.session(tenantId);
    return { endpoints: createWebhookEndpointStore(session), deliveries: createDeliveryStore(session) };
  };

  return {
    async list({ tenantId }, endpointId, filter) {
      const { endpoints, deliveries } = storesOf(tenantId);
      foundEndpoint(isEndpointId(endpointId) ? await endpoints.find(endpointId) : undefined);
      const found = await deliveries.list(endpointId, { ...filter, limit: filter.limit + 1 });
      const page = found.slice(0, filter.limit);
      return { deliveries: page, next: found.length > page.length ? (page.at(-1)?.eventSeq ?? null) : null };
    },

    async get({ tenantId }, endpointId, id) {
      if (!isEndpointId(endpointId) || !isEndpointId(id)) throw noEndpoint();
      return foundDelivery(await storesOf(tenantId).deliveries.find(endpointId, id));
    },

    test: (asker, endpointId) =>
      withEndpoint(asker, endpointId, async (session, endpoint) => {
        if (endpoint.disabledAt !== null)
          throw new AppError(
            'conflict',
            'The endpoint is switched off, and nothing is sent to it; switch it on first (PATCH with enabled true)',
          );
        await createEventStore(session).append({
          type: 'webhook.test',
          data: { endpoint_id: endpointId },
          requestId: asker.requestId,
        });
        // The newest: nobody else appends events before this transaction ends.
        const [made] = await createDeliveryStore(session).list(endpointId, {
          ...{ state: undefined, eventType: 'webhook.test', before: NEWEST, limit: 1 },
        });
        return foundDelivery(made);
      }),

    replayOne: (asker, endpointId, id) => {
      if (!isEndpointId(id)) throw noEndpoint();
      return withEndpoint(asker, endpointId, async (session) => {
        const store = createDeliveryStore(session);
        const delivery = foundDelivery(await store.replay(endpointId, id, now()));
        await store.wake(endpointId, now());
        await audit(session, asker, endpointId, `success; delivery ${id}`);
        return delivery;
      });
    },

    async replayById(asker, id) {
      const endpointId = isEndpointId(id)
        ? await storesOf(asker.tenantId).deliveries.endpointOf(id)
        : undefined;
      if (endpointId === undefined) throw noEndpoint();
      return this.replayOne(asker, endpointId, id);
    },

    async replayRange(asker, endpointId, { since, until, missedOnly }) {
      const endpoint = foundEndpoint(
        isEndpointId(endpointId) ? await storesOf(asker.tenantId).endpoints.find(endpointId) : undefined,
      );
      const made = endpoint.createdAt;
      const from = since === undefined || (missedOnly && since < made) ? made : since;
      const range = { since: from, until: until ?? new Date(clock.now() + CLOCK_MARGIN_MS), missedOnly };
      let replayed = 0;
      let afterSeq = 0;
      for (let looked = 0; looked < MOST_EVENTS; looked += BATCH) {
        const page = await replayBatch(asker, endpointId, { ...range, afterSeq });
        replayed += page.replayed;
        if (page.looked < BATCH || page.lastSeq === null) return { replayed, nextSince: null };
        afterSeq = page.lastSeq;
      }
      const { deliveries } = storesOf(asker.tenantId);
      return { replayed, nextSince: (await deliveries.eventAfter(afterSeq, range.until)) ?? null };
    },
  };

  /** A transaction of its own: events of the tenant wait for it. */
  function replayBatch(
    asker: Asker,
    endpointId: string,
    range: Omit<ReplayRange, 'since' | 'until'> & {
      readonly since: Date;
      readonly until: Date;
      readonly afterSeq: number;
    },
  ) {
    return withEndpoint(asker, endpointId, async (session) => {
      const store = createDeliveryStore(session);
      const page = await store.replayEvents(endpointId, { ...range, limit: BATCH, at: now() });
      if (page.replayed > 0) {
        await store.wake(endpointId, now());
        await audit(session, asker, endpointId, `success; ${page.replayed} deliveries`);
      }
      return page;
    });
  }

  function withEndpoint<T>(
    { tenantId }: Asker,
    endpointId: string,
    work: (session: TenantSession, endpoint: WebhookEndpoint) => Promise<T>,
  ): Promise<T> {
    if (!isEndpointId(endpointId)) throw noEndpoint();
    return database.transact(tenantId, async (session) => {
      const endpoints = createWebhookEndpointStore(session);
      await endpoints.lockEvents();
      return work(session, foundEndpoint(await endpoints.find(endpointId)));
    });
  }
};

// Events are dated by the database, whose clock may be ahead.
const CLOCK_MARGIN_MS = 60_000;

const foundDelivery = (delivery: Delivery | undefined): Delivery => {
  if (delivery === undefined) throw noEndpoint();
  return delivery;
};

const audit = (session: TenantSession, asker: Asker, endpointId: string, outcome: string): Promise<void> =>
  createAuditStore(session).append({
    actor: asker.name,
    action: 'webhook.replayed',
    object: `webhook:${endpointId}`,
    outcome,
    requestId: asker.requestId,
  });
