/**
 * Follows the events of a tenant for one caller, page by page from the database: a caller that reads slowly is behind,
 * and nothing is kept for it here. Woken by the hub, and looking by itself in case a wake was lost.
 */
import type { Actor } from '../../auth/actor.ts';
import type { Clock } from '../../shared/clock.ts';
import { AppError } from '../../shared/errors.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import type { StoredEvent } from './event-envelope.ts';
import type { EventHub } from './event-hub.ts';
import type { EventFilter, EventReader, OpenedReading } from './event-reader.ts';

/** Asked again and again: false ends what the caller is being told. */
export type StillAllowed = () => Promise<boolean>;

export interface EventFollowerDeps {
  readonly reader: EventReader;
  readonly hub: EventHub;
  /** Remembers what the caller may now. */
  readonly watchCaller: (actor: Actor) => Promise<StillAllowed>;
  /** What is kept in memory of the caller's key is out of date. */
  readonly forgetCaller: (actor: Actor) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often a caller hears something, be it nothing; 15 s unless given. */
  readonly heartbeatMs?: number;
}

export interface Following {
  readonly filter: EventFilter;
  /** undefined: only what happens from now on. */
  readonly after: number | undefined;
  /** Ends by itself after so long, or, with 0, when it has told what has happened; undefined: never. */
  readonly forMs: number | undefined;
}

/** Some events, or none for too long; `place` is where a reader that has them stands. */
export interface Told {
  readonly events: readonly StoredEvent[];
  readonly place: number;
}

/**
 * Throws as EventReader does, before anything is told. What it answers ends when the signal aborts, when the caller's
 * key is revoked or changed, and when its place has been dropped.
 */
export type FollowEvents = (
  actor: Actor,
  following: Following,
) => Promise<(signal: AbortSignal) => AsyncGenerator<Told, void, undefined>>;

const HEARTBEAT_MS = 15_000;
const PAGE = 100;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5_000;

/** The topic of changes of a caller key, as `hub.wake` takes it; a tenant's topic is its id. */
export const topicOfKey = (keyId: string): string => `key ${keyId}`;

export const createEventFollower = (deps: EventFollowerDeps): FollowEvents => {
  const { reader, hub, clock, logger, heartbeatMs = HEARTBEAT_MS } = deps;

  return async (actor, { filter, after, forMs }) => {
    const isStillAllowed = await deps.watchCaller(actor);
    const opened = await reader.open(actor, filter, after);
    const endsAt = forMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + forMs;
    return (signal) => follow(actor, opened, { isStillAllowed, endsAt, signal });
  };

  async function* follow(
    actor: Actor,
    opened: OpenedReading,
    until: {
      readonly isStillAllowed: StillAllowed;
      readonly endsAt: number;
      readonly signal: AbortSignal;
    },
  ): AsyncGenerator<Told, void, undefined> {
    const { signal, endsAt } = until;
    using listener = hub.listen([actor.tenantId, topicOfKey(actor.keyId)]);
    let place = opened.after;
    let failures = 0;
    while (!signal.aborted) {
      const found = await readOn(actor, { ...opened, after: place }, until.isStillAllowed);
      if (found === 'over') return;
      if (found === 'failed') {
        failures += 1;
        const waitMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures) * (0.5 + Math.random() / 2);
        await listener.wait(waitMs, signal);
        if (clock.now() >= endsAt) return;
        continue;
      }
      failures = 0;
      place = found.place;
      if (found.events.length > 0) yield found;
      if (found.isLast) return;
      if (found.events.length === PAGE) continue;
      const leftMs = endsAt - clock.now();
      if (leftMs <= 0) return;
      const isWoken = await listener.wait(Math.min(heartbeatMs, leftMs), signal);
      if (!isWoken) yield { events: [], place };
    }
  }

  /** `failed` is the database's doing, and passes. */
  async function readOn(
    actor: Actor,
    opened: OpenedReading,
    isStillAllowed: StillAllowed,
  ): Promise<(Told & { readonly isLast: boolean }) | 'over' | 'failed'> {
    try {
      if (!(await isStillAllowed())) return 'over';
      const { events, next } = await reader.readOn(actor, opened, PAGE);
      const ownChange = events.findIndex((event) => isAboutKeyOf(actor, event));
      if (ownChange === -1) return { events, place: next, isLast: false };
      // Word of the change itself comes another way, and may come later.
      deps.forgetCaller(actor);
      if (await isStillAllowed()) return { events, place: next, isLast: false };
      return { events: events.slice(0, ownChange), place: next, isLast: true };
    } catch (error) {
      if (error instanceof AppError) return 'over';
      logger.warn('events could not be read for a stream', errorFields(error));
      return 'failed';
    }
  }
};

const isAboutKeyOf = (actor: Actor, { type, data }: StoredEvent): boolean =>
  type.startsWith('key.') && data['key_id'] === actor.callerKeyId;
