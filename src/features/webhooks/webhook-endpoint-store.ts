/** SQL of webhook endpoints as their tenant sees and changes them; no statement here answers a secret. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { SignatureKind, WebhookEndpoint } from './webhook-endpoint.ts';

export interface NewWebhookEndpoint
  extends Pick<
    WebhookEndpoint,
    | 'id'
    | 'url'
    | 'description'
    | 'eventTypes'
    | 'scopes'
    | 'accountIds'
    | 'signature'
    | 'publicKey'
    | 'createdBy'
  > {
  readonly secretJwe: string;
  readonly at: string;
}

const COLUMNS = `e.id, e.url, e.description, e.event_types as "eventTypes", e.scopes, e.account_ids as "accountIds",
  e.signature, e.public_key as "publicKey", e.previous_ends_at as "previousEndsAt", e.disabled_at as "disabledAt",
  e.disabled_reason as "disabledReason", e.failing_since as "failingSince", e.created_by as "createdBy", e.created_at as "createdAt",
  e.updated_at as "updatedAt"`;

const LIST = {
  name: 'webhooks.list',
  text: `
    select ${COLUMNS} from webhook_endpoints e
     where e.tenant_id = $1 and e.removed_at is null order by e.created_at, e.id limit $2 offset $3`,
};

const COUNT = {
  name: 'webhooks.count',
  text: 'select count(*) as total from webhook_endpoints where tenant_id = $1 and removed_at is null',
};

const FIND = {
  name: 'webhooks.find',
  text: `
    select ${COLUMNS} from webhook_endpoints e where e.tenant_id = $1 and e.id = $2 and e.removed_at is null`,
};

const LOCK = { name: 'webhooks.lock', text: `${FIND.text} for update of e` };

// The lock that events are appended under. An event holds it and then locks the queues of endpoints; whoever changes a
// queue and appends an event, or an audit row, afterwards must begin with it too, or both could wait for each other.
const LOCK_EVENTS = {
  name: 'webhooks.lock-events',
  text: "select pg_advisory_xact_lock(hashtextextended('audit_log:' || $1::text, 0))",
};

// Of all, also those that a limited key does not see: every endpoint has its queue.
const COUNT_QUEUES = {
  name: 'webhooks.count-queues',
  text: 'select count(*) as total from webhook_queues where tenant_id = $1',
};

const COUNT_ACCOUNTS = {
  name: 'webhooks.count-accounts',
  text: 'select count(*) as total from accounts where tenant_id = $1 and id = any ($2::bigint[]) and removed_at is null',
};

const INSERT = {
  name: 'webhooks.insert',
  text: `
    insert into webhook_endpoints as e (tenant_id, id, url, description, event_types, scopes, account_ids, signature,
      public_key, secret_jwe, created_by, created_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    returning ${COLUMNS}`,
};

// Switched on again it begins anew: what it failed at before no longer counts against it.
const UPDATE = {
  name: 'webhooks.update',
  text: `
    update webhook_endpoints e
       set url = $3, description = $4, event_types = $5, disabled_at = $6, disabled_reason = $7,
           failing_since = case when $6::timestamptz is null and e.disabled_at is not null then null
                                else e.failing_since end,
           created_by = $9, updated_at = $8
     where e.tenant_id = $1 and e.id = $2
    returning ${COLUMNS}`,
};

const ROTATE = {
  name: 'webhooks.rotate',
  text: `
    update webhook_endpoints e
       set previous_secret_jwe = case when $5::timestamptz is null then null else e.secret_jwe end,
           previous_ends_at = $5, secret_jwe = $3, public_key = $4, updated_at = $6
     where e.tenant_id = $1 and e.id = $2
    returning ${COLUMNS}`,
};

const REMOVE = {
  name: 'webhooks.remove',
  text: `
    update webhook_endpoints
       set removed_at = $3, updated_at = $3, secret_jwe = null, previous_secret_jwe = null, previous_ends_at = null
     where tenant_id = $1 and id = $2`,
};

// What was delivered or given up stays in the log until its age takes it.
const DROP_PENDING = {
  name: 'webhooks.drop-pending',
  text: "delete from deliveries where tenant_id = $1 and endpoint_id = $2 and state = 'pending'",
};

export const createWebhookEndpointStore = (session: TenantSession) => {
  const { tenantId } = session;
  const first = async (
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<WebhookEndpoint | undefined> => (await session.query<WebhookEndpoint>(statement, values))[0];
  const written = async (
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<WebhookEndpoint> => {
    const endpoint = await first(statement, values);
    if (endpoint === undefined) throw new Error('the endpoint is gone, although it was locked');
    return endpoint;
  };

  return {
    /** Oldest first. */
    list: (limit: number, offset: number): Promise<WebhookEndpoint[]> =>
      session.query<WebhookEndpoint>(LIST, [tenantId, limit, offset]),

    async count(): Promise<number> {
      const [row] = await session.query<{ total: number }>(COUNT, [tenantId]);
      return row?.total ?? 0;
    },

    find: (id: string) => first(FIND, [tenantId, id]),

    /** Keeps events from being written until the transaction ends; the first statement of one that changes a queue. */
    async lockEvents(): Promise<void> {
      await session.query(LOCK_EVENTS, [tenantId]);
    },

    lock: (id: string) => first(LOCK, [tenantId, id]),

    /** Of the whole tenant, whatever the session is limited to. */
    async countAll(): Promise<number> {
      const [row] = await session.query<{ total: number }>(COUNT_QUEUES, [tenantId]);
      return row?.total ?? 0;
    },

    async hasAccounts(ids: readonly number[]): Promise<boolean> {
      const [row] = await session.query<{ total: number }>(COUNT_ACCOUNTS, [tenantId, ids]);
      return row?.total === ids.length;
    },

    insert: (endpoint: NewWebhookEndpoint): Promise<WebhookEndpoint> =>
      written(INSERT, [
        tenantId,
        endpoint.id,
        endpoint.url,
        endpoint.description,
        endpoint.eventTypes,
        endpoint.scopes,
        endpoint.accountIds,
        endpoint.signature satisfies SignatureKind,
        endpoint.publicKey,
        endpoint.secretJwe,
        endpoint.createdBy,
        endpoint.at,
      ]),

    update: (endpoint: WebhookEndpoint, at: string): Promise<WebhookEndpoint> =>
      written(UPDATE, [
        tenantId,
        endpoint.id,
        endpoint.url,
        endpoint.description,
        endpoint.eventTypes,
        endpoint.disabledAt,
        endpoint.disabledReason,
        at,
        endpoint.createdBy,
      ]),

    rotate: (
      id: string,
      next: {
        readonly secretJwe: string;
        readonly publicKey: string | null;
        readonly previousEndsAt: Date | null;
        readonly at: string;
      },
    ): Promise<WebhookEndpoint> =>
      written(ROTATE, [tenantId, id, next.secretJwe, next.publicKey, next.previousEndsAt, next.at]),

    /** What waits for it goes with it. */
    async remove(id: string, at: string): Promise<void> {
      await session.query(REMOVE, [tenantId, id, at]);
      await session.query(DROP_PENDING, [tenantId, id]);
    },
  };
};
