/** Use cases of reading events: a page forward or back, and where a reader that follows them begins. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { AppError, invalidParameters } from '../../shared/errors.ts';
import type { StoredEvent } from './event-envelope.ts';
import { createEventReadingStore, type EventBounds, type EventSelection } from './event-reading-store.ts';
import { selectTypes } from './event-selection.ts';

export interface EventFilter {
  /** `account.connected`, `account.*`, `*`; none: all that the scopes show. */
  readonly patterns: readonly string[];
  readonly accountId: number | undefined;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Place of whom has read it: of a page forward where to go on, also when there is nothing yet. null: the end. */
  readonly next: number | null;
}

/** What a stream of events is about. */
export interface OpenedReading {
  readonly selection: EventSelection;
  /** Place after which it begins. */
  readonly after: number;
}

/**
 * All throw record_invalid for unknown types and for a place that lies ahead, access_denied for types that the actor's
 * scopes do not show, not_found for an account that never was, and cursor_expired for a place after which events have
 * been dropped.
 */
export interface EventReader {
  /** Oldest first; `after` undefined: from the oldest that is kept. */
  listAfter(actor: Actor, filter: EventFilter, after: number | undefined, limit: number): Promise<EventPage>;
  /** Newest first; `before` undefined: from the newest. */
  listBefore(
    actor: Actor,
    filter: EventFilter,
    before: number | undefined,
    limit: number,
  ): Promise<EventPage>;
  /** `after` undefined: after the newest. */
  open(actor: Actor, filter: EventFilter, after: number | undefined): Promise<OpenedReading>;
  /** Oldest first, without asking again what the actor may; held to the actor's accounts by itself. */
  readOn(actor: Actor, opened: OpenedReading, limit: number): Promise<EventPage & { readonly next: number }>;
}

const GREATEST_PLACE = Number.MAX_SAFE_INTEGER;

export const createEventReader = ({ database }: { readonly database: TenantDatabase }): EventReader => {
  const storeOf = ({ tenantId }: Actor) => createEventReadingStore(database.session(tenantId));

  const select = async (actor: Actor, { patterns, accountId }: EventFilter): Promise<EventSelection> => {
    const types = selectTypes(patterns, actor.scopes);
    if (accountId !== undefined && !(await storeOf(actor).hasAccount(accountId)))
      throw new AppError('not_found', 'Not Found');
    return { types, accountId };
  };

  const readForward = async (actor: Actor, { selection, after }: OpenedReading, limit: number) => {
    const { events, ...bounds } = await storeOf(actor).after(after, selection, limit);
    checkPlace(after, bounds);
    const last = events.at(-1);
    // Others' events, and those of other types, need not be gone through again.
    const next = last !== undefined && events.length === limit ? last.seq : Math.max(bounds.newest, after);
    return { events, next };
  };

  return {
    async listAfter(actor, filter, after, limit) {
      const selection = await select(actor, filter);
      const from = after ?? (await storeOf(actor).bounds()).oldest - 1;
      return readForward(actor, { selection, after: from }, limit);
    },

    async listBefore(actor, filter, before, limit) {
      const selection = await select(actor, filter);
      const { events } = await storeOf(actor).before(before ?? GREATEST_PLACE, selection, limit);
      return { events, next: events.length === limit ? (events.at(-1)?.seq ?? null) : null };
    },

    async open(actor, filter, after) {
      const selection = await select(actor, filter);
      const bounds = await storeOf(actor).bounds();
      if (after !== undefined) checkPlace(after, bounds);
      return { selection, after: after ?? bounds.newest };
    },

    readOn: (actor, opened, limit) =>
      actor.accountIds === null
        ? readForward(actor, opened, limit)
        : database.limitToAccounts(actor.tenantId, actor.accountIds, () => readForward(actor, opened, limit)),
  };
};

const checkPlace = (after: number, { oldest, newest }: EventBounds): void => {
  // E.g. of another gateway, or from before a backup was restored: waiting there would miss events without a word.
  if (after > newest)
    throw invalidParameters({ after: [`${after} lies ahead: the newest event is ${newest}`] });
  if (after < oldest - 1)
    throw new AppError(
      'cursor_expired',
      `Events after ${after} are no longer kept: the oldest one is ${oldest}. Read your accounts anew, and go on after ${oldest - 1}`,
    );
};
