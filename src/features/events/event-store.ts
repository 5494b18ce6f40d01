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
    /** Counted among the events of the account that `data` names, if it names one. */
    append: (event: NewEvent): Promise<void> => appendAll([event]),
  };
};
