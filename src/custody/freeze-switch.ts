/**
 * Whether custody is frozen. The database holds the state, so that it outlives custody and holds for all of them; a
 * notification tells of a freeze at once, and no call with keys goes by what was told: it asks.
 */
import { startNotificationListener } from '../db/notification-listener.ts';
import { errorFields, type Logger } from '../shared/logger.ts';
import type { CustodyStore } from './custody-store.ts';
import { frozen } from './opening-log.ts';

export interface FreezeSwitch extends AsyncDisposable {
  /** Throws custody_unavailable while custody is frozen. */
  assertThawed(): Promise<void>;
  /** As last heard; for what opens no keys. */
  readonly isFrozen: boolean;
}

export const startFreezeSwitch = (options: {
  readonly store: Pick<CustodyStore, 'isFrozen'>;
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Forgets all keys that are open. */
  readonly onFrozen: () => void;
}): FreezeSwitch => {
  const { store, logger } = options;
  let isFrozen = false;

  const look = async (): Promise<boolean> => {
    const now = await store.isFrozen();
    if (now !== isFrozen) logger.warn(now ? 'custody is frozen' : 'custody is set free');
    isFrozen = now;
    if (now) options.onFrozen();
    return now;
  };
  const lookSoon = (): void => {
    look().catch((error: unknown) => logger.warn('freeze switch not read', errorFields(error)));
  };
  const listener = startNotificationListener({
    url: options.databaseUrl,
    channel: 'custody_freeze_changed',
    logger,
    onPayload: lookSoon,
    onListening: lookSoon,
    onLost: () => undefined,
  });

  return {
    assertThawed: async () => {
      if (await look()) throw frozen();
    },
    get isFrozen() {
      return isFrozen;
    },
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
};
