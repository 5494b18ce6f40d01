/** SQL of the workers that deliver: leases of endpoints, what is due to one, and how it went. */
import { type Scope, SCOPES } from '../../auth/actor.ts';
import type { Session, TenantSession } from '../../db/tenant-database.ts';
import type { StoredEvent } from '../events/event-envelope.ts';
import type { EndpointMaker } from './endpoint-maker.ts';
import type { DeliveryState } from './webhook-endpoint.ts';

/** An endpoint that this process has leased. */
export interface EndpointLease {
  readonly tenantId: string;
  readonly endpointId: string;
  readonly leaseId: string;
  readonly isFailing: boolean;
}

// Until the lease is settled the queue is due when the lease runs out: a process that died is replaced. An event that is
// written meanwhile moves it forward, which settling tells apart by that.
const CLAIM = {
  name: 'webhook-queues.claim',
  text: `
    update webhook_queues q
       set lease_id = gen_random_uuid(), lease_until = $2, next_due_at = $2
      from (select tenant_id, endpoint_id from webhook_queues
             where next_due_at <= $1 and is_failing = $3 and (lease_until is null or lease_until <= $1)
             order by next_due_at limit $4
               for update skip locked) due
     where q.tenant_id = due.tenant_id and q.endpoint_id = due.endpoint_id
    returning q.tenant_id as "tenantId", q.endpoint_id as "endpointId", q.lease_id as "leaseId",
              q.is_failing as "isFailing"`,
};

/** Across tenants: `session` is TenantDatabase.shared. */
export const createEndpointLeaseStore = (session: Session) => ({
  /** Those that are due for longest, of the ones that fail or are slow, or of the others. */
  claim: (now: Date, until: Date, isFailing: boolean, limit: number): Promise<EndpointLease[]> =>
    session.query<EndpointLease>(CLAIM, [now, until, isFailing, limit]),
});

export interface DeliveryTarget {
  readonly url: string;
  readonly secretJwe: string;
  readonly previousSecretJwe: string | null;
  readonly previousEndsAt: Date | null;
  readonly failingSince: Date | null;
  readonly isTenantActive: boolean;
  readonly maker: EndpointMaker;
}

interface TargetRow extends Omit<DeliveryTarget, 'maker'> {
  readonly end: EndpointMaker['end'];
  readonly makerScopes: readonly Scope[] | null;
  readonly makerAccountIds: readonly number[] | null;
}

const FIND_TARGET = {
  name: 'webhook-queues.find-target',
  text: `
    select e.url, e.secret_jwe as "secretJwe", e.previous_secret_jwe as "previousSecretJwe",
           e.previous_ends_at as "previousEndsAt", e.failing_since as "failingSince",
           t.status = 'active' as "isTenantActive", k.scopes as "makerScopes",
           k.allowed_account_ids as "makerAccountIds",
           case when k.revoked_at is not null then 'revoked' when k.expires_at <= $3 then 'expired' end as end
      from webhook_endpoints e join tenants t on t.id = $1
      left join caller_keys k on k.tenant_id = $1 and k.id = e.created_by
     where e.tenant_id = $1 and e.id = $2 and e.removed_at is null and e.disabled_at is null`,
};

/** `event` is null where retention took the event before it could be delivered. */
export interface DueDelivery {
  readonly id: string;
  readonly attempts: number;
  readonly event: StoredEvent | null;
}

interface DueRow extends Omit<StoredEvent, 'id' | 'type' | 'at'> {
  readonly id: string;
  readonly attempts: number;
  readonly eventId: string;
  readonly eventType: string;
  readonly at: Date | null;
}

const LIST_DUE = {
  name: 'webhook-queues.list-due',
  text: `
    select d.id, d.attempts, d.event_id as "eventId", d.event_type as "eventType", d.event_seq as seq,
           v.account_id as "accountId", v.account_seq as "accountSeq", v.data, v.at
      from (select * from deliveries
             where tenant_id = $1 and endpoint_id = $2 and state = 'pending' and next_attempt_at <= $3
             order by next_attempt_at, event_seq limit $4) d
      left join events v on v.tenant_id = $1 and v.seq = d.event_seq
     order by d.event_seq`,
};

export interface DeliveryResult {
  readonly id: string;
  /** Before this one. */
  readonly attempts: number;
  readonly state: DeliveryState;
  /** null: it is not pending any more. */
  readonly nextAttemptAt: Date | null;
  readonly status: number | null;
  readonly latencyMs: number;
  readonly error: string | null;
  readonly at: Date;
}

export interface LeaseOutcome {
  readonly results: readonly DeliveryResult[];
  /** First failure since the last success, as it is now. */
  readonly failingSince: Date | null;
  readonly isFailing: boolean;
  /** Nothing is to be sent before; null: there is no such time. */
  readonly pausedUntil: Date | null;
  readonly now: Date;
}

