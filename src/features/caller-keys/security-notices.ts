/**
 * Tells a tenant's owners of what strangers try with its caller keys. Never in the way of the refusal itself, once a
 * minute for each key, and only of keys that there are.
 */
import type { FindCallerKey } from '../../auth/caller-key.ts';
import type { TenantDatabase } from '../../db/tenant-database.ts';
import { createBoundedCache } from '../../shared/bounded-cache.ts';
import type { Clock } from '../../shared/clock.ts';
import { errorFields, type Logger } from '../../shared/logger.ts';
import { createEventStore, type NewEvent } from '../events/event-store.ts';

type Kind = 'security.authentication_failures' | 'security.address_refused';

export interface SecurityNotices {
  /** So many requests with the key's id failed in a minute that more are turned away. */
  readonly noteFailures: (keyId: string, failures: number, requestId: string) => void;
  /** A request that the key had signed came from an address that it does not allow. */
  readonly noteAddress: (keyId: string, address: string, requestId: string) => void;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

export interface SecurityNoticesDeps {
  readonly database: TenantDatabase;
  readonly findCallerKey: FindCallerKey;
  readonly clock: Clock;
  readonly logger: Logger;
}

const EVERY_MS = 60_000;
// Of ids that are no keys' as well: who makes them up must not have each of them looked for.
const CAPACITY = 10_000;
const MOST_WRITING = 100;

export const createSecurityNotices = (deps: SecurityNoticesDeps): SecurityNotices => {
  const { database, findCallerKey, clock, logger } = deps;
  const noted = createBoundedCache<number>(CAPACITY);
  const writing = new Set<Promise<void>>();

  const write = async (keyId: string, toEvent: (id: string) => NewEvent<Kind>): Promise<void> => {
    try {
      const key = await findCallerKey(keyId);
      if (key === undefined || key.revokedAt !== null) return;
      const event = toEvent(key.id);
      await database.transact(key.tenantId, (session) =>
        // Other gateways see what this one sees: one of them tells.
        createEventStore(session).appendUnlessTold(event, EVERY_MS),
      );
    } catch (error) {
      logger.warn('a security event was not written', errorFields(error));
    }
  };

  const note = (kind: Kind, keyId: string, toEvent: (id: string) => NewEvent<Kind>): void => {
    const now = clock.now();
    const last = noted.get(`${kind} ${keyId}`);
    if ((last !== undefined && now - last < EVERY_MS) || writing.size >= MOST_WRITING) return;
    noted.set(`${kind} ${keyId}`, now);
    const done = write(keyId, toEvent).finally(() => writing.delete(done));
    writing.add(done);
  };

  return {
    noteFailures: (keyId, failures, requestId) => {
      const type = 'security.authentication_failures';
      note(type, keyId, (id) => ({ type, data: { key_id: id, failures }, requestId }));
    },
    noteAddress: (keyId, address, requestId) => {
      const type = 'security.address_refused';
      note(type, keyId, (id) => ({ type, data: { key_id: id, address }, requestId }));
    },
    async settled() {
      await Promise.all(writing);
    },
  };
};
