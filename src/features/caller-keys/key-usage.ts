/** Notes when a caller key was last used: at most once a minute per key, and never in the way of a request. */
import type { Actor } from '../../auth/actor.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { createBoundedCache } from '../../shared/bounded-cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { createCallerKeyStore } from './caller-key-store.ts';

export interface KeyUsage {
  note(actor: Pick<Actor, 'tenantId' | 'callerKeyId'>): void;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

const EVERY_MS = 60_000;
const CAPACITY = 50_000;

export const createKeyUsage = (deps: {
  readonly database: TenantDatabase;
  readonly clock: Clock;
  readonly logger: Logger;
}): KeyUsage => {
  const { database, clock, logger } = deps;
  const noted = createBoundedCache<number>(CAPACITY);
  const writing = new Set<Promise<void>>();

  const write = async (tenantId: string, callerKeyId: string, now: number): Promise<void> => {
    try {
      // Other processes note the use as well: the statement writes nothing when one of them just has.
      await createCallerKeyStore(database.session(tenantId)).noteUse(
        callerKeyId,
        new Date(now),
        new Date(now - EVERY_MS),
      );
    } catch (error) {
      logger.warn('the use of a caller key was not noted', errorFields(error));
    }
  };

  return {
    note({ tenantId, callerKeyId }) {
      const now = clock.now();
      const last = noted.get(callerKeyId);
      if (last !== undefined && now - last < EVERY_MS) return;
      noted.set(callerKeyId, now);
      const done = write(tenantId, callerKeyId, now).finally(() => writing.delete(done));
      writing.add(done);
    },
    async settled() {
      await Promise.all(writing);
    },
  };
};
