/** SQL of reading events: forward or back from a place among the tenant's events, with how far they reach. */
import type { TenantSession } from '../../db/tenant-database.ts';
import type { StoredEvent } from './event-envelope.ts';
import type { EventType } from './event-types.ts';

export interface EventSelection {
  readonly types: readonly EventType[];
  /** Of this account alone; undefined: of all and of none. */
  readonly accountId: number | undefined;
}

export interface EventBounds {
  /** Place of the oldest event that is kept; one above `newest` when none is. */
  readonly oldest: number;
  /** Place of the newest event, kept or not; 0: there never was one. */
  readonly newest: number;
}

/** What was there at one moment. */
export interface EventRows extends EventBounds {
  readonly events: readonly StoredEvent[];
}

const COLUMNS = `id, seq, type, account_id as "accountId", account_seq as "accountSeq", data, at`;

const list = (name: string, place: string, order: string, more = '') => ({
  name: `events.${name}`,
  text: `
    select b.oldest, b.newest, e.*
      from event_bounds($1) b
      left join lateral (
        select ${COLUMNS} from events
         where tenant_id = $1 and ${place} and type = any ($3::text[]) ${more}
         order by ${order} limit $4) e on true
     order by e.${order}`,
});

const OF_ACCOUNT = 'and account_id = $5';
const AFTER = list('list-after', 'seq > $2', 'seq');
const AFTER_OF_ACCOUNT = list('list-after-of-account', 'seq > $2', 'seq', OF_ACCOUNT);
const BEFORE = list('list-before', 'seq < $2', 'seq desc');
const BEFORE_OF_ACCOUNT = list('list-before-of-account', 'seq < $2', 'seq desc', OF_ACCOUNT);

const BOUNDS = { name: 'events.bounds', text: 'select oldest, newest from event_bounds($1)' };

const HAS_ACCOUNT = {
  name: 'events.has-account',
  text: 'select id from accounts where tenant_id = $1 and id = $2 and is_connected',
};

type Row = EventBounds & { readonly [Field in keyof StoredEvent]: StoredEvent[Field] | null };

export const createEventReadingStore = (session: TenantSession) => {
  const read = async (
    statements: { readonly all: typeof AFTER; readonly ofAccount: typeof AFTER },
    place: number,
    { types, accountId }: EventSelection,
    limit: number,
  ): Promise<EventRows> => {
    const values = [session.tenantId, place, types, limit];
    const rows =
      accountId === undefined
        ? await session.query<Row>(statements.all, values)
        : await session.query<Row>(statements.ofAccount, [...values, accountId]);
    const [{ oldest, newest } = NOTHING] = rows;
    return { oldest, newest, events: rows.filter(isEvent) };
  };
  return {
    /** Oldest first. */
    after: (place: number, selection: EventSelection, limit: number): Promise<EventRows> =>
      read({ all: AFTER, ofAccount: AFTER_OF_ACCOUNT }, place, selection, limit),

    /** Newest first. */
    before: (place: number, selection: EventSelection, limit: number): Promise<EventRows> =>
      read({ all: BEFORE, ofAccount: BEFORE_OF_ACCOUNT }, place, selection, limit),

    async bounds(): Promise<EventBounds> {
      const [row] = await session.query<EventBounds>(BOUNDS, [session.tenantId]);
      return row ?? NOTHING;
    },

    /** Whether there is, or was, such an account. */
    async hasAccount(id: number): Promise<boolean> {
      return (await session.query(HAS_ACCOUNT, [session.tenantId, id])).length > 0;
    },
  };
};

const NOTHING: EventBounds = { oldest: 1, newest: 0 };

/** Without any the bounds come in a row of their own. */
const isEvent = (row: Row): row is Row & StoredEvent => row.id !== null;
