/** SQL of deliveries as their tenant sees them: the log of an endpoint, and what is to be sent once more. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { Delivery, DeliveryState } from './webhook-endpoint.ts';

const COLUMNS = `d.id, d.endpoint_id as "endpointId", d.event_id as "eventId", d.event_seq as "eventSeq",
  d.event_type as "eventType", d.state, d.attempts, d.next_attempt_at as "nextAttemptAt",
  d.last_status as "lastStatus", d.last_latency_ms as "lastLatencyMs", d.last_error as "lastError",
  d.attempt_log as "attemptLog", d.created_at as "createdAt"`;

// A session that is limited to accounts sees its endpoints alone, and through them their deliveries.
const OF_ENDPOINT = `
  from deliveries d join webhook_endpoints e on e.tenant_id = $1 and e.id = d.endpoint_id and e.removed_at is null
 where d.tenant_id = $1 and d.endpoint_id = $2`;

// The state stands in the text, so that those that are dead are found by their own index.
const listOf = (state: DeliveryState | 'any') => ({
  name: `deliveries.list-${state}`,
  text: `
    select ${COLUMNS} ${OF_ENDPOINT} ${state === 'any' ? '' : `and d.state = '${state}'`}
       and d.event_seq < $3 and ($4::text is null or d.event_type = $4)
     order by d.event_seq desc limit $5`,
});

const LISTS = {
  any: listOf('any'),
  pending: listOf('pending'),
  delivered: listOf('delivered'),
  dead: listOf('dead'),
} as const;

const FIND = { name: 'deliveries.find', text: `select ${COLUMNS} ${OF_ENDPOINT} and d.id = $3` };

const ENDPOINT_OF = {
  name: 'deliveries.endpoint-of',
  text: 'select endpoint_id as "endpointId" from deliveries where tenant_id = $1 and id = $2',
};

const BEGIN_AGAIN = `state = 'pending', next_attempt_at = $NOW, updated_at = $NOW,
  attempts = case when d.state = 'pending' then d.attempts else 0 end`;

const REPLAY = {
  name: 'deliveries.replay',
  text: `
    update deliveries d set ${BEGIN_AGAIN.replaceAll('$NOW', '$4::timestamptz')}
     where d.tenant_id = $1 and d.endpoint_id = $2 and d.id = $3
    returning ${COLUMNS}`,
};

const WAKE = { name: 'deliveries.wake', text: 'select webhook_wake($1, array[$2::uuid], $3)' };

// What is due or on its way stays as it is, so that two who replay at once send nothing twice.
const REPLAY_EVENTS = {
  name: 'deliveries.replay-events',
  text: `
    with page as (
      select v.seq, v.id, v.type, v.account_id, v.at from events v
       where v.tenant_id = $1 and v.at >= $3 and v.at < $4 and v.seq > $5
       order by v.seq limit $7
    ), replayed as (
      insert into deliveries as d (tenant_id, id, endpoint_id, event_seq, event_id, event_type, state, attempts,
                                   next_attempt_at, created_at, updated_at)
      select $1, gen_random_uuid(), e.id, p.seq, p.id, p.type, 'pending', 0, $8, $8, $8
        from page p
        join webhook_endpoints e on e.tenant_id = $1 and e.id = $2
       where webhook_hears(e.event_types, e.scopes, e.account_ids, p.type, p.account_id)
       order by p.seq
      on conflict (tenant_id, endpoint_id, event_seq) do update set ${BEGIN_AGAIN.replaceAll('$NOW', '$8::timestamptz')}
       where d.state = 'dead' or (d.state = 'delivered' and not $6::boolean)
          or (d.state = 'pending' and d.attempts > 0 and d.next_attempt_at > $8::timestamptz)
      returning d.id
    )
    select (select count(*) from replayed) as replayed, (select count(*) from page) as looked,
           (select max(seq) from page) as "lastSeq"`,
};

const EVENT_AFTER = {
  name: 'deliveries.event-after',
  text: 'select at from events where tenant_id = $1 and seq > $2 and at < $3 order by seq limit 1',
};

export interface DeliveryFilter {
  readonly state: DeliveryState | undefined;
  readonly eventType: string | undefined;
  /** Place of an event: only what is older. */
  readonly before: number;
  readonly limit: number;
}

export interface ReplayedPage {
  readonly replayed: number;
  /** Events that were looked at; fewer than asked for: there are no more. */
  readonly looked: number;
  /** null: there were none. */
  readonly lastSeq: number | null;
}

export const createDeliveryStore = (session: TenantSession) => {
  const { tenantId } = session;
  const first = async (
    statement: { readonly name: string; readonly text: string },
    values: readonly unknown[],
  ): Promise<Delivery | undefined> => (await session.query<Delivery>(statement, values))[0];

  return {
    /** Newest event first. */
    list: (endpointId: string, filter: DeliveryFilter): Promise<Delivery[]> =>
      session.query<Delivery>(LISTS[filter.state ?? 'any'], [
        tenantId,
        endpointId,
        filter.before,
        filter.eventType ?? null,
        filter.limit,
      ]),

    find: (endpointId: string, id: string) => first(FIND, [tenantId, endpointId, id]),

    /** For those who know the delivery alone; undefined: there is none. */
    async endpointOf(id: string): Promise<string | undefined> {
      const [row] = await session.query<{ endpointId: string }>(ENDPOINT_OF, [tenantId, id]);
      return row?.endpointId;
    },

    /** Due at once, in a new series of attempts. */
    replay: (endpointId: string, id: string, at: string) => first(REPLAY, [tenantId, endpointId, id, at]),

    /** Says that the endpoint has something due, after what is due was written. */
    async wake(endpointId: string, at: string): Promise<void> {
      await session.query(WAKE, [tenantId, endpointId, at]);
    },

    /** The next `limit` events of the range after `afterSeq`: those that the endpoint hears of are due once more. */
    async replayEvents(
      endpointId: string,
      range: {
        readonly since: Date;
        readonly until: Date;
        readonly afterSeq: number;
        readonly missedOnly: boolean;
        readonly limit: number;
        readonly at: string;
      },
    ): Promise<ReplayedPage> {
      const [row] = await session.query<ReplayedPage>(REPLAY_EVENTS, [
        tenantId,
        endpointId,
        range.since,
        range.until,
        range.afterSeq,
        range.missedOnly,
        range.limit,
        range.at,
      ]);
      return row ?? { replayed: 0, looked: 0, lastSeq: null };
    },

    /** When the first event after that place was written; undefined: there is none before `until`. */
    async eventAfter(seq: number, until: Date): Promise<Date | undefined> {
      const [row] = await session.query<{ at: Date }>(EVENT_AFTER, [tenantId, seq, until]);
      return row?.at;
    },
  };
};
