/** SQL of events: appended in the transaction of the change, as its last statements, for they take a lock; read by seq. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { EventData, EventType } from './event-types.ts';

/** An event that is about to be written. Several are appended in the order that consumers shall hear of them. */
export interface NewEvent<Type extends EventType = EventType> {
  readonly type: Type;
  readonly data: EventData<Type>;
  /** undefined: what no request caused. */
  readonly requestId: string | undefined;
}

const APPEND = {
  name: 'events.append',
  text: 'select event_append($1, $2, $3, $4, $5)',
};

export const createEventStore = (session: TenantSession) => ({
  /** Counted among the events of the account that `data` names, if it names one. */
  async append<Type extends EventType>({ type, data, requestId }: NewEvent<Type>): Promise<void> {
    const accountId = 'account_id' in data ? data.account_id : null;
    await session.query(APPEND, [session.tenantId, type, accountId, JSON.stringify(data), requestId ?? null]);
  },
});
