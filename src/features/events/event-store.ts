/** SQL of writing events: appended in the transaction of the change, as its last statements, for they take a lock. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { EventData, EventType } from './event-types.ts';

/** An event that is about to be written. Several are appended in the order that consumers shall hear of them. */
export type NewEvent<Type extends EventType = EventType> = Type extends EventType
  ? {
      readonly type: Type;
      readonly data: EventData<Type>;
      /** undefined: what no request caused. */
      readonly requestId: string | undefined;
    }
  : never;

// In the order of the arrays, in one round trip.
const APPEND = {
  name: 'events.append',
  text: `
    select event_append($1, e.type, e.account_id, e.data, e.request_id)
      from unnest($2::text[], $3::bigint[], $4::jsonb[], $5::text[]) as e (type, account_id, data, request_id)`,
};

// Serialised by the lock that the append itself takes, so that of several who come at once one writes.
const LOCK = {
  name: 'events.lock',
  text: "select pg_advisory_xact_lock(hashtextextended('audit_log:' || $1::uuid, 0))",
};

const APPEND_UNLESS_TOLD = {
  name: 'events.append-unless-told',
  text: `
    select event_append($1, $2, null, $3::jsonb, $4)
     where not exists (
       select from (select at, data from events where tenant_id = $1 and type = $2 order by seq desc limit 100) e
        where e.at > now() - $5::integer * interval '1 millisecond' and e.data ->> 'key_id' = $3::jsonb ->> 'key_id')`,
};

export const createEventStore = (session: TenantSession) => {
  const appendAll = async (events: readonly NewEvent[]): Promise<void> => {
    if (events.length === 0) return;
    await session.query(APPEND, [
      session.tenantId,
      events.map(({ type }) => type),
      events.map(({ data }) => ('account_id' in data ? data.account_id : null)),
      events.map(({ data }) => JSON.stringify(data)),
      events.map(({ requestId }) => requestId ?? null),
    ]);
  };
  return {
    appendAll,
    /** Of a caller key: not when the same type was told of it within the last `ms`. */
    async appendUnlessTold({ type, data, requestId }: NewEvent, ms: number): Promise<void> {
      await session.query(LOCK, [session.tenantId]);
      const values = [session.tenantId, type, JSON.stringify(data), requestId ?? null, ms];
      await session.query(APPEND_UNLESS_TOLD, values);
    },
    /** Counted among the events of the account that `data` names, if it names one. */
    append: (event: NewEvent): Promise<void> => appendAll([event]),
  };
};