const LONGEST_LOG = 20;

/**
 * Notes the results and ends the lease in one statement. A result counts where nobody else noted that attempt meanwhile;
 * a success counts in any case. Backlog that is due already is due now, behind all others that wait.
 */
const SETTLE = {
  name: 'webhook-queues.settle',
  text: `
    with results as (
      select * from unnest($4::uuid[], $5::integer[], $6::text[], $7::timestamptz[], $8::integer[], $9::integer[],
                           $10::text[], $11::timestamptz[])
        as r (id, attempts, state, next_attempt_at, status, latency_ms, error, at)
    ), marked as (
      update deliveries d
         set state = r.state, attempts = r.attempts + 1, next_attempt_at = r.next_attempt_at, last_status = r.status,
             last_latency_ms = r.latency_ms, last_error = r.error, updated_at = r.at,
             attempt_log = case when jsonb_array_length(d.attempt_log) >= ${LONGEST_LOG} then d.attempt_log - 0
                                else d.attempt_log end
               || jsonb_build_object('at', to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                                     'status', r.status, 'latency_ms', r.latency_ms, 'error', r.error)
        from results r
       where d.tenant_id = $1 and d.id = r.id and d.state = 'pending'
         and (d.attempts = r.attempts or r.state = 'delivered')
    ), told as (
      update webhook_endpoints e set failing_since = $12
       where e.tenant_id = $1 and e.id = $2 and e.failing_since is distinct from $12::timestamptz
    ), rest as (
      select least((select min(d.next_attempt_at) from deliveries d
                     where d.tenant_id = $1 and d.endpoint_id = $2 and d.state = 'pending'
                       and d.id <> all ($4::uuid[])),
                   (select min(r.next_attempt_at) from results r)) as due
    )
    update webhook_queues q
       set lease_id = null, lease_until = null, is_failing = $13, paused_until = $14::timestamptz,
           next_due_at = case when rest.due is null and q.next_due_at = q.lease_until then null
             else greatest(least(rest.due, case when q.next_due_at < q.lease_until then q.next_due_at end),
                           $15::timestamptz, $14::timestamptz) end
      from rest
     where q.tenant_id = $1 and q.endpoint_id = $2 and q.lease_id = $3
    returning q.endpoint_id`,
};

const DISABLE = {
  name: 'webhook-queues.disable',
  text: `
    update webhook_endpoints set disabled_at = $3, disabled_reason = $4
     where tenant_id = $1 and id = $2 and disabled_at is null and removed_at is null
    returning id`,
};

const columnOf = <Row, Name extends keyof Row>(rows: readonly Row[], name: Name): Row[Name][] =>
  rows.map((row) => row[name]);

export const createDeliveryQueueStore = (session: TenantSession) => {
  const { tenantId } = session;
  return {
    /** undefined: it is switched off, or gone. */
    async findTarget(endpointId: string, now: Date): Promise<DeliveryTarget | undefined> {
      const [row] = await session.query<TargetRow>(FIND_TARGET, [tenantId, endpointId, now]);
      if (row === undefined) return undefined;
      const { end, makerScopes, makerAccountIds, ...target } = row;
      // No login role can delete a caller key: one that is not there never was, as for the endpoints of a test.
      return { ...target, maker: { end, scopes: makerScopes ?? SCOPES, accountIds: makerAccountIds } };
    },

    /** Those that wait for longest, in the order of their events. */
    async listDue(endpointId: string, now: Date, limit: number): Promise<DueDelivery[]> {
      const rows = await session.query<DueRow>(LIST_DUE, [tenantId, endpointId, now, limit]);
      return rows.map(({ id, attempts, eventId, eventType, at, ...event }) => ({
        id,
        attempts,
        event: at === null ? null : { ...event, id: eventId, type: eventType, at },
      }));
    },

    async settle({ endpointId, leaseId }: EndpointLease, outcome: LeaseOutcome): Promise<void> {
      const { results } = outcome;
      await session.query(SETTLE, [
        tenantId,
        endpointId,
        leaseId,
        columnOf(results, 'id'),
        columnOf(results, 'attempts'),
        columnOf(results, 'state'),
        columnOf(results, 'nextAttemptAt'),
        columnOf(results, 'status'),
        columnOf(results, 'latencyMs'),
        columnOf(results, 'error'),
        columnOf(results, 'at'),
        outcome.failingSince,
        outcome.isFailing,
        outcome.pausedUntil,
        outcome.now,
      ]);
    },

    /** Whether this call switched it off. */
    async disable(endpointId: string, at: Date, reason: string): Promise<boolean> {
      return (await session.query(DISABLE, [tenantId, endpointId, at, reason])).length > 0;
    },
  };
};
