/** The part of the composition root that makes what tells of events: lists, streams and notices to owners. */
import { type NotificationListener, startNotificationListener } from './db/notification-listener.ts';
import type { TenantDatabase } from './db/tenant-database.ts';
import type { CallerKeyDirectory } from './features/caller-keys/caller-key-directory.ts';
import { createCallerWatch } from './features/caller-keys/caller-watch.ts';
import { createSecurityNotices } from './features/caller-keys/security-notices.ts';
import { createEventFollower } from './features/events/event-follower.ts';
import { createEventHub, type EventHub } from './features/events/event-hub.ts';
import { createEventReader } from './features/events/event-reader.ts';
import type { Clock } from './shared/clock.ts';
import type { Logger } from './shared/logger.ts';

export interface EventDeps {
  readonly database: TenantDatabase;
  readonly keys: Pick<CallerKeyDirectory, 'find' | 'forget'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

export const createEventParts = ({ database, keys, clock, logger }: EventDeps) => {
  const hub = createEventHub();
  const events = createEventReader({ database });
  const findCallerKey = keys.find;
  const watchCaller = createCallerWatch({ findCallerKey, clock });
  return {
    hub,
    events,
    followEvents: createEventFollower({
      reader: events,
      hub,
      watchCaller,
      forgetCaller: ({ keyId }) => keys.forget(keyId),
      clock,
      logger,
    }),
    notices: createSecurityNotices({ database, findCallerKey, clock, logger }),
  };
};

/** One connection for all streams of the process. `url` is the connection string of the gateway's login role. */
export const listenForEvents = (url: string, hub: EventHub, logger: Logger): NotificationListener =>
  startNotificationListener({
    url,
    channel: 'event_written',
    logger,
    onPayload: (tenantId) => hub.wake(tenantId),
    onLost: () => undefined,
    onListening: () => hub.wakeAll(),
  });
